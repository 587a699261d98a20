package pane

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Spot is a cell of a conversation.
type Spot struct {
	position
	cell int
}

func (s Spot) before(o Spot) bool {
	return s.position.before(o.position) || s.position == o.position && s.cell < o.cell
}

// selection is text of one pane that is being dragged over, in the order of the conversation: it
// stays on its text while the pane scrolls or grows, and never reaches into a neighbour.
type selection struct{ from, to Spot }

// ends are the two in the order of the text; the cell of the second one belongs to it.
func (s selection) ends() (Spot, Spot) {
	if s.to.before(s.from) {
		return s.to, s.from
	}
	return s.from, s.to
}

// cells are the cells [from, to) of a line that are selected.
func (s selection) cells(at position, width int) (from, to int) {
	first, last := s.ends()
	if at.before(first.position) || last.position.before(at) {
		return 0, 0
	}
	to = width
	if at == first.position {
		from = first.cell
	}
	if at == last.position {
		to = min(width, last.cell+1)
	}
	return from, to
}

func (s selection) mark(line string, at position, th theme.Styles) string {
	from, to := s.cells(at, ansi.StringWidth(line))
	return text.Restyle(line, []lipgloss.Range{lipgloss.NewRange(from, to, th.Picked)})
}

// text is the selection as it was written: without styles and decoration, without the line breaks
// of the width, and with the clusters that the terminal cannot show.
func (s selection) text(p *Pane, l Look) string {
	first, last := s.ends()
	var b strings.Builder
	for i := first.turn; i <= last.turn && i < len(p.turns); i++ {
		t := p.turns[i]
		t.layout(l)
		rows, in := t.written(l)
		var words strings.Builder
		s.write(&words, i, rows, l.Reading.Clusters)
		b.WriteString(in.Written(words.String()))
	}
	return strings.Trim(b.String(), "\n")
}

// write writes what is selected of the rows of a turn.
func (s selection) write(b *strings.Builder, turn int, rows []markdown.Row, on text.Clusters) {
	first, last := s.ends()
	goesOn := false
	for n := 0; n < len(rows); n++ {
		row, at := rows[n], position{turn, n}
		if at.before(first.position) || last.position.before(at) {
			continue
		}
		group := n + 1
		for group < len(rows) && rows[group].Joined {
			group++
		}
		switch {
		case row.Source != "" && s.covers(at, rows[n:group]):
			b.WriteString(on.Written(row.Source) + "\n")
			goesOn, n = false, group-1
			continue
		case row.Rule:
			continue
		}
		words := strings.TrimRight(s.words(row, at, goesOn), " ")
		b.WriteString(on.Written(words))
		switch goesOn = row.Break.GoesOn(); {
		case at == last.position:
		case goesOn:
			b.WriteString(row.Break.Blanks())
		default:
			b.WriteString("\n")
		}
	}
}

// covers reports whether all text of the rows from a position on is selected.
func (s selection) covers(at position, rows []markdown.Row) bool {
	for _, row := range rows {
		width := ansi.StringWidth(row.Text)
		from, to := s.cells(at, width)
		if _, last := s.ends(); last.position.before(at) || from > row.Lead || to < width {
			return false
		}
		at.line++
	}
	return true
}

// words is what is selected of one row.
func (s selection) words(row markdown.Row, at position, goesOn bool) string {
	from, to := s.cells(at, ansi.StringWidth(row.Text))
	if row.Cells != nil {
		var cells []string
		for _, c := range row.Cells {
			if lo, hi := max(from, c.From), min(to, c.To); lo < hi {
				cells = append(cells, ansi.Strip(ansi.Cut(row.Text, lo, hi)))
			}
		}
		return strings.Join(cells, " | ")
	}
	lead := ""
	switch {
	case goesOn:
	case row.Mark != "" && from < row.Lead:
		lead = unbarred(ansi.Cut(row.Mark, from, ansi.StringWidth(row.Mark)))
	default:
		lead = unbarred(ansi.Strip(ansi.Cut(row.Text, from, min(to, row.Lead))))
	}
	return lead + ansi.Strip(ansi.Cut(row.Text, max(from, row.Lead), to))
}

// unbarred takes the bars that the screen draws from the marks before a text: of code, of
// reasoning, of quotations. What code is indented by stands after its bar.
func unbarred(lead string) string {
	const codeBar = "▎"
	if i := strings.LastIndex(lead, codeBar); i >= 0 {
		return strings.TrimPrefix(lead[i+len(codeBar):], " ")
	}
	return strings.NewReplacer("┊ ", "", "┊", "", "│ ", "", "│", "").Replace(lead)
}

// SpotAt is the cell of the conversation under a cell of the screen, or the nearest one in view.
func (p *Pane) SpotAt(x, y int) (Spot, bool) {
	if len(p.lines) == 0 || p.detail {
		return Spot{}, false
	}
	i := min(max(0, y-p.place.Y-p.above()), len(p.lines)-1)
	return Spot{p.lines[i], min(max(0, x-p.place.X-2), p.InnerWidth()-1)}, true
}

// Drag moves the end of a selection from a spot to a cell of the screen, and scrolls at the edge of
// the pane.
func (p *Pane) Drag(begin Spot, x, y int, l Look) {
	first := p.place.Y + p.above()
	switch {
	case y < first:
		p.Scroll(-1, l)
	case y >= first+p.bodyHeight() && !p.follow:
		p.Scroll(1, l)
	}
	s, ok := p.SpotAt(x, y)
	if !ok {
		return
	}
	if p.picked == nil {
		if s == begin {
			return
		}
		p.picked = &selection{from: begin}
	}
	p.picked.to, p.dirty = s, true
}

// Selecting reports whether text of the pane is selected.
func (p *Pane) Selecting() bool { return p.picked != nil }

// Selected is the text that is selected, "" for none.
func (p *Pane) Selected(l Look) string {
	if p.picked == nil {
		return ""
	}
	return p.picked.text(p, l)
}

// Unselect takes the marks of a selection away.
func (p *Pane) Unselect() {
	if p.picked != nil {
		p.picked, p.dirty = nil, true
	}
}
