package ui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// flip shows another answer of a pane to the prompt in sight. In the newest turn the conversation
// goes on from the one that is shown; in an earlier one it has gone on already, so that it is
// looked at and no more.
func (a *app) flip(p *pane.Pane, by int) tea.Cmd {
	v := p.InSight()
	if v == nil {
		return nil
	}
	answers := v.Turn.Answers(p.Slot)
	switch {
	case len(answers) < 2:
		a.flash = fmt.Sprintf("there is one answer to this prompt; %s asks for another",
			a.keys.Label(keys.Again))
		return nil
	case !v.Reply.Status.Final():
		a.flash = "still answering; " + a.keys.Label(keys.Stop) + " stops it"
		return nil
	}
	n := (slices.Index(answers, v.Reply) + by + len(answers)) % len(answers)
	to := answers[n]
	if !p.IsNewest(v) {
		p.Show(v.Turn, to)
		return nil
	}
	v.Turn.Choose(p.Slot, to.Take)
	p.Show(v.Turn, to)
	a.panes.remark(v.Turn)
	if t := a.sess.Turns[len(a.sess.Turns)-1]; t == v.Turn && a.verdict.best != nil {
		a.verdict = verdictOf(t)
	}
	return a.mark(v.Turn, func(ctx context.Context, store *session.Store, turn string) error {
		return store.Choose(ctx, turn, to.Slot, to.Take)
	})
}

// promote makes all panes go on from the answer in sight; done again, each goes on from its own.
func (a *app) promote(p *pane.Pane) tea.Cmd {
	v := p.InSight()
	if v == nil {
		a.flash = "there is no answer to promote"
		return nil
	}
	var slot *int
	switch t := v.Turn; {
	case t.Promoted != nil && *t.Promoted == p.Slot:
		a.flash = "each pane goes on from its own answer again"
	case !v.Reply.Status.Final() || v.Reply.Text == "" || t.Reply(p.Slot) != v.Reply:
		a.flash = "only a finished answer that the conversation goes on from can be promoted"
		return nil
	default:
		own := p.Slot
		slot = &own
		a.flash = fmt.Sprintf("all panes go on from the answer of pane %d; %s takes that back",
			p.Number, a.keys.Label(keys.Promote))
	}
	v.Turn.Promoted = slot
	a.panes.remark(v.Turn)
	return a.mark(v.Turn, func(ctx context.Context, store *session.Store, turn string) error {
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

// mark writes down what was decided about a turn. A turn that is not in the store yet comes there
// with its marks.
func (a *app) mark(
	t *session.Turn, write func(ctx context.Context, store *session.Store, turn string) error,
) tea.Cmd {
	if a.cfg.Store == nil || t.ID == "" {
		return nil
	}
	store, ctx, id := a.cfg.Store, context.WithoutCancel(a.ctx), t.ID
	return func() tea.Msg { return markedMsg{write(ctx, store, id)} }
}
