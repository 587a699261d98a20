package providers

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Clean makes text that came from elsewhere safe to show in a terminal. Tabs and newlines stay; a
// carriage return is dropped; any other control character becomes visible. So do the marks for
// order and form (U+202A–202E, U+2066–206F) and for annotations (U+FFF9–FFFB). The marks that only
// hint at a direction (U+061C, U+200E, U+200F) belong to Arabic and Hebrew text; they are dropped.
// The separators of lines and paragraphs (U+2028, U+2029) become newlines, and invalid UTF-8
// becomes U+FFFD. Cleaning pieces gives the same as cleaning the whole, if they are cut between
// characters.
//
// Clean is for the way to a terminal. Records keep text as it was written.
func Clean(s string) string {
	i := firstUnclean(s)
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	b.WriteString(s[:i])
	for _, r := range s[i:] {
		switch {
		case r == '\r', hints(r):
		case r == '\t', r == '\n':
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune(0x2400 + r) // the symbol for that control character: ␛ for ESC
		case r == 0x7f:
			b.WriteRune('␡')
		case separates(r):
			b.WriteByte('\n')
		case r >= 0x80 && r <= 0x9f, steers(r):
			b.WriteRune('␦')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// CleanLine is Clean for text that must stay on one line: runs of white space become one space.
func CleanLine(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// firstUnclean finds the first byte that Clean would change, or -1; nearly all text is clean.
func firstUnclean(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\n' && c != '\t' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r >= 0x80 && r <= 0x9f || steers(r) || hints(r) ||
			separates(r) {
			return i
		}
		i += n
	}
	return -1
}

// steers reports whether a character has no shape of its own and changes the direction or the form
// of others.
func steers(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x206f ||
		r >= 0xfff9 && r <= 0xfffb
}

// separates reports whether a character ends a line or a paragraph.
func separates(r rune) bool { return r == 0x2028 || r == 0x2029 }

// EscapeJSON makes a JSON document safe for a terminal: it escapes, as \u1b and the like, the
// characters that Clean replaces and JSON allows. Its value is the same.
func EscapeJSON(doc []byte) []byte {
	var out []byte
	from := 0
	for i := 0; i < len(doc); {
		if c := doc[i]; c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(doc[i:])
		if r == 0x7f || r >= 0x80 && r <= 0x9f || steers(r) || hints(r) || separates(r) {
			out = fmt.Appendf(append(out, doc[from:i]...), "\\u%04x", r)
			from = i + n
		}
		i += n
	}
	if out == nil {
		return doc
	}
	return append(out, doc[from:]...)
}

// hints reports whether a character is a mark of the bidirectional algorithm (UAX #9) without a
// shape.
func hints(r rune) bool { return r == 0x61c || r == 0x200e || r == 0x200f }

// JSONLine is a record as a line of JSON, safe for a terminal and with < and & as they are.
func JSONLine(record any) ([]byte, error) {
	text, err := encodePlain(record)
	if err != nil {
		return nil, err
	}
	return append(EscapeJSON(text), '\n'), nil
}
