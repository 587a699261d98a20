package ui

import (
	tea "charm.land/bubbletea/v2"

	"lineup/ui/pane"
)

// A long answer, at a new width, in another style or complete, is drawn
// in a command, so that no key waits for it. Meanwhile its pane shows what it showed before, cut to
// its new size. Only what comes into view is drawn, the current pane first, and one answer at a
// time: a second processor stays free for keys and frames.

// drawings are the answers that wait for it.
type drawings struct {
	queue []*pane.View
	busy  bool // one is being drawn
}

// clearMargins has the screen drawn again without scroll margins. A frame for the old size may be
// under way when the terminal changes. Where it scrolls, the renderer (ultraviolet, 2026-10-08)
// ends it by setting margins at the old height instead of none. They stay, and from then on every
// line feed at the old height scrolls the top of the screen. The cursor, which clearing the margins
// moves, stays where the renderer has it.
func clearMargins() tea.Msg {
	return tea.Sequence(tea.Raw(saveCursor+noMargins+restoreCursor), tea.ClearScreen)()
}

// From ECMA-48 and DEC's terminals: DECSC, DECSTBM without parameters, DECRC.
const (
	saveCursor    = "\x1b7"
	noMargins     = "\x1b[r"
	restoreCursor = "\x1b8"
)
