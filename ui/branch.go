package ui

import (
	"fmt"
	"slices"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
)

// branch is a prompt that is being edited: sent, it takes the place of a turn in a fork of the
// session.
type branch struct {
	turn  *session.Turn
	draft string // what stood in the prompt before
}

// editTurn takes the prompt in sight into the box, to be sent as a branch. The session as it is
// stays.
func (a *app) editTurn(p *pane.Pane) {
	t, _ := p.TurnIn(a.sess)
	if t == nil {
		a.flash = "there is no prompt to edit"
		return
	}
	if a.busy() {
		return
	}
	a.prompt.branch = &branch{turn: t, draft: a.prompt.area.Draft()}
	a.prompt.files.edit(a, t)
	a.toPrompt()
}

// leaveBranch gives up an edited prompt.
func (p *prompt) leaveBranch() {
	p.take()
	p.area.SetDraft(p.branch.draft)
	p.branch = nil
}

// branchHint says what sending an edited prompt does.
func (a *app) branchHint() string {
	n := 0
	if a.sess != nil {
		n = slices.Index(a.sess.Turns, a.prompt.branch.turn) + 1
	}
	return fmt.Sprintf(" Editing turn %d: %s sends it as a branch, in a session of its own; %s "+
		"leaves it",
		n, a.keys.Label(keys.Send), a.keys.Label(keys.Stop))
}

// toBranch goes over to the fork that begins with the new words of an edited prompt.
func (a *app) toBranch(words string) {
	if a.prompt.branch == nil {
		return
	}
	b := a.prompt.branch
	a.prompt.branch = nil
	if a.sess == nil {
		return
	}
	if n := slices.Index(a.sess.Turns, b.turn); n >= 0 {
		a.forkAt(n)
		if n == 0 {
			a.sess.Reword(b.turn.Prompt, words)
		}
	}
}

// fork goes on after the turn in sight in a session of its own. It is stored with what is sent
// next.
func (a *app) fork(p *pane.Pane) {
	t, n := p.TurnIn(a.sess)
	if t == nil || n < 0 {
		a.flash = "there is nothing to fork yet"
		return
	}
	if a.busy() {
		return
	}
	a.forkAt(n + 1)
	a.flash = fmt.Sprintf("forked after turn %d; what you send now goes into a new session", n+1)
	a.toPrompt()
}

// forkAt makes the first n turns a session of their own, which goes on in the same panes.
func (a *app) forkAt(n int) {
	a.sess, a.turn, a.verdict, a.prompt.branch = a.sess.Fork(n), nil, verdict{}, nil
	a.sess.Panes = a.panes.contenders()
	for _, p := range a.panes.all() {
		p.Fill(a.sess)
		p.ToEnd()
	}
	a.panes.settleMerges(a.sess)
	a.panes.changed()
}
