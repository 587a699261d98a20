package ui

// scrollAct scrolls the current pane, and the others with it while the panes are locked. It reports whether the key
// meant scrolling.
func (a *app) scrollAct(act action, p *pane) bool {
	page := max(1, p.bodyHeight()-2)
	switch act {
	case actUp:
		a.scrollBy(p, -1)
	case actDown:
		a.scrollBy(p, 1)
	case actPageUp:
		a.scrollBy(p, -page)
	case actPageDown:
		a.scrollBy(p, page)
	case actHalfUp:
		a.scrollBy(p, -max(1, page/2))
	case actHalfDown:
		a.scrollBy(p, max(1, page/2))
	case actTurnUp:
		a.scrolling(p, func(p *pane, l look) { p.toTurn(-1, l) })
	case actTurnDown:
		a.scrolling(p, func(p *pane, l look) { p.toTurn(1, l) })
	case actTop:
		a.scrolling(p, func(p *pane, _ look) { p.toTop() })
	case actBottom:
		a.scrolling(p, func(p *pane, _ look) { p.toEnd() })
	case actLock:
		a.lock(p)
	default:
		return false
	}
	return true
}

// scrollBy moves a pane by so many lines, down where n is positive.
func (a *app) scrollBy(p *pane, n int) {
	a.scrolling(p, func(p *pane, l look) { p.scroll(n, l) })
}

// scrolling moves a pane, and all the others too while they are locked.
func (a *app) scrolling(p *pane, move func(*pane, look)) {
	for _, q := range a.panes {
		if q == p || a.locked {
			move(q, a.lookOf(q))
		}
	}
}

// lock makes the panes scroll together. They begin at the place of the current one: the same line of the same turn.
func (a *app) lock(p *pane) {
	if a.locked = !a.locked; !a.locked {
		a.flash = "each pane scrolls by itself"
		a.redraw()
		return
	}
	a.flash = "all panes scroll together; " + a.keys.label(actLock) + " frees them"
	if !p.follow && len(p.turns) > 0 {
		turn, line := p.turns[p.top.turn], p.top.line
		a.scrolling(p, func(q *pane, l look) {
			for i, t := range q.turns {
				if t.turn == turn.turn && q != p {
					q.moveTo(position{i, line}, l)
				}
			}
		})
	}
	a.redraw()
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
