package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// welcome stands in the place of the panes until the first prompt. It shows the models, three
// things to try, and the last sessions.
type welcome struct {
	shown    bool // at the last Update
	sessions []session.Summary
	problem  string // why there are none
	chosen   int    // of the sessions, from 1; 0 for none

	connected []registry.Connection
	rows      map[int]mark // below the title
	split     int          // where the right side begins; 0 for none
}

// Messages of the welcome.
type (
	// lastMsg brings the sessions that were used last.
	lastMsg struct {
		sessions []session.Summary
		err      error
	}
	// reopenMsg brings the one to go on with.
	reopenMsg struct {
		sess *session.Session
		err  error
	}
)

// mostLast is how many sessions the welcome offers.
const mostLast = 6

// welcomes reports whether the welcome is shown. It gives way to the panes where one has the focus.
func welcomes(a *app) bool {
	asked := a.answering() || a.sess != nil && len(a.sess.Turns) > 0 ||
		slices.ContainsFunc(a.panes.open, func(p *pane.Pane) bool { return p.Reply() != nil })
	return !asked && a.replay == nil && !a.panes.focused && !a.panes.zoomed
}

// read asks the store for the last sessions whenever the welcome comes.
func (w *welcome) read(a *app) tea.Cmd {
	was := w.shown
	if w.shown = welcomes(a); !w.shown || was {
		return nil
	}
	w.chosen, w.problem, w.connected = 0, "", nil
	if c, ok := a.cfg.Models.(interface{ Connections() []registry.Connection }); ok {
		w.connected = c.Connections()
	}
	store, ctx := a.cfg.Store, a.ctx
	if store == nil {
		if w.sessions = nil; a.cfg.StoreErr != nil {
			w.problem = text.OneLine(problem(a.cfg.StoreErr))
		}
		return nil
	}
	return func() tea.Msg {
		list, err := store.Sessions(ctx, session.Filter{Limit: mostLast})
		return lastMsg{list, err}
	}
}

// tell shows the sessions.
func (m lastMsg) tell(a *app) {
	w := &a.screen.welcome
	if w.sessions = m.sessions; m.err != nil {
		w.problem = text.OneLine(problem(m.err))
	}
	w.chosen = min(w.chosen, len(w.sessions))
}

// press takes the keys that choose a session while nothing is typed: those of the history, and
// Enter.
func (w *welcome) press(a *app, k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	if !welcomes(a) || !a.prompt.empty() || len(w.sessions) == 0 || a.twice.quit {
		return nil, false
	}
	switch act := a.keys.find(k, keys.InPrompt); {
	case act == keys.Forward && a.prompt.at >= len(a.prompt.history):
		w.chosen = min(w.chosen+1, len(w.sessions))
		return nil, true
	case w.chosen == 0:
		return nil, false
	case act == keys.Recall:
		w.chosen--
		return nil, true
	case act == keys.Stop:
		w.chosen = 0
		return nil, true
	case act == keys.Send:
		return w.open(a), true
	}
	w.chosen = 0
	return nil, false
}

// open goes on with the chosen session.
func (w *welcome) open(a *app) tea.Cmd {
	store, ctx, id := a.cfg.Store, context.WithoutCancel(a.ctx), w.sessions[w.chosen-1].ID
	return func() tea.Msg {
		sess, err := store.Session(ctx, id)
		return reopenMsg{sess, err}
	}
}

// goOn opens a session, unless a prompt was sent in the meantime.
func (m reopenMsg) goOn(a *app) tea.Cmd {
	switch {
	case m.err != nil:
		a.flash = text.OneLine(problem(m.err))
		return nil
	case !welcomes(a):
		return nil
	}
	return a.openSession(m.sess)
}

// click opens the session under the mouse, or the pane.
func (w *welcome) click(a *app, x, y int) tea.Cmd {
	of := w.rows[y]
	switch left := x < w.split; {
	case !left && of.session > 0 && of.session <= len(w.sessions):
		w.chosen = of.session
		return w.open(a)
	case (left || w.split == 0) && of.pane > 0 && of.pane <= len(a.panes.open):
		a.focus(of.pane - 1)
		return nil
	}
	a.toPrompt()
	return nil
}

// hints are the keys while the welcome is shown, nil for those of the prompt.
func (w *welcome) hints(a *app) []string {
	if w.chosen == 0 || !a.prompt.empty() {
		return nil
	}
	return []string{a.keys.Label(keys.Send) + " open session", "↑ ↓ choose",
		a.keys.Label(keys.Stop) + " back"}
}
