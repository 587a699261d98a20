package attach_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lineup/providers"
	"lineup/providers/attach"
)

func picture(t *testing.T, w, h int) image.Image {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White})
	m.SetColorIndex(w/2, h/2, 1)
	return m
}

func encoded(t *testing.T, kind string, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch m := picture(t, w, h); kind {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "gif":
		err = gif.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webp returns a picture of libwebp: lossless, 3×2; lossy ones and extended headers are made by hand.
func webp(t *testing.T, kind string) []byte {
	t.Helper()
	if kind == "VP8L" {
		data, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA4AAAAvAkAAAAdQxv8B//8BAA==")
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	body := []byte{0, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01} // 640×480
	if kind == "VP8X" {
		body = []byte{0, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0}
	}
	chunk := append([]byte("WEBP"+kind), byte(len(body)), 0, 0, 0)
	chunk = append(chunk, body...)
	return append([]byte{'R', 'I', 'F', 'F', byte(len(chunk)), 0, 0, 0}, chunk...)
}

func TestTheContentDecidesWhatAFileIs(t *testing.T) {
	jpg := encoded(t, "jpeg", 40, 30)
	for _, c := range []struct {
		name   string
		data   []byte
		kind   string // "" where it is refused
		w, h   int
		pages  int
		reason string
	}{
		{name: "a.png", data: encoded(t, "png", 640, 480), kind: "image/png", w: 640, h: 480},
		{name: "renamed.png", data: jpg, kind: "image/jpeg", w: 40, h: 30},
		{name: "a.txt", data: encoded(t, "gif", 5, 7), kind: "image/gif", w: 5, h: 7},
		{name: "lossy.webp", data: webp(t, "VP8 "), kind: "image/webp", w: 640, h: 480},
		{name: "lossless.webp", data: webp(t, "VP8L"), kind: "image/webp", w: 3, h: 2},
		{name: "extended.webp", data: webp(t, "VP8X"), kind: "image/webp", w: 640, h: 480},
		{name: "text.png", data: []byte("no picture\n"), kind: "text/plain"},
		{name: "drawing.svg", data: []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), kind: "text/plain"},
		{name: "page.html", data: []byte("<!DOCTYPE html><p>hi"), kind: "text/plain"},
		{name: "colours.log", data: []byte("\x1b[31mred\x1b[0m\n"), kind: "text/plain"},
		{name: "korean.md", data: []byte("# 결론\n"), kind: "text/plain"},
		{name: "bom.txt", data: []byte("\ufeffhello"), kind: "text/plain"},
		{name: "utf16le.txt", data: []byte("\xff\xfeh\x00i\x00"), kind: "text/plain"},
		{name: "utf16be.txt", data: []byte("\xfe\xff\x00h\x00i"), kind: "text/plain"},
		{name: "a.pdf", data: []byte("%PDF-1.7\n<< /Type /Pages /Count 2 >>\n<< /Type /Page >>\n<</Type/Page/Parent 1 0 R>>\n%%EOF"), kind: "application/pdf", pages: 2},
		{name: "counted.pdf", data: []byte("%PDF-1.7\n<< /Type /Pages /Count 12 >>\n%%EOF"), kind: "application/pdf", pages: 12},

		{name: "empty.txt", data: nil, reason: "it is empty"},
		{name: "latin1.txt", data: []byte("caf\xe9\n"), reason: "another encoding than UTF-8"},
		{name: "odd16.txt", data: []byte("\xff\xfeh\x00i"), reason: "neither text"},
		{name: "nul16.txt", data: []byte("\xff\xfeh\x00\x00\x00"), reason: "neither text"},
		{name: "bare16.txt", data: []byte("h\x00i\x00"), reason: "neither text"},
		{name: "nul.txt", data: []byte("a\x00b"), reason: "neither text"},
		{name: "photo.heic", data: []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), reason: "HEIC"},
		{name: "photo.jpg", data: []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), reason: "AVIF"},
		{name: "scan.tif", data: []byte("II*\x00\x08\x00\x00\x00"), reason: "TIFF"},
		{name: "old.bmp", data: []byte("BM\x36\x00\x00\x00\x00\x00\x00\x00"), reason: "BMP"},
		{name: "report.docx", data: []byte("PK\x03\x04\x14\x00\x06\x00"), reason: "application/zip"},
		{name: "song.mp3", data: []byte("ID3\x03\x00\x00\x00\x00\x00"), reason: "sound or film"},
		{name: "half.png", data: encoded(t, "png", 64, 64)[:60], reason: "end is missing"},
		{name: "half.jpg", data: jpg[:len(jpg)-2], reason: "end is missing"},
		{name: "half.webp", data: append([]byte("RIFF\xff\xff\x00\x00"), webp(t, "VP8 ")[8:]...), reason: "end is missing"},
		{name: "head.png", data: []byte("\x89PNG\r\n\x1a\n"), reason: "damaged"},
		{name: "head.gif", data: []byte("GIF89a\x00\x00\x00\x00\x00\x00\x00"), reason: "damaged"},
	} {
		a, err := attach.New(c.name, c.data)
		switch {
		case c.reason != "":
			if err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("%s: %q, %v; want it refused: %s", c.name, a.Type, err, c.reason)
			}
		case err != nil || a.Type != c.kind || a.Width != c.w || a.Height != c.h || a.Pages != c.pages:
			t.Errorf("%s: %s %d×%d %d pages, %v; want %s %d×%d %d", c.name, a.Type, a.Width, a.Height, a.Pages, err, c.kind, c.w, c.h, c.pages)
		case !bytes.Equal(a.Data, c.data) || len(a.SHA256) != 64:
			t.Errorf("%s: the bytes changed, or there is no hash: %q", c.name, a.SHA256)
		}
	}
}

func TestUTF16IsSentAsUTF8(t *testing.T) {
	for data, want := range map[string]string{
		"\xff\xfeh\x00\xe9\x00=\xd8\x00\xde": "hé😀",
		"\xfe\xff\x00h\x00i":                 "hi",
		"\ufeffhi":                           "hi",
		"hi\r\n":                             "hi\r\n",
	} {
		a, err := attach.New("x", []byte(data))
		if err != nil || a.Text() != want {
			t.Errorf("%q becomes %q, %v; want %q", data, a.Text(), err, want)
		}
	}
}

func TestOnlyTheLastPartOfAPathIsKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret project", "notes.txt")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("hi"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := attach.Read(path)
	if err != nil || a.Name != "notes.txt" {
		t.Errorf("%q, %v", a.Name, err)
	}
	for path, want := range map[string]string{`C:\Users\me\a b.png`: "a b.png", "/x/y.txt": "y.txt", "../up.md": "up.md", "\xff.txt": "\ufffd.txt"} {
		if a, _ := attach.New(path, []byte("hi")); a.Name != want {
			t.Errorf("%q is called %q, want %q", path, a.Name, want)
		}
	}
	m := providers.Message{Role: providers.User, Content: "see", Attachments: []providers.Attachment{a}}
	if text := m.Text(); strings.Contains(text, "secret") {
		t.Errorf("the folder is sent: %q", text)
	}
}

func TestWhatCannotBeReadSaysWhy(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("huge.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(at("huge.txt"), attach.MaxFile+1); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("locked.txt"), []byte("x"), 0o000); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{at("missing.png"): "there is no such file", dir: "it is a folder", at("huge.txt"): "no provider takes more than 50 MB"}
	if os.Getuid() != 0 && runtime.GOOS != "windows" {
		want[at("locked.txt")] = "permission denied"
	}
	for path, reason := range want {
		if _, err := attach.Read(path); err == nil || !strings.Contains(err.Error(), reason) || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v, want %q without the path", path, err, reason)
		}
	}
}

// No file may bring the program down, and what is accepted is one of the kinds that dialects know.
func FuzzNew(f *testing.F) {
	for _, s := range []string{"", "text", "%PDF-1.4 /Type/Page ", "RIFF\x1a\x00\x00\x00WEBPVP8L\x0e\x00\x00\x00/", "GIF89a\x01\x00\x01\x00", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "\xff\xd8\xff", "\xff\xfea"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := attach.New("x", data)
		if err != nil {
			return
		}
		switch {
		case a.IsText() && !a.IsImage() && a.Width == 0:
		case a.IsImage() && a.Width > 0 && a.Height > 0:
		case a.Type == providers.TypePDF:
		default:
			t.Errorf("%q became %+v", data, a)
		}
	})
}
