package providers

import (
	"strings"
	"unicode/utf8"
)

// Clean makes text that came from elsewhere safe to show in a terminal. Tabs and newlines stay; a carriage
// return is dropped; any other control character becomes a visible one, as do the marks that reorder text
// (U+202A–202E, U+2066–2069). Invalid UTF-8 becomes U+FFFD. Cleaning piece by piece gives the same as cleaning
// the whole, as long as the pieces are cut between characters.
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
		case r == '\r':
		case r == '\t', r == '\n':
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune(0x2400 + r) // the symbol for that control character: ␛ for ESC
		case r == 0x7f:
			b.WriteRune('␡')
		case r >= 0x80 && r <= 0x9f, reorders(r):
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
		if r == utf8.RuneError && n == 1 || r >= 0x80 && r <= 0x9f || reorders(r) {
			return i
		}
		i += n
	}
	return -1
}

func reorders(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}
