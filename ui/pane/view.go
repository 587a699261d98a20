package pane

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"lineup/blind"
	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/markdown"
	"lineup/ui/report"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// View shows one turn in one pane: the prompt, the reasoning, the answer, and what went wrong. Its
// lines are laid out when they are first asked for and kept until the text or the width changes:
//
//	nil            the part must be laid out
//	otherwise      it is as wide as width says
type View struct {
	Turn    *session.Turn
	Reply   *session.Reply // the one in force, or an alternative that is looked at
	counted string         // which take of a running repeat it is
	below   bool           // another turn stands above it: a blank line parts them

	as      *Reading // how text and thought read the reply; nil before it is first laid out
	text    text.Feed
	thought text.Feed

	answerVeil, thoughtVeil veiled // through which they pass

	md            *markdown.Stream
	pending       string // answer text that the renderer has not been given yet
	changed       bool   // there is text that answer does not show
	finished      bool   // the renderer knows that no more will come
	reasoningText string // screen text
	width         int
	size          int  // bytes of answer
	anew          bool // all of it is to be drawn in another style
	laid          int  // how wide answer is; 0 before it is drawn
	whole         bool // answer shows all that will come
	waits         bool // for being drawn in a command
	drawn         bool // by a command just now: md may not be asked to draw
	showThought   bool
	showPrompt    bool

	prompt    []markdown.Row // prompt
	reasoning []markdown.Row // reasoning
	answer    markdown.Frame
	failure   failure
	notes     []markdown.Row // error, hint, notes
}

// NewView shows a reply that streams in, or one that has been saved.
func NewView(turn *session.Turn, r *session.Reply) *View {
	t := &View{Turn: turn, Reply: r, changed: r.Text != "", size: len(r.Text)}
	t.answerVeil.limit, t.thoughtVeil.limit = blind.All, blind.All
	if r.Status.Final() {
		t.changed, t.finished = true, true
	}
	return t
}

// Show takes one event that the reply has taken already.
func (t *View) Show(ev providers.Event) {
	switch ev.Type {
	case providers.EventText:
		t.size += len(ev.Text)
		t.pending += t.answerVeil.pass(t.read(&t.text, ev.Text))
		t.changed, t.whole = true, false
	case providers.EventReasoning:
		t.reasoningText += t.thoughtVeil.pass(t.read(&t.thought, ev.Text))
		t.reasoning = nil
	case providers.EventMoved: // all of it is read again
		t.as, t.size, t.changed, t.whole = nil, len(t.Reply.VisibleText()), true, false
	case providers.EventEnd:
		t.flush()
		t.changed, t.finished = true, true
		t.prompt, t.reasoning, t.notes = nil, nil, nil
	case providers.EventNote, providers.EventDropped, providers.EventParams, providers.EventCall:
		t.notes = nil
	}
}

// Look is what the rendering of a turn depends on beside its text.
type Look struct {
	// what turn, session and day have cost, for the numbers of a pane; "" where none shows them
	Sums        string
	Width       int
	Theme       theme.Styles
	Accent      int    // of the pane
	Model       string // of the pane, by its full name
	Panes       int    // that share the frame, for the renderer's time budget
	ShowThought bool
	ShowPrompt  bool                     // long prompts whole
	Reading     Reading                  // of answers
	Locked      bool                     // the panes scroll together
	Busy        bool                     // some pane answers, so none can be asked again
	Best        *report.Best             // of the turn whose answers are all there; nil for none
	Label       func(keys.Action) string // the key of an action
	// draws an answer that takes long in a command; nil: at once
	Later func(*View)
}

// heavy reports whether drawing the answer takes long: a long text from its beginning, or a long
// block that is still open.
func (t *View) heavy(l Look) bool {
	if t.size <= heavyText {
		return false
	}
	return t.laid != t.width || t.anew || t.over() && !t.whole || !t.over() &&
		t.md.Expects(l.Panes) > heavyCost
}

const (
	heavyText = 5000                 // bytes that take about a millisecond to draw
	heavyCost = 4 * time.Millisecond // of drawing an open end
	// From hugeText on a pane that shows nothing yet says why.
	hugeText = 100_000
)

// layout brings the lines up to date.
func (t *View) layout(l Look) {
	l.Reading = t.readingOf(l.Reading)
	if t.as == nil || *t.as != l.Reading {
		t.reread(l)
	}
	if t.width != l.Width || t.showThought != l.ShowThought || t.showPrompt != l.ShowPrompt {
		t.prompt, t.reasoning, t.notes = nil, nil, nil
		t.showThought, t.showPrompt = l.ShowThought, l.ShowPrompt
	}
	if t.width != l.Width {
		t.width = l.Width
		if t.md != nil {
			t.md.Resize(l.Width)
		}
		t.changed = true
	}
	if t.prompt == nil {
		t.prompt = t.layoutPrompt(l)
	}
	if t.reasoning == nil {
		t.reasoning = t.layoutReasoning(l)
	}
	if t.changed || !t.over() { // while text comes, the renderer draws as its time budget allows
		t.layoutAnswer(l)
	}
	if t.notes == nil {
		t.notes = t.layoutNotes(l)
	}
}

func (t *View) layoutPrompt(l Look) []markdown.Row {
	rows := t.promptLines(l)
	if from := t.stranger(l.Model); from != "" && l.Reading.Veil == nil {
		for _, line := range text.Wrap("answer of "+from, max(1, l.Width-2)) {
			rows = append(rows, plainRow(l.Theme.Dim.Render("  "+line), 2))
		}
	}
	rows = append(rows, markdown.Row{})
	if t.below {
		return append([]markdown.Row{{}}, rows...)
	}
	return rows
}

// stranger names the model of an answer in the pane of another model: a fallback, or a model of the
// session that is no longer there. "" for the pane's own.
func (t *View) stranger(model string) string {
	r := t.Reply
	if !r.Status.Final() || r.ServedBy == "" || r.ServedBy == model {
		return ""
	}
	from := text.OneLine(r.ServedBy)
	if r.Simulated {
		from += ", simulated"
	}
	return from
}

func (t *View) layoutAnswer(l Look) {
	if t.md == nil {
		if t.pending == "" {
			t.changed = false
			return
		}
		t.md = markdown.New(l.Reading.style(l.Theme.Markdown(l.Accent)), l.Width)
	}
	if t.pending != "" {
		t.md.Write(t.pending)
		t.pending = ""
	}
	if t.over() {
		t.md.Finish()
	}
	switch {
	case t.drawn:
	case l.Later != nil && t.heavy(l):
		if !t.waits {
			t.waits = true
			l.Later(t)
		}
		if t.laid == 0 && t.size > hugeText {
			wait := l.Theme.Dim.Render(text.Cut("laying out…", l.Width))
			t.answer = markdown.Frame{Tail: []markdown.Row{{Text: wait}}}
		}
	default:
		t.changed, t.anew = false, false
		t.take(Drawn{t, t.md.Render(l.Panes), t.width, t.over()})
	}
}

// Drawing draws the answer in a command.
func (t *View) Drawing(panes int) tea.Cmd {
	t.waits, t.drawn, t.changed, t.anew = false, true, false, false
	msg, md := Drawn{view: t, width: t.width, whole: t.over()}, t.md
	return func() tea.Msg {
		msg.frame = md.Render(panes)
		return msg
	}
}

// Take shows an answer as it was drawn.
func (t *View) take(d Drawn) {
	t.answer, t.laid, t.whole, t.drawn = d.frame, d.width, d.whole && t.pending == "", false
}

// SetError replaces the error of the reply.
func (t *View) SetError(e *session.ErrorInfo) { t.Reply.Error, t.notes = e, nil }

// Restyle draws everything again in another style.
func (t *View) restyle(s markdown.Style) {
	t.prompt, t.reasoning, t.notes, t.changed, t.anew = nil, nil, nil, true, true
	if t.md != nil {
		t.md.Restyle(t.as.style(s))
	}
}

// layoutReasoning shows the reasoning: one line that says it is there, or all of it.
func (t *View) layoutReasoning(l Look) []markdown.Row {
	if t.reasoningText == "" {
		return []markdown.Row{}
	}
	u := t.Reply.Usage
	tokens, mark := u.Reasoning, figures.Approx(u.Source == session.Estimated)
	if tokens == 0 {
		tokens, mark = int(providers.EstimateTokens(t.reasoningText)), "~"
	}
	sign := "▸"
	if l.ShowThought {
		sign = "▾"
	}
	head := fmt.Sprintf("%s reasoning, %s%s tok", sign, mark, figures.Tokens(tokens))
	if l.Reading.Veil != nil {
		head = sign + " reasoning"
	}
	rows := []markdown.Row{plainRow(l.Theme.Dim.Render(text.Cut(head, l.Width)), 2)}
	if l.ShowThought {
		rows = append(rows, paragraph("┊ ", "┊ ", t.reasoningText, l.Width, l.Theme.Dim)...)
	}
	return append(rows, markdown.Row{})
}

// layoutNotes shows what the user must know beside the answer.
func (t *View) layoutNotes(l Look) []markdown.Row {
	r := t.Reply
	foot := []markdown.Row{}
	t.failure = failure{}
	say := func(sign, s string, feel theme.Tone) {
		foot = append(foot, paragraph(sign+" ", "  ", l.Reading.Clusters.OneLine(s), l.Width,
			l.Theme.Tone(feel))...)
	}
	if l.Reading.Veil != nil {
		if !t.Open() && !t.Halted() { // calls come at the end, which would tell who is fast
			foot = append(foot, t.layoutChecks(l, t.size > 0)...)
		}
		t.hiddenNotes(say)
		return append(foot, t.layoutRepeat(l)...)
	}
	if r.Status.Final() {
		if e := r.Error; e != nil && r.Status != session.Cancelled {
			if t.answer.Len() > 0 {
				foot = append(foot, markdown.Row{})
			}
			t.failure.at = len(foot)
			say("✗", e.Message, theme.Bad)
			t.failure.message = len(foot) - t.failure.at
			if e.Hint != "" {
				say("→", e.Hint, theme.Busy)
			}
			t.failure.hint = len(foot) - t.failure.at - t.failure.message
		}
	}
	foot = append(foot, t.layoutChecks(l, len(foot) == 0 && t.size > 0)...)
	if words := t.standing(); words != "" {
		say("★", words, theme.Quiet)
	}
	for _, n := range r.Notes {
		say("·", n, theme.Quiet)
	}
	for _, p := range r.DroppedParams {
		say("·", "the server refuses "+p+"; it was left out", theme.Quiet)
	}
	return append(foot, t.layoutRepeat(l)...)
}

// mostMistakes bounds the mistakes of a JSON answer under it; the table of fields has all.
const mostMistakes = 5

// layoutChecks shows the calls of tools, and whether the answer is the JSON that was asked for.
// They may stand apart from the text above them.
func (t *View) layoutChecks(l Look, apart bool) []markdown.Row {
	r := t.Reply
	rows := []markdown.Row{}
	say := func(sign, s string, style lipgloss.Style) {
		if apart && len(rows) == 0 {
			rows = append(rows, markdown.Row{})
		}
		rows = append(rows, paragraph(sign+" ", "  ", l.Reading.Clusters.OneLine(s), l.Width,
			style)...)
	}
	for _, c := range r.Calls() {
		say("ƒ", l.Reading.Veil.Text(c.Name+" "+c.Line()), lipgloss.NewStyle())
	}
	if r.JSON == nil || !l.Reading.Veil.Checks(t.Turn) {
		return rows
	}
	if r.JSON.Valid {
		say("✓", "JSON", l.Theme.Tone(theme.Good))
	}
	for i, p := range r.JSON.Errors {
		if i == mostMistakes {
			say("…", fmt.Sprintf("and %d more; %s shows all", len(r.JSON.Errors)-i,
				l.Label(keys.Fields)), l.Theme.Tone(theme.Quiet))
			break
		}
		say("✗", l.Reading.Veil.Text(p.String()), l.Theme.Tone(theme.Bad))
	}
	return rows
}

// paragraph lays plain text out after marks of two cells, on its first row and on the others.
func paragraph(first, rest, text string, width int, style lipgloss.Style) []markdown.Row {
	rows := markdown.Wrap(text, max(1, width-2))
	mark := first
	for i := range rows {
		rows[i].Text, rows[i].Lead = style.Render(mark+rows[i].Text), rows[i].Lead+2
		mark = rest
	}
	return rows
}

func (t *View) height() int {
	return len(t.prompt) + len(t.reasoning) + t.answer.Len() + len(t.notes)
}

// LaidOut is how wide the answer on show was laid out, 0 where none has been.
func (t *View) LaidOut() int { return t.laid }

// Rows are all rows of the turn as they were laid out last.
func (t *View) Rows() []markdown.Row { return t.appendRows(nil, 0, t.height()) }

// appendRows appends rows [from, to) of the turn to out.
func (t *View) appendRows(out []markdown.Row, from, to int) []markdown.Row {
	for _, part := range [][]markdown.Row{t.prompt, t.reasoning, t.answer.Committed, t.answer.Tail,
		t.notes} {
		if lo, hi := max(0, from), min(len(part), to); lo < hi {
			out = append(out, part[lo:hi]...)
		}
		from, to = from-len(part), to-len(part)
	}
	return out
}
