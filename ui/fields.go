package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/report"
	"lineup/ui/text"
)

// fields compares the JSON answers of one turn field by field, and the calls of tools argument by
// argument: a row each, a column for each pane.
type fields struct {
	turn  int // in the session
	top   int // first line in view
	lines int // all of them, and those in view, at the last drawing
	high  int
	table *report.FieldTable
}

// openFields shows the turn in sight of the current pane.
func openFields(a *app) {
	if a.flash = hasFields(a); a.flash != "" {
		return
	}
	_, n := a.panes.now().TurnIn(a.sess)
	a.open(&fields{turn: n})
}

// hasFields wants a turn in sight with JSON that was asked for, or with calls of tools.
func hasFields(a *app) string {
	if why := all(hasTurn, hasPane)(a); why != "" {
		return why
	}
	t, _ := a.panes.now().TurnIn(a.sess)
	return unless(t != nil && slices.ContainsFunc(t.Replies, report.HasFields),
		"no answer of this turn was asked for JSON, or calls a tool")
}

// columns are the panes in their order, and after them the replies of panes that were closed.
func (f *fields) columns(a *app) []report.FieldColumn {
	t := shownTurn(a, a.sess.Turns[f.turn])
	var out []report.FieldColumn
	for _, p := range a.panes.open {
		if r := t.Reply(p.Slot); r != nil {
			out = append(out, report.FieldColumn{Name: p.Called(), Accent: p.Accent, Reply: r})
		}
	}
	for slot, r := range t.Replies {
		if r != nil && a.panes.of(slot) == nil {
			out = append(out, report.FieldColumn{Name: fmt.Sprintf("%d %s", slot+1, r.Model),
				Accent: slot, Reply: r})
		}
	}
	return out
}

func (f *fields) heading(a *app) string {
	return fmt.Sprintf("Fields · turn %d of %d · %s", f.turn+1, len(a.sess.Turns),
		text.OneLine(a.sess.Turns[f.turn].Prompt))
}

func (f *fields) hints(a *app) []string {
	out := []string{"esc close", "≠ the panes differ"}
	if len(a.sess.Turns) > 1 {
		out = append(out, "← → other turns")
	}
	if f.lines > f.high {
		out = append(out, "↑ ↓ scroll")
	}
	return out
}

// read gives the table of the turn, which it reads once more only while replies run or change.
func (f *fields) read(a *app) *report.FieldTable {
	if columns := f.columns(a); f.table == nil || !f.table.Of(columns) {
		f.table = report.NewFieldTable(columns)
	}
	return f.table
}

// leastFields is how wide the table is at least, in cells, for the prompt in its frame.
const leastFields = 72

func (f *fields) room(a *app, width, h int) (int, int) {
	t := f.read(a)
	width = min(width, max(t.Width(), leastFields))
	return width, min(h, max(1, t.Len(width)))
}

func (f *fields) view(a *app, width, h int) ([]string, *tea.Cursor) {
	t := f.read(a)
	if t.Empty() {
		f.lines, f.high, f.top = 1, h, 0
		return []string{a.theme.Dim.Render("no answer of this turn has fields")}, nil
	}
	f.lines, f.high = t.Len(width), h
	f.top = max(0, min(f.top, f.lines-f.high))
	var rows []string
	for i := f.top; i < min(f.lines, f.top+f.high); i++ {
		rows = append(rows, t.Line(i, a.theme.Styles, width))
	}
	return rows, nil
}

func (f *fields) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch name := k.String(); {
	case closes(k), a.keys.Find(k, keys.InPane) == keys.Fields:
		a.leave()
	case name == "left", name == "h":
		f.choose(a.sess, -1)
	case name == "right", name == "l":
		f.choose(a.sess, 1)
	case name == "up", name == "k":
		f.top--
	case name == "down", name == "j":
		f.top++
	case name == "pgup":
		f.top -= f.high
	case name == "pgdown":
		f.top += f.high
	}
	return nil
}

// choose goes to another turn.
func (f *fields) choose(s *session.Session, by int) {
	f.turn, f.top = max(0, min(len(s.Turns)-1, f.turn+by)), 0
}

func (f *fields) below() int { return f.lines - min(f.lines, f.top+f.high) }

func (f *fields) click(*app, int, int) tea.Cmd { return nil }

func (f *fields) wheel(_ *app, by int) { f.top = max(0, f.top+by) }
