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
	none bool   // the reply has no fields
}

// differs reports whether the columns do not agree. One without any fields, such as a failed reply,
// says nothing.
func (r fieldRow) differs() bool {
	var first *fieldCell
	for i := range r.cells {
		switch c := &r.cells[i]; {
		case c.none:
		case first == nil:
			first = c
		case c.text != first.text:
			return true
		}
	}
	return false
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
	for _, row := range t.rows {
		for i, c := range columns {
			row.cells[i].none = !HasFields(c.Reply)
		}
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

// Cells of a column at least, and between two. Where there is less room, each field is a list of
// the panes.
const (
	leastColumn = 14
	columnGap   = 2
)

// FieldTable compares replies: a row for each field, a column for each reply. A ≠ marks the rows in
// which the replies that have fields do not agree.
type FieldTable struct {
	columns []FieldColumn
	rows    []fieldRow
	name    int   // cells of the longest name
	wide    []int // cells of the widest text in each column
	whole   bool  // no reply ran
}

// NewFieldTable reads the answers. That takes a while for long ones; to draw lines does not.
func NewFieldTable(columns []FieldColumn) *FieldTable {
	t := &FieldTable{columns: columns, rows: tableOf(columns), name: 4,
		wide: make([]int, len(columns))}
	for i, c := range columns {
		t.wide[i] = ansi.StringWidth(text.OneLine(c.Name))
	}
	t.whole = !slices.ContainsFunc(columns, func(c FieldColumn) bool {
		return !c.Reply.Status.Final()
	})
	for _, r := range t.rows {
		t.name = max(t.name, ansi.StringWidth(text.OneLine(r.name)))
		for i, c := range r.cells {
			t.wide[i] = max(t.wide[i], ansi.StringWidth(text.OneLine(c.text)))
		}
	}
	return t
}

// Of reports whether the table is that of some columns, and stays so: none of the replies ran.
func (t *FieldTable) Of(columns []FieldColumn) bool {
	return t.whole && slices.EqualFunc(t.columns, columns, func(a, b FieldColumn) bool {
		x, y := a.Reply, b.Reply // hidden names make copies of replies
		return a.Name == b.Name && a.Accent == b.Accent && x.Slot == y.Slot && x.Take == y.Take &&
			len(x.Text) == len(y.Text) && y.Status.Final()
	})
}

// Empty reports whether there are no fields.
func (t *FieldTable) Empty() bool { return len(t.rows) == 0 }

// Width is how many cells the table would like.
func (t *FieldTable) Width() int {
	width := 2 + t.name
	for _, w := range t.wide {
		width += columnGap + w
	}
	return width
}

// sizes are the widths of the names and of the columns; narrow says that there is no room for
// columns. What narrow columns leave goes to the others.
func (t *FieldTable) sizes(width int) (name int, columns []int, narrow bool) {
	name = min(t.name, width/3)
	room, left := width-name-2-columnGap*len(t.columns), len(t.columns)
	columns = make([]int, left)
	order := make([]int, left)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return t.wide[a] - t.wide[b] })
	for _, i := range order {
		columns[i] = min(t.wide[i], room/left)
		narrow = narrow || columns[i] < min(t.wide[i], leastColumn)
		room -= columns[i]
		left--
	}
	return name, columns, narrow
}

// Len is how many lines the table has in a width.
func (t *FieldTable) Len(width int) int {
	if _, _, narrow := t.sizes(width); narrow {
		return len(t.rows) * (1 + len(t.columns))
	}
	return 1 + len(t.rows)
}

// Line draws a line of the table. The first one has the names of the columns where there is room.
func (t *FieldTable) Line(i int, th theme.Styles, width int) string {
	name, widths, narrow := t.sizes(width)
	switch {
	case narrow:
		return t.listed(i, th, width)
	case i == 0:
		line := text.Spaces(name + 2)
		for k, c := range t.columns {
			head := text.Pad(text.Cut(text.OneLine(c.Name), widths[k]), widths[k])
			line += text.Spaces(columnGap) + th.Accent(c.Accent).Render(head)
		}
		return strings.TrimRight(line, " ")
	}
	r := t.rows[i-1]
	line := fieldMark(r, th) + text.Pad(text.Cut(text.OneLine(r.name), name), name)
	for k, c := range r.cells {
		line += text.Spaces(columnGap) + text.Pad(c.render(th, widths[k]), widths[k])
	}
	return strings.TrimRight(line, " ")
}

// listed draws a line of the table in a narrow place: each field, and below it its panes.
func (t *FieldTable) listed(i int, th theme.Styles, width int) string {
	r, pane := t.rows[i/(1+len(t.columns))], i%(1+len(t.columns))-1
	if pane < 0 {
		return fieldMark(r, th) + text.Cut(text.OneLine(r.name), max(1, width-2))
	}
	names := 1
	for _, c := range t.columns {
		names = min(max(names, ansi.StringWidth(text.OneLine(c.Name))), max(1, width/2-4))
	}
	name := text.Pad(text.Cut(text.OneLine(t.columns[pane].Name), names), names)
	room := max(1, width-4-names-columnGap)
	return "    " + th.Accent(t.columns[pane].Accent).Render(name) + text.Spaces(columnGap) +
		r.cells[pane].render(th, room)
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
