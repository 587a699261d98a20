package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/keys"
	"lineup/ui/markdown"
	"lineup/ui/text"
)

// reading is how a reply becomes text of the screen.
type reading struct {
	clusters text.Clusters
	raw      bool // as it came, not as Markdown
}

// fit makes a piece of a reply safe to show. A raw one shows what else is dropped or hidden.
func (r reading) fit(s string) string {
	if r.raw {
		s = revealed(s)
	}
	return providers.Clean(s)
}

func (r reading) style(s markdown.Style) markdown.Style {
	if r.raw {
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

// read takes a piece of the reply. Before the view is first laid out there is nothing to do: all of it is
// read then.
func (t *turnView) read(feed *text.Feed, piece string) string {
	if t.as == nil {
		return ""
	}
	return feed.Add(t.as.fit(piece))
}

// reread reads the reply from its beginning. What stands on the screen stays until the new text is drawn.
func (t *turnView) reread(l look) {
	as := l.reading
	t.as = &as
	t.text, t.thought = text.Feed{Clusters: as.clusters}, text.Feed{Clusters: as.clusters}
	t.pending, t.reasoning = t.read(&t.text, t.reply.VisibleText()), t.read(&t.thought, t.reply.ReasoningText())
	if t.finished {
		t.pending += t.text.Flush()
		t.reasoning += t.thought.Flush()
	}
	t.head, t.mind, t.foot, t.changed = nil, nil, nil, true
	if t.md != nil {
		t.md.Reset()
		t.md.Restyle(as.style(l.theme.Markdown(l.accent)))
		t.anew, t.whole = true, false
	}
}

// toggleRaw shows all answers as they came, or as Markdown again.
func (a *app) toggleRaw() {
	a.reading.raw = !a.reading.raw
	if a.flash = "answers as Markdown again"; a.reading.raw {
		a.flash = "answers as they came; " + a.keys.Label(keys.Raw) + " shows Markdown"
	}
	a.panes.redraw()
}

// clusters takes what the terminal says about the mode in which it counts grapheme clusters. The renderer
// turns it on where it is known.
func (a *app) clusters(msg tea.ModeReportMsg) {
	if msg.Mode != ansi.ModeUnicodeCore {
		return
	}
	on := text.Clusters(msg.Value == ansi.ModeSet || msg.Value == ansi.ModeReset || msg.Value == ansi.ModePermanentlySet)
	if a.reading.clusters != on {
		a.reading.clusters, a.prompt.area.Clusters = on, on
		a.panes.redraw()
	}
}
