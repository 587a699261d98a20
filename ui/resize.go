package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// layoutBudget is for how long the panes may be laid out anew in one Update. What is left is done in further ones, a
// pane each at least, and keys get in between.
const layoutBudget = 8 * time.Millisecond

// layoutMsg asks for the rest of a layout.
type layoutMsg struct{}

// drawPanes brings the rows of the panes up to date. At a new width or in a new theme every answer in view has to be
// drawn from its beginning. The current pane comes first. Panes for which no time is left show for a moment what they
// showed before, cut to their new size; that they wait, behind says. Answers that are out of view wait until they come
// into it.
func (a *app) drawPanes(l look, now time.Time) {
	began := time.Now()
	a.behind = false
	drawn := false
	draw := func(p *pane) {
		heavy := p.heavy()
		late := heavy && drawn && time.Since(began) >= a.budget
		p.draw(l, now, late)
		a.behind = a.behind || late
		drawn = drawn || heavy
	}
	if a.current < len(a.panes) {
		draw(a.panes[a.current])
	}
	for i, p := range a.panes {
		if i != a.current {
			draw(p)
		}
	}
}

// heavy reports whether drawing the pane takes long.
func (p *pane) heavy() bool {
	if !p.dirty || p.place.h == 0 || p.detail || len(p.turns) == 0 {
		return false
	}
	at := min(p.top.turn, len(p.turns)-1)
	if p.follow {
		at = len(p.turns) - 1
	}
	return p.turns[at].heavy(p.innerWidth())
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
