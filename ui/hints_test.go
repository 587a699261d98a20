package ui

import (
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/ui/text"
)

// The last line shows the keys of what has the focus, and only those that do something there now.
func TestHintsAreOfTheFocusedThing(t *testing.T) {
	line := func(d *driver) string {
		rows := strings.Split(d.screen(), "\n")
		return rows[len(rows)-1]
	}
	cut := fails("x/cut", "half an answer ", &providers.Error{Kind: providers.ConnectionLost, Message: "gone"})
	down := fails("x/down", "", &providers.Error{Kind: providers.Unreachable, Message: "down"})
	drive(t, 160, 30, Config{Panes: specs(says("x/a", "fine", 0, 0), cut, down)}, func(d *driver) {
		check := func(where string, has, lacks []string) {
			t.Helper()
			for _, s := range has {
				if !strings.Contains(line(d), s) {
					t.Errorf("%s: no %q in %s", where, s, line(d))
				}
			}
			for _, s := range lacks {
				if strings.Contains(line(d), s) {
					t.Errorf("%s: %q in %s", where, s, line(d))
				}
			}
		}
		check("the prompt", []string{"enter send", "ctrl+c quit", "f1 help"}, []string{"stop"})
		d.press("alt+1")
		check("a pane before the first prompt", []string{"D double", "z zoom", "ctrl+w close", "f1 help"}, []string{"copy", "find", "stop"})
		d.press("i", "lit:go", "enter")
		check("the prompt while answers come", []string{"esc stop", "ctrl+c quit"}, nil)
		d.settle()
		d.press("alt+1")
		check("an answer", []string{"i prompt", "k/j scroll", "y copy", "= compare", "v vote"}, []string{"continue", "stop", "next answer"})
		d.press("alt+3")
		check("a failure", []string{"ctrl+r ask again"}, []string{"copy", "find", "continue"})
		d.press("alt+2")
		check("an answer that was cut off", []string{"ctrl+r ask again", "y copy"}, nil)
		d.press("alt+1", "d")
		check("details", []string{"d hide details", "w waterfall"}, nil)
	})
}

// One pane with one answer was offered a comparison, which then said that there is no other answer.
func TestHintsOfferNoComparisonWithNothing(t *testing.T) {
	line := func(d *driver) string {
		rows := strings.Split(d.screen(), "\n")
		return rows[len(rows)-1]
	}
	drive(t, 160, 30, Config{Panes: specs(says("x/a", "one two", 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("tab")
		if strings.Contains(line(d), "compare") {
			t.Errorf("nothing to compare with: %s", line(d))
		}
		d.press("=")
		d.wantSees("there is no other answer to compare with")
		d.press("ctrl+r")
		d.settle()
		if !strings.Contains(line(d), "= compare") {
			t.Errorf("two answers to one prompt: %s", line(d))
		}
		d.press("=")
		d.wantSees("Compare answers")
	})
	drive(t, 160, 30, Config{Panes: specs(says("x/a", "one two", 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("lit:more", "enter")
		d.settle()
		d.press("tab")
		if !strings.Contains(line(d), "= compare") {
			t.Errorf("answers in two turns: %s", line(d))
		}
	})
}

// While a model thinks there is nothing else to see, and nothing said how to see it.
func TestHintsSayHowToSeeTheReasoning(t *testing.T) {
	m := says("x/a", "first fine", 0, time.Hour)
	m.events[0].event.Type = providers.EventReasoning
	drive(t, 120, 30, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("▸ reasoning") })
		d.press("tab")
		d.wantSees("esc stop · ctrl+t reasoning")
	})
}

// At 40 columns nothing said how to vote on answers whose models are hidden.
func TestHintsOfHiddenPanesBeginWithTheVote(t *testing.T) {
	drive(t, 40, 12, Config{Panes: specs(says("x/a", "one", 0, 0), says("x/b", "two", 0, 0)), Blind: true}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("tab")
		rows := strings.Split(d.screen(), "\n")
		if last := rows[len(rows)-1]; !strings.Contains(last, "v vote · V ballot") {
			t.Errorf("%q", last)
		}
	})
}

// Fault: at 40×12 the hints of the picker and of the settings ended before "esc close".
func TestTheWayOutOfAnOverlayIsInView(t *testing.T) {
	for _, c := range []struct {
		parts []string
		width int
		want  string
	}{
		{[]string{"enter run", "↑ ↓ choose", "esc close"}, 60, " enter run · ↑ ↓ choose · esc close"},
		{[]string{"enter apply marks", "space mark", "esc close", "→ ← panes"}, 40, " enter apply marks · esc close"},
		{[]string{"esc close, the run goes on", "s stop now"}, 40, " esc close, the run goes on · s stop now"},
		{[]string{"ctrl+x stop pull", "esc close, keep pulling"}, 40, " ctrl+x stop pull · esc close"},
		{[]string{"ctrl+x stop what takes longer than this", "esc close"}, 40, " esc close"},
		{[]string{"i prompt", "j/k scroll"}, 20, " i prompt"},
	} {
		if got := text.Hints(withWayOut(c.parts, c.width), c.width); got != c.want {
			t.Errorf("%q at %d: %q, want %q", c.parts, c.width, got, c.want)
		}
	}
}
