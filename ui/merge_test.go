package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// merged is what a model says that merges two answers.
const merged = "## Agreement\n[A] and [B] say a colour.\n## Contradictions\n[A, B] differ.\n## Only one says\n[Z] is nobody.\n## Left out\nnothing\n## Answer\nBlue, not [green].\n"

// M shows who merges what and for how much; Enter has the answer stream into a pane of its own. Its marks lead to the panes of
// the answers.
func TestMergingAnswersInAPaneOfItsOwn(t *testing.T) {
	chief := says("x/chief", merged, 0, 0)
	store := openStore(t)
	models := shelf{"x/chief": chief, "x/a": says("x/a", "Blue it is", 0, 0), "x/b": says("x/b", "Green it is", 0, 0)}
	cfg := Config{Panes: specs(models["x/a"], models["x/b"]), Models: models, Store: store, Compare: Compare{Readers: Readers{Merge: "x/chief"}}}
	drive(t, 150, 40, cfg, func(d *driver) {
		d.press("lit:Which colour?", "enter")
		d.settle()
		d.press("alt+1", "M")
		d.wantSees("Merge · turn 1", "x/chief", "1 a · 2 b", "cost")
		if len(chief.asked) > 0 {
			t.Fatal("it was sent before anybody saw what it may cost")
		}
		d.press("enter")
		d.settle()
		d.wantSees("3 merge by chief", "2 models", "Agreement", "Blue, not [green].", "n next mark")
		d.wantNot("v vote")
		question := chief.asked[0].Messages[0].Content
		if !strings.Contains(question, "Blue it is") || !strings.Contains(question, "Green it is") || strings.Contains(question, "x/a") {
			t.Errorf("it is asked\n%s", question)
		}
		r := d.app.sess.Turns[0].Reply(2)
		if !r.Merge || len(r.Merged) != 2 {
			t.Fatalf("kept is %+v", r)
		}
		if len(d.app.verdict.crowns) > 0 && d.app.verdict.answers != 2 {
			t.Errorf("the verdict is about %d answers", d.app.verdict.answers)
		}
		// the marks are A and B of the first point, A and B of the second; [Z] and [green] are none
		for i, want := range []int{r.Merged[0], r.Merged[1], r.Merged[0], r.Merged[1], r.Merged[0]} {
			d.press("n")
			if _, slot, ok := d.app.panes.now().Marked(); !ok || slot != want {
				t.Errorf("mark %d is of slot %d, want %d", i+1, slot, want)
			}
		}
		d.wantSees("mark 1/4")
		d.press("enter")
		if p := d.app.panes.now(); p.Slot != r.Merged[0] {
			t.Errorf("the mark A leads to slot %d, want %d", p.Slot, r.Merged[0])
		}
		// the next prompt goes to those that answer
		d.press("i", "lit:And now?", "enter")
		d.settle()
		if n := len(chief.asked); n != 1 {
			t.Errorf("the model that merges was asked %d times", n)
		}
		if n := len(d.app.sess.Turns[1].Replies); n != 2 {
			t.Errorf("the next turn has %d replies", n)
		}
	})
	// It is there again with its session, and only there.
	s := last(t, store)
	if len(s.Panes) != 2 || len(s.Turns[0].Reply(2).Merged) != 2 {
		t.Fatalf("the session has panes %v and %+v", s.Panes, s.Turns[0].Reply(2))
	}
	cfg.Session = s
	drive(t, 150, 40, cfg, func(d *driver) {
		d.wantSees("3 merge by chief", "2 models", "Agreement")
		if slots := slotsOf(s, append(cfg.Panes, specs(says("x/new", "", 0, 0))...)); slots[2] != 3 {
			t.Errorf("a new pane gets slot %d", slots[2])
		}
		d.press("ctrl+n")
		d.wantNot("merge by chief")
	})
}

// The pane that merges is no pane of a line-up, and a run does not ask it.
func TestThePaneThatMergesIsNoContender(t *testing.T) {
	var saved registry.Lineup
	run := 0
	cfg := Config{Panes: asked("ok", providers.Bare("x/a", "x/b")...), Models: stock(), Compare: Compare{Readers: Readers{Merge: "x/b"}},
		SaveLineup: func(l registry.Lineup) (string, []string, error) { saved = l; return "lineup.toml", nil, nil },
		StartRun: func(_ context.Context, _ string, panes []registry.Spec) (BatchRun, error) {
			run = len(panes)
			return nil, errors.New("no such file")
		}}
	drive(t, 150, 40, cfg, func(d *driver) {
		d.press("lit:Which colour?", "enter")
		d.settle()
		d.press("alt+1", "M", "enter")
		d.settle()
		d.wantSees("3 merge by b")
		d.press("z", "i", "lit:/lineup save mine", "enter")
		d.settle()
		d.press("lit:/run suite.toml", "enter")
		d.settle()
		if len(saved.Panes) != 2 || saved.Layout.Zoomed != 0 || run != 2 {
			t.Errorf("saved are %+v, the run was given %d panes", saved, run)
		}
	})
}

// What is ready is merged while another pane still answers; that pane goes on.
func TestWhatIsReadyIsMergedWhileOneStillRuns(t *testing.T) {
	chief := says("x/chief", merged, 0, 0)
	models := shelf{"x/chief": chief}
	slow := says("x/slow", "one two three four five", time.Second, time.Second)
	store := openStore(t)
	drive(t, 160, 40, Config{Panes: specs(says("x/a", "Blue it is", 0, 0), slow, says("x/b", "Green", 0, 0)), Models: models, Store: store}, func(d *driver) {
		d.press("lit:Which colour?", "enter")
		d.until(func() bool { return len(d.app.turn.Record.Answered()) == 2 })
		d.press("lit:/merge x/chief", "enter")
		d.wantSees("left out  2 slow is still answering")
		d.press("enter")
		d.until(func() bool { r := d.app.sess.Turns[0].Reply(3); return r != nil && r.Status == session.Done })
		d.wantSees("4 merge by chief")
		if d.app.sess.Turns[0].Reply(1).Status.Final() {
			t.Error("the slow pane was stopped, or waited for")
		}
		if got := d.app.sess.Turns[0].Reply(3).Merged; len(got) != 2 || got[0]+got[1] != 2 {
			t.Errorf("merged are the slots %v", got)
		}
		d.settle()
		d.wantSees("one two three four five")
	})
	s := last(t, store)
	if s.Turns[0].Reply(3) == nil || s.Turns[0].Reply(3).Text != strings.TrimSuffix(merged, "") || s.Turns[0].Reply(1).Status != session.Done {
		t.Errorf("kept is %+v", s.Turns[0].Replies)
	}
}
