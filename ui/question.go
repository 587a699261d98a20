package ui

import (
	tea "charm.land/bubbletea/v2"

	"lineup/ui/widget"
)

// question asks for one line where the prompt stands; the draft waits behind it.
type question struct {
	widget.Question

	changed func(a *app, s string) // after every key, or nil
	done    func(a *app, s string) tea.Cmd
	left    func(a *app) // when nothing was answered, or nil
	next    func(a *app) // what Tab does, or nil
	verb    string       // what Enter does, in the last row
	hint    string       // on Tab, there too
}

func newQuestion(label, placeholder, verb string) *question {
	asked := widget.Question{Label: label, Field: widget.NewField(placeholder)}
	return &question{Question: asked, verb: verb}
}

// press takes a key.
func (q *question) press(a *app, k tea.KeyPressMsg) tea.Cmd {
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
		return q.done(a, q.Field.Value())
	case q.Field.Press(k) && q.changed != nil:
		q.changed(a, q.Field.Value())
	}
	return nil
}

func (q *question) paste(a *app, s string) {
	q.Field.Paste(s)
	if q.changed != nil {
		q.changed(a, q.Field.Value())
	}
}
