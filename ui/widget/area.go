package widget

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"github.com/atotto/clipboard"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
)

// A paste of more lines or bytes than this stands in an Area as a chip. A text that was put in
// whole becomes one later: it is there to be edited, but each key lays out all of it.
const (
	chipLines = 20
	chipBytes = 2 << 10
	longLines = 200
	longBytes = 16 << 10
)

// Area is a text area that keeps the text exactly. Tabs, control characters and private-use
// characters are shown safely and come out unchanged. Long pastes stand in it as chips, each of
// which the cursor takes for one character.
//
// The methods of textarea.Model that it hides take and give the text as it is drawn; use Text,
// Insert, Paste and Set in their place.
type Area struct {
	textarea.Model
	Clusters text.Clusters // how the terminal counts

	atoms atoms
	width int
	chips int // made so far, for their numbers
}

// NewArea makes an empty area with the focus and the terminal's own cursor, which input methods
// need.
func NewArea() Area {
	m := textarea.New()
	m.SetVirtualCursor(false)
	m.ShowLineNumbers = false
	m.CharLimit = 0
	m.MaxContentHeight = 1 << 30
	// Copying and pasting go by way of the text, not of what stands for it.
	m.KeyMap.CopySelection = key.NewBinding(key.WithDisabled())
	m.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	m.Focus()
	return Area{Model: m}
}

// Text is what was written, with the texts of chips in their places.
func (a *Area) Text() string { return a.atoms.decode(a.Model.Value()) }

// Empty reports whether nothing stands in the area.
func (a *Area) Empty() bool { return a.Model.Length() == 0 && a.Model.LineCount() == 1 }

// Draft is the content in a form that SetDraft of the same area puts back, chips and all.
func (a *Area) Draft() string { return a.Model.Value() }

// SetDraft puts back what Draft gave. The cursor stands at the end, which is in view.
func (a *Area) SetDraft(draft string) {
	a.Model.SetValue(draft)
	a.Model.MoveToEnd()
	a.reveal()
}

// Keep gives a text the form that SetDraft takes; a very long one is a chip.
func (a *Area) Keep(s string) string {
	if lines := strings.Count(s, "\n") + 1; lines > longLines || len(s) > longBytes {
		return a.atoms.chip(a.label("text of", s))
	}
	return a.atoms.encode(s, "")
}

// Set replaces what stands in the area.
func (a *Area) Set(s string) { a.SetDraft(a.Keep(s)) }

// Parts is the content split at its chips, for a file.
func (a *Area) Parts() []Part { return a.atoms.parts(a.Model.Value()) }

// SetParts puts back what Parts gave.
func (a *Area) SetParts(parts []Part) {
	var b strings.Builder
	for _, p := range parts {
		if p.Label == "" {
			b.WriteString(a.Keep(p.Text))
			continue
		}
		a.chips++
		b.WriteString(a.atoms.chip(Part{Label: text.OneLine(p.Label), Text: p.Text, File: p.File}))
	}
	a.SetDraft(b.String())
}

// Insert puts a text where the cursor is.
func (a *Area) Insert(s string) { a.insert(a.Keep(s)) }

// Paste is Insert for a paste; a long one becomes a chip.
func (a *Area) Paste(s string) {
	s = pasted(s)
	if lines := strings.Count(s, "\n") + 1; lines > chipLines || len(s) > chipBytes {
		a.insert(a.atoms.chip(a.label("pasted", s)))
		return
	}
	a.insert(a.atoms.encode(s, ""))
}

func (a *Area) insert(encoded string) {
	if a.Model.HasSelection() {
		a.Model.DeleteSelection()
		a.mend("", 0, 0)
	}
	a.Model.InsertString(encoded)
	a.reveal()
}

// label is the chip for a text.
func (a *Area) label(what, s string) Part {
	a.chips++
	kb := (len(s) + 1023) / 1024
	return Part{Label: fmt.Sprintf("[%s %d lines, %d kB #%d]", what, strings.Count(s, "\n")+1, kb,
		a.chips), Text: s}
}

// Update takes a key.
func (a *Area) Update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "ctrl+v":
			return pasteClipboard
		case "ctrl+shift+c":
			if s := a.atoms.decode(a.Model.SelectedText()); s != "" {
				return tea.SetClipboard(s)
			}
			return nil
		}
		if typed := a.atoms.encode(k.Text, ""); typed != k.Text {
			a.insert(typed)
			return nil
		}
	}
	before, row, col := a.Model.Value(), a.Model.Line(), a.Model.Column()
	var cmd tea.Cmd
	a.Model, cmd = a.Model.Update(msg)
	if len(a.atoms.list) > 0 {
		a.mend(before, row, col)
	}
	return cmd
}

// pasteClipboard is Ctrl+V where the terminal does not paste by itself.
func pasteClipboard() tea.Msg {
	s, err := clipboard.ReadAll()
	if err != nil || s == "" {
		return nil // nothing to paste, and no terminal says more
	}
	return tea.PasteMsg{Content: s}
}

// mend takes away what a key left of a broken atom, and keeps the cursor out of whole ones. A key
// that only changed the order of characters is undone: it would cost the text of a chip.
func (a *Area) mend(before string, row, col int) {
	after := a.Model.Value()
	if !hasStandIns(after) {
		return
	}
	nowRow, nowCol := a.Model.Line(), a.Model.Column()
	forward := nowRow > row || nowRow == row && nowCol > col
	lines := strings.Split(after, "\n")
	at := nowCol
	for i, line := range lines {
		kept, c := a.atoms.mend([]rune(line), nowCol, forward)
		if i == nowRow {
			at = c
		}
		lines[i] = string(kept)
	}
	mended := strings.Join(lines, "\n")
	switch {
	case mended == after:
		if at != nowCol {
			a.Model.SetCursorColumn(at)
		}
		return
	case len(after) == len(before) && after != before:
		mended, nowRow, at = before, row, col
	}
	a.Model.SetValue(mended)
	a.moveTo(nowRow, at)
	a.reveal()
}

// moveTo puts the cursor on a line of the text, at a column in runes.
func (a *Area) moveTo(row, col int) {
	a.Model.MoveToBegin()
	for a.Model.Line() < row {
		before := a.Model.LineInfo()
		line := a.Model.Line()
		a.Model.CursorDown()
		if a.Model.Line() == line && a.Model.LineInfo() == before {
			break // the last row
		}
	}
	a.Model.SetCursorColumn(col)
}

// reveal scrolls to the cursor, which a text area does only when it has the focus and gets a
// message.
func (a *Area) reveal() {
	focused := a.Model.Focused()
	if !focused {
		a.Model.Focus()
	}
	a.Model, _ = a.Model.Update(nil)
	if !focused {
		a.Model.Blur()
	}
}

// Resize sets the width and the most rows that the area may grow to; the cursor stays in view.
func (a *Area) Resize(width, most int) {
	a.Model.MaxHeight = most
	a.Model.SetWidth(width)
	a.width = width
	a.reveal()
}

// View is the area in rows of equal width. The area itself counts some clusters for less than they
// take on a terminal that counts them; then blanks at the end of a row make room.
func (a *Area) View() string {
	view := a.Clusters.Screen(a.atoms.shown(a.Model.View()))
	if !a.Clusters || a.width == 0 {
		return view
	}
	rows := strings.Split(view, "\n")
	for i, row := range rows {
		rows[i] = text.Clip(row, a.width, "")
	}
	return strings.Join(rows, "\n")
}

// Cursor is the terminal's cursor within the view, nil without the focus. What the screen text
// narrows before it moves it to the left.
func (a *Area) Cursor() *tea.Cursor {
	c := a.Model.Cursor()
	if c == nil {
		return nil
	}
	at := a.Model.LineInfo()
	line := []rune(strings.Split(a.Model.Value(), "\n")[a.Model.Line()])
	before := line[min(at.StartColumn, len(line)):min(at.StartColumn+at.ColumnOffset, len(line))]
	c.X += ansi.StringWidth(a.Clusters.Screen(a.atoms.shown(string(before)))) - at.CharOffset
	return c
}
