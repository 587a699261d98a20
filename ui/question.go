package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/text"
)

// question asks for one line where the prompt stands; the draft waits behind it.
type question struct {
	label string
	field field

	changed func(a *app, s string) // after every key, or nil
	done    func(a *app, s string) tea.Cmd
	left    func(a *app) // when nothing was answered, or nil
	next    func(a *app) // what Tab does, or nil
	hint    string       // on Tab, for the last row
}

func newQuestion(label, placeholder string) *question {
	return &question{label: label, field: newField(placeholder)}
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

// questionRow is the question with what is answered so far, in w cells, and the place of the cursor.
func (a *app) questionRow(w int) (string, *tea.Cursor) {
	q := a.question
	label := text.Cut(q.label, max(8, min(w-20, w*3/4))) + " "
	used := ansi.StringWidth(label)
	text, cursor := q.field.view(a.theme, w-used)
	cursor.X += used
	return a.theme.Strong.Render(label) + text, cursor
}
