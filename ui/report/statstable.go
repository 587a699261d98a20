package report

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// statsTable is one section: names, columns of numbers, and a bar or a text in what room is left.
type statsTable struct {
	title string
	key   string   // what the bars mean
	marks []string // before the names, or none
	names []string
	cols  []statsColumn
	bars  []statsBar
	texts []string // in place of bars; a group without one is left out
	notes []string // in place of bars
}

type statsColumn struct {
	head  string
	cells []string
	left  bool // cells stand at the left end of the column
}

// statsBar is a bar to one value and a thinner one on to another, which is 0 where there is none.
type statsBar struct{ to, on float64 }

const (
	statsGap  = 2
	minBar    = 6
	maxBar    = 48
	minName   = 10
	nameShare = 3 // a third of the width is for names, if they need it
)

// Lines draws the table; columns that do not fit are left out, the last ones first.
func (s *statsTable) lines(t theme.Styles, width int) []string {
	nameWidth := ansi.StringWidth(s.title)
	for _, n := range s.names {
		nameWidth = max(nameWidth, ansi.StringWidth(n))
	}
	wanted := nameWidth + s.markWidth()
	nameWidth = min(wanted, max(minName, width/nameShare))
	used := 1 + nameWidth
	var cols []statsColumn
	var widths []int
	for _, c := range s.cols {
		w := ansi.StringWidth(c.head)
		for _, cell := range c.cells {
			w = max(w, ansi.StringWidth(cell))
		}
		if used+statsGap+w > width {
			break
		}
		used += statsGap + w
		cols, widths = append(cols, c), append(widths, w)
	}
	if len(s.bars)+len(s.notes)+len(s.texts) == 0 { // nothing else takes what is left
		more := min(wanted-nameWidth, width-used)
		nameWidth, used = nameWidth+more, used+more
	}
	room := width - used - statsGap
	over := 0 // that a long title takes from the blanks before the first head
	if len(cols) > 0 && !cols[0].left {
		over = max(0, min(ansi.StringWidth(s.title)-nameWidth,
			widths[0]-ansi.StringWidth(cols[0].head)))
	}
	head := " " + t.Strong.Render(text.Pad(s.title, nameWidth+over))
	for i, c := range cols {
		head += text.Spaces(statsGap) + t.Dim.Render(c.cell(c.head, widths[i]-over))
		over = 0
	}
	if s.key != "" && room >= ansi.StringWidth(s.key) {
		head += text.Spaces(statsGap) + t.Dim.Render(s.key)
	}
	out := []string{head}
	for y, name := range s.names {
		if s.texts != nil && s.texts[y] == "" {
			continue
		}
		row := " " + s.named(y, name, nameWidth)
		for i, c := range cols {
			row += text.Spaces(statsGap) + c.cell(c.cells[y], widths[i])
		}
		if extra := s.extra(t, y, room); extra != "" {
			row += text.Spaces(statsGap) + extra
		}
		out = append(out, row)
	}
	return out
}

// markWidth is the room for the marks and a gap.
func (s *statsTable) markWidth() int {
	w := 0
	for _, m := range s.marks {
		w = max(w, ansi.StringWidth(m)+1)
	}
	return w
}

// named is a name with its mark, which is never cut.
func (s *statsTable) named(y int, name string, width int) string {
	w := s.markWidth()
	if w == 0 {
		return text.Pad(text.CutFront(name, width), width)
	}
	return text.Pad(s.marks[y], w) + text.Pad(text.CutFront(name, width-w), width-w)
}

// cell brings a text to the width of the column.
func (c *statsColumn) cell(s string, width int) string {
	if c.left {
		return text.Pad(s, width)
	}
	return text.PadLeft(s, width)
}

// extra is the bar or the text of a row, in room cells.
func (s *statsTable) extra(t theme.Styles, y, room int) string {
	switch {
	case y < len(s.texts) && room > 0:
		return t.Bad.Render(ansi.Truncate(s.texts[y], room, "…"))
	case y < len(s.notes) && room >= minName:
		return t.Dim.Render(ansi.Truncate(s.notes[y], room, "…"))
	case y < len(s.bars) && room >= minBar:
		most := 0.0
		for _, b := range s.bars {
			most = max(most, b.to, b.on)
		}
		return s.bars[y].draw(t, most, min(room, maxBar))
	}
	return ""
}

// draw makes the bar, full width being the largest value of the section.
func (b statsBar) draw(t theme.Styles, most float64, width int) string {
	if most <= 0 || b.to <= 0 && b.on <= 0 {
		return ""
	}
	halves := int(b.to/most*float64(width)*2 + 0.5)
	if b.to > 0 {
		halves = max(1, halves)
	}
	thin := max(0, int(b.on/most*float64(width)+0.5)-(halves+1)/2)
	thick := strings.Repeat("━", halves/2)
	switch {
	case halves%2 == 1 && thin > 0:
		thick += "╾"
	case halves%2 == 1:
		thick += "╸"
	}
	return t.Accent(0).Render(thick) + t.Dim.Render(strings.Repeat("─", thin))
}

// column makes a column with a cell for each of several things.
func column[T any](head string, list []T, cell func(*T) string) statsColumn {
	c := statsColumn{head: head}
	for i := range list {
		c.cells = append(c.cells, cell(&list[i]))
	}
	return c
}
