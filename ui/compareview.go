package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"lineup/compare"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/report"
	"lineup/ui/text"
)

// comparison shows where two answers differ: the one of a pane, and another one that Tab chooses.
type comparison struct {
	sides []compared // the first is the pane's own
	with  int        // which of them it is compared with
	back  overlay    // that it lies over, nil for none

	stretches []compare.Stretch
	words     string       // how similar they are
	laid      *report.Diff // nil while the answers are compared
	width     int          // of laid
	current   int          // difference, -1 before the first step
	top, high int          // first row in view, and how many were at the last drawing
}

// compared is an answer that can be compared.
type compared struct {
	name   string
	accent int
	text   string
}

// comparedMsg brings what two answers have in common, laid out.
type comparedMsg struct {
	with      int
	stretches []compare.Stretch
	words     string
	laid      *report.Diff
	width     int
}

// openComparison compares the answer in sight with that of the next pane.
func openComparison(a *app, p *pane.Pane) tea.Cmd {
	sides := sidesFor(a, p)
	switch {
	case len(sides) == 0:
		a.flash = "there is no answer to compare"
		return nil
	case len(sides) == 1:
		a.flash = "there is no other answer to compare with"
		return nil
	}
	c := &comparison{sides: sides, with: 1}
	a.open(c)
	return c.compare(a)
}

// sidesFor gives the answer in sight and what it can be compared with, the likeliest first: the
// same turn in the panes to the right, around the end, then other answers of the pane to the same
// prompt, then its answers in other turns.
func sidesFor(a *app, p *pane.Pane) []compared {
	v := p.InSight()
	if v == nil || v.Reply.VisibleText() == "" {
		return nil
	}
	sides := []compared{{p.Called(), p.Accent, shownReply(a, v.Turn, v.Reply).VisibleText()}}
	add := func(p *pane.Pane, t *session.Turn, r *session.Reply, more string) {
		if r != nil && r != v.Reply && r.VisibleText() != "" {
			words := shownReply(a, t, r).VisibleText()
			sides = append(sides, compared{p.Called() + more, p.Accent, words})
		}
	}
	n := len(a.panes.open)
	for i := 1; i < n; i++ {
		other := a.panes.open[(a.panes.current+i)%n]
		add(other, v.Turn, v.Turn.Reply(other.Slot), "")
	}
	for _, r := range v.Turn.Answers(p.Slot) {
		add(p, v.Turn, r, fmt.Sprintf(", answer %d", r.Take+1))
	}
	for i := len(a.sess.Turns) - 1; i >= 0; i-- {
		if t := a.sess.Turns[i]; t != v.Turn {
			add(p, t, t.Reply(p.Slot), fmt.Sprintf(", turn %d", i+1))
		}
	}
	return sides
}

// compare compares the two answers in a command: long ones take a while.
func (c *comparison) compare(a *app) tea.Cmd {
	c.laid, c.top, c.current = nil, 0, -1
	with, one, other := c.with, c.sides[0].text, c.sides[c.with].text
	width, clusters := max(1, a.screen.width-4), a.reading.Clusters
	return tell(c, func() tea.Msg {
		d := compare.Diff(one, other)
		stretches := d.Stretches()
		laid := report.NewDiff(stretches, width, clusters)
		return comparedMsg{with, stretches, d.InWords(), laid, width}
	})
}

func (c *comparison) heard(_ *app, msg tea.Msg) tea.Cmd {
	if m, ok := msg.(comparedMsg); ok && m.with == c.with {
		c.stretches, c.words, c.laid, c.width = m.stretches, m.words, m.laid, m.width
	}
	return nil
}

func (c *comparison) heading(*app) string {
	switch {
	case c.laid == nil:
		return "Compare answers"
	case len(c.laid.Changes) == 0:
		return "Compare answers · no difference"
	}
	n := len(c.laid.Changes)
	count := fmt.Sprintf("%d %s", n, text.Plural(n, "difference"))
	if c.current >= 0 {
		count = fmt.Sprintf("difference %d of %d", c.current+1, n)
	}
	return "Compare answers · " + count + " · " + c.words
}

func (c *comparison) hints(a *app) []string {
	out := []string{"esc close"}
	if c.laid != nil && len(c.laid.Changes) > 0 {
		out = append(out, a.keys.Label(keys.FindNext)+"/"+a.keys.Label(keys.FindPrev)+
			" next/previous difference")
	}
	if len(c.sides) > 2 {
		out = append(out, a.keys.Label(keys.NextPane)+" other answer")
	}
	if c.laid != nil && c.high > 0 && c.laid.Len() > c.high {
		out = append(out, "↑ ↓ scroll")
	}
	return out
}

// room is all that there is: answers are long.
func (c *comparison) room(_ *app, w, h int) (int, int) {
	if c.laid == nil {
		return w, 3
	}
	return w, min(h, c.laid.Len()+2)
}

func (c *comparison) view(a *app, w, h int) ([]string, *tea.Cursor) {
	if c.laid == nil {
		return []string{a.theme.Dim.Render("comparing…")}, nil
	}
	one, other := c.sides[0], c.sides[c.with]
	accents := [2]int{one.accent, other.accent}
	before := c.high
	resized := c.width != w
	if resized {
		c.laid, c.width = report.NewDiff(c.stretches, w, a.reading.Clusters), w
	}
	rows := []string{c.laid.Heads(a.theme.Styles, [2]string{one.name, other.name}, accents), ""}
	if h < 6 {
		rows = rows[:1]
	}
	if c.high = max(1, h-len(rows)); resized || c.high < before {
		c.reveal()
	}
	c.top = max(0, min(c.top, c.laid.Len()-c.high))
	rows = append(rows, c.laid.Rows(a.theme.Styles, c.top, c.top+c.high, c.current, accents)...)
	return rows, nil
}

func (c *comparison) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	act := a.keys.find(k, keys.InPane)
	switch {
	case closes(k), act == keys.Compare:
		a.layer.overlay = c.back
	case act == keys.NextPane:
		return c.choose(a, 1)
	case act == keys.PrevPane:
		return c.choose(a, -1)
	case act == keys.FindNext:
		c.step(1)
	case act == keys.FindPrev:
		c.step(-1)
	default:
		c.top = max(0, c.top+scrolled(act, c.high))
	}
	return nil
}

// scrolled says by how many rows a motion scrolls a view that shows so many.
func scrolled(act keys.Action, high int) int {
	const end = 1 << 30
	switch act {
	case keys.Up:
		return -1
	case keys.Down:
		return 1
	case keys.PageUp:
		return -high
	case keys.PageDown:
		return high
	case keys.HalfUp:
		return -high / 2
	case keys.HalfDown:
		return high / 2
	case keys.Top:
		return -end
	case keys.Bottom:
		return end
	}
	return 0
}

// choose compares with another answer.
func (c *comparison) choose(a *app, by int) tea.Cmd {
	n := len(c.sides) - 1
	if n < 2 {
		return nil
	}
	c.with = 1 + (c.with-1+by+n)%n
	return c.compare(a)
}

// step goes to another difference, around the ends.
func (c *comparison) step(by int) {
	if c.laid == nil || len(c.laid.Changes) == 0 {
		return
	}
	n := len(c.laid.Changes)
	if c.current < 0 && by < 0 {
		c.current = 0
	}
	c.current = (c.current + by + n) % n
	c.reveal()
}

// reveal brings the present difference into view.
func (c *comparison) reveal() {
	if c.current < 0 {
		return
	}
	if row := c.laid.Changes[c.current]; row < c.top || row >= c.top+c.high {
		c.top = max(0, row-c.high/3)
	}
}

func (c *comparison) click(*app, int, int) tea.Cmd { return nil }

func (c *comparison) wheel(_ *app, by int) { c.top = max(0, c.top+by) }
