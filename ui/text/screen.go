package text

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"

	"lineup/providers"
)

// ZeroWidthSpace keeps two characters from forming one cluster.
const ZeroWidthSpace = "\u200b"

// Clusters says that the terminal counts grapheme clusters (mode 2027): a letter with its marks, a
// family of emoji. It shows them as they were written.
type Clusters bool

// softHyphen says where a word may be parted. It is a hyphen of one cell to some terminals, also to
// some that count clusters, and nothing to others.
const softHyphen = "\u00ad"

// Screen makes text fit for the terminal. One that counts clusters gets it verbatim, but for soft
// hyphens, which are left out, and the letters of Hangul, which are composed. For any other it
// makes text that takes the same number of cells in all of them: it composes it (NFC) and takes
// apart the clusters that are one glyph to some terminals and several to others. An emoji is
// reduced to its first character (a family to one of its members), a cluster of letters is split so
// that no letter is lost.
func (c Clusters) Screen(s string) string {
	if isASCII(s) {
		return s
	}
	s = strings.ReplaceAll(s, softHyphen, "")
	if c {
		if strings.ContainsFunc(s, isJamo) {
			return norm.NFC.String(s)
		}
		return s
	}
	s = norm.NFC.String(s)
	if !hasJoiners(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		b.WriteString(plainCluster(cluster))
		s = s[len(cluster):]
	}
	return b.String()
}

// isJamo reports whether a character is a part of a syllable of Hangul.
func isJamo(r rune) bool { return r >= 0x1100 && r <= 0x11ff }

// Written is what of a row of screen text was written: the marks that Screen put between characters
// are no part of it.
func (c Clusters) Written(s string) string {
	if c {
		return s
	}
	return strings.ReplaceAll(s, ZeroWidthSpace, "")
}

// plainCluster gives a cluster whose width does not depend on the terminal.
func plainCluster(c string) string {
	if len(c) == 1 {
		return c
	}
	if strings.ContainsAny(c, presentation) {
		if c = strings.Map(dropPresentation, c); c == "" {
			return ""
		}
	}
	if ansi.StringWidth(c) == ansi.StringWidthWc(c) {
		return c
	}
	first, n := utf8.DecodeRuneInString(c)
	rest := c[n:]
	if strings.Contains(rest, "\u200d") || strings.ContainsFunc(rest, isSkinTone) {
		return plainRune(first)
	}
	var b strings.Builder
	for i, r := range c {
		if i > 0 {
			b.WriteString(ZeroWidthSpace)
		}
		b.WriteString(plainRune(r))
	}
	return b.String()
}

// presentation are the marks that ask for another look of the character before them: a variation
// selector, a key cap. They are dropped wherever they stand: that character may have been shown
// already.
const presentation = "\ufe0e\ufe0f\u20e3"

func dropPresentation(r rune) rune {
	if strings.ContainsRune(presentation, r) {
		return -1
	}
	return r
}

// plainRune gives a character, or one in its place where terminals disagree on its width even when
// it is alone: half a flag is its letter.
func plainRune(r rune) string {
	switch s := string(r); {
	case ansi.StringWidth(s) == ansi.StringWidthWc(s):
		return s
	case r >= 0x1f1e6 && r <= 0x1f1ff:
		return string('A' + r - 0x1f1e6)
	}
	return "\ufffd"
}

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// hasJoiners reports whether a text may hold clusters of several characters whose width terminals
// disagree on. Precomposed Hangul, kana, Han and Latin never do; this is the common case and must
// be cheap.
func hasJoiners(s string) bool {
	for _, r := range s {
		switch {
		case r < 0x300, r >= 0x2010 && r <= 0x20cf, r >= 0x2100 && r <= 0x2bff, r >= 0x3000 &&
			r <= 0xa4ff, r >= 0xac00 && r <= 0xd7a3, r >= 0xff00 && r <= 0xffef:
		case r >= 0x1f300 && r <= 0x1faff && !isSkinTone(r):
		default:
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// OneLine makes text from anywhere fit for a title or a status: clean, on one line, of equal width
// everywhere.
func OneLine(s string) string { return Clusters(false).OneLine(s) }

// OneLine is the function OneLine for a terminal that may count clusters.
func (c Clusters) OneLine(s string) string { return c.Screen(providers.CleanLine(s)) }
