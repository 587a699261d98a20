package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// varied is a model that says one thing at first and another one after so many answers. Its first
// request may fail.
func varied(ref string, more ...string) *script {
	s := says(ref, "서울은 수도입니다.", 300*time.Millisecond, 100*time.Millisecond)
	for _, text := range more {
		s.then = append(s.then, says(ref, text, 200*time.Millisecond, 50*time.Millisecond).events)
	}
	return s
}

func TestRepeatOnTheScreen(t *testing.T) {
	models := specs(varied("x/a", "서울은  수도입니다.", "Seoul."), varied("x/b"))
	drive(t, 120, 40, Config{Panes: models}, func(d *driver) {
		d.press("lit:/repeat 3 수도는?", "enter")
		d.until(func() bool { return d.sees("take 1 of 3") })
		d.settle()
		d.wantSees("3 takes: 2 the same, 1 other", "3 takes: 3 the same", "TTFT   0.20s    0.20s to 0.30s", "tokens ", "1/3")
		turns := d.app.sess.Turns
		if len(turns) != 1 || len(turns[0].Answers(0)) != 3 || len(turns[0].Answers(1)) != 3 || turns[0].Reply(0).Take != 0 || turns[0].Prompt != "수도는?" {
			t.Fatalf("%d turns: %+v", len(turns), turns)
		}
		for i, m := range models {
			if n := len(m.Model.(*script).asked); n != 3 {
				t.Errorf("pane %d was asked %d times", i+1, n)
			}
		}

		// t goes through the takes, each with the summary below it.
		d.press("alt+1", "t", "t")
		d.wantSees("Seoul.", "3/3", "3 takes: 2 the same, 1 other")

		// The next prompt is asked once; a number alone repeats the last prompt.
		d.press("i", "lit:And now?", "enter")
		d.settle()
		if turns := d.app.sess.Turns; len(turns[1].Answers(0)) != 1 || turns[1].Reply(0).Repeat != 0 {
			t.Errorf("asked %d times", len(turns[1].Answers(0)))
		}
		d.press("lit:/repeat 2", "enter")
		d.settle()
		if turns := d.app.sess.Turns; len(turns) != 2 || len(turns[1].Answers(0)) != 3 || turns[1].Reply(0).Take != 1 {
			t.Errorf("%d answers, take %d in force", len(turns[1].Answers(0)), turns[1].Reply(0).Take)
		}
		d.wantSees("2 takes: 2 the same")
	})
}

// Without a prompt of before, the number waits for the next one.
func TestRepeatOfTheNextPrompt(t *testing.T) {
	drive(t, 120, 40, Config{Panes: specs(varied("x/a"))}, func(d *driver) {
		for _, wrong := range []string{"0", "-1", "x", "101", "99999999999999999999"} {
			d.press("lit:/repeat "+wrong, "enter")
			d.wantSees("write a number from 1 to 100")
			d.press("ctrl+u")
		}
		d.press("lit:/repeat 2", "enter")
		d.wantSees("each pane will be asked the next prompt 2 times")
		d.press("lit:Hello", "enter")
		d.settle()
		if n := len(d.app.sess.Turns[0].Answers(0)); n != 2 {
			t.Errorf("%d answers, want 2", n)
		}
	})
}

// A line-up may say how often each of its panes is asked every prompt.
func TestALineupRepeats(t *testing.T) {
	models := stock(registry.Lineup{Name: "thrice", Panes: providers.Bare("x/a"), Repeat: 3}, registry.Lineup{Name: "once", Panes: providers.Bare("x/a")})
	drive(t, 120, 40, Config{Panes: specs(varied("x/b")), Models: models}, func(d *driver) {
		for i, step := range []struct {
			keys string
			want int
		}{{"lit:/lineup thrice", 3}, {"", 3}, {"lit:/lineup once", 1}} {
			if step.keys != "" {
				d.press(step.keys, "enter")
				d.settle()
			}
			d.press("lit:Hello", "enter")
			d.settle()
			if n := len(d.app.sess.Turns[i].Answers(d.app.panes.now().Slot)); n != step.want {
				t.Errorf("turn %d: %d answers, want %d", i, n, step.want)
			}
		}
	})
}

// Esc stops the takes of one pane, Esc twice those of all.
func TestEscStopsTheTakesThatAreLeft(t *testing.T) {
	drive(t, 120, 40, Config{Panes: specs(varied("x/a"), varied("x/b"))}, func(d *driver) {
		d.press("lit:/repeat 3 Hi", "enter")
		d.until(func() bool { return strings.Count(d.screen(), "take 2 of 3") == 2 })
		d.press("alt+1", "esc")
		d.settle()
		got := d.app.sess.Turns[0]
		if a, b := statuses(got.Answers(0)), statuses(got.Answers(1)); a != "done cancelled" || b != "done done done" {
			t.Errorf("pane 1: %s; pane 2: %s", a, b)
		}
		d.wantSees("2 takes, 1 stopped")
		d.press("i", "lit:/repeat 3 Hi", "enter")
		d.until(func() bool { return d.app.turn.Started() })
		d.press("esc", "esc")
		d.settle()
		for slot := range 2 {
			if s := statuses(d.app.sess.Turns[1].Answers(slot)); s != "cancelled" {
				t.Errorf("pane %d: %s", slot+1, s)
			}
		}
	})
}

func statuses(takes []*session.Reply) string {
	var out []string
	for _, r := range takes {
		out = append(out, string(r.Status))
	}
	return strings.Join(out, " ")
}

// All takes together may go over the budget.
func TestRepeatCountsItsTakesForTheBudget(t *testing.T) {
	m := varied("x/a")
	most, limit := 1000, 0.05
	m.info.Price = providers.Quote{Price: providers.Price{Input: 1, Output: 10}, Source: providers.CostConfig}
	m.info.Params.MaxTokens = &most
	drive(t, 120, 40, Config{Panes: specs(m), Budget: session.Budget{Session: &limit}}, func(d *driver) {
		d.press("lit:/repeat 50 Hi", "enter")
		d.wantSees("over the budget")
		if d.app.sess != nil {
			t.Error("it was sent")
		}
	})
}

// Golden frames of the summary.
func TestRepeatFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		seven := int64(7)
		models := specs(varied("x/llama3.1:8b", "서울은 수도입니다.", "서울은 수도입니다.", "서울은 수도입니다.", "Seoul."), varied("gate/gemini-2.5-flash"))
		for i := range models {
			models[i].Info.Params.Seed, models[i].Model.(*script).info.Params.Seed = &seven, &seven
			models[i].Model.(*script).info.Price = providers.Quote{Price: providers.Price{Input: 300, Output: 2500}, Source: providers.CostConfig}
			models[i].Info.Price = models[i].Model.(*script).info.Price
		}
		drive(t, size[0], size[1], Config{Panes: models}, func(d *driver) {
			d.press("lit:/repeat 5 한국의 수도는?", "enter")
			d.settle()
			d.golden(fmt.Sprintf("%dx%d-repeat", size[0], size[1]))
		})
	}
}
