package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// class says how a piece of text takes part in breaking lines.
type class uint8

const (
	blank   class = iota // spaces: a line may break there, and they vanish where it does
	solid                // letters, Hangul, emoji: stays together while it fits
	ideo                 // Han and Kana: a line may break on either side
	opener               // an opening bracket of those scripts: no break after it
	closer               // closing brackets, full stops, small Kana: no break before them
	quote                // quotation marks that open as well as close: no break on either side
	newline              // a hard line break
)

// nextRun returns the end of the run of text of one class that starts at s[at:], and its width in
// cells. Runs of blank and solid text are as long as they can cheaply be; of the other classes each
// grapheme is a run of its own.
//
// Widths are those of [ansi.StringWidth], which counts graphemes. It is slow, so the bulk of what
// models write is recognised here: ASCII is one cell, Hangul syllables, Han and Kana are two,
// unless what follows may join on to them.
func nextRun(s string, at int) (end, cells int, c class) {
	switch b := s[at]; {
	case b == '\n':
		return at + 1, 0, newline
	case b == ' ':
		for end = at; end < len(s) && s[end] == ' '; end++ {
		}
		if startsGrapheme(s, end) {
			return end, end - at, blank
		}
		if end--; end > at {
			return end, end - at, blank
		}
	case b > ' ' && b < 0x7f:
		for end = at; end < len(s) && s[end] > ' ' && s[end] < 0x7f; end++ {
		}
		if startsGrapheme(s, end) {
			return end, end - at, solid
		}
		if end--; end > at {
			return end, end - at, solid
		}
	case b >= 0xe3:
		if end, cells, c = wideRun(s, at); end > at {
			return end, cells, c
		}
	}
	cluster, cells := ansi.FirstGraphemeCluster(s[at:], ansi.GraphemeWidth)
	r, size := utf8.DecodeRuneInString(cluster)
	if c = classOf(r); c == blank && len(cluster) > size { // a mark on a blank
		c = solid
	}
	return at + len(cluster), cells, c
}

// nextGrapheme returns the length and width of the grapheme that starts at s[at:].
func nextGrapheme(s string, at int) (n, cells int) {
	if b := s[at]; b >= ' ' && b < 0x7f && (at+1 == len(s) || s[at+1] < utf8.RuneSelf) {
		return 1, 1
	}
	if r, size := utf8.DecodeRuneInString(s[at:]); wide(r) && startsGrapheme(s, at+size) {
		return size, 2
	}
	cluster, cells := ansi.FirstGraphemeCluster(s[at:], ansi.GraphemeWidth)
	return len(cluster), cells
}

// wideRun is nextRun for text that starts with a character of [wide]; end is at where it does not.
func wideRun(s string, at int) (end, cells int, c class) {
	r, size := utf8.DecodeRuneInString(s[at:])
	if !wide(r) {
		return at, 0, solid
	}
	if !hangul(r) {
		if !startsGrapheme(s, at+size) {
			return at, 0, solid
		}
		return at + size, 2, classOf(r)
	}
	for end = at; end < len(s); end += size {
		if r, size = utf8.DecodeRuneInString(s[end:]); !hangul(r) {
			break
		}
		cells += 2
	}
	if !startsGrapheme(s, end) { // the last syllable is not whole
		end, cells = end-len("가"), cells-2
	}
	return end, cells, solid
}

// startsGrapheme reports whether a grapheme surely starts at s[at:], whatever of the cheap kinds
// stands before it.
func startsGrapheme(s string, at int) bool {
	if at >= len(s) || s[at] < utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s[at:])
	return wide(r)
}

func hangul(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 }

// wide reports whether r takes two cells and never joins the character before it.
func wide(r rune) bool {
	switch {
	case hangul(r),
		r >= 0x4e00 && r <= 0x9fff, // Han
		r >= 0x3001 && r <= 0x3029, // punctuation; from 302A on marks follow
		r >= 0x3041 && r <= 0x3096, // Hiragana, up to the combining voice marks
		r >= 0x309b && r <= 0x30ff, // Katakana
		r >= 0xff01 && r <= 0xff60: // full-width forms
		return true
	}
	return false
}

// classOf tells the class of a grapheme by its first character. The sets are the common part of the
// Japanese and Chinese rules on what may begin and end a line. Korean separates words by spaces, so
// Hangul is solid.
func classOf(r rune) class {
	switch {
	case r >= 0x4e00 && r <= 0x9fff:
		return ideo
	case r == ' ':
		return blank
	case r >= 0x2018 && r <= 0x201f:
		return quote
	case strings.ContainsRune("「『（【〔〈《｛［", r):
		return opener
	case strings.ContainsRune("、。，．・：；？！」』）】〕〉》｝］…ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ％", r):
		return closer
	case r >= 0x3001 && r <= 0x30ff || unicode.Is(unicode.Han, r):
		return ideo
	}
	return solid
}

// mayBreak reports whether a line may break between two graphemes that no blank parts.
func mayBreak(before, after class) bool {
	switch {
	case before == blank, before == opener, after == closer, before == quote, after == quote:
		return false
	}
	return before != solid || after != solid
}

// clean returns s without control characters and marks that reorder text. Either could act on the
// terminal, or on the width of a line. Character references such as &#27; bring them in even where
// the input was sanitised. A tab or line end becomes a space, bytes that are not UTF-8 the
// replacement character.
func clean(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return strings.Map(harmless, s)
		}
	}
	return s
}

func harmless(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\u2028' || r == '\u2029':
		return ' '
	case unicode.IsControl(r), r == '\u200e', r == '\u200f', r == '\u061c',
		r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u206f', r >= '\ufff9' &&
			r <= '\ufffb':
		return -1
	}
	return r
}
