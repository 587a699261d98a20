package ui

import "lineup/ui/pane"

// drawings are the answers that wait to be drawn. A long answer, at a new width, in another style
// or complete, is drawn in a command, so that no key waits for it. Meanwhile its pane shows what it
// showed before, cut to its new size. Only what comes into view is drawn, the current pane first,
// and one answer at a time: a second processor stays free for keys and frames.
type drawings struct {
	queue []*pane.View
	busy  bool // one is being drawn
}
