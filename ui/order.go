package ui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// openPane adds a pane on the right. Its model has not seen the conversation so far.
func (a *app) openPane(spec registry.Spec) tea.Cmd {
	if len(a.panes.open) >= maxPanes {
		a.flash = "there are 16 panes already; close one first"
		return nil
	}
	a.panes.add(spec, a.sess)
	return a.keepPanes()
}

// replaceModel puts another model into a pane; it goes on with the conversation of the former one.
func (a *app) replaceModel(p *pane.Pane, spec registry.Spec) tea.Cmd {
	p.Spec = spec
	p.Redraw()
	return a.keepPanes()
}

// closePane takes a pane off the screen and stops its answer. What it said stays in the session.
func (a *app) closePane(p *pane.Pane) tea.Cmd {
	if len(a.panes.asked()) < 2 && !p.Merges {
		a.flash = "the last pane stays; put another model into it with " + a.keys.Label(keys.Other)
		return nil
	}
	if a.turn != nil {
		halt(a, p)
		a.turn.Cancel(p.Slot)
	}
	a.panes.close(p)
	a.flash = p.Name() + " closed; " + a.keys.Label(keys.Reopen) + " brings it back"
	return a.keepPanes()
}

// reopenPane brings the pane back that was closed last, with its conversation.
func (a *app) reopenPane() tea.Cmd {
	if a.flash = canReopen(a); a.flash != "" {
		return nil
	}
	a.panes.reopen()
	return a.keepPanes()
}

// movePane moves the current pane by so many places, to the right where by is positive.
func (a *app) movePane(by int) tea.Cmd {
	if !a.panes.move(by) {
		return nil
	}
	return a.keepPanes()
}

// keptMsg says that the panes of a session have been written down, or why not.
type keptMsg struct {
	err   error
	id    string // of the session
	write func() error
	again bool // it had failed before
}

// goOn tells of a failure once. Like the rest that the store refuses, the panes are offered again.
func (m keptMsg) goOn(a *app) tea.Cmd {
	var e *session.StoreError
	w := &a.panes.writes
	delete(w.owed, m.id)
	if m.err != nil && !m.again {
		a.flash = "the panes are not saved: " + text.OneLine(m.err.Error())
	}
	if !errors.As(m.err, &e) { // it worked, or the session is deleted
		return nil
	}
	if w.owed == nil {
		w.owed = map[string]func() error{}
	}
	w.owed[m.id] = m.write
	return tea.Tick(turn.RetryEvery, func(time.Time) tea.Msg {
		return keptMsg{m.write(), m.id, m.write, true}
	})
}

// keepPanes writes down which panes the session has now.
func (a *app) keepPanes() tea.Cmd {
	a.panes.changed()
	if a.sess == nil || samePanes(a.sess.Panes, a.panes.contenders()) {
		return nil
	}
	a.sess.Panes, a.sess.Layout = a.panes.contenders(), a.layout()
	return a.storePanes()
}

// samePanes reports whether both are the same models with the same names and settings.
func samePanes(a, b []providers.Contender) bool {
	return slices.EqualFunc(a, b, func(a, b providers.Contender) bool {
		return a.Name == b.Name && a.Same(b)
	})
}

// keepLayout stores a changed layout with the session.
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
	store, ctx := a.cfg.Store, context.WithoutCancel(a.ctx)
	id, panes, l := a.sess.ID, slices.Clone(a.sess.Panes), a.sess.Layout
	write := a.panes.writes.next(id, func() error { return store.SetPanes(ctx, id, panes, l) })
	return func() tea.Msg { return keptMsg{write(), id, write, false} }
}

// layoutWrites puts the layouts of sessions into the store in their order, whichever of the
// commands runs first. One that a newer one has overtaken is left out.
type layoutWrites struct {
	running sync.Mutex
	mu      sync.Mutex
	newest  map[string]int // by session

	owed map[string]func() error // by session: the writes that failed; for Update alone
}

// last does once more what failed.
func (w *layoutWrites) last() error {
	for _, write := range w.owed {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// next returns the write to do for a session in place of those before it.
func (w *layoutWrites) next(id string, write func() error) func() error {
	newest := func(add int) int {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.newest == nil {
			w.newest = map[string]int{}
		}
		w.newest[id] += add
		return w.newest[id]
	}
	n := newest(1)
	return func() error {
		w.running.Lock()
		defer w.running.Unlock()
		if newest(0) != n {
			return nil
		}
		return write()
	}
}

// layout is how the panes stand now.
func (a *app) layout() session.Layout {
	l := a.panes.layout(a.sess)
	l.Raw = a.reading.Raw
	return l
}

// restoreLayout puts the panes as they stood in their session.
func (a *app) restoreLayout() {
	a.panes.restore(a.sess)
	if raw := a.sess.Layout.Raw; raw != a.reading.Raw {
		a.reading.Raw = raw
		a.panes.redraw()
	}
	a.sess.Layout = a.layout() // what could not be restored stays in the store until a change
}

// slotsOf finds the slot of each pane in a session. A pane resumes the slot in which its contender
// answered last, else one of its model; a model with no answers gets an unused slot. Equal panes
// keep their order. If none of the models has answered, as in an imported session, they continue
// the answers of others.
func slotsOf(s *session.Session, specs []registry.Spec) []int {
	models, contenders := map[int]string{}, map[int]string{} // that answered last in a slot
	merges := map[int]bool{}
	for _, t := range s.Turns {
		for slot, r := range t.Replies {
			switch {
			case r == nil:
			case r.Merge:
				merges[slot] = true
			default:
				models[slot] = r.Model
				if c := r.Asked(s.System); c != nil {
					contenders[slot] = c.ID()
				}
			}
		}
	}
	for slot := range models { // a pane has opened in the place of a merge
		delete(merges, slot)
	}
	free := seats{slots: make([]int, len(specs)), taken: merges, seated: map[int]bool{},
		most: len(models) + len(merges) + len(specs) + maxPanes}
	for i, spec := range specs {
		free.take(i, contenders, spec.Effective().ID())
	}
	var strangers []int
	for i, spec := range specs {
		if !free.take(i, models, spec.Info.Ref.String()) {
			strangers = append(strangers, i)
		}
	}
	others := slices.Sorted(maps.Keys(models))
	for _, i := range strangers {
		if len(strangers) == len(specs) && i < len(others) {
			free.give(i, others[i])
			continue
		}
		free.take(i, models, "")
	}
	return free.slots
}

// seats gives slots to panes.
type seats struct {
	slots  []int        // of the panes
	seated map[int]bool // panes that have one
	taken  map[int]bool // slots that have a pane
	most   int          // slots to try
}

// take gives a pane a free slot that last answered as named, the one of its own place before
// others. It reports whether the pane has a slot.
func (s *seats) take(pane int, last map[int]string, name string) bool {
	if s.seated[pane] {
		return true
	}
	for n := range s.most {
		slot := n - 1
		if n == 0 {
			slot = pane
		}
		if !s.taken[slot] && last[slot] == name {
			s.give(pane, slot)
			return true
		}
	}
	return false
}

func (s *seats) give(pane, slot int) {
	s.slots[pane], s.seated[pane], s.taken[slot] = slot, true, true
}
