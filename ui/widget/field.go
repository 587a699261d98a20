package widget

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Field is one row to write in: a filter, a name, a value. A textarea edits it: the cursor of a
// textinput stands in the wrong place after wide characters (bubbles#906), and an input method
// draws there. The row is drawn here, so that a long text moves sideways in it.
type Field struct {
	area        Area
	placeholder string
	lines       bool // takes a text of several lines
}

// NewField makes an empty field with the focus; while it is empty it shows the placeholder. What is
// pasted into it becomes one line.
func NewField(placeholder string) Field {
	a := NewArea()
	a.KeyMap.InsertNewline = key.NewBinding(key.WithDisabled())
	a.SetHeight(1)
	a.SetWidth(a.MaxWidth)
	return Field{area: a, placeholder: placeholder}
}

// NewTextField makes a field that keeps a pasted text exactly, with its lines and its indentation.
func NewTextField(placeholder string) Field {
	f := NewField(placeholder)
	f.lines = true
	return f
}

// newlineLabel is what a line end looks like in a field.
const newlineLabel = "⏎"

// Value is what stands in the field: one line, but for a field that takes a text.
func (f *Field) Value() string { return f.area.Text() }

// trimmed is the value without white space around it. A text keeps the indentation of its first
// line.
func (f *Field) trimmed() string {
	if f.lines {
		return session.TrimPrompt(f.Value())
	}
	return strings.TrimSpace(f.Value())
}

// Set replaces what stands in the field and puts the cursor at its end.
func (f *Field) Set(s string) { f.area.SetDraft(f.encode(s)) }

// Press takes a key as text or as a movement; it reports whether the text has changed.
func (f *Field) Press(k tea.KeyPressMsg) bool {
	before := f.area.Draft()
	f.area.Update(k)
	return f.area.Draft() != before
}

// Paste inserts a text. In a field of one line its lines are joined by blanks; elsewhere a long one
// becomes a chip.
func (f *Field) Paste(s string) {
	s = pasted(s)
	if lines := strings.Count(s, "\n") + 1; f.lines && (lines > chipLines || len(s) > chipBytes) {
		f.area.Paste(s)
		return
	}
	f.area.insert(f.encode(s))
}

func (f *Field) encode(s string) string {
	if !f.lines {
		return providers.CleanLine(s)
	}
	return f.area.atoms.encode(s, newlineLabel)
}

// View is the field in a row of w cells, with the terminal's cursor in it.
func (f *Field) View(th theme.Styles, w int) (string, *tea.Cursor) {
	s := f.area.atoms.shown(f.area.Draft())
	if s == "" {
		return th.Dim.Render(text.Pad(f.placeholder, w)), tea.NewCursor(0, 0)
	}
	x := ansi.StringWidth(f.area.Clusters.Screen(string([]rune(s)[:f.area.Column()])))
	s = f.area.Clusters.Screen(s)
	if over := x - w + 1; over > 0 {
		s = text.DropLeft(s, over, ansi.StringWidth(s))
		x -= over
	}
	return text.Fill(text.Clip(s, w, ""), w), tea.NewCursor(x, 0)
}
