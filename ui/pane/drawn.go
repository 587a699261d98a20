package pane

import (
	"slices"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
)

// Drawn brings an answer that was drawn.
type Drawn struct {
	view  *View
	frame markdown.Frame
	width int  // that was asked for
	whole bool // no more will come
}

// Take shows an answer that was drawn, and reports whether it is one of the pane.
func (p *Pane) Take(msg Drawn) bool {
	t := msg.view
	if !slices.Contains(p.turns, t) {
		return false
	}
	p.keepPlace(t, msg.width, func() { t.take(msg) })
	p.dirty = true
	return true
}

// Settle shows an answer that was drawn for no pane.
func (d Drawn) Settle() { d.view.take(d) }

// keepPlace keeps the text in view while a turn is laid out at another width.
func (p *Pane) keepPlace(t *View, width int, anew func()) {
	if p.follow || t.laid == 0 || t.laid == width || p.turns[p.top.turn] != t {
		anew()
		return
	}
	laid, place := t.laid, t.placeOf(p.top.line)
	if anew(); t.laid != laid {
		p.top.line = t.lineOf(place)
	}
}

// textPlace is a line of a turn by its text: so many letters of the answer stand before it. A line
// outside of the answer is counted from the beginning, or as -1 and less from the end.
type textPlace struct{ letters, line int }

func (t *View) placeOf(line int) textPlace {
	n := line - len(t.prompt) - len(t.reasoning)
	switch {
	case n < 0:
		return textPlace{line: line}
	case n >= t.answer.Len():
		return textPlace{line: line - t.height()}
	}
	letters := 0
	for _, r := range t.appendRows(nil, line-n, line) {
		letters += lettersIn(r)
	}
	return textPlace{letters, line}
}

func (t *View) lineOf(p textPlace) int {
	switch {
	case p.line < 0:
		return max(0, t.height()+p.line)
	case p.letters == 0:
		return p.line
	}
	from := len(t.prompt) + len(t.reasoning)
	for i, r := range t.appendRows(nil, from, from+t.answer.Len()) {
		if p.letters -= lettersIn(r); p.letters < 0 {
			return from + i
		}
	}
	return max(0, t.height()-1)
}

// lettersIn counts what a row has at every width: neither blanks nor lines that are drawn.
func lettersIn(r markdown.Row) (n int) {
	for _, c := range text.After(ansi.Strip(r.Text), r.Lead) {
		n += text.Int(c != ' ' && (c < 0x2500 || c > 0x257f))
	}
	return n
}
