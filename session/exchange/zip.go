package exchange

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"lineup/providers"
)

// readZip reads the conversations in ChatGPT's zip, of which there may be several files. A file in
// it that cannot be read costs itself alone. Where there are no such files, those that lineup wrote
// are looked for.
func readZip(ctx context.Context, f *os.File, size int64, format Format, out sink) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return fmt.Errorf("the zip file cannot be read: %w", err)
	}
	entries := matching(z, "conversations*.json")
	ours := len(entries) == 0
	if ours {
		entries = matching(z, "*.json")
	}
	if len(entries) == 0 {
		return errors.New("there is no conversations.json in the zip file")
	}
	left := uint64(maxImport)
	files := zipAssets(z, &left)
	known := false
	var first error
	for _, entry := range entries {
		name := providers.CleanLine(entry.Name)
		err := errTooLarge
		if entry.UncompressedSize64 <= left { // what it states is also what is unpacked of it
			left -= entry.UncompressedSize64
			err = readEntry(entry, format, files, func(p Parsed) error {
				p.Entry, known = name, true
				return out(p)
			})
		}
		switch {
		case err == nil:
		case errors.Is(err, errStop), ctx.Err() != nil:
			return err
		case ours:
			if first == nil {
				first = fmt.Errorf("%s: %w", name, err)
			}
		default:
			known = true
			if err := out(Parsed{Name: name, Entry: name, Format: format, Err: err}); err != nil {
				return err
			}
		}
	}
	if !known {
		return fmt.Errorf("there is no conversations.json in the zip file (%w)", first)
	}
	return nil
}

// matching gives the files whose name, without its folders, has a pattern. What macOS adds beside
// each file is none.
func matching(z *zip.Reader, pattern string) (list []*zip.File) {
	for _, entry := range z.File {
		base := path.Base(entry.Name)
		if ok, _ := path.Match(pattern, base); ok && !entry.FileInfo().IsDir() &&
			!strings.HasPrefix(base, ".") {
			list = append(list, entry)
		}
	}
	return list
}

func readEntry(entry *zip.File, format Format, files *assets, out sink) error {
	if entry.Flags&1 != 0 {
		return errors.New("it is encrypted; unpack the zip file first")
	}
	r, err := entry.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	data, damage := io.ReadAll(io.LimitReader(r, int64(entry.UncompressedSize64)+1))
	if damage == nil && uint64(len(data)) > entry.UncompressedSize64 {
		damage = errors.New("it is longer than it says")
	}
	if len(data) == 0 && damage != nil {
		return damage
	}
	err = readJSON(data, format, files, out)
	if damage != nil && !errors.Is(err, errStop) { // what came before it was read
		return damage
	}
	return err
}
