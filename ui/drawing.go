package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
)

// An answer that takes long to draw, at a new width, in another style, when it is whole, is drawn in a command, so that no
// key waits for it. Meanwhile its pane shows what it showed before, cut to its new size. Only what comes into view is drawn,
// the current pane first, and one answer at a time: a second processor stays free for keys and frames.

// drawings are the answers that wait for it.
type drawings struct {
	queue []*turnView
	busy  bool // one is being drawn
}

// drawnMsg brings an answer that was drawn.
type drawnMsg struct {
	view  *turnView
	frame markdown.Frame
	width int  // that was asked for
	whole bool // no more will come
}

// take shows an answer that was drawn, and reports whether it is one of the pane.
func (p *pane) take(msg drawnMsg) bool {
	t := msg.view
	if !slices.Contains(p.turns, t) {
		return false
	}
	p.keepPlace(t, msg.width, func() { t.take(msg) })
	p.dirty = true
	return true
}

// settle shows an answer that was drawn for no pane.
func (d drawnMsg) settle() { d.view.take(d) }

// keepPlace keeps the text in view while a turn is laid out at another width.
func (p *pane) keepPlace(t *turnView, width int, anew func()) {
	if p.follow || t.laid == 0 || t.laid == width || p.turns[p.top.turn] != t {
		anew()
		return
	}
	laid, place := t.laid, t.placeOf(p.top.line)
	if anew(); t.laid != laid {
		p.top.line = t.lineOf(place)
	}
}

// textPlace is a line of a turn by its text: so many letters of the answer stand before it. A line outside of the answer is
// counted from the beginning, or as -1 and less from the end.
type textPlace struct{ letters, line int }

func (t *turnView) placeOf(line int) textPlace {
	n := line - len(t.head) - len(t.mind)
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

func (t *turnView) lineOf(p textPlace) int {
	switch {
	case p.line < 0:
		return max(0, t.height()+p.line)
	case p.letters == 0:
		return p.line
	}
	from := len(t.head) + len(t.mind)
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

// clearMargins has the screen drawn anew without scroll margins. A frame for the old size may be under way when the
// terminal changes. Where it scrolls, the renderer (ultraviolet, 2026-10-08) ends it by setting margins at the old
// height instead of none. They stay, and from then on every line feed at the old height scrolls the top of the screen.
// The cursor, which clearing the margins moves, stays where the renderer has it.
func clearMargins() tea.Msg {
	return tea.Sequence(tea.Raw(saveCursor+noMargins+restoreCursor), tea.ClearScreen)()
}

// From ECMA-48 and DEC's terminals: DECSC, DECSTBM without parameters, DECRC.
const (
	saveCursor    = "\x1b7"
	noMargins     = "\x1b[r"
	restoreCursor = "\x1b8"
)
