package pane

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/markdown"
	"lineup/ui/text"
)

// written is the rows of the turn for copying. They have stand-ins for what the screen cannot show
// as it was written, in the prompt, the reasoning and the answer.
//
// These are laid out a second time for it. From where that gives other rows than stand on the
// screen, because a stand-in changed the markup or the newest text is not drawn yet, the rows are
// those of the screen.
func (t *View) written(l Look) ([]markdown.Row, text.StandIns) {
	rows := t.Rows()
	if l.Reading.Veil != nil { // what was written may name who wrote it
		return rows, text.StandIns{}
	}
	read := t.readingOf(l.Reading)
	marked, in := l.Reading.Clusters.StandIns(providers.Clean(t.Turn.Prompt),
		read.fit(t.Reply.ReasoningText()), read.fit(t.Reply.VisibleText()))
	if !in.Any() {
		return rows, in
	}
	turn := *t.Turn
	turn.Prompt = marked[0]
	again := &View{Turn: &turn, Reply: t.Reply, counted: t.counted, below: t.below, as: t.as,
		reasoningText: l.Reading.Clusters.Screen(marked[1])}
	md := markdown.New(read.style(l.Theme.Markdown(l.Accent)), t.width)
	md.Write(l.Reading.Clusters.Screen(marked[2]))
	if t.over() {
		md.Finish()
	}
	frame := md.Render(1)
	answer := slices.Concat(t.answer.Committed, t.answer.Tail)
	return slices.Concat(alike(t.prompt, again.layoutPrompt(l), in),
		alike(t.reasoning, again.layoutReasoning(l), in),
		alike(answer, slices.Concat(frame.Committed, frame.Tail), in), t.notes), in
}

// alike puts rows with stand-ins in the place of those of the screen, as far as they show the same.
// The last one may show the beginning of a row: a text that is still coming.
func alike(shown, marked []markdown.Row, in text.StandIns) []markdown.Row {
	out := slices.Clone(shown)
	for i := range min(len(shown), len(marked)) {
		a, b := shown[i], marked[i]
		said, says := ansi.Strip(a.Text), in.Shown(ansi.Strip(b.Text))
		switch {
		case a.Lead == b.Lead && a.Break == b.Break && said == says:
			out[i] = b
		case i == len(shown)-1 && a.Lead == b.Lead && strings.HasPrefix(says, said):
			b.Text = ansi.Truncate(b.Text, ansi.StringWidth(a.Text), "")
			b.Break, b.Cells, b.Source = a.Break, a.Cells, a.Source
			out[i] = b
			return out
		default:
			return out
		}
	}
	return out
}
