package redraw

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/charmbracelet/x/ansi"
)

// Some terminals, most of them set up for Korean, Chinese or Japanese, give two columns to what
// Unicode calls ambiguous (UAX #11): lines of frames, marks such as `…`, Greek, Cyrillic. Frames
// are laid out for one. Such a terminal is found by its answer to widthQuestion, and gets signs of
// ASCII in place of lines and marks. A letter there lies partly under the one that follows it.

// widthQuestion writes two of them at the beginning of the second row and asks where the cursor is.
// In the first row the answer would look like a key (F3 with Shift, Alt …).
const widthQuestion = "\x1b[2;1H│·" + ansi.RequestCursorPositionReport

// Answers to it: where the cursor is then, from 0.
const (
	widthRow    = 1
	narrowAfter = 2
	widestAfter = 4
)

// wideTells reports whether a cursor position is the answer of a terminal with wide ambiguous
// characters, if it is an answer at all.
func wideTells(x, y int) (wide, answer bool) {
	return x > narrowAfter, y == widthRow && x >= narrowAfter && x <= widestAfter
}

// ambiguous reports whether a cluster is one of those.
func ambiguous(cluster string) bool {
	if len(cluster) == 1 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(cluster)
	return width.LookupRune(r).Kind() == width.EastAsianAmbiguous
}

// plain are the signs of ASCII that stand for marks; each stands before those that it replaces.
const plain = ".·…∙⋅•\n*★☆●◆■◉\no○◇□◦°\n~≈∼\n-–—―−\n<←◀\n>→▶\n" +
	"^↑▲\nv↓▼\nx×\n+±\n'‘’\n\"“”\n=≡\n#≠\n|‖¦"

// inASCII is what stands in place of an ambiguous cluster, or the cluster where nothing does.
func inASCII(cluster string) string {
	r, _ := utf8.DecodeRuneInString(cluster)
	switch {
	case strings.ContainsRune("─┄┅┈┉╌╍╴╶", r):
		return "-"
	case strings.ContainsRune("━═╸╺╼╾", r): // the frame with the focus, the full part of a bar
		return "="
	case strings.ContainsRune("│┃┆┇┊┋╎╏║╵╷╹╻╽╿", r), strings.ContainsRune("▏▎▍▌▋▊▉▐▕", r):
		return "|"
	case r >= 0x2500 && r < 0x2580:
		return "+"
	case r >= 0x2581 && r <= 0x2583: // the lower blocks of a sparkline
		return "_"
	case r >= 0x2584 && r <= 0x2586:
		return "="
	case r == '▒':
		return ":"
	case r >= 0x2580 && r < 0x25a0:
		return "#"
	}
	for line := range strings.SplitSeq(plain, "\n") {
		if strings.ContainsRune(line[1:], r) {
			return line[:1]
		}
	}
	return cluster
}
