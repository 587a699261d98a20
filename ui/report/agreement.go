package report

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/compare"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Column is a pane in the table of an agreement.
type Column struct {
	Name   string // its number, or its letter
	Accent int
}

// Agreement is the table of facts that only some panes state: a row a fact, a column a pane.
type Agreement struct {
	Columns []Column
	facts   []compare.Fact
	lines   []int    // the fact of each line, or -1 for the heading of the facts after it
	names   []string // of the facts
	widest  int      // of names, in cells
}

// NewAgreement makes the table, for a terminal that may count clusters.
func NewAgreement(facts []compare.Fact, columns []Column, on text.Clusters) *Agreement {
	t := &Agreement{Columns: columns, facts: facts}
	for i, f := range facts {
		if i == 0 || f.Kind != facts[i-1].Kind {
			t.lines = append(t.lines, -1)
		}
		t.lines = append(t.lines, i)
		t.names = append(t.names, on.OneLine(f.Text))
		t.widest = max(t.widest, ansi.StringWidth(t.names[i]))
	}
	return t
}

// Len counts the lines, those of the headings too.
func (t *Agreement) Len() int { return len(t.lines) }

// LineOf is the line of a fact.
func (t *Agreement) LineOf(fact int) int {
	for i, f := range t.lines {
		if f == fact {
			return i
		}
	}
	return 0
}

// FactAt is the fact of a line, -1 for none.
func (t *Agreement) FactAt(line int) int {
	if line < 0 || line >= len(t.lines) {
		return -1
	}
	return t.lines[line]
}

// columnWidth is the room of a pane's mark, and of its name over it.
const columnWidth = 4

// Width is how many cells the table would like.
func (t *Agreement) Width() int { return 2 + t.widest + columnWidth*len(t.Columns) }

// itemWidth is the room of the facts in a table of a width.
func (t *Agreement) itemWidth(width int) int {
	return max(8, min(t.widest, width-2-columnWidth*len(t.Columns)))
}

// Head is the row of the panes' names.
func (t *Agreement) Head(th theme.Styles, width int) string {
	row := text.Spaces(2 + t.itemWidth(width))
	for _, c := range t.Columns {
		name := text.PadLeft(c.Name, columnWidth)
		row += th.Accent(c.Accent).Bold(true).Render(name)
	}
	return row
}

// Lines draws the lines [from, to). The fact chosen is marked, and its mark in the column chosen.
func (t *Agreement) Lines(th theme.Styles, width, from, to, fact, column int) []string {
	room := t.itemWidth(width)
	var out []string
	for line := from; line < min(to, len(t.lines)); line++ {
		i := t.lines[line]
		if i < 0 {
			out = append(out, th.Dim.Render(kindName(t.facts[t.lines[line+1]].Kind)))
			continue
		}
		var row strings.Builder
		lead, style := "  ", th.Text
		if i == fact {
			lead, style = "› ", th.Picked.Bold(true)
		}
		row.WriteString(style.Render(lead + text.Pad(text.Cut(t.names[i], room), room)))
		for k, places := range t.facts[i].In {
			row.WriteString(text.Spaces(columnWidth - 1))
			switch {
			case len(places) == 0:
				row.WriteString(th.Dim.Render("·"))
			case i == fact && k == column:
				row.WriteString(th.Hit.Render("●"))
			default:
				row.WriteString(th.Accent(t.Columns[k].Accent).Render("●"))
			}
		}
		out = append(out, row.String())
	}
	return out
}

func kindName(k compare.FactKind) string {
	switch k {
	case compare.NumberFact:
		return "Numbers"
	case compare.NameFact:
		return "Names"
	case compare.NegationFact:
		return "Negations"
	case compare.CodeFact:
		return "Code"
	case compare.URLFact:
		return "Links"
	}
	return string(k)
}
