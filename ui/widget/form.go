package widget

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// Form asks for one or several lines of text, one after the other.
type Form struct {
	Note   string // a line below the fields, or ""
	Verb   string // what Enter does in the last field, such as "export"
	labels []string
	boxes  []Field
	at     int
}

// Add appends a field that holds a value already.
func (f *Form) Add(label, value string) { f.add(label, value, NewField("")) }

// AddText is Add for a text that may have several lines.
func (f *Form) AddText(label, value string) { f.add(label, value, NewTextField("")) }

func (f *Form) add(label, value string, box Field) {
	box.Set(value)
	f.labels, f.boxes = append(f.labels, text.OneLine(label)), append(f.boxes, box)
}

// Room is how many cells the form would like, of at most w×h.
func (f *Form) Room(w, h int) (int, int) {
	return min(w, 72), min(h, 3*len(f.boxes)-1+2*text.Int(f.Note != ""))
}

// Hints are the keys that matter now.
func (f *Form) Hints() []string {
	next := "enter " + f.Verb
	if f.at < len(f.boxes)-1 {
		next = "enter next"
	}
	hints := []string{next, "esc cancel"}
	if len(f.boxes) > 1 {
		hints = append(hints, "↑ ↓ choose line")
	}
	return hints
}

// View draws at most h rows of w cells, the field with the cursor among them.
func (f *Form) View(th theme.Styles, w, h int) ([]string, *tea.Cursor) {
	var rows []string
	var cursor *tea.Cursor
	top := 0
	for i := range f.boxes {
		label := th.Dim.Render(text.Cut(f.labels[i], w))
		mark := "  "
		if i == f.at {
			label = th.Strong.Render(text.Cut(f.labels[i], w))
			mark = th.Accent(0).Render("› ")
		}
		if i > 0 {
			rows = append(rows, "")
		}
		row, c := f.boxes[i].View(th, w-2)
		rows = append(rows, label, mark+row)
		if i == f.at {
			cursor = c
			cursor.X += ansi.StringWidth(mark)
			cursor.Y = len(rows) - 1
			top = max(0, len(rows)-h)
		}
	}
	if f.Note != "" {
		rows = append(rows, "", th.Dim.Render(text.Cut(f.Note, w)))
	}
	cursor.Y -= top
	return rows[top:], cursor
}

// Press takes a key. It reports whether that was Enter in the last field.
func (f *Form) Press(k tea.KeyPressMsg) (finished bool) {
	switch name := k.String(); {
	case name == "enter" && f.at == len(f.boxes)-1:
		return true
	case name == "enter", name == "tab", name == "down":
		f.at = min(f.at+1, len(f.boxes)-1)
	case name == "shift+tab", name == "up":
		f.at = max(0, f.at-1)
	default:
		f.boxes[f.at].Press(k)
	}
	return false
}

// Values are what stands in the fields, without blanks around it.
func (f *Form) Values() []string {
	values := make([]string, len(f.boxes))
	for i := range f.boxes {
		values[i] = f.boxes[i].trimmed()
	}
	return values
}

// Paste inserts a text into the field with the cursor.
func (f *Form) Paste(s string) { f.boxes[f.at].Paste(s) }

// Click moves the cursor to the field in a row of what view drew.
func (f *Form) Click(y int) { f.at = min(max(0, y/3), len(f.boxes)-1) }
