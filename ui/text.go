package ui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"

	"lineup/providers"
)

// zeroWidthSpace keeps two characters from forming one cluster.
const zeroWidthSpace = "\u200b"

// screenText makes text occupy the same number of cells in every terminal: it composes it (NFC) and takes apart
// the clusters that are one glyph to some terminals and several to others. An emoji is reduced to its first
// character (a family to one of its members), a cluster of letters is split so that no letter is lost.
func screenText(s string) string {
	if isASCII(s) {
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
			b.WriteString(zeroWidthSpace)
		}
		b.WriteString(plainRune(r))
	}
	return b.String()
}

// presentation are the marks that ask for another look of the character before them: a variation selector, a key cap.
// They are dropped wherever they stand: that character may have been shown already.
const presentation = "\ufe0e\ufe0f\u20e3"

func dropPresentation(r rune) rune {
	if strings.ContainsRune(presentation, r) {
		return -1
	}
	return r
}

// plainRune gives a character, or one in its place where terminals disagree on its width even when it is alone: half a
// flag is its letter.
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

// hasJoiners reports whether a text may hold clusters of several characters whose width terminals disagree on.
// Precomposed Hangul, kana, Han and Latin never do; this is the common case and must be cheap.
func hasJoiners(s string) bool {
	for _, r := range s {
		switch {
		case r < 0x300, r >= 0x2010 && r <= 0x20cf, r >= 0x2100 && r <= 0x2bff, r >= 0x3000 && r <= 0xa4ff, r >= 0xac00 && r <= 0xd7a3, r >= 0xff00 && r <= 0xffef:
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

// feed makes screen text of a growing text. What may still change with the next piece (the last cluster) is held
// back until it comes, or until flush.
type feed struct{ pending string }

// add takes the next piece and returns what is ready to be shown.
func (f *feed) add(piece string) string {
	s := f.pending + piece
	cut := len(s)
	if last, _ := utf8.DecodeLastRuneInString(s); last >= utf8.RuneSelf {
		cut = lastCluster(s)
	}
	f.pending = s[cut:]
	return screenText(s[:cut])
}

// flush returns what was held back.
func (f *feed) flush() string {
	s := f.pending
	f.pending = ""
	return screenText(s)
}

// lastCluster finds where the last grapheme cluster of s starts. It looks back from the end to the nearest ASCII
// character or 64 bytes, which no honest cluster exceeds.
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

// oneLine makes text from anywhere fit for a title or a status: clean, on one line, of equal width everywhere.
func oneLine(s string) string { return screenText(providers.CleanLine(s)) }

// pad makes a styled line exactly width cells wide, cutting it with an ellipsis where it is longer.
func pad(s string, width int) string {
	w := ansi.StringWidth(s)
	switch {
	case w == width:
		return s
	case w < width:
		return s + spaces(width-w)
	}
	return padCut(ansi.Truncate(s, width, "…"), width)
}

// padCut fills the cell that a wide character left over when the line was cut in the middle of it.
func padCut(s string, width int) string {
	return s + spaces(max(0, width-ansi.StringWidth(s)))
}

const blanks = "                                                                                                                                "

func spaces(n int) string {
	if n <= len(blanks) {
		return blanks[:max(0, n)]
	}
	return strings.Repeat(" ", n)
}

// wrap breaks plain text into lines of at most width cells: at spaces where there are any, else between
// characters, so that unspaced Korean, Japanese and Chinese fill their lines.
func wrap(s string, width int) []string {
	if width < 1 {
		return nil
	}
	s = strings.ReplaceAll(s, "\t", "    ")
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, strings.Split(ansi.Wrap(line, width, ""), "\n")...)
	}
	return lines
}
