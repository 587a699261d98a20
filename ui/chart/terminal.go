package chart

import (
	"math"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/NimbleMarkets/ntcharts/v2/canvas"
	"github.com/NimbleMarkets/ntcharts/v2/canvas/graph"
)

// Styles are the colours of a chart in a terminal.
type Styles struct {
	Axis  lipgloss.Style
	Faint lipgloss.Style   // the hatching and what lies beyond the limit
	Bold  lipgloss.Style   // the bold line, points and the limit
	Lines []lipgloss.Style // the other lines, in turn
}

// line is the style of the i-th line.
func (s *Styles) line(c *Chart, i int) lipgloss.Style {
	if c.Lines[i].Bold || len(s.Lines) == 0 {
		return s.Bold
	}
	return s.Lines[i%len(s.Lines)]
}

// The least room that a chart can be read in, in cells.
const (
	minWidth  = 30
	minHeight = 8
)

// Terminal draws the chart in rows of width cells. Where there is too little room it gives none.
func (c *Chart) Terminal(width, height int, s Styles) []string {
	if width < minWidth || height < minHeight || c.From <= 0 || c.To <= c.From {
		return nil
	}
	t := newPlot(c, width, height, s)
	t.drawAxes()
	t.hatch()
	for i := range c.Lines {
		t.drawLine(i)
	}
	t.drawLimit()
	for i := range c.Lines {
		t.mark(i)
	}
	t.points()
	t.canvas.SetStringWithStyle(canvas.Point{X: 0, Y: 0}, clean(c.YTitle), s.Axis)
	return strings.Split(t.canvas.View(), "\n")
}

// plot is a chart in the making. The first row names the vertical axis, the last two are the
// horizontal one.
type plot struct {
	*Chart
	s      Styles
	canvas canvas.Model
	x, y   axis
	left   int // first column of the plot
	w, h   int // of the plot
	labels [][]bool
}

func newPlot(c *Chart, width, height int, s Styles) *plot {
	p := &plot{Chart: c, s: s, canvas: canvas.New(width, height)}
	p.x, p.y = c.axes()
	p.left = widest(p.y.decades(), c.Y) + 2
	p.w, p.h = width-p.left, height-3
	p.labels = make([][]bool, p.h)
	for i := range p.labels {
		p.labels[i] = make([]bool, p.w)
	}
	return p
}

// top is the row of the plot's first row.
const top = 1

// column and row give the cell of a value.
func (p *plot) column(v float64) int { return int(math.Round(p.x.at(v) * float64(p.w-1))) }
func (p *plot) row(v float64) int    { return p.h - 1 - int(math.Round(p.y.at(v)*float64(p.h-1))) }

// inside reports whether a cell belongs to the plot.
func (p *plot) inside(col, row int) bool { return col >= 0 && col < p.w && row >= 0 && row < p.h }

// put writes a text that begins at a cell of the plot. It reports false, and writes nothing, where
// the text would not fit, or would cover another one or touch it.
func (p *plot) put(col, row int, text string, s lipgloss.Style) bool {
	r := []rune(clean(text))
	if !p.inside(col, row) || !p.inside(col+len(r)-1, row) {
		return false
	}
	for i := max(0, col-1); i < min(p.w, col+len(r)+1); i++ {
		if p.labels[row][i] {
			return false
		}
	}
	for i, c := range r {
		p.labels[row][col+i] = true
		p.canvas.SetCell(canvas.Point{X: p.left + col + i, Y: top + row},
			canvas.NewCellWithStyle(c, s))
	}
	return true
}

func (p *plot) drawAxes() {
	graph.DrawXYAxis(&p.canvas, canvas.Point{X: p.left - 1, Y: top + p.h}, p.s.Axis)
	p.canvas.SetCell(canvas.Point{X: p.left - 1}, canvas.NewCell(0)) // there the title stands
	for _, v := range every(p.y.decades(), (p.h+1)/2) {
		label := p.Y(v)
		p.canvas.SetStringWithStyle(canvas.Point{X: p.left - 1 - len([]rune(label)), Y: top +
			p.row(v)}, label, p.s.Axis)
		p.canvas.SetCell(canvas.Point{X: p.left - 1, Y: top + p.row(v)},
			canvas.NewCellWithStyle('┤', p.s.Axis))
	}
	ticks := p.ticks(p.x)
	for _, v := range every(ticks, p.w/(widest(ticks, p.X)+2)) {
		label := p.X(v)
		col := p.left + p.column(v)
		p.canvas.SetCell(canvas.Point{X: col, Y: top + p.h}, canvas.NewCellWithStyle('┴', p.s.Axis))
		at := min(col-len([]rune(label))/2, p.left+p.w-len([]rune(label)))
		p.canvas.SetStringWithStyle(canvas.Point{X: at, Y: top + p.h + 1}, label, p.s.Axis)
	}
}

// hatch marks what lies beyond the limit, so that its line is not the only sign.
func (p *plot) hatch() {
	if p.limited(p.x) >= 1 {
		return
	}
	for row := range p.h {
		for col := p.column(p.Limit) + 1; col < p.w; col++ {
			if (col+2*row)%4 == 0 {
				p.canvas.SetCell(canvas.Point{X: p.left + col, Y: top + row},
					canvas.NewCellWithStyle('·', p.s.Faint))
			}
		}
	}
}

// drawLine draws a line in braille dots, two across and four down in a cell. The bold one has a
// second row of dots.
func (p *plot) drawLine(i int) {
	l := p.Lines[i]
	solid, dashed := p.grid(), p.grid()
	last, drawn := canvas.Point{}, false
	for dot := range 2 * p.w {
		at := float64(dot) / float64(2*p.w-1)
		x := p.x.value(at)
		v := l.At(x)
		if !(v > 0) || p.y.at(v) < 0 || p.y.at(v) > 1 {
			drawn = false
			continue
		}
		next := solid.GridPoint(canvas.Float64Point{X: at, Y: p.y.at(v)})
		from := next
		if drawn {
			from = last
		}
		for _, d := range append(graph.GetLinePoints(from, next), next) {
			if l.Until <= 0 || x <= l.Until {
				p.dot(solid, d, l.Bold)
			} else if dot%4 < 2 {
				p.dot(dashed, d, l.Bold)
			}
		}
		last, drawn = next, true
	}
	origin := canvas.Point{X: p.left, Y: top}
	p.clearUnder(solid)
	p.clearUnder(dashed)
	graph.DrawBraillePatterns(&p.canvas, origin, dashed.BraillePatterns(), p.s.Faint)
	graph.DrawBraillePatterns(&p.canvas, origin, solid.BraillePatterns(), p.s.line(p.Chart, i))
}

func (p *plot) grid() *graph.BrailleGrid { return graph.NewBrailleGrid(p.w, p.h, 0, 1, 0, 1) }

func (p *plot) dot(g *graph.BrailleGrid, d canvas.Point, bold bool) {
	g.Set(d)
	if bold { // within the same cell, so that the line takes one row
		g.Set(canvas.Point{X: d.X, Y: d.Y ^ 1})
	}
}

// clearUnder takes the hatching away where dots come, since dots only join dots.
func (p *plot) clearUnder(g *graph.BrailleGrid) {
	for y, row := range g.BraillePatterns() {
		for x, r := range row {
			at := canvas.Point{X: p.left + x, Y: top + y}
			if r != 0x2800 && p.canvas.Cell(at).Rune == '·' {
				p.canvas.SetCell(at, canvas.NewCell(0))
			}
		}
	}
}

// drawLimit draws the limit and names it, on the side where there is room.
func (p *plot) drawLimit() {
	if p.limited(p.x) >= 1 || p.limited(p.x) <= 0 {
		return
	}
	col := p.column(p.Limit)
	for row := range p.h {
		if r := p.canvas.Cell(canvas.Point{X: p.left + col, Y: top + row}).Rune; r == 0 ||
			r == '·' {
			p.canvas.SetCell(canvas.Point{X: p.left + col, Y: top + row},
				canvas.NewCellWithStyle('┊', p.s.Bold))
		}
	}
	name := []rune(clean(p.LimitName))
	if p.put(col+2, 0, p.LimitName, p.s.Bold) || p.put(col-1-len(name), 0, p.LimitName, p.s.Bold) {
		return
	}
	p.put(max(0, p.w-len(name)), 0, p.LimitName, p.s.Bold)
}

// markEvery is the distance between the marks of neighbouring lines. Marks of merging lines stay
// side by side.
const markEvery = 3

// mark puts the line's mark on it, near both ends.
func (p *plot) mark(i int) {
	l := p.Lines[i]
	for _, from := range []struct{ col, step int }{{1 + markEvery*i, 1},
		{p.w - 2 - markEvery*i, -1}} {
		for col := from.col; col >= 0 && col < p.w; col += from.step {
			v := l.At(p.x.value(float64(col) / float64(p.w-1)))
			if v > 0 && p.y.at(v) >= 0 && p.y.at(v) <= 1 &&
				p.put(col, p.row(v), l.Mark, p.s.line(p.Chart, i)) {
				break
			}
		}
		if len([]rune(l.Mark)) > 1 {
			return // a word stands once
		}
	}
}

// points draws the crossings; their labels stand above them, or below, where there is room.
func (p *plot) points() {
	for _, pt := range p.Points {
		col, row := p.column(pt.X), p.row(pt.Y)
		if !p.inside(col, row) {
			continue
		}
		sign := '◆'
		if pt.Beyond {
			sign = '◇'
		}
		p.labels[row][col] = true
		p.canvas.SetCell(canvas.Point{X: p.left + col, Y: top + row},
			canvas.NewCellWithStyle(sign, p.s.Bold))
		n := len([]rune(clean(pt.Label)))
		for _, at := range [][2]int{{col - n, row - 1}, {col + 1, row + 1}, {col - n, row - 2},
			{col + 1, row + 2}, {col - n, row - 3}} {
			if p.put(at[0], at[1], pt.Label, p.s.Bold) {
				break
			}
		}
	}
}
