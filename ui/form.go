package ui

import (
	tea "charm.land/bubbletea/v2"

	"lineup/ui/widget"
)

// form is an overlay that asks for one or several lines of text.
type form struct {
	title string
	lines widget.Form
	back  overlay // what is open again afterwards, or nil
	// done gets the values; the form has been left.
	done func(a *app, values []string) tea.Cmd
}

// ask1 opens a form with one field.
func ask1(
	a *app, title, label, value, verb string, back overlay,
	done func(a *app, value string) tea.Cmd,
) *form {
	f := &form{title: title, back: back}
	f.done = func(a *app, values []string) tea.Cmd { return done(a, values[0]) }
	f.lines.Verb = verb
	f.lines.Add(label, value)
	a.open(f)
	return f
}

func (f *form) heading(*app) string { return f.title }

func (f *form) room(_ *app, w, h int) (int, int) { return f.lines.Room(w, h) }

func (f *form) hints(*app) []string { return f.lines.Hints() }

func (f *form) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return f.lines.View(a.theme.Styles, w, h)
}

func (f *form) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case closes(k):
		f.close(a)
	case f.lines.Press(k):
		f.close(a)
		return f.done(a, f.lines.Values())
	}
	return nil
}

func (f *form) close(a *app) {
	a.leave()
	if f.back != nil {
		a.open(f.back)
	}
}

func (f *form) paste(_ *app, s string) tea.Cmd {
	f.lines.Paste(s)
	return nil
}

func (f *form) click(_ *app, _, y int) tea.Cmd {
	f.lines.Click(y)
	return nil
}

func (f *form) wheel(*app, int) {}
