package pane

import (
	"fmt"
	"strings"

	"lineup/blind"
	"lineup/providers"
	"lineup/ui/markdown"
	"lineup/ui/text"
)

// Reading is how a reply becomes text of the screen.
type Reading struct {
	Clusters text.Clusters
	Raw      bool        // as it came, not as Markdown
	Veil     *blind.Veil // that hides who wrote it, or nil
}

// readingOf is how the reply is read. JSON that was asked for is no Markdown: its backslashes and
// stars stay.
func (t *View) readingOf(r Reading) Reading {
	if t.Reply.Schema != nil && r.Veil.Checks(t.Turn) {
		begin := strings.TrimLeft(t.Reply.VisibleText(), " \t\r\n")
		r.Raw = r.Raw || begin != "" && strings.ContainsAny(begin[:1], "{[")
	}
	return r
}

// fit makes a piece of a reply safe to show. A raw one shows what else is dropped or hidden; not
// behind a veil, which would miss a name with such marks in it.
func (r Reading) fit(s string) string {
	if r.Raw && r.Veil == nil {
		s = revealed(s)
	}
	return providers.Clean(s)
}

func (r Reading) style(s markdown.Style) markdown.Style {
	if r.Raw {
		return s.Raw()
	}
	return s
}

// revealed shows carriage returns, and the marks that steer text by their numbers.
func revealed(s string) string {
	steers := func(r rune) bool {
		return r == '\r' || r > 0x7f && r != '\uFFFD' && providers.Clean(string(r)) != string(r)
	}
	if !strings.ContainsFunc(s, steers) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\r':
			b.WriteRune('␍')
		case steers(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// read takes a piece of the reply. Before the view is first laid out there is nothing to do: all of
// it is read then.
func (t *View) read(feed *text.Feed, piece string) string {
	if t.as == nil {
		return ""
	}
	return feed.Add(t.as.fit(piece))
}

// reread reads the reply from its beginning. What stands on the screen stays until the new text is
// drawn.
func (t *View) reread(l Look) {
	as := l.Reading
	t.as = &as
	t.text, t.thought = text.Feed{Clusters: as.Clusters}, text.Feed{Clusters: as.Clusters}
	t.answerVeil.text, t.thoughtVeil.text = nil, nil
	if as.Veil != nil {
		t.answerVeil.text, t.thoughtVeil.text = as.Veil.Stream(), as.Veil.Stream()
	}
	t.pending = t.answerVeil.pass(t.read(&t.text, t.Reply.VisibleText()))
	t.reasoningText = t.thoughtVeil.pass(t.read(&t.thought, t.Reply.ReasoningText()))
	if t.finished {
		t.flush()
	}
	t.prompt, t.reasoning, t.notes, t.changed = nil, nil, nil, true
	if t.md != nil {
		t.md.Reset()
		t.md.Restyle(as.style(l.Theme.Markdown(l.Accent)))
		t.anew, t.whole = true, false
	}
}
