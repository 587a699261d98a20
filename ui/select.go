package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/markdown"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// spot is a cell of a conversation.
type spot struct {
	position
	cell int
}

func (s spot) before(o spot) bool {
	return s.position.before(o.position) || s.position == o.position && s.cell < o.cell
}

// selection is text of one pane that is being dragged over, in the order of the conversation: it stays on its text
// while the pane scrolls or grows, and never reaches into a neighbour.
type selection struct{ from, to spot }

// ends are the two in the order of the text; the cell of the second one belongs to it.
func (s selection) ends() (spot, spot) {
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

// text is what is selected as it was written: without styles, without what only draws, and on one line
// what was broken for want of width.
func (s selection) text(p *pane, l look) string {
	first, last := s.ends()
	var b strings.Builder
	for i := first.turn; i <= last.turn && i < len(p.turns); i++ {
		t := p.turns[i]
		t.layout(l)
		s.write(&b, i, t.rows(), l.reading.clusters)
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

// unbarred takes the bars that the screen draws from the marks before a text: of code, of reasoning, of quotations. What
// code is indented by stands behind its bar.
func unbarred(lead string) string {
	const codeBar = "▎"
	if i := strings.LastIndex(lead, codeBar); i >= 0 {
		return strings.TrimPrefix(lead[i+len(codeBar):], " ")
	}
	return strings.NewReplacer("┊ ", "", "┊", "", "│ ", "", "│", "").Replace(lead)
}

// spotAt is the cell of the conversation under a cell of the screen, or the nearest one in view.
func (p *pane) spotAt(x, y int) (spot, bool) {
	if len(p.lines) == 0 || p.detail {
		return spot{}, false
	}
	i := min(max(0, y-p.place.y-2-text.Int(p.airy())), len(p.lines)-1)
	return spot{p.lines[i], min(max(0, x-p.place.x-2), p.innerWidth()-1)}, true
}

// drag moves the end of the selection, and scrolls where the mouse is at the edge of the pane.
func (m *mouse) drag(a *app, to tea.Mouse) {
	p := m.pane
	if p == nil {
		return
	}
	p.drag(m.from, to.X, to.Y-a.screen.top(), a.lookOf(p))
}

// drag moves the end of a selection that begins at a spot to a cell of the screen, and scrolls where
// that is at the edge of the pane.
func (p *pane) drag(begin spot, x, y int, l look) {
	first := p.place.y + 2 + text.Int(p.airy())
	switch {
	case y < first:
		p.scroll(-1, l)
	case y >= first+p.bodyHeight() && !p.follow:
		p.scroll(1, l)
	}
	s, ok := p.spotAt(x, y)
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

// selecting reports whether text of the pane is selected.
func (p *pane) selecting() bool { return p.picked != nil }

// selected is the text that is selected, "" for none.
func (p *pane) selected(l look) string {
	if p.picked == nil {
		return ""
	}
	return p.picked.text(p, l)
}

// unselect takes the marks of a selection away.
func (p *pane) unselect() {
	if p.picked != nil {
		p.picked, p.dirty = nil, true
	}
}

// drop ends a drag and copies what was selected; it stays marked until the next key or click.
// Where the mouse did not move it was a click, which gives the pane the focus.
func (m *mouse) drop(a *app) tea.Cmd {
	p := m.pane
	m.pane = nil
	switch {
	case p == nil:
		return nil
	case !p.selecting():
		if p.number > 0 && p.number <= len(a.panes.open) && a.panes.open[p.number-1] == p {
			a.focus(p.number - 1)
		}
		return nil
	}
	text := p.selected(a.lookOf(p))
	if strings.TrimSpace(text) == "" {
		a.panes.unselect()
		return nil
	}
	return a.copyText(fmt.Sprintf("%d selected characters", len([]rune(text))), text)
}
