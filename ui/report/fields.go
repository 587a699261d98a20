package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize/english"

	"lineup/jsoncheck"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// FieldColumn is one reply in a table of fields.
type FieldColumn struct {
	Name   string
	Accent int
	Reply  *session.Reply
}

// fieldRow is a field of JSON answers, or an argument of calls, in all columns.
type fieldRow struct {
	name  string
	cells []fieldCell
}

type fieldCell struct {
	text string // "" where the reply has no such field
	bad  bool   // it does not fit the schema
}

// differs reports whether the columns do not agree.
func (r fieldRow) differs() bool {
	return slices.ContainsFunc(r.cells, func(c fieldCell) bool { return c.text != r.cells[0].text })
}

// HasFields reports whether a reply has something for a table of fields: an answer that was to be
// JSON, or calls of tools.
func HasFields(r *session.Reply) bool { return r != nil && (r.JSON != nil || len(r.Calls()) > 0) }

// fieldTable collects rows in the order in which they first come.
type fieldTable struct {
	columns int
	rows    []fieldRow
	at      map[string]int
}

// put fills a cell. Of two texts for one, both are shown.
func (t *fieldTable) put(column int, name, text string, bad bool) {
	i, ok := t.at[name]
	if !ok {
		i = len(t.rows)
		t.at[name] = i
		t.rows = append(t.rows, fieldRow{name, make([]fieldCell, t.columns)})
	}
	c := &t.rows[i].cells[column]
	if c.text != "" {
		text = c.text + "  " + text
	}
	c.text, c.bad = text, c.bad || bad
}

// tableOf compares replies: whether they are the JSON that was asked for, their fields and calls.
func tableOf(columns []FieldColumn) []fieldRow {
	t := &fieldTable{columns: len(columns), at: map[string]int{}}
	for i, c := range columns {
		r := c.Reply
		if !HasFields(r) {
			continue
		}
		if r.JSON != nil {
			t.verdict(i, r)
		}
		t.calls(i, r.Calls())
	}
	return t.rows
}

// verdict puts what Check said of an answer, and its fields.
func (t *fieldTable) verdict(column int, r *session.Reply) {
	if r.JSON.Valid {
		t.put(column, "JSON", "✓", false)
	} else {
		t.put(column, "JSON", "✗ "+english.Plural(len(r.JSON.Errors), "mistake", ""), true)
	}
	leaves, _ := jsoncheck.Leaves(r.Text)
	for _, l := range leaves {
		t.put(column, fieldName(l.Path), l.Text, false)
	}
	for _, p := range r.JSON.Errors {
		t.put(column, fieldName(p.Path), "✗ "+p.Message, true)
	}
}

// fieldName is a JSON Pointer, or words for the one of the whole answer.
func fieldName(path string) string {
	if path == "" {
		return "the answer"
	}
	return path
}

// calls puts calls by name and argument. Several of one tool are numbered.
func (t *fieldTable) calls(column int, calls []session.ToolCall) {
	seen := map[string]int{}
	for _, c := range calls {
		name := c.Name
		if seen[c.Name]++; seen[c.Name] > 1 {
			name = fmt.Sprintf("%s #%d", c.Name, seen[c.Name])
		}
		t.put(column, name, "called", false)
		leaves, ok := jsoncheck.Leaves(c.Arguments)
		if !ok {
			t.put(column, name+" arguments", c.Arguments, true)
		}
		for _, l := range leaves {
			if l.Path != "" {
				t.put(column, name+" "+l.Path, l.Text, false)
			}
		}
	}
}

// The least width of a column, in cells. Where there is less room, each field is a list of the
// panes.
const leastColumn = 14

// Fields lays out a table of fields: a row each, a column for each reply. A ≠ marks the rows in
// which the replies do not agree.
func Fields(columns []FieldColumn, th theme.Styles, width int) []string {
	rows := tableOf(columns)
	name := 4
	for _, r := range rows {
		name = max(name, ansi.StringWidth(text.OneLine(r.name)))
	}
	name = min(name, width/3)
	each := (width-name-2)/max(1, len(columns)) - 1
	if each < leastColumn {
		return fieldLists(columns, rows, th, width)
	}
	line := text.Spaces(name + 2)
	for _, c := range columns {
		head := text.Pad(text.Cut(text.OneLine(c.Name), each), each)
		line += " " + th.Accent(c.Accent).Render(head)
	}
	out := []string{strings.TrimRight(line, " ")}
	for _, r := range rows {
		line := fieldMark(r, th) + text.Pad(text.Cut(text.OneLine(r.name), name), name)
		for _, c := range r.cells {
			line += " " + text.Pad(c.render(th, each), each)
		}
		out = append(out, strings.TrimRight(line, " "))
	}
	return out
}

// fieldLists lays the table out for a narrow place.
func fieldLists(columns []FieldColumn, rows []fieldRow, th theme.Styles, width int) []string {
	var out []string
	for _, r := range rows {
		out = append(out, fieldMark(r, th)+text.Cut(text.OneLine(r.name), max(1, width-2)))
		for i, c := range r.cells {
			name := text.Cut(text.OneLine(columns[i].Name), max(1, width/3))
			room := max(1, width-5-ansi.StringWidth(name))
			out = append(out, "    "+th.Accent(columns[i].Accent).Render(name)+" "+
				c.render(th, room))
		}
	}
	return out
}

func fieldMark(r fieldRow, th theme.Styles) string {
	if r.differs() {
		return th.Warn.Render("≠") + " "
	}
	return "  "
}

func (c fieldCell) render(th theme.Styles, width int) string {
	switch s := text.Cut(text.OneLine(c.text), width); {
	case s == "":
		return th.Dim.Render("–")
	case c.bad:
		return th.Bad.Render(s)
	default:
		return s
	}
}
