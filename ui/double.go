package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/pane"
)

// double opens a copy of a pane on its right, with its conversation. One thing can then be changed
// in it. Its answers are copies: they were asked and paid for once.
func double(a *app, p *pane.Pane) tea.Cmd {
	if a.flash = canDouble(a); a.flash != "" {
		return nil
	}
	spec := p.Spec
	if c := spec.Contender(); c.Name != "" && canChange(a) == "" {
		bare := c // a name is for one pane
		bare.Name = ""
		if s, err := a.cfg.Models.(Changer).Change(c, bare); err == nil {
			spec = s.Declaring(p.Spec)
		}
	}
	twin := a.panes.add(spec, a.sess)
	cmds := []tea.Cmd{copyAnswers(a, p.Slot, twin.Slot)}
	twin.Fill(a.sess)
	twin.ToEnd()
	a.focus(slices.Index(a.panes.open, twin))
	a.flash = fmt.Sprintf("pane %d doubled; %s changes one thing in it", p.Number,
		a.keys.Label(keys.Contender))
	return tea.Batch(append(cmds, a.keepPanes())...)
}

// canDouble says why the current pane cannot be doubled.
func canDouble(a *app) string {
	if len(a.panes.open) >= maxPanes {
		return "there are 16 panes already; close one first"
	}
	if a.panes.now().Merges {
		return aboutMerges
	}
	return idle(a)
}

// copyAnswers gives a slot copies of the answers of another one that are in force. They come into
// the store as answers do: what it refuses is offered again.
func copyAnswers(a *app, from, to int) tea.Cmd {
	if a.sess == nil {
		return nil
	}
	for _, t := range a.sess.Turns {
		r := t.Reply(from)
		if r == nil || !r.Status.Final() {
			continue
		}
		twin := r.Snapshot()
		twin.Slot, twin.Take, twin.Copied = to, 0, true
		twin.Repeat, twin.Warmup = 0, false // the other takes stay where they were asked
		a.keeper.Copy(a.sess, t, twin)
	}
	return a.keep()
}
