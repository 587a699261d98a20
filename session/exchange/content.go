package exchange

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// headBytes is how much of a file tells what it is.
const headBytes = 512

// kind is what the first bytes of a file say that it is, in words for the user.
type kind string

const (
	kindText   kind = "text"
	kindSQLite kind = "a SQLite database"
	kindZip    kind = "a zip file"
)

// kindOf goes by the first bytes. Anything without a signature is text, unless it has a zero byte.
func kindOf(head []byte) kind {
	for _, s := range []struct {
		magic string
		kind  kind
	}{
		{"SQLite format 3\x00", kindSQLite}, {"PK\x03\x04", kindZip}, {"PK\x05\x06", kindZip},
		{"\x1f\x8b", "a gzip file; unpack it first"}, {"BZh", "a bzip2 file; unpack it first"},
		{"\xfd7zXZ\x00", "an xz file; unpack it first"},
		{"\x28\xb5\x2f\xfd", "a zstd file; unpack it first"},
		{"7z\xbc\xaf\x27\x1c", "a 7z file; unpack it first"},
		{"Rar!", "a rar file; unpack it first"},
		{"%PDF-", "a PDF"}, {"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"},
		{"GIF8", "a picture"},
		{"bplist", "a property list"}, {"\x7fELF", "a program"}, {"MZ", "a program"},
	} {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.kind
		}
	}
	if utf16Order(head) == nil && bytes.IndexByte(head, 0) >= 0 {
		return "a binary file"
	}
	return kindText
}

// textKind names the kind of a text that is no JSON, "" for an unknown one.
func textKind(data []byte) string {
	start := bytes.ToLower(bytes.TrimLeft(data[:min(len(data), headBytes)], " \t\r\n"))
	switch {
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		return "an HTML page"
	case bytes.HasPrefix(start, []byte("<")):
		return "XML or HTML"
	case bytes.HasPrefix(start, []byte("# ")), bytes.HasPrefix(start, []byte("---")):
		return "Markdown"
	case !utf8.Valid(data):
		return "no text in UTF-8"
	}
	return ""
}

// utf16Order is the byte order of a text in UTF-16 with its mark, as editors of Windows write it;
// nil for any other.
func utf16Order(data []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return binary.BigEndian
	}
	return nil
}

// decodeText gives a text in UTF-8 without a byte order mark.
func decodeText(data []byte) []byte {
	order := utf16Order(data)
	if order == nil {
		return bytes.TrimPrefix(data, []byte("\ufeff"))
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}
