package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// asked is a label and a field on one row.
type asked struct {
	label string
	field field
}

// row draws the label with what is answered so far in w cells, and gives the place of the cursor.
func (q *asked) row(th theme.Styles, w int) (string, *tea.Cursor) {
	label := text.Cut(q.label, max(8, min(w-20, w*3/4))) + " "
	used := ansi.StringWidth(label)
	answer, cursor := q.field.view(th, w-used)
	cursor.X += used
	return th.Strong.Render(label) + answer, cursor
}

// question asks for one line where the prompt stands; the draft waits behind it.
type question struct {
	asked

	changed func(a *app, s string) // after every key, or nil
	done    func(a *app, s string) tea.Cmd
	left    func(a *app) // when nothing was answered, or nil
	next    func(a *app) // what Tab does, or nil
	hint    string       // on Tab, for the last row
}

func newQuestion(label, placeholder string) *question {
	return &question{asked: asked{label, newField(placeholder)}}
}

// pressQuestion hands the question a key.
func (a *app) pressQuestion(k tea.KeyPressMsg) tea.Cmd {
	q := a.question
	switch {
	case closes(k):
		a.question = nil
		if q.left != nil {
			q.left(a)
		}
	case k.String() == "tab":
		if q.next != nil {
			q.next(a)
		}
	case k.String() == "enter":
		a.question = nil
		return q.done(a, q.field.value())
	case q.field.press(k) && q.changed != nil:
		q.changed(a, q.field.value())
	}
	return nil
}

func (a *app) pasteAnswer(s string) {
	q := a.question
	q.field.paste(s)
	if q.changed != nil {
		q.changed(a, q.field.value())
	}
}
