package redraw

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// row is one row of the screen.
type row struct {
	known  bool // the terminal shows it
	text   string
	cells  []cell // one for each column
	end    int    // the column after the last cell that is not blank
	unsure bool   // terminals may disagree on how wide it is
}

// cell is what stands in one column. The zero value, with a width of 1, is a blank.
type cell struct {
	from   uint32 // where its cluster begins in the row's text
	n      uint16 // the length of the cluster in bytes; 0 for a blank
	pen    uint16 // how it is drawn, in pens
	width  uint8  // in columns; 0 for the other columns of a wide cluster
	unsure bool   // terminals may disagree on the width
	plain  bool   // it is drawn in ASCII
}

// longest is how many bytes of a cluster are read as one.
const longest = 1<<16 - 1

func (c cell) blank() bool { return c.n == 0 && c.width == 1 && c.pen == 0 }

// cluster is the text of a cell.
func (r *row) cluster(c cell) string {
	if c.n == 0 {
		return " "
	}
	text := r.text[c.from : c.from+uint32(c.n)]
	if c.plain {
		return inASCII(text)
	}
	return text
}

// same reports whether two rows show the same in a column.
func (r *row) same(o *row, x int) bool {
	a, b := r.cells[x], o.cells[x]
	return a.n == b.n && a.width == b.width && a.pen == b.pen && r.cluster(a) == o.cluster(b)
}

// pen is how text is drawn: the styles since the last reset, and the hyperlink.
type pen struct{ style, link string }

// pens numbers the pens in use. The first is the one of plain text.
type pens struct {
	all     []pen
	numbers map[pen]uint16
}

// morePens is how many pens are kept; a theme has some dozens.
const morePens = 10_000

func newPens() *pens { return &pens{all: []pen{{}}, numbers: map[pen]uint16{{}: 0}} }

func (p *pens) number(of pen) uint16 {
	n, ok := p.numbers[of]
	if !ok && len(p.all) < 1<<16 {
		n = uint16(len(p.all))
		of = pen{strings.Clone(of.style), strings.Clone(of.link)} // the frame may go
		p.all, p.numbers[of] = append(p.all, of), n
	}
	return n
}

// read makes the cells of a row from a text of width columns at most. What is wider is cut off.
// wide says that the terminal gives two columns to ambiguous characters.
func (r *row) read(s string, width int, pens *pens, wide bool) {
	*r = row{known: true, text: s, cells: r.cells[:0]}
	var now pen
	var number uint16
	for i := 0; i < len(s); {
		if s[i] == '\x1b' {
			n := now.take(s[i:])
			number = pens.number(now)
			i += n
			continue
		}
		n, w, sure := first(s[i:])
		if x := len(r.cells); x+w > width {
			break
		}
		c := cell{from: uint32(i), n: uint16(n), pen: number, width: uint8(w), unsure: !sure}
		if wide && w == 1 && ambiguous(s[i:i+n]) {
			c.plain = true
			c.unsure = inASCII(s[i:i+n]) == s[i:i+n]
		}
		r.add(c)
		i += n
	}
	r.end = len(r.cells)
	for r.end > 0 && r.cells[r.end-1].blank() {
		r.end--
	}
	for len(r.cells) < width {
		r.cells = append(r.cells, cell{width: 1})
	}
}

// add puts a cluster into the next columns. One without a width, such as U+200B, is left out: it
// shows nothing, and some terminals give it a column.
func (r *row) add(c cell) {
	if c.width == 0 {
		return
	}
	r.unsure = r.unsure || c.unsure
	if c.n == 1 && r.text[c.from] == ' ' {
		c.n, c.from = 0, 0
	}
	r.cells = append(r.cells, c)
	for range c.width - 1 {
		r.cells = append(r.cells, cell{pen: c.pen})
	}
}

// take follows the sequence at the beginning of s and gives its length. Styles and hyperlinks
// count; a frame has no others.
func (p *pen) take(s string) int {
	n := len(s)
	if len(s) > 1 && s[1] == '[' {
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				n = i + 1
				break
			}
		}
	} else {
		_, _, n, _ = ansi.DecodeSequence(s, ansi.NormalState, nil)
	}
	switch seq := s[:n]; {
	case seq == "\x1b[m", seq == "\x1b[0m":
		p.style = ""
	case strings.HasPrefix(seq, "\x1b[0;") && seq[n-1] == 'm':
		p.style = seq
	case strings.HasPrefix(seq, "\x1b[") && seq[n-1] == 'm':
		p.style += seq
	case strings.HasPrefix(seq, "\x1b]8;"):
		if _, address, _ := strings.Cut(seq[len("\x1b]8;"):], ";"); len(address) <= len("\x1b\\") {
			seq = "" // an empty one ends the link
		}
		p.link = seq
	}
	return max(1, n)
}

// first is the first grapheme cluster of s: its length in bytes, and its width in columns. It is
// sure where every terminal counts the same.
func first(s string) (n, width int, sure bool) {
	r, n := utf8.DecodeRuneInString(s)
	width, sure = certain(r)
	if sure && (n == len(s) || s[n] < utf8.RuneSelf) {
		return n, width, true
	}
	if sure {
		if next, _ := utf8.DecodeRuneInString(s[n:]); alone(next) {
			return n, width, true
		}
	}
	if r < 0x20 || r == 0x7f { // a frame has none
		return n, 0, true
	}
	cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	sure = width == ansi.StringWidthWc(cluster) && !strings.ContainsFunc(cluster, disputed)
	return min(len(cluster), longest), width, sure
}

// disputed reports whether terminals count a character by the Unicode that they were made for, or
// by a rule of their own: xterm 379, tmux 3.3a, kitty 0.26, mlterm 3.9 and urxvt 9.30 differ.
func disputed(r rune) bool {
	switch {
	case r >= 0x2630 && r <= 0x2637, r >= 0x268a && r <= 0x268f, r >= 0x4dc0 && r <= 0x4dff,
		r >= 0x1d300 && r <= 0x1d37f: // trigrams and their like: wide since Unicode 16
		return true
	case r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff: // vowels and ends of Hangul
		return true
	case r >= 0x1f6d3 && r <= 0x1f6df, r >= 0x1fa70 && r <= 0x1faff: // emoji since Unicode 12
		return true
	case r == 0x200d, r == 0xfe0e, r == 0xfe0f, r >= 0xe0000 && r <= 0xe01ef: // marks of emoji
		return true
	}
	return r >= 0x16ff2 && r <= 0x18dff // scripts since Unicode 11
}

// certain is the width of a character that every terminal counts alike.
func certain(r rune) (width int, ok bool) {
	switch {
	case r >= 0x20 && r < 0x7f, r > 0xad && r < 0x300, r >= 0x2500 && r < 0x25a0:
		return 1, true
	case r >= 0xac00 && r <= 0xd7a3, r >= 0x4e00 && r <= 0x9fff, r >= 0x3041 && r <= 0x3096:
		return 2, true
	}
	return 0, false
}

// alone reports whether a character never belongs to the cluster before it.
func alone(r rune) bool {
	_, ok := certain(r)
	return ok
}
