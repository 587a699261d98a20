package ui

import (
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/session"
)

// pricey makes a model whose answer of 3 words and 12 tokens of prompt costs 12·1000e-6 + 3·10000e-6 = $0.042.
func pricey(ref string) *script {
	m := says(ref, "It is blue.", 100*time.Millisecond, 300*time.Millisecond)
	m.info.Price = providers.Quote{Source: providers.CostConfig, Price: providers.Price{Input: 1000, Output: 10_000}}
	return m
}

// TestTheBudgetWantsASecondEnter: near a limit the prompt's frame warns; beyond it a prompt is sent by the second Enter
// alone, and the draft stays until then.
func TestTheBudgetWantsASecondEnter(t *testing.T) {
	limit := 0.05
	m := pricey("gate/m")
	drive(t, 120, 24, Config{Panes: specs(m), Budget: session.Budget{Session: &limit}}, func(d *driver) {
		d.press("lit:why")
		d.wantNot("budget")
		d.wantNot("pane ~$") // nobody knows yet how long its answers are
		d.press("enter")
		d.until(func() bool { return d.sees("✓ done") })
		d.settle()
		d.wantSees("$0.042 this session", "budget: $0.042 of $0.050 spent this session")
		d.press("lit:again")
		d.wantSees("1 pane ~$0.0")
		d.press("enter")
		d.wantSees("over the budget: $0.042 of $0.050 this session", "enter again sends it")
		if len(m.asked) != 1 || d.app.prompt.empty() {
			t.Fatalf("asked %d times, the draft is %q", len(m.asked), d.app.prompt.text())
		}
		d.press("lit:!", "enter") // another prompt is not the one that was confirmed
		if len(m.asked) != 1 {
			t.Fatal("a changed draft was sent")
		}
		d.press("enter")
		d.until(func() bool { return d.sees("turn 2") && strings.Count(d.screen(), "✓ done") == 1 })
		d.settle()
		if len(m.asked) != 2 {
			t.Errorf("asked %d times", len(m.asked))
		}
	})
}

// TestSimulatedModelsCostNothing: their made-up prices count against no budget.
func TestSimulatedModelsCostNothing(t *testing.T) {
	limit := 0.01
	m := pricey("sim/m")
	m.info.Simulated = true
	drive(t, 100, 20, Config{Panes: specs(m), Budget: session.Budget{Session: &limit, Day: &limit}}, func(d *driver) {
		for range 2 {
			d.press("lit:why")
			d.wantNot("pane ~$")
			d.press("enter")
			d.until(func() bool { return d.app.turn.Ended() })
			d.settle()
			d.wantNot("budget")
		}
	})
}

// The servers of lineup sim look like any others in the config, until they answer.
func TestASimulatorElsewhereCostsNothing(t *testing.T) {
	limit := 0.000001
	m := pricey("gate/m")
	m.events = append([]scripted{{event: providers.Event{Type: providers.EventSimulated}}}, m.events...)
	drive(t, 100, 20, Config{Panes: specs(m), Budget: session.Budget{Session: &limit}}, func(d *driver) {
		d.press("lit:why", "enter")
		d.wantSees("enter again sends it") // nobody knows it yet
		d.press("enter")
		d.settle()
		d.press("lit:again", "enter")
		d.settle()
		if len(m.asked) != 2 {
			t.Errorf("asked %d times, want the second prompt to go out at once:\n%s", len(m.asked), d.screen())
		}
		d.app.panes.open[0].Spec.Info.Ref.Model = "other" // another model in its place may well cost something
		d.press("lit:why", "enter")
		if len(m.asked) != 2 {
			t.Error("another model was asked over the budget")
		}
	})
}

func TestTheDetailTellsThePriceAndTheGaps(t *testing.T) {
	m := pricey("gate/m")
	drive(t, 120, 44, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:why", "enter")
		d.until(func() bool { return d.sees("✓ done") })
		d.settle()
		d.press("tab", "d")
		d.wantSees("$0.042000, config", "$1000 in, $10000 out per million tokens", "price: the config", "all panes: $0.042 this turn, $0.042 this session, $0.042 today",
			"gaps between chunks: p50 0.30s, p95 0.30s, longest 0.30s (3 chunks, not tokens)", "from Enter: first token 0.10s, last 0.70s")
	})
}

// Fault: after a pane was doubled its copied answer counted once more, in the session of simulated models and in the turn.
func TestACopiedAnswerIsPaidForOnce(t *testing.T) {
	usd := 0.25
	for _, simulated := range []bool{false, true} {
		sess := twoAnswers()
		sess.Turns, sess.Turns[1].Alternatives = sess.Turns[1:], nil
		for i, r := range sess.Turns[0].Replies {
			r.Cost, r.Simulated, r.Copied = session.Cost{USD: &usd}, simulated, i == 2
		}
		drive(t, 160, 40, Config{Panes: eventfulPanes(), Session: sess}, func(d *driver) {
			want := map[bool]string{false: " · $0.500 this session", true: " · $0.500 (simulated) this session"}[simulated]
			if got := d.app.panes.costOf(sess); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			d.press("alt+1", "d")
			if !simulated {
				d.wantSees("all panes: $0.500 this turn")
			}
		})
	}
}
