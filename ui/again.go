package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// lastAsked is the newest turn that asked a slot, and its place in the session; -1 where there is
// none.
func lastAsked(s *session.Session, slot int) (*session.Turn, int) {
	if s != nil {
		for i := len(s.Turns) - 1; i >= 0; i-- {
			t := s.Turns[i]
			if slot < len(t.Replies) && t.Replies[slot] != nil {
				return t, i
			}
		}
	}
	return nil, -1
}

// messagesFor is what a slot is sent for one turn of a session.
func messagesFor(s *session.Session, slot, turn int) []providers.Message {
	earlier := session.Session{Turns: s.Turns[:turn]}
	return earlier.Next(slot, s.Turns[turn])
}

// again asks one pane its last prompt once more. The former reply stays as an alternative of the
// same turn, and the model does not see it.
func (a *app) again(p *pane.Pane) tea.Cmd {
	if a.busy() {
		return nil
	}
	if p.Merges {
		return planMerge(a, p)
	}
	t, i := lastAsked(a.sess, p.Slot)
	if t == nil {
		a.flash = "there is no prompt to repeat"
		return nil
	}
	if a.overBudget(fmt.Sprintf("again %d", p.Slot),
		guessAlone(a, []*pane.Pane{p}, t.Asked()), keys.Again) {
		return nil
	}
	return a.repeat(p, t, messagesFor(a.sess, p.Slot, i), "")
}

// goOn has one pane continue a truncated answer. The model gets its own text as the beginning of
// its answer, if its provider accepts one. The reply is another one to the same prompt, and holds
// the whole answer.
func (a *app) goOn(p *pane.Pane) tea.Cmd {
	if a.busy() {
		return nil
	}
	if p.Merges {
		a.flash = aboutMerges + "; " + a.keys.Label(keys.Again) + " merges them again"
		return nil
	}
	t, i := lastAsked(a.sess, p.Slot)
	if t == nil || t.Replies[p.Slot].Text == "" || t.Replies[p.Slot].Status == session.Done {
		a.flash = "there is no answer that was cut off"
		return nil
	}
	if to := p.Spec.Provider; to != nil && !to.Continues() {
		a.flash = fmt.Sprintf("%s cannot continue an answer; %s regenerates it",
			text.OneLine(to.Name()), a.keys.Label(keys.Again))
		return nil
	}
	said, whole := t.Replies[p.Slot].Text, t.Asked()
	whole.Content += said
	if a.overBudget(fmt.Sprintf("go on %d", p.Slot), a.guessOf(p, whole, 0), keys.Continue) {
		return nil
	}
	return a.repeat(p, t, append(messagesFor(a.sess, p.Slot, i),
		providers.Message{Role: providers.Assistant, Content: said}), said)
}

// repeat asks one pane of a turn once more. said is what the answer begins with, "" for one from
// the start.
func (a *app) repeat(
	p *pane.Pane, t *session.Turn, messages []providers.Message, said string,
) tea.Cmd {
	next := turn.Again(a.sess, t)
	reply := next.Ask(p.Slot, p.Spec, messages, a.money.calibration, a.now())
	if said != "" {
		reply.GoOn(said)
	}
	p.Show(t, reply)
	p.ToEnd()
	return a.begin(next)
}
