package pane

import (
	"cmp"
	"time"

	"lineup/blind"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/markdown"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Pane is one model with its conversation and its place on the screen.
type Pane struct {
	Spec registry.Spec
	Slot int // in the session; see order.go
	// its answers merge those of the other panes; it is asked no prompts
	Merges bool
	turns  []*View

	// the height of the lowest of the panes beside each other, whose numbers are compared and which
	// look alike; 0 for one that is alone
	lowest int
	ahead  ahead        // whom its server answers while it waits
	best   *report.Best // of the turn, when the pane was drawn last
	busy   bool         // whether some pane answered then

	Number int // as people count the panes, from the left
	Accent int // which of the theme's accents is its own
	called called
	veil   *blind.Veil // that hides who it is, or nil

	detail    bool // the numbers of the newest reply are shown in place of the conversation
	detailTop int  // first line of them in view

	find   *finder    // what is looked for, or nil
	code   *codePick  // the code block that is marked, or nil
	refs   *finder    // the marks of other answers in a merge, one of them chosen, or nil
	picked *selection // what the mouse has selected, or nil

	follow bool     // the end of the conversation stays in view
	top    position // first line in view, where the pane does not follow

	place   Rect
	focused bool
	current bool       // keys without a pane mean this one
	rows    []string   // what is on the screen, place.h strings of place.w cells
	kept    kept       // what rows are made of again
	lines   []position // of the conversation, that the body shows
	buttons []button   // to click, counted from the pane's corner
	dirty   bool       // rows are out of date
	changed bool       // text came that is not laid out yet
	heard   time.Time  // when the last of it came
}

// button is a place to click: cells [from, to) of a row.
type button struct {
	row, from, to int
	action        keys.Action
}

// position is a line of a conversation.
type position struct{ turn, line int }

// New makes an empty pane for a slot of the session. It follows the end of its conversation.
func New(slot int, spec registry.Spec) *Pane {
	p := &Pane{Spec: spec, Slot: slot, Number: slot + 1, Accent: slot, follow: true, dirty: true}
	p.called.name = p.ownName()
	return p
}

// Redraw has the pane drawn again with the next frame.
func (p *Pane) Redraw() { p.dirty = true }

// Hear notes when the last text came, and redraws the pane.
func (p *Pane) Hear(at time.Time) { p.dirty, p.heard = true, at }

// Tick redraws a pane whose clock runs and to which nothing has come for so long.
func (p *Pane) Tick(now time.Time, quiet time.Duration) {
	p.dirty = p.dirty || p.Running() && now.Sub(p.heard) >= quiet
}

// Add shows a reply to a turn below all others.
func (p *Pane) Add(turn *session.Turn, r *session.Reply) {
	v := NewView(turn, r)
	v.below = len(p.turns) > 0
	p.turns = append(p.turns, v)
}

// Clear takes the whole conversation away.
func (p *Pane) Clear() { p.turns, p.refs = nil, nil }

// Empty reports whether there is no conversation.
func (p *Pane) Empty() bool { return len(p.turns) == 0 }

// ViewOf is the view of a reply, nil where the pane does not show it.
func (p *Pane) ViewOf(r *session.Reply) *View {
	for i := len(p.turns) - 1; i >= 0; i-- {
		if p.turns[i].Reply == r {
			return p.turns[i]
		}
	}
	return nil
}

// Place is the place of the pane on the screen; without rows while it has none.
func (p *Pane) Place() Rect { return p.place }

// Rows is the pane on the screen: as many rows as its height, each of its width.
func (p *Pane) Rows() []string { return p.rows }

// Stand tells the pane its number, whether keys without a pane mean it, and whether it has the
// focus.
func (p *Pane) Stand(number int, current, focused bool) {
	if p.Number != number || p.current != current || p.focused != focused {
		p.Number, p.current, p.focused, p.dirty = number, current, focused, true
	}
}

// ShowsDetail reports whether the numbers of the newest reply are shown in place of the
// conversation.
func (p *Pane) ShowsDetail() bool { return p.detail }

// ToggleDetail shows the numbers of the newest reply in place of the conversation, or the
// conversation again.
func (p *Pane) ToggleDetail() { p.detail, p.detailTop, p.dirty = !p.detail, 0, true }

// Unmark ends a search and unmarks a code block or a mark of an answer; it reports whether there
// was one of them.
func (p *Pane) Unmark() bool {
	if p.find == nil && p.code == nil && p.refs == nil {
		return false
	}
	p.find, p.code, p.refs, p.dirty = nil, nil, nil, true
	return true
}

// ButtonAt is the action of the button under a cell of the screen.
func (p *Pane) ButtonAt(x, y int) (keys.Action, bool) {
	for _, b := range p.buttons {
		if y-p.place.Y == b.row && x-p.place.X >= b.from && x-p.place.X < b.to {
			return b.action, true
		}
	}
	return "", false
}

// Restyle draws everything again in another theme.
func (p *Pane) Restyle(th theme.Styles) {
	p.dirty, p.kept = true, kept{}
	for _, t := range p.turns {
		t.restyle(th.Markdown(p.Accent))
	}
}

// Reply is the newest one, or nil.
func (p *Pane) Reply() *session.Reply {
	if len(p.turns) == 0 {
		return nil
	}
	return p.turns[len(p.turns)-1].Reply
}

// Running reports whether the pane waits for an answer or receives one.
func (p *Pane) Running() bool {
	r := p.Reply()
	return r != nil && !r.Status.Final()
}

// Resize gives the pane its place. The lowest pane has so many rows, 0 where this one is alone.
func (p *Pane) Resize(to Rect, lowest int) {
	if p.place != to || p.lowest != lowest {
		if p.follow && p.place.W != to.W { // the place at the end was one of other lines
			p.top = position{}
		}
		p.place, p.lowest, p.dirty = to, lowest, true
	}
}

// Room inside a pane: borders and a blank on each side. An airy pane has rows of its own for state,
// prompt and numbers; in a low one state and numbers stand in the borders.
func (p *Pane) InnerWidth() int { return max(1, p.place.W-4) }

func (p *Pane) bodyHeight() int {
	return max(0, p.place.H-1-p.above()-text.Int(p.numbered())-text.Int(p.barred())-
		text.Int(len(p.offers()) > 0))
}

// above is how many rows stand above the conversation.
func (p *Pane) above() int { return 1 + 2*text.Int(p.airy()) }

// metered panes show their numbers.
func (p *Pane) metered() bool { return p.place.H > 2 }

// airy panes have a row for the state, and one for the prompt under it.
func (p *Pane) airy() bool { return min(p.place.H, cmp.Or(p.lowest, p.place.H)) >= 14 }

// numbered panes have a row for the numbers. A blind pane shows none.
func (p *Pane) numbered() bool { return p.airy() && !p.Hidden() }

// barred panes have a row of bars under the numbers.
func (p *Pane) barred() bool { return p.lowest >= 18 && !p.Hidden() }

// offers are what can be done about a newest reply that is no whole answer, each a button over the
// metrics.
func (p *Pane) offers() []keys.Action {
	r := p.Reply()
	if r == nil || p.place.H < 10 || p.Spec.Replayed {
		return nil
	}
	if p.Hidden() { // what a server can tells which one it is
		if v := p.Newest(); !v.Halted() &&
			(!r.Status.Final() || r.Status.Answer() || v.Open()) {
			return nil
		}
		return []keys.Action{keys.Again}
	}
	if !r.Status.Final() || r.Status == session.Done {
		return nil
	}
	if !p.Merges && r.VisibleText() != "" &&
		(p.Spec.Provider == nil || p.Spec.Provider.Continues()) {
		return []keys.Action{keys.Again, keys.Continue, keys.Other}
	}
	return []keys.Action{keys.Again, keys.Other}
}

// window gives the lines in view and remembers where they stand.
func (p *Pane) window(l Look) []string {
	h := p.bodyHeight()
	p.lines = p.lines[:0]
	if h == 0 {
		return nil
	}
	if len(p.turns) == 0 {
		return p.blank(l, h)
	}
	if p.detail {
		lines := report.Detail(p.Reply(), p.setup(), l.Theme, l.Width, l.Sums)
		p.detailTop = max(0, min(p.detailTop, len(lines)-h))
		return lines[p.detailTop:min(p.detailTop+h, len(lines))]
	}
	if p.follow {
		p.top = p.followTop(l, h)
	} else {
		p.top.turn = min(p.top.turn, len(p.turns)-1)
		t := p.turns[p.top.turn]
		p.keepPlace(t, l.Width, func() { t.layout(l) })
	}
	if p.find != nil {
		p.find.lookFor(p, l)
	}
	if p.refs != nil {
		p.refs.lookFor(p, l)
	}
	var rows []markdown.Row
	if p.follow && p.find == nil && p.refs == nil {
		rows, p.lines = p.condensed(l, h)
	}
	for i, line := p.top.turn, p.top.line; i < len(p.turns) && len(rows) < h; i, line = i+1, 0 {
		t := p.turns[i]
		t.layout(l)
		n := len(rows)
		rows = t.appendRows(rows, line, line+h-n)
		for k := range rows[n:] {
			p.lines = append(p.lines, position{i, line + k})
		}
	}
	out := texts(rows)
	p.mark(out, l)
	return append(out, p.whyQueued(l, h-len(out))...)
}

// mark lays over the lines in view what was found, selected or chosen in them.
func (p *Pane) mark(out []string, l Look) {
	if p.find == nil && p.picked == nil && p.code == nil && p.refs == nil {
		return
	}
	var from position
	to := 0
	if p.code != nil {
		from, to = p.code.lines(p, l)
	}
	for i, at := range p.lines {
		if p.find != nil {
			out[i] = p.find.mark(out[i], at, l.Theme)
		}
		if p.refs != nil {
			out[i] = p.refs.mark(out[i], at, l.Theme)
		}
		if p.code != nil && at.turn == from.turn && at.line >= from.line && at.line < to {
			out[i] = p.code.mark(out[i], l.Theme)
		}
		if p.picked != nil {
			out[i] = p.picked.mark(out[i], at, l.Theme)
		}
	}
}

// followTop is the position from which a pane that follows shows the end. While text comes it
// jumps by a few lines at once. Every row that scrolls is written to the terminal again, and at 8
// panes of 100 tokens a second that was half of all bytes.
func (p *Pane) followTop(l Look, h int) position {
	spare := 0
	if h >= 12 {
		spare = h / 6
	}
	if n := p.linesFrom(p.top, l, h+1); h-2*spare <= n && n <= h {
		return p.top
	}
	if top := p.endTop(l, h); !p.Running() || top == (position{}) {
		return top
	}
	return p.endTop(l, h-spare)
}

// linesFrom counts the lines from a position to the end, as far as most.
func (p *Pane) linesFrom(pos position, l Look, most int) int {
	n := -pos.line
	for i := pos.turn; i < len(p.turns) && n < most; i++ {
		p.turns[i].layout(l)
		n += p.turns[i].height()
	}
	return n
}

// endTop is the position from which the end of the conversation fills the view. Only the turns in
// view are laid out.
func (p *Pane) endTop(l Look, h int) position {
	for i := len(p.turns) - 1; ; i-- {
		p.turns[i].layout(l)
		n := p.turns[i].height()
		if n >= h || i == 0 {
			return position{i, max(0, n-h)}
		}
		h -= n
	}
}

// Scroll moves the view by n lines, down where n is positive. Reaching the end follows again.
func (p *Pane) Scroll(n int, l Look) {
	if len(p.turns) == 0 {
		return
	}
	if p.detail {
		p.detailTop, p.dirty = max(0, p.detailTop+n), true
		return
	}
	end := p.endTop(l, p.bodyHeight())
	if p.follow {
		p.top = p.followTop(l, p.bodyHeight())
	}
	pos := p.top
	pos.line += n
	for pos.line < 0 && pos.turn > 0 {
		pos.turn--
		p.turns[pos.turn].layout(l)
		pos.line += p.turns[pos.turn].height()
	}
	pos.line = max(0, pos.line)
	for pos.turn < len(p.turns)-1 {
		p.turns[pos.turn].layout(l)
		if h := p.turns[pos.turn].height(); pos.line >= h {
			pos.turn, pos.line = pos.turn+1, pos.line-h
			continue
		}
		break
	}
	p.follow = pos.turn > end.turn || pos.turn == end.turn && pos.line >= end.line
	p.top, p.dirty = pos, true
	if p.follow {
		p.top = end
	}
}

// ToTop scrolls to the beginning and stays there.
func (p *Pane) ToTop() {
	if p.detail {
		p.detailTop, p.dirty = 0, true
		return
	}
	p.top, p.follow, p.dirty = position{}, false, true
}

// ToEnd scrolls to the end and follows it.
func (p *Pane) ToEnd() { p.follow, p.detailTop, p.dirty = true, 1<<20, true }
