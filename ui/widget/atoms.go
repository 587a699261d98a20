package widget

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
)

// Part is a piece of a draft: text as it was written, or a chip, which stands for a long text or a
// file.
type Part struct {
	Label string `json:"label,omitempty"` // of a chip; "" for plain text
	Text  string `json:"text"`
	File  string `json:"file,omitempty"` // that a chip stands for
}

// A text area holds runes and draws each in its own width. What it cannot hold or must not draw
// stands in it as an atom: a run of stand-in runes, one for each cell of a label. A tab is an atom
// of four blanks, a control character is one of its symbol, a long paste is one of its chip. No
// editing key leaves half an atom.
//
// A stand-in is a character of Unicode's last private plane. It says which atom it belongs to and
// which cell of the label it is. A character of that plane in a text becomes an atom itself, so
// nothing a person writes is mistaken for one.
const (
	firstStandIn = 0x100000
	cellsOfAtom  = 64
	mostAtoms    = (utf8.MaxRune - 1 - firstStandIn) / cellsOfAtom
)

// atom is what a run of stand-ins means.
type atom struct {
	label []rune // what is shown, a cell each; 0 is the second cell of a wide one
	text  string // what it stands for
	file  string
	chip  bool
}

// atoms are those of one text area, by number. An atom stays as long as the area: recalled drafts
// still name it.
type atoms struct {
	list   []atom
	number map[Part]int
}

// numberOf finds or makes an atom; it is -1 where there are too many.
func (a *atoms) numberOf(p Part, chip bool) int {
	if n, ok := a.number[p]; ok {
		return n
	}
	if len(a.list) >= mostAtoms {
		return -1
	}
	if a.number == nil {
		a.number = map[Part]int{}
	}
	label := cellsOf(p.Label)
	n := len(a.list)
	a.list = append(a.list, atom{label: label, text: p.Text, file: p.File, chip: chip})
	a.number[p] = n
	return n
}

// cellsOf lays a label out in cells, as many as an atom has.
func cellsOf(label string) (cells []rune) {
	for _, r := range label {
		switch w := ansi.StringWidth(string(r)); {
		case len(cells)+w > cellsOfAtom:
			return cells
		case w == 1:
			cells = append(cells, r)
		case w == 2:
			cells = append(cells, r, 0)
		}
	}
	return cells
}

// labelOf is a label without its empty cells.
func labelOf(cells []rune) string { return strings.ReplaceAll(string(cells), "\x00", "") }

// standIns are the runes of an atom.
func (a *atoms) standIns(n int) string {
	var b strings.Builder
	for i := range a.list[n].label {
		b.WriteRune(rune(firstStandIn + n*cellsOfAtom + i))
	}
	return b.String()
}

// chip is a long text as one atom with a label.
func (a *atoms) chip(p Part) string {
	n := a.numberOf(p, true)
	if n < 0 {
		return a.encode(p.Text, "")
	}
	return a.standIns(n)
}

// tabLabel is how wide a tab stands in a text area.
const tabLabel = "    "

// pasted gives the line ends of a paste as newlines: a terminal sends carriage returns in their
// place.
func pasted(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// encode makes a text fit for a text area. In a field of one line its line ends are atoms with the
// given label.
func (a *atoms) encode(s, newline string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		label := ""
		switch {
		case r == '\n' && newline == "":
		case r == '\n':
			label = newline
		case r == '\t':
			label = tabLabel
		case r == '\r':
			label = "␍"
		case r == '\u2028' || r == '\u2029':
			label = "␤"
		case r >= firstStandIn:
			label = "\ufffd"
		case r < 0x20 || r >= 0x7f:
			if shown := providers.Clean(string(r)); shown != string(r) {
				label = shown
			}
		}
		if label != "" && ansi.StringWidth(label) == utf8.RuneCountInString(label) {
			if n := a.numberOf(Part{Label: label, Text: string(r)}, false); n >= 0 {
				b.WriteString(a.standIns(n))
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hasStandIns reports whether a text holds atoms.
func hasStandIns(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= firstStandIn })
}

// of gives the atom and the cell that a rune stands for.
func (a *atoms) of(r rune) (n, cell int, ok bool) {
	if r < firstStandIn {
		return 0, 0, false
	}
	n, cell = int(r-firstStandIn)/cellsOfAtom, int(r-firstStandIn)%cellsOfAtom
	return n, cell, n < len(a.list) && cell < len(a.list[n].label)
}

// decode is encode's inverse: the text that a person wrote or pasted.
func (a *atoms) decode(s string) string {
	if !hasStandIns(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch n, cell, ok := a.of(r); {
		case !ok:
			b.WriteRune(r)
		case cell == 0:
			b.WriteString(a.list[n].text)
		}
	}
	return b.String()
}

// shown puts labels in the place of stand-ins, and leaves out the marks that steer text and take no
// cell; s may hold styles.
func (a *atoms) shown(s string) string {
	return strings.Map(func(r rune) rune {
		if n, cell, ok := a.of(r); ok {
			if a.list[n].label[cell] == 0 {
				return -1
			}
			return a.list[n].label[cell]
		}
		if r >= 0x80 && providers.Clean(string(r)) == "" {
			return -1
		}
		return r
	}, s)
}

// parts splits a text at its chips.
func (a *atoms) parts(s string) []Part {
	var out []Part
	text := func(s string) {
		if s == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Label == "" {
			out[n-1].Text += s
			return
		}
		out = append(out, Part{Text: s})
	}
	for _, r := range s {
		switch n, cell, ok := a.of(r); {
		case !ok:
			text(string(r))
		case cell == 0 && a.list[n].chip:
			at := a.list[n]
			out = append(out, Part{Label: labelOf(at.label), Text: at.text, File: at.file})
		case cell == 0:
			text(a.list[n].text)
		}
	}
	return out
}

// whole is the length in runes of the whole atom at the beginning of a line's rest, 0 for none.
func (a *atoms) whole(rest []rune) int {
	n, cell, ok := a.of(rest[0])
	if !ok || cell != 0 {
		return 0
	}
	size := len(a.list[n].label)
	if len(rest) < size {
		return 0
	}
	for i := range size {
		if m, c, ok := a.of(rest[i]); !ok || m != n || c != i {
			return 0
		}
	}
	return size
}

// mend drops what is left of broken atoms from a line. It gives the column at which a cursor stands
// then: never within an atom, but at its end where the cursor moves forward and at its start else.
func (a *atoms) mend(line []rune, col int, forward bool) (kept []rune, at int) {
	at = col
	for i := 0; i < len(line); {
		size := 1
		if _, _, ok := a.of(line[i]); ok {
			size = a.whole(line[i:])
			switch {
			case size == 0: // a piece of a broken one
				if i < col {
					at--
				}
				i++
				continue
			case i < col && col < i+size && forward:
				at += i + size - col
			case i < col && col < i+size:
				at -= col - i
			}
		}
		kept = append(kept, line[i:i+size]...)
		i += size
	}
	return kept, at
}
