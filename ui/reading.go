package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/keys"
	"lineup/ui/text"
)

// toggleRaw shows all answers as they came, or as Markdown again.
func (a *app) toggleRaw() {
	a.reading.Raw = !a.reading.Raw
	if a.flash = "answers as Markdown again"; a.reading.Raw {
		a.flash = "answers as they came; " + a.keys.Label(keys.Raw) + " shows Markdown"
	}
	a.panes.redraw()
}

// clusters takes what the terminal says about the mode in which it counts grapheme clusters. The
// renderer turns it on where it is known.
func (a *app) clusters(msg tea.ModeReportMsg) {
	if msg.Mode != ansi.ModeUnicodeCore {
		return
	}
	on := text.Clusters(msg.Value == ansi.ModeSet || msg.Value == ansi.ModeReset ||
		msg.Value == ansi.ModePermanentlySet)
	if a.reading.Clusters != on {
		a.reading.Clusters, a.prompt.area.Clusters = on, on
		a.panes.redraw()
	}
}
