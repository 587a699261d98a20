package exchange

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"lineup/providers"
	"lineup/providers/attach"
)

// Missing is a file of a session that was not brought in.
type Missing struct {
	Name   string
	Reason string // in words that fit after the name
}

// assets are the files beside ChatGPT's conversations: entries of its zip, or what was unpacked of
// it. Their names begin with the id by which a message knows them. No assets have no files.
type assets struct {
	list []asset
	left *uint64 // bytes that may still be unpacked
}

// asset is one file.
type asset struct {
	name   string // without folders
	size   uint64
	open   func() (io.ReadCloser, error)
	opened bool
}

// errNoAsset says that the export does not hold a file.
var errNoAsset = errors.New("it is not in the export")

// assetID is how ChatGPT calls files: file-… with file-service://, file_… with sediment://.
var assetID = regexp.MustCompile(`^file[-_][0-9A-Za-z_-]+$`)

// zipAssets are the files of a zip, of which no more than left bytes are unpacked.
func zipAssets(z *zip.Reader, left *uint64) *assets {
	a := &assets{left: left}
	for _, entry := range z.File {
		if base := path.Base(entry.Name); strings.HasPrefix(base, "file") &&
			!entry.FileInfo().IsDir() {
			a.list = append(a.list, asset{base, entry.UncompressedSize64, entry.Open, false})
		}
	}
	return a
}

// folderAssets are the files beside an unpacked conversations.json, and those in the folders there.
func folderAssets(file string) *assets {
	left := uint64(maxImport)
	a := &assets{left: &left}
	for _, pattern := range []string{"file*", filepath.Join("*", "file*")} {
		// a pattern that the folder's own name spoils finds nothing
		found, _ := filepath.Glob(filepath.Join(filepath.Dir(file), pattern))
		for _, name := range found {
			info, err := os.Stat(name)
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			open := func() (io.ReadCloser, error) { return os.Open(name) }
			a.list = append(a.list, asset{filepath.Base(name), uint64(info.Size()), open, false})
		}
	}
	return a
}

// attachment gives a file by its id. It is called by the name that the message has for it, or else
// by that of the file.
func (a *assets) attachment(id, name string) (file providers.Attachment, err error) {
	if a == nil || !assetID.MatchString(id) {
		return file, errNoAsset
	}
	for i := range a.list {
		f := &a.list[i]
		rest, ok := strings.CutPrefix(f.name, id)
		if !ok || rest != "" && !strings.ContainsAny(rest[:1], "-_.") {
			continue
		}
		if name == "" {
			name = strings.TrimLeft(rest, "-_")
			if strings.HasPrefix(name, ".") || name == "" {
				name = id + name
			}
		}
		data, err := f.read(a.left)
		if err != nil {
			return file, err
		}
		return attach.New(name, data)
	}
	return file, errNoAsset
}

// read unpacks a file, which counts once.
func (f *asset) read(left *uint64) ([]byte, error) {
	switch {
	case f.size > attach.MaxFile:
		return nil, errors.New("no provider takes a file of this size")
	case !f.opened && f.size > *left:
		return nil, errTooLarge
	}
	if !f.opened {
		f.opened = true
		*left -= f.size
	}
	r, err := f.open()
	if err != nil {
		return nil, plainError(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(f.size)+1))
	if err == nil && uint64(len(data)) > f.size {
		err = errors.New("it is longer than it says")
	}
	return data, err
}
