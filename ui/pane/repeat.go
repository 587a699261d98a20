package pane

import (
	"fmt"

	"lineup/ui/markdown"
	"lineup/ui/report"
	"lineup/ui/text"
)

// Counts says of a running reply which take of how many it is.
func (t *View) Counts(n, of int) { t.counted = fmt.Sprintf("take %d of %d", n, of) }

// take is what the state of the pane says of a running repeat, "" for nothing.
func (p *Pane) take() string {
	if r := p.Reply(); r == nil || r.Status.Final() {
		return ""
	} else if v := p.ViewOf(r); v != nil && v.counted != "" {
		return ", " + v.counted
	}
	return ""
}

// layoutRepeat sums up the takes under each of them, when the last one has ended.
func (t *View) layoutRepeat(l Look) (rows []markdown.Row) {
	lines := report.RepeatOf
	if l.Reading.Veil != nil { // times would tell who it was
		lines = report.AlikeOf
	}
	for _, line := range lines(t.Turn, t.Reply, l.Width-2) {
		if rows == nil {
			rows = append(rows, markdown.Row{})
		}
		rows = append(rows, plainRow(l.Theme.Dim.Render("│ "+text.Cut(line, l.Width-2)), 2))
	}
	return rows
}
