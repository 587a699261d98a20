package providers

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
)

// Attachment is a file that goes with a message. Package attach makes it from a file, and decides
// what it is by its content. Nobody changes Data.
type Attachment struct {
	Name   string // base name of the file
	Type   string // media type: TypeText, TypePDF, or that of an image
	Data   []byte // the bytes of the file
	SHA256 string // of Data, in hex

	Width, Height int // pixels of an image, else 0
	Pages         int // of a PDF, 0 where they cannot be counted
}

// Media types that attachments have beside those of images: PNG, JPEG, GIF and WebP.
const (
	TypeText = "text/plain"
	TypePDF  = "application/pdf"
)

// IsText reports whether an attachment is sent as text, and not as bytes.
func (a *Attachment) IsText() bool { return a.Type == TypeText }

// IsImage reports whether an attachment is a picture.
func (a *Attachment) IsImage() bool { return strings.HasPrefix(a.Type, "image/") }

// About tells the kind and the size of an attachment in words: "PNG, 640×480, 12 kB".
func (a *Attachment) About() string {
	size := humanize.Bytes(uint64(len(a.Data)))
	switch {
	case a.IsImage():
		return fmt.Sprintf("%s, %d×%d, %s", strings.ToUpper(strings.TrimPrefix(a.Type, "image/")),
			a.Width, a.Height, size)
	case a.Type == TypePDF && a.Pages > 0:
		return fmt.Sprintf("PDF, %s, %s", english.Plural(a.Pages, "page", ""), size)
	case a.Type == TypePDF:
		return "PDF, " + size
	}
	return "text, " + size
}

// Title is the name of an attachment and what About tells, safe for a terminal.
func (a *Attachment) Title() string { return CleanLine(a.Name) + " (" + a.About() + ")" }

// DataURL is an attachment as a URL (RFC 2397).
func (a *Attachment) DataURL() string {
	return "data:" + a.Type + ";base64," + base64.StdEncoding.EncodeToString(a.Data)
}

// Text is the content of a text file in UTF-8, without a byte order mark.
func (a *Attachment) Text() string {
	if order := UTF16Order(a.Data); order != nil {
		units := make([]uint16, 0, len(a.Data)/2)
		for i := 2; i+1 < len(a.Data); i += 2 {
			units = append(units, order.Uint16(a.Data[i:]))
		}
		return string(utf16.Decode(units))
	}
	return strings.ToValidUTF8(string(bytes.TrimPrefix(a.Data, []byte("\ufeff"))), "\ufffd")
}

// UTF16Order is the byte order of a text in UTF-16, by its mark; nil for any other text.
func UTF16Order(data []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return binary.BigEndian
	}
	return nil
}

// Text is what a message says in words: its text files as fenced blocks, each under its name, and
// then its content. A fence is longer than any run of backticks in the file.
func (m *Message) Text() string {
	var b strings.Builder
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if !a.IsText() {
			continue
		}
		text := a.Text()
		fence := strings.Repeat("`", max(3, Backticks(text)+1))
		b.WriteString(fence + strings.ReplaceAll(CleanLine(a.Name), "`", "'") + "\n" + text)
		if !strings.HasSuffix(text, "\n") {
			b.WriteByte('\n')
		}
		b.WriteString(fence + "\n\n")
	}
	if b.Len() == 0 {
		return m.Content
	}
	b.WriteString(m.Content)
	return b.String()
}

// Files are the attachments of a message that are sent as bytes: images and PDFs.
func (m *Message) Files() []Attachment {
	var out []Attachment
	for _, a := range m.Attachments {
		if !a.IsText() {
			out = append(out, a)
		}
	}
	return out
}

// Backticks is the length of the longest run of backticks in a text. A fence around the text must
// be longer.
func Backticks(s string) (longest int) {
	run := 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// ValidText reports whether bytes are text: UTF-8, or UTF-16 with its mark, without a NUL.
func ValidText(data []byte) bool {
	if order := UTF16Order(data); order != nil {
		if len(data)%2 != 0 {
			return false
		}
		for i := 2; i < len(data); i += 2 {
			if order.Uint16(data[i:]) == 0 {
				return false
			}
		}
		return true
	}
	return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0
}
