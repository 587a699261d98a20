package widget

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// Question is a label and a field on one row.
type Question struct {
	Label string
	Field Field
}

// View draws the label with what is answered so far in w cells, and gives the place of the cursor.
func (q *Question) View(th theme.Styles, w int) (string, *tea.Cursor) {
	label := text.Cut(q.Label, max(8, min(w-20, w*3/4))) + " "
	used := ansi.StringWidth(label)
	answer, cursor := q.Field.View(th, w-used)
	cursor.X += used
	return th.Strong.Render(label) + answer, cursor
}
