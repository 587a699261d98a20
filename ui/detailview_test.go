package ui

import (
	"testing"
	"time"
)

// Esc was the way to the prompt even where the numbers hid the answer, and the next key was typed into the prompt.
func TestEscapeClosesTheNumbersFirst(t *testing.T) {
	drive(t, 100, 40, Config{Panes: specs(says("a/x", "an answer", time.Millisecond, 0))}, func(d *driver) {
		d.press("h", "i", "enter")
		d.settle()
		d.press("tab", "d")
		d.wantSees("Attempts", "not known; a price goes under [models.\"a/x\"] in the config", "all panes: $? this turn, $? this session, $? today")
		d.wantNot("an answer")
		d.press("esc")
		d.wantSees("an answer")
		d.wantNot("Attempts")
		if !d.app.panes.focused {
			t.Error("the pane has lost the focus")
		}
		d.press("esc")
		if d.app.panes.focused {
			t.Error("a second Esc does not lead to the prompt")
		}
	})
}
