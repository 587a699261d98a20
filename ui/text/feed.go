package text

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Feed makes screen text of a growing text. What may still change with the next piece (the last
// cluster) is held back until it comes, or until flush.
type Feed struct {
	Clusters
	pending string
	before  byte // the last character that was given out, if it is ASCII, else 0
}

// Add takes the next piece and returns what is ready to be shown.
func (f *Feed) Add(piece string) string {
	s := f.pending + piece
	cut := len(s)
	if last, _ := utf8.DecodeLastRuneInString(s); last >= utf8.RuneSelf {
		cut = lastCluster(s)
	}
	f.pending = s[cut:]
	return f.give(s[:cut])
}

// Flush returns what was held back.
func (f *Feed) Flush() string {
	s := f.pending
	f.pending = ""
	return f.give(s)
}

// give makes screen text of what is ready. A mark that comes after an ASCII letter is one cluster
// with it, although the letter is shown already.
func (f *Feed) give(s string) (out string) {
	if s == "" {
		return ""
	}
	if f.before != 0 && s[0] >= utf8.RuneSelf {
		letter := string(rune(f.before))
		joined, ok := strings.CutPrefix(f.Screen(letter+s), letter)
		if out = joined; !ok { // both are one character, which would be shown twice
			out = f.Screen(s)
		}
	} else {
		out = f.Screen(s)
	}
	if f.before = s[len(s)-1]; f.before >= utf8.RuneSelf {
		f.before = 0
	}
	return out
}

// lastCluster finds where the last grapheme cluster of s starts. It looks back from the end to the
// nearest ASCII character or 64 bytes, which no honest cluster exceeds.
func lastCluster(s string) int {
	start := len(s)
	for start > 0 && len(s)-start < 64 && s[start-1] >= utf8.RuneSelf {
		start--
	}
	for start < len(s) && !utf8.RuneStart(s[start]) {
		start++
	}
	for at := start; ; {
		cluster, _ := ansi.FirstGraphemeCluster(s[at:], ansi.GraphemeWidth)
		if at+len(cluster) >= len(s) {
			return at
		}
		at += len(cluster)
	}
}
