//go:build unix

package cli_test

import (
	"strings"

	"github.com/charmbracelet/x/vt"
)

// screen is what stood on a terminal at one moment: rows of cells. The second cell of a wide character is empty.
type screen struct {
	cells            [][]string
	cursorX, cursorY int
	alternate        bool // the screen that programs draw on, not the one that shells write to
}

func screenOf(e *vt.Emulator) screen {
	s := screen{cells: make([][]string, e.Height())}
	for y := range s.cells {
		s.cells[y] = make([]string, e.Width())
		for x := range s.cells[y] {
			if c := e.CellAt(x, y); c != nil {
				s.cells[y][x] = c.Content
			}
		}
	}
	s.alternate = e.IsAltScreen()
	at := e.CursorPosition()
	s.cursorX, s.cursorY = at.X, at.Y
	return s
}

// String is the text of the rows, without the blanks at their ends.
func (s screen) String() string { return s.part(0, 1) }

// part is the text of the i-th of n columns of equal width.
func (s screen) part(i, n int) string {
	rows := make([]string, len(s.cells))
	for y, row := range s.cells {
		w := len(row) / n
		rows[y] = strings.TrimRight(strings.Join(row[i*w:(i+1)*w], ""), " ")
	}
	return strings.Join(rows, "\n")
}

// row is the text of one row.
func (s screen) row(y int) string { return strings.TrimRight(strings.Join(s.cells[y], ""), " ") }
