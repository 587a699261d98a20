package widget

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Field is one line to write in: a filter, a name, a value. A textarea edits it, because the cursor of a textinput
// stands in the wrong place behind wide characters (bubbles#906), where an input method would draw; the row is drawn
// here, so that a long text moves sideways in it.
type Field struct {
	area        textarea.Model
	placeholder string
}

// NewField makes an empty field with the focus; while it is empty it shows the placeholder.
func NewField(placeholder string) Field {
	a := textarea.New()
	a.SetVirtualCursor(false)
	a.ShowLineNumbers = false
	a.CharLimit = 0
	a.KeyMap.InsertNewline = key.NewBinding(key.WithDisabled())
	a.KeyMap.Paste = key.NewBinding(key.WithDisabled()) // the terminal pastes
	a.SetHeight(1)
	a.SetWidth(a.MaxWidth)
	a.Focus()
	return Field{a, placeholder}
}

// Value is what stands in the field, on one line.
func (f *Field) Value() string { return f.area.Value() }

// Set replaces what stands in the field and puts the cursor at its end.
func (f *Field) Set(s string) {
	f.area.SetValue(providers.CleanLine(s))
	f.area.MoveToEnd()
}

// Press takes a key as text or as a movement; it reports whether the text is another one now.
func (f *Field) Press(k tea.KeyPressMsg) bool {
	before := f.area.Value()
	f.area, _ = f.area.Update(k)
	return f.area.Value() != before
}

// Paste inserts a text, its lines joined by blanks.
func (f *Field) Paste(s string) { f.area.InsertString(providers.CleanLine(s)) }

// View is the field in a row of w cells, with the terminal's cursor in it.
func (f *Field) View(th theme.Styles, w int) (string, *tea.Cursor) {
	s := f.area.Value()
	if s == "" {
		return th.Dim.Render(text.Pad(f.placeholder, w)), tea.NewCursor(0, 0)
	}
	x := ansi.StringWidth(text.Screen(string([]rune(s)[:f.area.Column()])))
	s = text.Screen(s)
	if over := x - w + 1; over > 0 {
		s = text.DropLeft(s, over, ansi.StringWidth(s))
		x -= over
	}
	return text.Fill(ansi.Truncate(s, w, ""), w), tea.NewCursor(x, 0)
}
