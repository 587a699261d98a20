package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/pane"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// board is the panes: the open and closed ones, the current one, and their layout. A pane is known
// in its session by its slot, which stays. Its place in open may change, and a slot whose pane was
// closed is not given to another model.
type board struct {
	open     []*pane.Pane // left to right
	closed   []*pane.Pane // in the order in which they were closed
	places   map[int]int  // place in open of each closed pane, by slot
	current  int          // place in open of the pane that keys without a pane mean
	focused  bool         // the current pane has the focus, not the prompt
	zoomed   bool
	together bool // they scroll together
	thoughts bool // reasoning is shown
	prompts  bool // long prompts are shown whole
	mode     mode
	tabs     []tab // where each pane's tab is, in the row of tabs
	drawings drawings
	writes   layoutWrites
}

// maxPanes is how many panes the screen holds.
const maxPanes = 16

// all are the panes on the screen and those that were closed.
func (b *board) all() []*pane.Pane { return slices.Concat(b.open, b.closed) }

// now is the current pane, nil where none is open.
func (b *board) now() *pane.Pane {
	if b.current >= len(b.open) {
		return nil
	}
	return b.open[b.current]
}

// of finds the open pane of a slot, nil where it was closed.
func (b *board) of(slot int) *pane.Pane {
	i := slices.IndexFunc(b.open, func(p *pane.Pane) bool { return p.Slot == slot })
	if i < 0 {
		return nil
	}
	return b.open[i]
}

// at is the pane at a cell of the panes' area, or nil.
func (b *board) at(x, y int) *pane.Pane {
	for _, p := range b.open {
		if r := p.Place(); r.H > 0 && x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H {
			return p
		}
	}
	return nil
}

// asked are the open panes that are asked prompts: all but those that merge. They stand left of
// the others.
func (b *board) asked() []*pane.Pane {
	for i, p := range b.open {
		if p.Merges {
			return b.open[:i:i]
		}
	}
	return b.open
}

// refs are the models of the panes that are asked, left to right.
func (b *board) refs() []string { return providers.Refs(b.contenders()) }

// shared reports whether several panes have one model.
func (b *board) shared() bool {
	asked := b.asked()
	for i, p := range asked {
		for _, other := range asked[:i] {
			if other.Spec.Info.Ref == p.Spec.Info.Ref {
				return true
			}
		}
	}
	return false
}

// specs are the models of the panes that are asked, left to right.
func (b *board) specs() []registry.Spec {
	asked := b.asked()
	all := make([]registry.Spec, len(asked))
	for i, p := range asked {
		all[i] = p.Spec
	}
	return all
}

// contenders are the panes that are asked with their own settings, left to right.
func (b *board) contenders() []providers.Contender {
	asked := b.asked()
	all := make([]providers.Contender, 0, len(asked))
	for _, p := range asked {
		all = append(all, p.Spec.Contender())
	}
	return all
}

// set opens panes in place of all that were there, and fills them from a session, which may be nil.
func (b *board) set(specs []registry.Spec, s *session.Session) {
	b.open, b.closed, b.current = nil, nil, 0
	if s == nil {
		s = &session.Session{}
	}
	for i, slot := range slotsOf(s, specs) {
		p := pane.New(slot, declaring(specs, i, s, slot))
		p.Accent = i
		p.Fill(s)
		b.open = append(b.open, p)
	}
	b.settleMerges(s)
	pane.Tell(b.open)
}

// declaring is a model with the schema and the tools that its slot was asked with, unless it has
// others by now. Panes of equal contenders may differ in them alone, and only the session knows
// which is which.
func declaring(specs []registry.Spec, i int, s *session.Session, slot int) registry.Spec {
	schema, tools, answered := s.Declared(slot)
	twins := 0
	for _, other := range specs {
		a, b := other.Contender(), specs[i].Contender()
		twins += text.Int(a.Name == b.Name && a.Same(b))
	}
	if answered && twins > 1 {
		return specs[i].DeclaringOnly(registry.Spec{Schema: schema, Tools: tools})
	}
	return specs[i].Declaring(registry.Spec{Schema: schema, Tools: s.Tools(slot)})
}

// changed gives the panes their names after one has come, gone, moved or got another model, and has
// all of them drawn again.
func (b *board) changed() {
	pane.Tell(b.open)
	b.redraw()
}

// add opens a pane right of those that are asked, in a slot that neither a pane nor the session has
// had.
func (b *board) add(spec registry.Spec, s *session.Session) *pane.Pane {
	p := pane.New(b.freeSlot(s), spec)
	b.place(p)
	return p
}

// freeSlot is one that neither a pane nor the session has had.
func (b *board) freeSlot(s *session.Session) int {
	slot := 0
	for _, p := range b.all() {
		slot = max(slot, p.Slot+1)
	}
	if s != nil {
		for _, t := range s.Turns {
			slot = max(slot, len(t.Replies))
		}
	}
	return slot
}

// place puts a pane on the right, but left of those that merge.
func (b *board) place(p *pane.Pane) {
	p.Accent = b.freeAccent()
	p.Redraw()
	at := len(b.open)
	if !p.Merges {
		at = len(b.asked())
	}
	b.open = slices.Insert(b.open, at, p)
	b.current += text.Int(b.current >= at && len(b.open) > 1)
}

// arrangeAs puts panes on the screen in an order, after the others were closed: open ones, closed
// ones, and new ones for the models in fresh where order has nil.
func (b *board) arrangeAs(order []*pane.Pane, fresh []registry.Spec, s *session.Session) {
	merges := slices.Clone(b.open[len(b.asked()):])
	for i, p := range order {
		switch {
		case p == nil:
			order[i] = b.add(fresh[i], s)
		case slices.Contains(b.closed, p):
			b.closed = slices.DeleteFunc(b.closed, func(o *pane.Pane) bool { return o == p })
			b.place(p)
		}
	}
	b.open, b.current, b.zoomed = append(order, merges...), 0, false
}

// freeAccent is the first accent that no pane has.
func (b *board) freeAccent() int {
	for i := range maxPanes {
		if !slices.ContainsFunc(b.open, func(p *pane.Pane) bool { return p.Accent == i }) {
			return i
		}
	}
	return 0
}

// close takes a pane off the screen.
func (b *board) close(p *pane.Pane) {
	i := slices.Index(b.open, p)
	b.open = slices.Delete(b.open, i, i+1)
	b.closed = append(b.closed, p)
	if b.places == nil {
		b.places = map[int]int{}
	}
	b.places[p.Slot] = i
	if b.current > i || b.current == len(b.open) {
		b.current--
	}
	b.zoomed = false
}

// reopen brings the pane that was closed last back to its place, and makes it the current one.
func (b *board) reopen() {
	n := len(b.closed) - 1
	p := b.closed[n]
	b.closed = b.closed[:n]
	b.place(p)
	b.current = slices.Index(b.open, p)
	if !p.Merges {
		was := min(b.places[p.Slot], b.current)
		b.open = slices.Insert(slices.Delete(b.open, b.current, b.current+1), was, p)
		b.current = was
	}
}

// move moves the current pane by so many places, to the right where by is positive.
func (b *board) move(by int) (moved bool) {
	to := b.current + by
	if to < 0 || to >= len(b.open) || b.open[to].Merges || b.open[b.current].Merges {
		return false
	}
	b.open[b.current], b.open[to] = b.open[to], b.open[b.current]
	b.current = to
	return true
}

// layout is how the panes stand in a session now. A zoomed one is told by its place, which means
// something only while all models of the session are there.
func (b *board) layout(s *session.Session) (l session.Layout) {
	shown := b.zoomed && len(b.asked()) == len(s.Panes)
	if l.Together = b.together; shown && b.current < len(s.Panes) {
		l.Zoomed = b.current + 1
	}
	return l
}

// restore puts the panes as they stood in their session.
func (b *board) restore(s *session.Session) {
	l := s.Layout
	b.together = l.Together
	asked := len(b.asked())
	b.zoomed = l.Zoomed > 0 && l.Zoomed <= asked && asked == len(s.Panes)
	if b.zoomed {
		b.current = l.Zoomed - 1
	}
}

// zoom shows the current pane alone, or all of them again.
func (b *board) zoom() {
	b.zoomed = !b.zoomed
	b.redraw()
}

// toggleThoughts shows the reasoning of all answers, or hides it.
func (b *board) toggleThoughts() {
	b.thoughts = !b.thoughts
	b.redraw()
}

// togglePrompts shows long prompts whole, or their beginnings.
func (b *board) togglePrompts() {
	b.prompts = !b.prompts
	b.redraw()
}

// redraw has all panes drawn again with the next frame.
func (b *board) redraw() {
	for _, p := range b.open {
		p.Redraw()
	}
}

// restyle draws everything in other styles, closed panes too.
func (b *board) restyle(th theme.Styles) {
	for _, p := range b.all() {
		p.Restyle(th)
	}
}

// remark draws the marks of a turn again in every pane.
func (b *board) remark(t *session.Turn) {
	for _, p := range b.open {
		p.Remark(t)
	}
}

// unselect takes the marks of a selection away.
func (b *board) unselect() {
	for _, p := range b.open {
		p.Unselect()
	}
}

// arrange gives each pane its place on a w×h area.
func (b *board) arrange(w, h int) {
	if len(b.open) == 0 {
		return
	}
	m, rects := arrange(len(b.open), w, h, b.current, b.zoomed)
	b.mode = m
	lowest := 0
	for _, r := range rects {
		if len(rects) > 1 && r.H > 0 && (lowest == 0 || r.H < lowest) {
			lowest = r.H
		}
	}
	for i, p := range b.open {
		p.Resize(rects[i], lowest)
		p.Stand(i+1, i == b.current, i == b.current && (b.focused || m == tabs))
	}
}

// appendRows draws the panes and adds h rows of the screen, w cells wide.
func (b *board) appendRows(rows []string, w, h int, l pane.Look, now time.Time) []string {
	b.draw(l, now)
	if b.mode == tabs {
		rows = append(rows, b.tabRow(l.Theme, now, w))
		return append(rows, b.open[b.current].Rows()...)
	}
	var s strings.Builder
	for y := range h {
		s.Reset()
		for _, p := range b.open { // panes stand in reading order
			if r := p.Place(); y >= r.Y && y < r.Y+r.H {
				s.WriteString(p.Rows()[y-r.Y])
			}
		}
		rows = append(rows, s.String())
	}
	return rows
}

// draw brings the rows of the panes up to date, those of the current one first.
func (b *board) draw(l pane.Look, now time.Time) {
	pane.Queue(b.open)
	if p := b.now(); p != nil {
		p.Draw(l, now)
	}
	for _, p := range b.open {
		p.Draw(l, now)
	}
}

// drawLater has an answer drawn in a command.
func (b *board) drawLater(t *pane.View) { b.drawings.queue = append(b.drawings.queue, t) }

// drawNext draws the next answer that waits. busy is how many panes receive text.
func (b *board) drawNext(busy int) tea.Cmd {
	d := &b.drawings
	if d.busy || len(d.queue) == 0 {
		return nil
	}
	t := d.queue[0]
	d.busy, d.queue = true, d.queue[1:]
	return t.Drawing(busy)
}

// drawn takes an answer that was drawn. It is drawn again where it is out of date already.
func (b *board) drawn(msg pane.Drawn) {
	b.drawings.busy = false
	for _, p := range b.open {
		if p.Take(msg) {
			return
		}
	}
	msg.Settle() // a closed pane's, say
}

// minTabName is the room in cells that a name in a tab is worth.
const minTabName = 4

// tabLabels are the tabs of all panes and their widths, with names of at most room cells.
func (b *board) tabLabels(now time.Time, room int) (labels []string, widths []int, total int) {
	for i, p := range b.open {
		sign, _, _ := p.State(now)
		label := fmt.Sprintf("%d %s", i+1, sign)
		if room > 0 {
			label += " " + p.ShortName(room)
		}
		if i == b.current {
			label = "[" + label + "]"
		} else {
			label = " " + label + " "
		}
		w := ansi.StringWidth(label)
		labels, widths, total = append(labels, label), append(widths, w), total+w
	}
	return labels, widths, total
}

// tabRow names all panes with their state, the current one marked and named. Where they do not fit
// it shows those around the current one.
func (b *board) tabRow(th theme.Styles, now time.Time, width int) string {
	labels, widths, total := b.tabLabels(now, 0)
	if room := (width-total)/len(b.open) - 1; room >= minTabName {
		labels, widths, total = b.tabLabels(now, room)
	}
	from := 0
	for total > width && from < b.current {
		total -= widths[from]
		from++
	}
	var row strings.Builder
	b.tabs = make([]tab, len(b.open))
	at := 0
	for i := from; i < len(b.open); i++ {
		p := b.open[i]
		b.tabs[i] = tab{at, at + widths[i]}
		at += widths[i]
		_, _, feel := p.State(now)
		style := th.Tone(feel)
		if i == b.current {
			style = th.Accent(p.Accent).Bold(true)
		}
		row.WriteString(style.Render(labels[i]))
	}
	return text.Pad(row.String(), width)
}
