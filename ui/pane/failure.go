package pane

import (
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// failure is where the foot of a turn tells what went wrong: so many rows of the message from a row
// on, and behind them those of the next step.
type failure struct{ at, message, hint int }

// essence gives the rows of the newest turn that a pane of h rows shows where it is too small for
// all that went wrong, and where they stand: the beginning of the message and as much of the next
// step as there is room for, never one of them alone in two rows. In one row it is the next step,
// for the pane's state names the kind of failure. It gives nil where all fits.
func (p *Pane) essence(l Look, h int) (rows []markdown.Row, at []position) {
	turn := len(p.turns) - 1
	t := p.turns[turn]
	f := t.failure
	if f.message == 0 || len(t.foot)-f.at <= h {
		return nil, p.lines[:0]
	}
	hint := min(f.hint, max(1, h-1))
	message := min(f.message, h-hint)
	above := t.height() - len(t.foot)
	add := func(from, n, all int, feel theme.Tone) {
		for i := range n {
			row := t.foot[from+i]
			if i == n-1 && n < all {
				row.Text = l.Theme.Tone(feel).Render(text.Cut(ansi.Strip(row.Text)+"…", l.Width))
			}
			rows, at = append(rows, row), append(at, position{turn, above + from + i})
		}
	}
	add(f.at, message, f.message, theme.Bad)
	add(f.at+f.message, hint, f.hint, theme.Busy)
	notes := f.at + f.message + f.hint
	n := min(h-message-hint, len(t.foot)-notes)
	add(notes, n, n, theme.Quiet)
	return rows, at
}
