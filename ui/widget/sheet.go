package widget

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// Sheet is a form of many short fields, each in one row with its label and a remark. Rows that have
// no room scroll.
type Sheet struct {
	rows []sheetRow
	at   int // the field with the cursor
	top  int // first row in view
}

type sheetRow struct {
	label  string
	field  Field
	remark string
	tone   theme.Tone
}

// Add appends a field that holds a value already. lines: it takes a text of several lines.
func (s *Sheet) Add(label, value string, lines bool) {
	box := NewField("")
	if lines {
		box = NewTextField("")
	}
	box.Set(value)
	s.rows = append(s.rows, sheetRow{label: text.OneLine(label), field: box})
}

// Len is the number of fields.
func (s *Sheet) Len() int { return len(s.rows) }

// At is the field with the cursor.
func (s *Sheet) At() int { return s.at }

// Go moves the cursor to a field.
func (s *Sheet) Go(i int) { s.at = min(max(0, i), len(s.rows)-1) }

// Value is what stands in a field, without blanks around it.
func (s *Sheet) Value(i int) string { return s.rows[i].field.trimmed() }

// Set replaces what stands in a field.
func (s *Sheet) Set(i int, value string) { s.rows[i].field.Set(value) }

// Say sets what an empty field shows, and the remark beside it.
func (s *Sheet) Say(i int, placeholder, remark string, tone theme.Tone) {
	r := &s.rows[i]
	r.field.placeholder, r.remark, r.tone = text.OneLine(placeholder), text.OneLine(remark), tone
}

// Press takes a key. It reports whether a value has changed.
func (s *Sheet) Press(k tea.KeyPressMsg) (changed bool) {
	switch k.String() {
	case "tab", "down":
		s.Go(s.at + 1)
	case "shift+tab", "up":
		s.Go(s.at - 1)
	case "pgup":
		s.Go(0)
	case "pgdown":
		s.Go(len(s.rows) - 1)
	default:
		return s.rows[s.at].field.Press(k)
	}
	return false
}

// Paste inserts a text into the field with the cursor.
func (s *Sheet) Paste(t string) { s.rows[s.at].field.Paste(t) }

// Click moves the cursor to the field in a row of what View drew.
func (s *Sheet) Click(y int) { s.Go(s.top + y) }

// Most and least cells of a value, and the least of a remark.
const (
	mostValue   = 44
	leastValue  = 12
	leastRemark = 14
)

// View draws at most h rows of w cells, the field with the cursor among them.
func (s *Sheet) View(th theme.Styles, w, h int) ([]string, *tea.Cursor) {
	label := 0
	for i := range s.rows {
		label = max(label, ansi.StringWidth(s.rows[i].label))
	}
	label = min(label, w/3)
	value := w - label - 4
	remark := 0
	if value-2-leastRemark >= leastValue {
		value = min(mostValue, (value-2)/2)
		remark = w - label - 4 - value - 2
	}
	s.top = min(max(s.top, s.at-h+1), s.at, max(0, len(s.rows)-h))
	var rows []string
	var cursor *tea.Cursor
	for i := s.top; i < min(s.top+h, len(s.rows)); i++ {
		r := &s.rows[i]
		mark, style := "  ", th.Dim
		if i == s.at {
			mark, style = th.Accent(0).Render("› "), th.Strong
		}
		name := style.Render(text.Pad(text.Cut(r.label, label), label))
		box, c := r.field.View(th, max(1, value))
		row := mark + name + "  " + box
		if remark > 0 {
			row += "  " + th.Tone(r.tone).Render(text.Cut(r.remark, remark))
		}
		if i == s.at {
			cursor = c
			cursor.X += 2 + label + 2
			cursor.Y = len(rows)
		}
		rows = append(rows, row)
	}
	return rows, cursor
}

// Remark is what is said of the field with the cursor, for a place with room for all of it.
func (s *Sheet) Remark() (string, theme.Tone) {
	if len(s.rows) == 0 {
		return "", theme.Quiet
	}
	return s.rows[s.at].remark, s.rows[s.at].tone
}
