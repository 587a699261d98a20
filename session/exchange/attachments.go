package exchange

import (
	"fmt"
	"slices"
	"strings"

	"lineup/providers"
	"lineup/providers/attach"
	"lineup/session"
)

// attachmentRecord is a file of a prompt in a JSON export. Its data is base64.
type attachmentRecord struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	SHA256 string `json:"sha256"`
	Data   []byte `json:"data"`
}

func attachmentRecords(files []providers.Attachment) (out []attachmentRecord) {
	for _, a := range files {
		out = append(out, attachmentRecord{a.Name, a.Type, a.SHA256, a.Data})
	}
	return out
}

// attachmentsOf makes the files of a record again. What they are goes by their content, as for any
// file.
func attachmentsOf(where string, records []attachmentRecord) (out []providers.Attachment,
	err error) {
	for i, rec := range records {
		a, err := attach.New(rec.Name, rec.Data)
		if err == nil && rec.SHA256 != "" && !strings.EqualFold(rec.SHA256, a.SHA256) {
			err = fmt.Errorf("sha256 of its data is %s, not %s", a.SHA256, rec.SHA256)
		}
		if err != nil {
			return nil, fmt.Errorf("%s.attachments[%d] (%s): %w", where, i,
				providers.CleanLine(rec.Name), err)
		}
		out = append(out, a)
	}
	return out, nil
}

// fileTitles names files in one line.
func fileTitles(files []providers.Attachment) string {
	var out []string
	for i := range files {
		out = append(out, files[i].Title())
	}
	return strings.Join(out, ", ")
}

func pageFileOf(a *providers.Attachment) pageFile {
	f := pageFile{Title: a.Title()}
	switch {
	case a.IsImage():
		f.Image = a.DataURL()
	case a.IsText():
		f.Text = providers.Clean(a.Text())
	}
	return f
}

func hasImages(s *session.Session) bool {
	return slices.ContainsFunc(s.Turns, func(t *session.Turn) bool {
		return slices.ContainsFunc(t.Attachments, func(a providers.Attachment) bool {
			return a.IsImage()
		})
	})
}

// chatMessage is a message of the chat format: its content is text, or a list of parts.
type chatMessage struct {
	Role    providers.Role `json:"role"`
	Content any            `json:"content"`
}

type (
	textPart struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	imagePart struct {
		Type  string `json:"type"`
		Image struct {
			URL string `json:"url"`
		} `json:"image_url"`
	}
)

// chatMessages writes messages with their images, as OpenAI's training with images has them:
// https://developers.openai.com/api/docs/guides/vision-fine-tuning
func chatMessages(messages []providers.Message) []chatMessage {
	out := make([]chatMessage, len(messages))
	for i := range messages {
		m := &messages[i]
		out[i] = chatMessage{Role: m.Role, Content: m.Text()}
		var parts []any
		for _, a := range m.Files() {
			if a.IsImage() {
				p := imagePart{Type: "image_url"}
				p.Image.URL = a.DataURL()
				parts = append(parts, p)
			}
		}
		if parts != nil {
			out[i].Content = append(parts, textPart{"text", m.Text()})
		}
	}
	return out
}
