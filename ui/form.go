package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
)

// form asks for one or several lines of text, one after the other.
type form struct {
	title  string
	note   string // a line below the fields, or ""
	labels []string
	fields []field
	at     int
	back   overlay // what is open again afterwards, or nil
	verb   string  // what Enter does in the last field, such as "export"
	// done gets the values; the form has been left.
	done func(a *app, values []string) tea.Cmd
}

// ask1 opens a form with one field.
func (a *app) ask1(title, label, value, verb string, back overlay, done func(a *app, value string) tea.Cmd) *form {
	f := &form{title: title, verb: verb, back: back, done: func(a *app, v []string) tea.Cmd { return done(a, v[0]) }}
	f.add(label, value)
	a.open(f)
	return f
}

func (f *form) add(label, value string) {
	box := newField("")
	box.set(value)
	f.labels, f.fields = append(f.labels, text.OneLine(label)), append(f.fields, box)
}

func (f *form) heading(*app) string { return f.title }

func (f *form) room(_ *app, w, h int) (int, int) {
	return min(w, 72), min(h, 3*len(f.fields)-1+2*text.Int(f.note != ""))
}

func (f *form) hints(a *app) []string {
	next := "enter " + f.verb
	if f.at < len(f.fields)-1 {
		next = "enter next"
	}
	hints := []string{next, "esc cancel"}
	if len(f.fields) > 1 {
		hints = append(hints, "↑ ↓ choose line")
	}
	return hints
}

func (f *form) view(a *app, w, h int) ([]string, *tea.Cursor) {
	var rows []string
	var cursor *tea.Cursor
	top := 0
	for i := range f.fields {
		label := a.theme.Dim.Render(text.Cut(f.labels[i], w))
		mark := "  "
		if i == f.at {
			label = a.theme.Strong.Render(text.Cut(f.labels[i], w))
			mark = a.theme.Accent(0).Render("› ")
		}
		if i > 0 {
			rows = append(rows, "")
		}
		row, c := f.fields[i].view(a.theme, w-2)
		rows = append(rows, label, mark+row)
		if i == f.at {
			cursor = c
			cursor.X += ansi.StringWidth(mark)
			cursor.Y = len(rows) - 1
			top = max(0, len(rows)-h)
		}
	}
	if f.note != "" {
		rows = append(rows, "", a.theme.Dim.Render(text.Cut(f.note, w)))
	}
	cursor.Y -= top
	return rows[top:], cursor
}

func (f *form) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch name := k.String(); {
	case closes(k):
		f.close(a)
	case name == "enter" && f.at == len(f.fields)-1:
		return f.finish(a)
	case name == "enter", name == "tab", name == "down":
		f.at = min(f.at+1, len(f.fields)-1)
	case name == "shift+tab", name == "up":
		f.at = max(0, f.at-1)
	default:
		f.fields[f.at].press(k)
	}
	return nil
}

func (f *form) close(a *app) {
	a.leave()
	if f.back != nil {
		a.open(f.back)
	}
}

func (f *form) finish(a *app) tea.Cmd {
	values := make([]string, len(f.fields))
	for i := range f.fields {
		values[i] = strings.TrimSpace(f.fields[i].value())
	}
	f.close(a)
	return f.done(a, values)
}

func (f *form) paste(_ *app, s string) tea.Cmd {
	f.fields[f.at].paste(s)
	return nil
}

func (f *form) click(_ *app, _, y int) tea.Cmd {
	f.at = min(max(0, y/3), len(f.fields)-1)
	return nil
}

func (f *form) wheel(*app, int) {}
