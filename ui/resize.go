package ui

import tea "charm.land/bubbletea/v2"

// clearMargins has the screen drawn anew without scroll margins. A frame for the old size may be under way when the
// terminal changes. Where it scrolls, the renderer (ultraviolet, 2026-10-08) ends it by setting margins at the old
// height instead of none. They stay, and from then on every line feed at the old height scrolls the top of the screen.
// The cursor, which clearing the margins moves, stays where the renderer has it.
func clearMargins() tea.Msg {
	return tea.Sequence(tea.Raw(saveCursor+noMargins+restoreCursor), tea.ClearScreen)()
}

// From ECMA-48 and DEC's terminals: DECSC, DECSTBM without parameters, DECRC.
const (
	saveCursor    = "\x1b7"
	noMargins     = "\x1b[r"
	restoreCursor = "\x1b8"
)
