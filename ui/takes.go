package ui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// show puts a reply into the view of its turn.
func (p *pane) show(t *session.Turn, r *session.Reply) {
	for i, v := range p.turns {
		if v.turn == t {
			p.turns[i], p.dirty = newTurnView(t, r), true
			p.turns[i].below = v.below
		}
	}
}

// inSight is the view of the turn that the pane shows: the first one in view, and while it follows the newest; nil for
// none.
func (p *pane) inSight() *turnView {
	switch n := len(p.turns); {
	case n == 0:
		return nil
	case p.follow:
		return p.turns[n-1]
	default:
		return p.turns[min(p.top.turn, n-1)]
	}
}

// isNewest reports whether a view is the last one of the pane.
func (p *pane) isNewest(v *turnView) bool { return len(p.turns) > 0 && p.turns[len(p.turns)-1] == v }

// remark draws the marks of a turn anew.
func (p *pane) remark(t *session.Turn) {
	for _, v := range p.turns {
		if v.turn == t {
			v.head, v.foot, p.dirty = nil, nil, true
		}
	}
}

// place says which of the answers to its prompt a view shows, counted from 1, and how many there are.
func (t *turnView) place() (n, of int) {
	takes := t.turn.Answers(t.reply.Slot)
	return slices.Index(takes, t.reply) + 1, len(takes)
}

// marks stand at the right end of the prompt's line: which answer of how many this is, and whether all panes go on
// from it.
func (t *turnView) marks() string {
	marks := ""
	if t.turn.Promoted != nil && t.turn.GoesOnFrom(t.reply.Slot) == t.reply {
		marks = "★"
	}
	if n, of := t.place(); of > 1 {
		if marks != "" {
			marks += " "
		}
		marks += fmt.Sprintf("%d/%d", n, of)
	}
	return marks
}

// standing says from which answer the conversation goes on, where it is not simply the one that is shown.
func (t *turnView) standing() string {
	from := t.turn.GoesOnFrom(t.reply.Slot)
	switch {
	case !t.reply.Status.Final() || from == nil:
	case from == t.reply && t.turn.Promoted != nil:
		return "all panes go on from this answer"
	case from.Slot != t.reply.Slot:
		return "goes on from the answer of " + from.Model
	case from != t.reply:
		takes := t.turn.Answers(t.reply.Slot)
		return fmt.Sprintf("the conversation went on from answer %d", slices.Index(takes, from)+1)
	}
	return ""
}

// flip shows another answer of a pane to the prompt in sight. In the newest turn the conversation goes on from the one
// that is shown; in an earlier one it has gone on already, so that it is looked at and no more.
func (a *app) flip(p *pane, by int) tea.Cmd {
	v := p.inSight()
	if v == nil {
		return nil
	}
	takes := v.turn.Answers(p.slot)
	switch {
	case len(takes) < 2:
		a.flash = "there is one answer to this prompt; " + a.keys.Label(keys.Again) + " asks for another"
		return nil
	case !v.reply.Status.Final():
		a.flash = "still answering; " + a.keys.Label(keys.Stop) + " stops it"
		return nil
	}
	n := (slices.Index(takes, v.reply) + by + len(takes)) % len(takes)
	to := takes[n]
	if !p.isNewest(v) {
		p.show(v.turn, to)
		return nil
	}
	v.turn.Choose(p.slot, to.Take)
	p.show(v.turn, to)
	a.panes.remark(v.turn)
	if t := a.sess.Turns[len(a.sess.Turns)-1]; t == v.turn && len(a.verdict.crowns) > 0 {
		a.verdict = verdictOf(t)
	}
	return a.mark(v.turn, func(ctx context.Context, store *session.Store, turn string) error {
		return store.Choose(ctx, turn, to.Slot, to.Take)
	})
}

// promote makes all panes go on from the answer in sight; done again, each goes on from its own.
func (a *app) promote(p *pane) tea.Cmd {
	v := p.inSight()
	if v == nil {
		a.flash = "there is no answer to promote"
		return nil
	}
	var slot *int
	switch t := v.turn; {
	case t.Promoted != nil && *t.Promoted == p.slot:
		a.flash = "each pane goes on from its own answer again"
	case !v.reply.Status.Final() || v.reply.Text == "" || t.Reply(p.slot) != v.reply:
		a.flash = "only a finished answer that the conversation goes on from can be promoted"
		return nil
	default:
		own := p.slot
		slot = &own
		a.flash = fmt.Sprintf("all panes go on from the answer of pane %d; %s takes that back", p.number, a.keys.Label(keys.Promote))
	}
	v.turn.Promoted = slot
	a.panes.remark(v.turn)
	return a.mark(v.turn, func(ctx context.Context, store *session.Store, turn string) error {
		return store.Promote(ctx, turn, slot)
	})
}

// markedMsg says that a mark on a turn has been written down, or why not.
type markedMsg struct{ err error }

func (m markedMsg) says() string {
	if m.err == nil {
		return ""
	}
	return "not saved: " + text.OneLine(problem(m.err))
}

// mark writes down what was decided about a turn. A turn that is not in the store yet comes there with its marks.
func (a *app) mark(t *session.Turn, write func(context.Context, *session.Store, string) error) tea.Cmd {
	if a.cfg.Store == nil || t.ID == "" {
		return nil
	}
	store, ctx, id := a.cfg.Store, context.WithoutCancel(a.ctx), t.ID
	return func() tea.Msg { return markedMsg{write(ctx, store, id)} }
}
