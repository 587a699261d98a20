package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"lineup/registry"
)

func TestRatingsOverlay(t *testing.T) {
	cfg := Config{Panes: []registry.Spec{counting("p/one").spec(), counting("p/two").spec()},
		Templates: map[string]string{"greeting": "h{{letter}}", "other": "x"}}
	kept(t, cfg, func(d *realDriver) {
		d.press("f3")
		d.wantSees("Ratings · by contender", "There is no vote yet.", "tab by model")
		d.press("esc", "lit:hi", "enter", "alt+1", "v", "f3")
		d.wantSees("1 vote", "  1 p/one", "  2 p/two", "– not enough votes: a rank needs 5", "wins of the row over the column")
		d.wantNot("↑ ↓ scroll") // there is nothing to scroll
		d.send(tea.WindowSizeMsg{Width: 40, Height: 12})
		d.wantSees("↑ ↓ scroll")
		d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
		d.press("b")
		d.wantSees("blind votes only", "The only vote does not count. b counts votes that were not blind. s counts simulated answers.", "b all votes")
		d.press("b", "tab")
		d.wantSees("Ratings · by model", "  1 p/one", "tab by contender")
		d.press("f3")
		d.wantNot("Ratings ·")
		if err := d.store.Tag(t.Context(), d.app.sess.ID, "demo"); err != nil {
			t.Fatal(err)
		}
		d.press("f3")
		d.wantSees("first in it", "#demo", "template greeting", "– not enough votes", "t #demo")
		d.press("t")
		d.wantSees("Ratings · by contender · #demo", "1 vote", "t template greeting")
		d.wantNot("first in it")
		d.press("t")
		d.wantSees("Ratings · by contender · template greeting", "1 vote", "t all topics")
		d.press("t")
		d.wantNot("· template")
		d.wantSees("1 vote", "first in it")
	})
}

// The statistics say what votes say of the same models.
func TestStatsShowRatings(t *testing.T) {
	cfg := Config{Panes: []registry.Spec{counting("p/one").spec(), counting("p/two").spec()}}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:hi", "enter", "f2")
		d.wantNot("VOTES")
		d.press("esc", "alt+1", "v", "f2")
		d.wantSees("VOTES", "58 %", "19–89")
		d.press("d")
		d.wantNot("VOTES")
		d.press("c")
		d.wantSees("VOTES")
	})
}

// Simulated answers count where every pane is simulated, and elsewhere on demand.
func TestRatingsOfSimulatedAnswers(t *testing.T) {
	one, two := counting("p/one").spec(), counting("p/two").spec()
	one.Info.Simulated, two.Info.Simulated = true, true
	kept(t, Config{Panes: []registry.Spec{one, two}}, func(d *realDriver) {
		d.press("f3")
		d.wantSees("with simulated answers", "s hide simulated answers")
		d.press("s")
		d.wantNot("with simulated")
	})
}

// Fault: of a server that only its answers call simulated the votes and the numbers were left out.
func TestRatingsOfServersThatSayTheySimulate(t *testing.T) {
	sess := twoAnswers()
	for _, r := range sess.Turns[1].Replies {
		r.Simulated = true
	}
	drive(t, 120, 40, Config{Panes: eventfulPanes()[:2], Session: sess}, func(d *driver) {
		if !onlySimulated(d.app) {
			t.Error("both panes are simulated")
		}
		sess.Turns[1].Replies[0].Simulated = false
		if onlySimulated(d.app) {
			t.Error("one pane is not simulated")
		}
	})
}
