package pane

import (
	"lineup/blind"
	"lineup/session"
	"lineup/ui/theme"
)

// veiled is a text of a view behind a veil; without one, text passes as it comes.
type veiled struct {
	text  *blind.Text // nil for no veil
	limit int         // in characters, or blind.All
}

// pass takes a piece and gives what may be shown.
func (v *veiled) pass(piece string) string {
	if v.text == nil {
		return piece
	}
	v.text.Write(piece)
	return v.text.UpTo(v.limit)
}

// close says that no more will come, and gives what may be shown.
func (v *veiled) close() string {
	if v.text == nil {
		return ""
	}
	v.text.Close()
	return v.text.UpTo(v.limit)
}

// allow gives what may be shown under another limit.
func (v *veiled) allow(limit int) string {
	v.limit = limit
	if v.text == nil {
		return ""
	}
	return v.text.UpTo(limit)
}

// flush passes on what is left of a reply that has ended.
func (t *View) flush() {
	t.pending += t.answerVeil.pass(t.text.Flush()) + t.answerVeil.close()
	t.reasoningText += t.thoughtVeil.pass(t.thought.Flush()) + t.thoughtVeil.close()
}

// over reports whether all of the answer that will ever come may be shown.
func (t *View) over() bool {
	return t.finished && (t.answerVeil.text == nil || t.answerVeil.text.Whole()) || t.Halted()
}

// Halted reports whether somebody stopped the answer, and may see no more of it.
func (t *View) Halted() bool {
	_, _, halted := t.Reply.Halted()
	return halted && t.answerVeil.text != nil
}

// Allow shows no more than so many characters of the answer and of the reasoning, or blind.All of
// them. It reports whether that changes anything.
func (t *View) Allow(answer, thought int) bool {
	if t.answerVeil.limit == answer && t.thoughtVeil.limit == thought {
		return false
	}
	more, thoughts := t.answerVeil.allow(answer), t.thoughtVeil.allow(thought)
	t.pending += more
	if thoughts != "" {
		t.reasoningText, t.reasoning = t.reasoningText+thoughts, nil
	}
	t.changed, t.whole, t.notes = true, false, nil
	return true
}

// Halt has the view show no more than so many characters of an answer that somebody stopped.
func (t *View) Halt(answer, thought int) {
	t.Reply.Halt(answer, thought)
	t.Allow(answer, thought)
	t.changed, t.whole, t.notes = true, false, nil
}

// Open reports whether it may not be told yet how the reply has ended: others still run, and its
// text would show that it came first.
func (t *View) Open() bool {
	unknown := !t.Halted() && (t.answerVeil.text == nil || t.Reply.VisibleText() == "")
	return !t.over() || unknown && t.answerVeil.limit != blind.All
}

// Ended reports whether an answer is shown as one that ended by itself.
func (t *View) Ended() bool { return t.Reply.Status.Final() && !t.Open() && !t.Halted() }

// hiddenState is the state of the newest reply in a pane that hides who it is.
func (p *Pane) hiddenState() (sign, words string, feel theme.Tone) {
	r := p.Reply()
	if r == nil {
		return "○", "ready", theme.Quiet
	}
	if v := p.ViewOf(r); v.Open() || !r.Status.Final() && !v.Halted() {
		return "●", "answering", theme.Busy
	}
	switch words = blind.State(r); {
	case p.ViewOf(r).Halted():
		return "■", words, theme.Quiet
	case r.Status.Answer():
		return "✓", words, theme.Good
	case r.Status == session.Cancelled:
		return "■", words, theme.Quiet
	}
	return "✗", words, theme.Bad
}

// hiddenNotes are the notes under an answer while it is hidden who gave it.
func (t *View) hiddenNotes(say func(sign, words string, feel theme.Tone)) {
	r := t.Reply
	if r.Status.Final() && !t.Open() && !t.Halted() && !r.Status.Answer() &&
		r.Status != session.Cancelled {
		say("✗", blind.State(r), theme.Bad)
	}
	if words := t.standing(); words != "" {
		say("★", words, theme.Quiet)
	}
}
