package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/pane"
)

// findIn asks for a text to find in a pane, and marks it during typing.
func (a *app) findIn(p *pane.Pane) tea.Cmd {
	if p.Empty() {
		a.flash = "there is nothing to look through yet"
		return nil
	}
	restore := p.KeepSearch()
	q := newQuestion("find", "text in this pane", "find")
	q.changed = func(a *app, s string) { p.Search(s, a.lookOf(p)) }
	q.done = func(a *app, s string) tea.Cmd {
		if p.Search(s, a.lookOf(p)) {
			a.hintFind()
		}
		return nil
	}
	q.left = func(*app) { restore() }
	a.question = q
	return nil
}

// hintFind names the keys of a search, as long as it goes on.
func (a *app) hintFind() {
	a.flash = fmt.Sprintf("%s and %s go through them, %s ends",
		a.keys.Label(keys.FindNext), a.keys.Label(keys.FindPrev), a.keys.Label(keys.Stop))
}

// findStep goes on to another hit.
func (a *app) findStep(p *pane.Pane, by int) tea.Cmd {
	if !p.SearchStep(by, a.lookOf(p)) {
		if p.StepMark(by, a.lookOf(p)) {
			a.flash = fmt.Sprintf("enter goes to the pane of this answer; %s and %s go through "+
				"the marks", a.keys.Label(keys.FindNext), a.keys.Label(keys.FindPrev))
			return nil
		}
		return a.findIn(p)
	}
	a.hintFind()
	return nil
}
