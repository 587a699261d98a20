package ui

import (
	"slices"

	"lineup/registry"
	"lineup/session"
	"lineup/ui/pane"
)

// aboutMerges says why something cannot be done to a pane of merges.
const aboutMerges = "this pane merges the answers of the others"

// mergesIn reports whether a slot of a session has merges and nothing else.
func mergesIn(s *session.Session, slot int) (merges bool) {
	if s == nil {
		return false
	}
	for _, t := range s.Turns {
		if r := t.Reply(slot); r != nil {
			if !r.Merge {
				return false
			}
			merges = true
		}
	}
	return merges
}

// settleMerges opens the panes of a session's merges, right of the others, and takes those of other
// sessions away.
func (b *board) settleMerges(s *session.Session) {
	gone := func(p *pane.Pane) bool { return p.Merges && !mergesIn(s, p.Slot) }
	b.open, b.closed = slices.DeleteFunc(b.open, gone), slices.DeleteFunc(b.closed, gone)
	b.current = max(0, min(b.current, len(b.open)-1))
	if s == nil {
		return
	}
	for slot := range slotCount(s) {
		has := func(p *pane.Pane) bool { return p.Slot == slot }
		if !mergesIn(s, slot) || slices.ContainsFunc(b.all(), has) {
			continue
		}
		spec, _ := recordedSpec(s, slot)
		spec.Replayed = false
		p := pane.New(slot, spec)
		p.Merges = true
		p.Fill(s)
		b.place(p)
	}
}

// mergePane is the pane that merges: the open one, the one that was closed, or nil.
func (b *board) mergePane() *pane.Pane {
	merges := func(p *pane.Pane) bool { return p.Merges }
	if i := slices.IndexFunc(b.open, merges); i >= 0 {
		return b.open[i]
	}
	if i := slices.IndexFunc(b.closed, merges); i >= 0 {
		return b.closed[i]
	}
	return nil
}

// openMerge opens the pane in which a model merges. It is the one that merged before: a slot for
// each model would leave a row of panes behind.
func (b *board) openMerge(s *session.Session, spec registry.Spec) *pane.Pane {
	p := b.mergePane()
	if p == nil {
		p = pane.New(b.freeSlot(s), spec)
		p.Merges = true
		p.Fill(s)
		b.place(p)
	}
	if i := slices.Index(b.closed, p); i >= 0 {
		b.closed = slices.Delete(b.closed, i, i+1)
		b.place(p)
	}
	p.Spec = spec
	b.changed()
	return p
}
