package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/pane"
	"lineup/ui/text"
)

// The smallest terminal that lineup draws on.
const (
	minWidth  = 20
	minHeight = 6
)

// Room that panes want before the layout gives way to a denser one.
const (
	columnWidth = 40 // cells a column needs, borders included
	gridHeight  = 8  // rows a pane of a grid needs, borders included
)

// mode is how the panes share their area.
type mode int

const (
	columns mode = iota // side by side
	grid                // several rows of columns
	tabs                // one pane, and a line of tabs above it
)

// arrange places n panes on a w×h area. In tabs mode only the current pane has room; the others get
// an empty rect. The rects never overlap and leave no cell free, save the line of tabs.
func arrange(n, w, h, current int, zoomed bool) (mode, []pane.Rect) {
	rects := make([]pane.Rect, n)
	switch {
	case n == 0:
		return columns, rects
	case n == 1:
		rects[0] = pane.Rect{X: 0, Y: 0, W: w, H: h}
		return columns, rects
	case zoomed:
	case w/n >= columnWidth:
		placeRow(rects, 0, h, w)
		return columns, rects
	default:
		if rows := gridRows(n, w, h); rows > 0 {
			placeGrid(rects, rows, w, h)
			return grid, rects
		}
	}
	rects[current] = pane.Rect{X: 0, Y: 1, W: w, H: h - 1}
	return tabs, rects
}

// gridRows gives the smallest number of rows in which every pane has its room, or 0.
func gridRows(n, w, h int) int {
	perRow := w / columnWidth
	if perRow == 0 {
		return 0
	}
	rows := (n + perRow - 1) / perRow
	if h/rows < gridHeight {
		return 0
	}
	return rows
}

// placeGrid spreads the panes over the rows; the first rows take one more where they do not divide.
func placeGrid(rects []pane.Rect, rows, w, h int) {
	n := len(rects)
	for r, next, y := 0, 0, 0; r < rows; r++ {
		count := n/rows + text.Int(r < n%rows)
		height := h/rows + text.Int(r < h%rows)
		placeRow(rects[next:next+count], y, height, w)
		next, y = next+count, y+height
	}
}

// placeRow spreads panes over one row of width w.
func placeRow(rects []pane.Rect, y, height, w int) {
	n := len(rects)
	for i, x := 0, 0; i < n; i++ {
		width := w/n + text.Int(i < w%n)
		rects[i] = pane.Rect{X: x, Y: y, W: width, H: height}
		x += width
	}
}

// screen is the whole terminal and what is on it.
type screen struct {
	division
	frame  string
	cursor *tea.Cursor

	welcome welcome // before the first prompt

	keys, right text.Memo[line] // the last line with keys, and the end of the first one

	resizes int // how often the size has changed
}

// line is a text for a screen of a width.
type line struct {
	text  string
	width int
}

// quietMsg says that some time has passed since a change of the size.
type quietMsg struct{ resizes int }

// quietAfter is how long the size must stay before the screen is drawn again as a whole.
const quietAfter = 300 * time.Millisecond

// resized has the whole screen drawn again once the size has stayed for a moment. A terminal that
// is resized while frames are under way may show some of their rows elsewhere.
func (s *screen) resized() tea.Cmd {
	s.resizes++
	last := quietMsg{s.resizes}
	return tea.Tick(quietAfter, func(time.Time) tea.Msg { return last })
}

// division is how the terminal is divided: heights in rows, from the top.
type division struct {
	width, height int
	title         int // the line with session and totals
	notice        int // a line that must be read
	panes         int
	verdict       int // who was fastest, cheapest …
	input         int // the prompt box
	border        bool
	hints         int
}

// top is the first row of the panes.
func (d division) top() int { return d.title + d.notice }

// divide gives each part of the screen its rows. inputRows is how many rows of text the draft has.
func divide(width, height, inputRows int, notice, verdict bool) division {
	s := division{width: width, height: height, border: borderFits(height)}
	s.title, s.hints = text.Int(height >= 10), text.Int(height >= 10)
	s.notice = text.Int(notice && height >= 8)
	s.verdict = text.Int(verdict && height >= 16)
	s.input = min(max(1, inputRows), promptRows(height))
	if s.border {
		s.input += 2
	}
	s.panes = height - s.title - s.notice - s.verdict - s.input - s.hints
	return s
}

// borderFits reports whether a terminal is high enough for a frame around the prompt.
func borderFits(height int) bool { return height >= 14 }

// promptRows is how many rows of text the prompt may grow to: a third of the screen.
func promptRows(height int) int { return max(1, height/3) }
