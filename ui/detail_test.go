package ui

import (
	"testing"
	"time"

	"lineup/session"
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
		if !d.app.inPane {
			t.Error("the pane has lost the focus")
		}
		d.press("esc")
		if d.app.inPane {
			t.Error("a second Esc does not lead to the prompt")
		}
	})
}

func TestPhasesThatTookNoTimeAreNotTold(t *testing.T) {
	for _, c := range []struct {
		phases   session.Phases
		underWay bool
		want     string
	}{
		{session.Phases{Connect: 10}, false, "connect 10ms, no headers came"},
		{session.Phases{Connect: 10}, true, "connect 10ms, no headers yet"},
		{session.Phases{DNS: 20, Connect: 10, TLS: 40, Headers: 120}, false, "DNS 20ms, connect 10ms, TLS 40ms, headers after 0.12s"},
		{session.Phases{Reused: true, Headers: 120}, true, "open connection used again, headers after 0.12s"},
		{session.Phases{}, true, "no headers yet"},
	} {
		if got := phaseLine(&c.phases, c.underWay); got != c.want {
			t.Errorf("%+v: %q, want %q", c.phases, got, c.want)
		}
	}
}

func TestPartsOfUsageThatAreNoneAreNotTold(t *testing.T) {
	if got := partsOf(part{0, "read from cache"}, part{0, "written to it"}); got != "" {
		t.Errorf("%q", got)
	}
	if got := partsOf(part{3, "read from cache"}, part{0, "written to it"}); got != " (3 read from cache)" {
		t.Errorf("%q", got)
	}
}
