package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/markdown"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// turnView shows one turn in one pane: the prompt, the reasoning, the answer, and what went wrong. Its lines are
// laid out when they are first asked for and kept until the text or the width changes:
//
//	nil            the part must be laid out
//	otherwise      it is as wide as width says
type turnView struct {
	turn  *session.Turn
	reply *session.Reply // the one in force, or an alternative that is looked at
	below bool           // another turn stands above it: a blank line parts them

	as      *reading // how text and thought read the reply; nil before it is first laid out
	text    text.Feed
	thought text.Feed

	md          *markdown.Stream
	pending     string // answer text that the renderer has not been given yet
	changed     bool   // there is text that answer does not show
	finished    bool   // the renderer knows that no more will come
	reasoning   string // screen text
	width       int
	size        int  // bytes of answer
	anew        bool // all of it is to be drawn in another style
	laid        int  // how wide answer is; 0 before it is drawn
	whole       bool // answer shows all that will come
	waits       bool // for being drawn in a command
	drawn       bool // by a command just now: md may not be asked to draw
	showThought bool

	head    []markdown.Row // prompt
	mind    []markdown.Row // reasoning
	answer  markdown.Frame
	failure failure
	foot    []markdown.Row // error, hint, notes
}

// newTurnView shows a reply that streams in, or one that has been saved.
func newTurnView(turn *session.Turn, r *session.Reply) *turnView {
	t := &turnView{turn: turn, reply: r, changed: r.Text != "", size: len(r.Text)}
	if r.Status.Final() {
		t.changed, t.finished = true, true
	}
	return t
}

// show takes one event that the reply has taken already.
func (t *turnView) show(ev providers.Event) {
	switch ev.Type {
	case providers.EventText:
		t.size += len(ev.Text)
		t.pending += t.read(&t.text, ev.Text)
		t.changed, t.whole = true, false
	case providers.EventReasoning:
		t.reasoning += t.read(&t.thought, ev.Text)
		t.mind = nil
	case providers.EventEnd:
		t.pending += t.text.Flush()
		t.reasoning += t.thought.Flush()
		t.changed, t.finished = true, true
		t.head, t.mind, t.foot = nil, nil, nil
	case providers.EventNote, providers.EventDropped:
		t.foot = nil
	}
}

// look is what the rendering of a turn depends on beside its text.
type look struct {
	sums        string // what turn, session and day have cost, for the numbers of a pane; "" where none shows them
	width       int
	theme       theme.Styles
	accent      int    // of the pane
	model       string // of the pane, by its full name
	panes       int    // that share the frame, for the renderer's time budget
	showThought bool
	reading     reading                  // of answers
	locked      bool                     // the panes scroll together
	label       func(keys.Action) string // the key of an action
	later       func(*turnView)          // draws an answer that takes long in a command; nil: at once
}

// heavy reports whether drawing the answer takes long: a long text from its beginning, or a long block that is still open.
func (t *turnView) heavy(l look) bool {
	if t.size <= heavyText {
		return false
	}
	return t.laid != t.width || t.anew || t.finished && !t.whole || !t.finished && t.md.Expects(l.panes) > heavyCost
}

const (
	heavyText = 5000                 // bytes that take about a millisecond to draw
	heavyCost = 4 * time.Millisecond // of drawing an open end
	// From hugeText on a pane that shows nothing yet says why.
	hugeText = 100_000
)

// layout brings the lines up to date.
func (t *turnView) layout(l look) {
	if t.as == nil || *t.as != l.reading {
		t.reread(l)
	}
	if t.width != l.width || t.showThought != l.showThought {
		t.head, t.mind, t.foot = nil, nil, nil
		t.showThought = l.showThought
	}
	if t.width != l.width {
		t.width = l.width
		if t.md != nil {
			t.md.Resize(l.width)
		}
		t.changed = true
	}
	if t.head == nil {
		t.head = t.layoutHead(l)
	}
	if t.mind == nil {
		t.mind = t.layoutMind(l)
	}
	if t.changed || !t.finished { // while text comes, the renderer draws as its time budget allows
		t.layoutAnswer(l)
	}
	if t.foot == nil {
		t.foot = t.layoutFoot(l)
	}
}

func (t *turnView) layoutHead(l look) []markdown.Row {
	line := l.theme.Strong.Render(text.Cut("› "+l.reading.clusters.OneLine(t.turn.Prompt), l.width))
	if marks := t.marks(); marks != "" {
		room := max(0, l.width-ansi.StringWidth(marks)-1)
		line = l.theme.Strong.Render(text.Pad(text.Cut("› "+l.reading.clusters.OneLine(t.turn.Prompt), room), room)) + " " + l.theme.Dim.Render(marks)
	}
	rows := []markdown.Row{plainRow(line, 2)}
	if from := t.stranger(l.model); from != "" {
		rows = append(rows, plainRow(l.theme.Dim.Render(text.Cut("  answer of "+from, l.width)), 2))
	}
	rows = append(rows, markdown.Row{})
	if t.below {
		return append([]markdown.Row{{}}, rows...)
	}
	return rows
}

// stranger names the model whose answer stands in the pane of another one: a fallback's, or in a session whose models are
// not there any more that of one of those. "" for the pane's own.
func (t *turnView) stranger(model string) string {
	r := t.reply
	if !r.Status.Final() || r.ServedBy == "" || r.ServedBy == model {
		return ""
	}
	from := text.OneLine(r.ServedBy)
	if r.Simulated {
		from += ", simulated"
	}
	return from
}

func (t *turnView) layoutAnswer(l look) {
	if t.md == nil {
		if t.pending == "" {
			t.changed = false
			return
		}
		t.md = markdown.New(l.reading.style(l.theme.Markdown(l.accent)), l.width)
	}
	if t.pending != "" {
		t.md.Write(t.pending)
		t.pending = ""
	}
	if t.finished {
		t.md.Finish()
	}
	switch {
	case t.drawn:
	case l.later != nil && t.heavy(l):
		if !t.waits {
			t.waits = true
			l.later(t)
		}
		if t.laid == 0 && t.size > hugeText {
			t.answer = markdown.Frame{Tail: []markdown.Row{{Text: l.theme.Dim.Render(text.Cut("laying out…", l.width))}}}
		}
	default:
		t.changed, t.anew = false, false
		t.take(drawnMsg{t, t.md.Render(l.panes), t.width, t.finished})
	}
}

// drawing draws the answer in a command.
func (t *turnView) drawing(panes int) tea.Cmd {
	t.waits, t.drawn, t.changed, t.anew = false, true, false, false
	msg, md := drawnMsg{view: t, width: t.width, whole: t.finished}, t.md
	return func() tea.Msg {
		msg.frame = md.Render(panes)
		return msg
	}
}

// take shows an answer as it was drawn.
func (t *turnView) take(d drawnMsg) {
	t.answer, t.laid, t.whole, t.drawn = d.frame, d.width, d.whole && t.pending == "", false
}

// setError replaces the error of the reply.
func (t *turnView) setError(e *session.ErrorInfo) { t.reply.Error, t.foot = e, nil }

// restyle draws everything anew in another style.
func (t *turnView) restyle(s markdown.Style) {
	t.head, t.mind, t.foot, t.changed, t.anew = nil, nil, nil, true, true
	if t.md != nil {
		t.md.Restyle(t.as.style(s))
	}
}

// layoutMind shows the reasoning: one line that says it is there, or all of it.
func (t *turnView) layoutMind(l look) []markdown.Row {
	if t.reasoning == "" {
		return []markdown.Row{}
	}
	tokens, mark := t.reply.Usage.Reasoning, text.Approx(t.reply.Usage.Source == session.Estimated)
	if tokens == 0 {
		tokens, mark = int(providers.EstimateTokens(t.reasoning)), "~"
	}
	sign := "▸"
	if l.showThought {
		sign = "▾"
	}
	rows := []markdown.Row{plainRow(l.theme.Dim.Render(text.Cut(fmt.Sprintf("%s reasoning, %s%s tok", sign, mark, text.Tokens(tokens)), l.width)), 2)}
	if l.showThought {
		rows = append(rows, paragraph("┊ ", "┊ ", t.reasoning, l.width, l.theme.Dim)...)
	}
	return append(rows, markdown.Row{})
}

// layoutFoot shows what the user must know beside the answer.
func (t *turnView) layoutFoot(l look) []markdown.Row {
	r := t.reply
	foot := []markdown.Row{}
	t.failure = failure{}
	say := func(sign, s string, feel theme.Tone) {
		foot = append(foot, paragraph(sign+" ", "  ", l.reading.clusters.OneLine(s), l.width, l.theme.Tone(feel))...)
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
	if words := t.standing(); words != "" {
		say("★", words, theme.Quiet)
	}
	for _, n := range r.Notes {
		say("·", n, theme.Quiet)
	}
	for _, p := range r.DroppedParams {
		say("·", "the server refuses "+p+"; it was left out", theme.Quiet)
	}
	return foot
}

// paragraph lays plain text out behind marks of two cells, on its first row and on the others.
func paragraph(first, rest, text string, width int, style lipgloss.Style) []markdown.Row {
	rows := markdown.Wrap(text, max(1, width-2))
	mark := first
	for i := range rows {
		rows[i].Text, rows[i].Lead = style.Render(mark+rows[i].Text), rows[i].Lead+2
		mark = rest
	}
	return rows
}

func (t *turnView) height() int {
	return len(t.head) + len(t.mind) + t.answer.Len() + len(t.foot)
}

// laidOut is how wide the answer on show was laid out, 0 where none has been.
func (t *turnView) laidOut() int { return t.laid }

// rows are all rows of the turn as they were laid out last.
func (t *turnView) rows() []markdown.Row { return t.appendRows(nil, 0, t.height()) }

// appendRows appends rows [from, to) of the turn to out.
func (t *turnView) appendRows(out []markdown.Row, from, to int) []markdown.Row {
	for _, part := range [][]markdown.Row{t.head, t.mind, t.answer.Committed, t.answer.Tail, t.foot} {
		if lo, hi := max(0, from), min(len(part), to); lo < hi {
			out = append(out, part[lo:hi]...)
		}
		from, to = from-len(part), to-len(part)
	}
	return out
}
