package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/report"
	"lineup/ui/text"
)

// waterfall shows where the time of one turn went: a bar a pane, all on one axis from when the
// prompt was sent. A turn under way goes on with the frames of the screen.
type waterfall struct {
	turn   int  // in the session
	newest bool // it goes along when a turn is asked
	top    int  // first line of the bars in view
	lines  int  // all of them, and those in view, at the last drawing
	high   int
}

func (a *app) openWaterfall() {
	if a.flash = hasTurn(a); a.flash == "" {
		n := len(a.sess.Turns)
		a.open(&waterfall{turn: n - 1, newest: true})
	}
}

// shown is the turn on show.
func (w *waterfall) shown(a *app) *session.Turn {
	if a.sess == nil || len(a.sess.Turns) == 0 {
		return nil
	}
	n := len(a.sess.Turns)
	if w.newest || w.turn >= n {
		w.turn = n - 1
	}
	return a.sess.Turns[w.turn]
}

// lanes are the panes in their order, and after them the replies of panes that were closed.
func (w *waterfall) lanes(a *app) []report.Lane {
	t := w.shown(a)
	if t == nil {
		return nil
	}
	var out []report.Lane
	add := func(r *session.Reply, number, accent int, name string) {
		name = fmt.Sprintf("%d %s", number, text.OneLine(name))
		out = append(out, report.Lane{Name: name, Accent: accent, Line: r.Timeline(a.shown()),
			Reply: r})
	}
	for _, p := range a.panes.open {
		if p.Slot < len(t.Replies) && t.Replies[p.Slot] != nil {
			add(t.Replies[p.Slot], p.Number, p.Accent, p.Name())
		}
	}
	for slot, r := range t.Replies {
		if r != nil && a.panes.of(slot) == nil {
			add(r, slot+1, slot, r.Model)
		}
	}
	return out
}

func (w *waterfall) heading(a *app) string {
	t := w.shown(a)
	if t == nil {
		return "Waterfall"
	}
	all, sim := 0, 0
	for _, r := range t.Replies {
		all += text.Int(r != nil)
		sim += text.Int(r != nil && r.Simulated)
	}
	simulated := ""
	switch {
	case sim > 0 && sim == all:
		simulated = " · simulated"
	case sim > 0:
		simulated = " · partly simulated"
	}
	return fmt.Sprintf("Waterfall · turn %d of %d%s · %s", w.turn+1, len(a.sess.Turns), simulated,
		t.Prompt)
}

func (w *waterfall) hints(a *app) []string {
	out := []string{"esc close"}
	if len(a.sess.Turns) > 1 {
		out = append(out, "← → other turns")
	}
	if w.lines > w.high {
		out = append(out, "↑ ↓ scroll")
	}
	return out
}

// axisRows are above the bars. The legend is below them, after a blank line.
const axisRows = 2

func (w *waterfall) room(a *app, width, h int) (int, int) {
	lanes := w.lanes(a)
	legend := report.NewWaterfall(a.theme.Styles, a.shown(), lanes, width).Legend(lanes)
	return width, min(h, axisRows+3*len(lanes)+len(legend))
}

func (w *waterfall) view(a *app, width, h int) ([]string, *tea.Cursor) {
	lanes := w.lanes(a)
	if len(lanes) == 0 {
		return []string{a.theme.Dim.Render("nothing has been asked yet")}, nil
	}
	c := report.NewWaterfall(a.theme.Styles, a.shown(), lanes, width)
	legend := c.Legend(lanes)
	if h < axisRows+1+len(legend)+2*len(lanes) { // bars first
		legend = legend[:max(0, min(len(legend), h-axisRows-len(lanes)))]
	} else {
		legend = append([]string{""}, legend...)
	}
	rows := c.Axis()
	w.high = max(1, h-len(rows)-len(legend))
	body := c.Rows(lanes, w.high)
	w.lines = len(body)
	w.top = max(0, min(w.top, w.lines-w.high))
	rows = append(rows, body[w.top:min(w.lines, w.top+w.high)]...)
	return append(rows, legend...), nil
}

func (w *waterfall) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch name := k.String(); {
	case closes(k), a.keys.Find(k, keys.InPane) == keys.Waterfall:
		a.leave()
	case name == "left", name == "h":
		w.choose(a, -1)
	case name == "right", name == "l":
		w.choose(a, 1)
	case name == "up", name == "k":
		w.top--
	case name == "down", name == "j":
		w.top++
	case name == "pgup":
		w.top -= w.high
	case name == "pgdown":
		w.top += w.high
	}
	return nil
}

// choose goes to another turn.
func (w *waterfall) choose(a *app, by int) {
	if w.shown(a) == nil {
		return
	}
	last := len(a.sess.Turns) - 1
	w.turn = max(0, min(last, w.turn+by))
	w.newest, w.top = w.turn == last, 0
}

func (w *waterfall) click(*app, int, int) tea.Cmd { return nil }

func (w *waterfall) wheel(_ *app, by int) { w.top = max(0, w.top+by) }
