package wire

import (
	"encoding/json"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// textOf reads a JSON value that stands where text is wanted. A string is unquoted. A number or a
// truth value is taken as the server wrote it: some servers leave the quotes of such tokens out.
// Anything else is no text.
func textOf(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		s, _ := unquote(raw)
		return s
	case c == '-' || c >= '0' && c <= '9' || c == 't' || c == 'f':
		return string(raw)
	}
	return ""
}

// isText reports whether a raw JSON value holds text that is not empty.
func isText(raw json.RawMessage) bool {
	return len(raw) > 2 && raw[0] == '"' || len(raw) > 0 && raw[0] != '"' && textOf(raw) != ""
}

// unquote decodes a string literal of JSON. Unlike encoding/json it keeps parts of characters:
// bytes as they are, and half of a surrogate pair as three bytes in the manner of UTF-8. The other
// half may come with the next piece of a stream (see halves).
func unquote(lit []byte) (s string, ok bool) {
	if len(lit) < 2 || lit[0] != '"' || lit[len(lit)-1] != '"' {
		return "", false
	}
	lit = lit[1 : len(lit)-1]
	var b strings.Builder
	b.Grow(len(lit))
	for i := 0; i < len(lit); {
		if lit[i] != '\\' {
			b.WriteByte(lit[i])
			i++
			continue
		}
		if i+1 >= len(lit) {
			return "", false
		}
		if lit[i+1] != 'u' {
			c, ok := unescaped(lit[i+1])
			if !ok {
				return "", false
			}
			b.WriteByte(c)
			i += 2
			continue
		}
		r, ok := hex4(lit[i:])
		if !ok {
			return "", false
		}
		i += 6
		if utf16.IsSurrogate(r) {
			low, follows := hex4(lit[i:])
			if pair := utf16.DecodeRune(r, low); follows && pair != utf8.RuneError {
				r = pair
				i += 6
			} else {
				b.Write(halfBytes(r))
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// unescaped is the byte that an escape of one letter stands for.
func unescaped(c byte) (byte, bool) {
	switch c {
	case '"', '\\', '/':
		return c, true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

// hex4 reads an escape of the form \u12ab at the start of s.
func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, c := range s[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// halfBytes writes half of a surrogate pair in the manner of UTF-8, which has no form for it.
func halfBytes(r rune) []byte {
	return []byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6)&0xbf, 0x80 | byte(r)&0x3f}
}

// halfAt reads half of a surrogate pair in the form of halfBytes at the start of s; 0 where there
// is none.
func halfAt(s string) rune {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2] < 0x80 || s[2] > 0xbf {
		return 0
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
}

// halves joins characters of which a server sends a part at the end of one piece and the rest with
// the next one: bytes of UTF-8, or halves of a surrogate pair. The zero value is ready.
type halves struct{ held string }

// write takes the next piece and gives what of the text is whole. Bytes that belong to no character
// become U+FFFD.
func (h *halves) write(piece string) string {
	if h.held == "" && utf8.ValidString(piece) {
		return piece
	}
	piece = h.held + piece
	keep := len(piece) - openEnd(piece)
	h.held = piece[keep:]
	return mendUTF8(piece[:keep])
}

// close gives what is left where the other half never came.
func (h *halves) close() string {
	if h.held == "" {
		return ""
	}
	h.held = ""
	return "\uFFFD"
}

// openEnd is how many bytes at the end of a text are the beginning of a character.
func openEnd(s string) int {
	if len(s) >= 3 {
		if r := halfAt(s[len(s)-3:]); r != 0 && r < 0xdc00 {
			return 3
		}
	}
	for n := 1; n <= min(5, len(s)); n++ {
		c := s[len(s)-n]
		if utf8.RuneStart(c) {
			if c < utf8.RuneSelf || utf8.FullRuneInString(s[len(s)-n:]) && !(c == 0xed && n < 3) {
				return 0
			}
			if n > 3 {
				return 0
			}
			// the low half is not whole yet
			if rest := len(s) - n; n < 3 && rest >= 3 && c == 0xed {
				if r := halfAt(s[rest-3:]); r != 0 && r < 0xdc00 {
					return n + 3
				}
			}
			return n
		}
	}
	return 0
}

// mendUTF8 joins the halves of surrogate pairs, and makes U+FFFD of what is no UTF-8.
func mendUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if high := halfAt(s[i:]); high != 0 {
			if r := utf16.DecodeRune(high, halfAt(s[i+3:])); r != utf8.RuneError {
				b.WriteRune(r)
				i += 6
			} else {
				b.WriteRune(utf8.RuneError)
				i += 3
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		b.WriteRune(r)
		i += n
	}
	return b.String()
}
