package ui

import (
	"context"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/text"
)

// A pane is known in its session by its slot, which stays; where it stands on the screen is its place in app.panes. So
// a pane that moves keeps its conversation, and a slot whose pane was closed is not given to another model.

// maxPanes is how many panes the screen holds.
const maxPanes = 16

// paneOf finds the pane of a slot, nil where it was closed.
func (a *app) paneOf(slot int) *pane {
	for _, p := range a.panes {
		if p.slot == slot {
			return p
		}
	}
	return nil
}

// local reports whether a slot's model runs on a server of the user's own, also after its pane was closed.
func (a *app) local(slot int) bool {
	for _, p := range slices.Concat(a.panes, a.closed) {
		if p.slot == slot {
			return p.spec.Info.Local
		}
	}
	return false
}

// slots is how many slots the session has had; the next pane takes the one after them.
func (a *app) slots() int {
	n := 0
	for _, p := range slices.Concat(a.panes, a.closed) {
		n = max(n, p.slot+1)
	}
	if a.sess != nil {
		for _, t := range a.sess.Turns {
			n = max(n, len(t.Replies))
		}
	}
	return n
}

// openPane adds a pane on the right. Its model has not seen the conversation so far.
func (a *app) openPane(spec registry.Spec) tea.Cmd {
	if len(a.panes) >= maxPanes {
		a.flash = "there are 16 panes already; close one first"
		return nil
	}
	p := newPane(a.slots(), spec)
	p.accent = a.freeAccent()
	a.panes = append(a.panes, p)
	return a.keepPanes()
}

// freeAccent is the first accent that no pane has, or as good as that.
func (a *app) freeAccent() int {
	for i := range maxPanes {
		if !slices.ContainsFunc(a.panes, func(p *pane) bool { return p.accent == i }) {
			return i
		}
	}
	return 0
}

// replaceModel puts another model into a pane; it goes on with the conversation of the former one.
func (a *app) replaceModel(p *pane, spec registry.Spec) tea.Cmd {
	p.spec = spec
	p.redraw()
	return a.keepPanes()
}

// closePane takes a pane off the screen and stops its answer. What it said stays in the session.
func (a *app) closePane(p *pane) tea.Cmd {
	if len(a.panes) < 2 {
		a.flash = "the last pane stays; put another model into it with " + a.keys.Label(keys.Other)
		return nil
	}
	if a.turn != nil {
		a.turn.Cancel(p.slot)
	}
	i := slices.Index(a.panes, p)
	a.panes = slices.Delete(a.panes, i, i+1)
	a.closed = append(a.closed, p)
	if a.current > i || a.current == len(a.panes) {
		a.current--
	}
	a.zoomed = false
	a.flash = text.OneLine(p.spec.Info.Name) + " closed; " + a.keys.Label(keys.Reopen) + " brings it back"
	return a.keepPanes()
}

// reopenPane brings the pane back that was closed last, with its conversation.
func (a *app) reopenPane() tea.Cmd {
	n := len(a.closed)
	switch {
	case n == 0:
		a.flash = "no pane was closed"
		return nil
	case len(a.panes) >= maxPanes:
		a.flash = "there are 16 panes already; close one first"
		return nil
	}
	p := a.closed[n-1]
	a.closed = a.closed[:n-1]
	p.accent = a.freeAccent()
	p.redraw()
	a.panes = append(a.panes, p)
	a.current = len(a.panes) - 1
	return a.keepPanes()
}

// movePane moves the current pane by so many places, to the right where by is positive.
func (a *app) movePane(by int) tea.Cmd {
	to := a.current + by
	if to < 0 || to >= len(a.panes) {
		return nil
	}
	a.panes[a.current], a.panes[to] = a.panes[to], a.panes[a.current]
	a.current = to
	return a.keepPanes()
}

// refs are the models of the panes, left to right.
func (a *app) refs() []string {
	refs := make([]string, 0, len(a.panes))
	for _, p := range a.panes {
		refs = append(refs, p.spec.Info.Ref.String())
	}
	return refs
}

// keptMsg says that the panes of a session have been written down, or why not.
type keptMsg struct{ err error }

func (m keptMsg) says() string {
	if m.err == nil {
		return ""
	}
	return "the panes are not saved: " + text.OneLine(m.err.Error())
}

// keepPanes writes down which panes the session has now.
func (a *app) keepPanes() tea.Cmd {
	a.redraw()
	if a.sess == nil || slices.Equal(a.sess.Panes, a.refs()) {
		return nil
	}
	a.sess.Panes, a.sess.Layout = a.refs(), a.layout()
	return a.storePanes()
}

// keepLayout writes down which pane is zoomed and whether the panes scroll together, where that has changed.
func (a *app) keepLayout() tea.Cmd {
	if a.sess == nil || a.replay != nil || a.sess.Layout == a.layout() {
		return nil
	}
	a.sess.Layout = a.layout()
	return a.storePanes()
}

func (a *app) storePanes() tea.Cmd {
	if a.cfg.Store == nil || a.sess.ID == "" {
		return nil // it goes into the store with its first turn
	}
	store, ctx, id, refs, l := a.cfg.Store, context.WithoutCancel(a.ctx), a.sess.ID, slices.Clone(a.sess.Panes), a.sess.Layout
	return func() tea.Msg { return keptMsg{store.SetPanes(ctx, id, refs, l)} }
}

// layout is how the panes stand now. A zoomed one is told by its place, which means something only while the session's
// models are all there.
func (a *app) layout() (l session.Layout) {
	l.Together, l.Raw = a.locked, a.reading.raw
	if a.zoomed && len(a.panes) == len(a.sess.Panes) {
		l.Zoomed = a.current + 1
	}
	return l
}

// restoreLayout puts the panes as they stood in their session.
func (a *app) restoreLayout() {
	l := a.sess.Layout
	a.locked = l.Together
	if a.reading.raw != l.Raw {
		a.reading.raw = l.Raw
		a.redraw()
	}
	if a.zoomed = l.Zoomed > 0 && l.Zoomed <= len(a.panes) && len(a.panes) == len(a.sess.Panes); a.zoomed {
		a.current = l.Zoomed - 1
	}
	a.sess.Layout = a.layout() // what could not be restored stays in the store until something changes
}

// slotsOf finds which slot of a session each of its panes goes on with: the one that its model answered in last, else,
// for a model that has not answered yet, one in which nobody has. The same model twice keeps its order. Where none of the
// models has answered, as in a session from elsewhere, they go on with what others said there.
func slotsOf(s *session.Session, specs []registry.Spec) []int {
	last := map[int]string{} // the model that answered last in a slot
	for _, t := range s.Turns {
		for slot, r := range t.Replies {
			if r != nil {
				last[slot] = r.Model
			}
		}
	}
	slots, taken := make([]int, len(specs)), map[int]bool{}
	take := func(i int, model string) bool {
		for slot := range len(last) + len(specs) + maxPanes {
			if !taken[slot] && last[slot] == model {
				slots[i], taken[slot] = slot, true
				return true
			}
		}
		return false
	}
	var strangers []int
	for i, spec := range specs {
		if !take(i, spec.Info.Ref.String()) {
			strangers = append(strangers, i)
		}
	}
	others := slices.Sorted(maps.Keys(last))
	for _, i := range strangers {
		if len(strangers) == len(specs) && i < len(others) {
			slots[i], taken[others[i]] = others[i], true
			continue
		}
		take(i, "")
	}
	return slots
}

// fill shows in a pane what its slot said earlier in the session.
func (a *app) fill(p *pane) {
	p.clear()
	if a.sess == nil {
		return
	}
	for _, t := range a.sess.Turns {
		if p.slot < len(t.Replies) && t.Replies[p.slot] != nil {
			p.add(t, t.Replies[p.slot])
		}
	}
}
