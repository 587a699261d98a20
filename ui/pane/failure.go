package pane

import (
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// failure is where the notes of a turn tell what went wrong: from one row on the rows of the
// message, then those of the next step.
type failure struct{ at, message, hint int }

// condensed is the failure of the newest turn in a pane of h rows, too few for all of it. It has
// the beginning of the message, then as much of the next step as fits. Two rows hold one of each. A
// single row holds the next step, since the pane's state names the kind of failure. The positions
// tell where the rows stand. Both are nil where everything fits.
func (p *Pane) condensed(l Look, h int) (rows []markdown.Row, at []position) {
	turn := len(p.turns) - 1
	t := p.turns[turn]
	f := t.failure
	if f.message == 0 || len(t.notes)-f.at <= h {
		return nil, p.lines[:0]
	}
	hint := min(f.hint, max(1, h-1))
	message := min(f.message, h-hint)
	above := t.height() - len(t.notes)
	add := func(from, n, all int, feel theme.Tone) {
		for i := range n {
			row := t.notes[from+i]
			if i == n-1 && n < all {
				row.Text = l.Theme.Tone(feel).Render(text.Cut(ansi.Strip(row.Text)+"…", l.Width))
			}
			rows, at = append(rows, row), append(at, position{turn, above + from + i})
		}
	}
	add(f.at, message, f.message, theme.Bad)
	add(f.at+f.message, hint, f.hint, theme.Busy)
	notes := f.at + f.message + f.hint
	n := min(h-message-hint, len(t.notes)-notes)
	add(notes, n, n, theme.Quiet)
	return rows, at
}
