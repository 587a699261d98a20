package pane

import (
	"slices"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
)

// written is the rows of the turn for copying. Those of the answer have stand-ins for what the
// screen cannot show as it was written.
//
// The answer is laid out a second time for it. Where that gives other rows than stand on the
// screen, because a text is still coming or a stand-in changed the markup, the rows are those of
// the screen.
func (t *View) written(l Look) ([]markdown.Row, text.StandIns) {
	rows := t.Rows()
	if l.Reading.Veil != nil { // what was written may name who wrote it
		return rows, text.StandIns{}
	}
	marked, in := l.Reading.Clusters.StandIn(l.Reading.fit(t.Reply.VisibleText()))
	if !in.Any() {
		return rows, in
	}
	md := markdown.New(l.Reading.style(l.Theme.Markdown(l.Accent)), t.width)
	md.Write(l.Reading.Clusters.Screen(marked))
	md.Finish()
	frame := md.Render(1)
	again := slices.Concat(frame.Committed, frame.Tail)
	from := len(t.prompt) + len(t.reasoning)
	if len(again) != t.answer.Len() {
		return rows, text.StandIns{}
	}
	for i, row := range again {
		shown := rows[from+i]
		if row.Lead != shown.Lead || row.Break != shown.Break ||
			in.Shown(ansi.Strip(row.Text)) != ansi.Strip(shown.Text) {
			return rows, text.StandIns{}
		}
	}
	return slices.Concat(rows[:from], again, rows[from+len(again):]), in
}
