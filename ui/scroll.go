package ui

import (
	"lineup/session"
	"lineup/ui/keys"
)

// Motions of one pane.

func byLines(n int) func(*pane, look) {
	return func(p *pane, l look) { p.scroll(n, l) }
}

func byPages(n int) func(*pane, look) {
	return func(p *pane, l look) { p.scroll(n*p.page(), l) }
}

func byHalfPages(n int) func(*pane, look) {
	return func(p *pane, l look) { p.scroll(n*max(1, p.page()/2), l) }
}

func byTurns(n int) func(*pane, look) {
	return func(p *pane, l look) { p.toTurn(n, l) }
}

// page is how many lines a page scrolls: those in view but two.
func (p *pane) page() int { return max(1, p.bodyHeight()-2) }

// scrolling moves a pane, and all the others too while they are locked.
func (a *app) scrolling(p *pane, move func(*pane, look)) {
	for _, q := range a.panes.open {
		if q == p || a.panes.together {
			move(q, a.lookOf(q))
		}
	}
}

// lock makes the panes scroll together. They begin at the place of the current one: the same line of the same turn.
func (a *app) lock(p *pane) {
	if a.panes.together = !a.panes.together; !a.panes.together {
		a.flash = "each pane scrolls by itself"
		a.panes.redraw()
		return
	}
	a.flash = "all panes scroll together; " + a.keys.Label(keys.Lock) + " frees them"
	if turn, line, ok := p.standsAt(); ok {
		a.scrolling(p, func(q *pane, l look) {
			if q != p {
				q.toLine(turn, line, l)
			}
		})
	}
	a.panes.redraw()
}

// toTurn scrolls to the beginning of the turn before the first line in view, or of the one after it.
func (p *pane) toTurn(by int, l look) {
	if len(p.turns) == 0 {
		return
	}
	at := p.first(l)
	if by < 0 && at.line > 0 {
		by = 0
	}
	to := at.turn + by
	if to >= len(p.turns) {
		p.toEnd()
		return
	}
	p.moveTo(position{max(0, to), 0}, l)
}

// standsAt is the turn, and the line of it, at the top of a pane that does not follow.
func (p *pane) standsAt() (t *session.Turn, line int, ok bool) {
	if p.follow || len(p.turns) == 0 {
		return nil, 0, false
	}
	return p.turns[p.top.turn].turn, p.top.line, true
}

// toLine scrolls to a line of a turn, where the pane has that turn.
func (p *pane) toLine(turn *session.Turn, line int, l look) {
	for i, t := range p.turns {
		if t.turn == turn {
			p.moveTo(position{i, line}, l)
		}
	}
}

// first is the position of the first line in view.
func (p *pane) first(l look) position {
	if p.follow && len(p.turns) > 0 {
		p.top = p.followTop(l, p.bodyHeight())
	}
	return p.top
}

// moveTo brings a position to the top of the view, as far as there are lines below to fill it.
func (p *pane) moveTo(pos position, l look) {
	p.top, p.follow = pos, false
	p.scroll(0, l)
}
