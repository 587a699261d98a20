package ui

import (
	"lineup/ui/keys"
	"lineup/ui/pane"
)

// Motions of one pane.

func byLines(n int) func(*pane.Pane, pane.Look) {
	return func(p *pane.Pane, l pane.Look) { p.Scroll(n, l) }
}

func byPages(n int) func(*pane.Pane, pane.Look) {
	return func(p *pane.Pane, l pane.Look) { p.Scroll(n*p.Page(), l) }
}

func byHalfPages(n int) func(*pane.Pane, pane.Look) {
	return func(p *pane.Pane, l pane.Look) { p.Scroll(n*max(1, p.Page()/2), l) }
}

func byTurns(n int) func(*pane.Pane, pane.Look) {
	return func(p *pane.Pane, l pane.Look) { p.ToTurn(n, l) }
}

// scrolling moves a pane, and all the others too while they are locked.
func (a *app) scrolling(p *pane.Pane, move func(*pane.Pane, pane.Look)) {
	for _, q := range a.panes.open {
		if q == p || a.panes.together {
			move(q, a.lookOf(q))
		}
	}
}

// lock makes the panes scroll together. They begin at the place of the current one: the same line
// of the same turn.
func (a *app) lock(p *pane.Pane) {
	if a.panes.together = !a.panes.together; !a.panes.together {
		a.flash = "each pane scrolls by itself"
		a.panes.redraw()
		return
	}
	a.flash = "all panes scroll together; " + a.keys.Label(keys.Lock) + " frees them"
	if turn, line, ok := p.StandsAt(); ok {
		a.scrolling(p, func(q *pane.Pane, l pane.Look) {
			if q != p {
				q.ToLine(turn, line, l)
			}
		})
	}
	a.panes.redraw()
}
