package cli

import (
	"fmt"
	"strings"

	"lineup/providers"
	"lineup/providers/attach"
)

// readAttachments reads the files of --attach. The error names all that cannot be attached.
func readAttachments(paths []string) (files []providers.Attachment, err error) {
	var refused []string
	for _, path := range paths {
		a, err := attach.Read(path)
		if err != nil {
			refused = append(refused, fmt.Sprintf("%s: %s", providers.CleanLine(path),
				providers.CleanLine(err.Error())))
			continue
		}
		files = append(files, a)
	}
	switch len(refused) {
	case 0:
		return files, nil
	case 1:
		return nil, usagef("cannot attach %s", refused[0])
	}
	return nil, usagef("cannot attach %d files\n  %s", len(refused), strings.Join(refused, "\n  "))
}

// attachmentRecord is a file of the prompt in the record of ask --json.
type attachmentRecord struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	Width  int    `json:"width,omitempty"` // pixels, of an image
	Height int    `json:"height,omitempty"`
	Pages  int    `json:"pages,omitempty"` // of a PDF, as far as they can be counted
}

func attachmentRecords(files []providers.Attachment) (out []attachmentRecord) {
	for _, a := range files {
		out = append(out, attachmentRecord{a.Name, a.Type, len(a.Data), a.SHA256, a.Width, a.Height,
			a.Pages})
	}
	return out
}
