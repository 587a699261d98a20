package pane

import "lineup/session"

// Page is how many lines a page scrolls: those in view but two.
func (p *Pane) Page() int { return max(1, p.bodyHeight()-2) }

// ToTurn scrolls to the beginning of the turn before the first line in view, or of the one after
// it.
func (p *Pane) ToTurn(by int, l Look) {
	if len(p.turns) == 0 {
		return
	}
	at := p.first(l)
	if by < 0 && at.line > 0 {
		by = 0
	}
	to := at.turn + by
	if to >= len(p.turns) {
		p.ToEnd()
		return
	}
	p.moveTo(position{max(0, to), 0}, l)
}

// StandsAt is the turn, and the line of it, at the top of a pane that does not follow.
func (p *Pane) StandsAt() (t *session.Turn, line int, ok bool) {
	if p.follow || len(p.turns) == 0 {
		return nil, 0, false
	}
	return p.turns[p.top.turn].Turn, p.top.line, true
}

// ToLine scrolls to a line of a turn, where the pane has that turn.
func (p *Pane) ToLine(turn *session.Turn, line int, l Look) {
	for i, t := range p.turns {
		if t.Turn == turn {
			p.moveTo(position{i, line}, l)
		}
	}
}

// first is the position of the first line in view.
func (p *Pane) first(l Look) position {
	if p.follow && len(p.turns) > 0 {
		p.top = p.followTop(l, p.bodyHeight())
	}
	return p.top
}

// moveTo brings a position to the top of the view, as far as there are lines below to fill it.
func (p *Pane) moveTo(pos position, l Look) {
	p.top, p.follow = pos, false
	p.Scroll(0, l)
}
