package ui

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/session"
)

// Fault: beside a model that never ends the others "queued behind another pane" for ever, and nothing said whom they
// waited for, why, and how to end it.
func TestAWaitingPaneSaysForWhomAndHowToEndIt(t *testing.T) {
	queue := policy.NewQueue(1)
	open := specs(says("ollama/endless", strings.Repeat("on and ", 3000), time.Second, time.Second),
		says("ollama/quick", "at once", time.Second, time.Second), says("gate/other", "elsewhere", time.Second, time.Second))
	for i := range open[:2] {
		open[i].Model = policy.WithQueue(open[i].Model, queue)
	}
	open[1].Model = second{open[1].Model}
	drive(t, 160, 30, Config{Panes: open}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("on and on") })
		d.wantSees("waits for pane 1, ", "ollama is asked one prompt at a time", "esc stops pane 1, endless")
		d.press("alt+2")
		d.wantSees("alt+1, then esc stops pane 1, endless")
		d.press("alt+1", "esc")
		d.settle()
		d.wantSees("at once")
		d.wantNot("waits for")
		d.wantNot("one prompt at a time")
	})
	// Blind, nothing tells which panes share a server.
	drive(t, 160, 30, Config{Panes: open, Blind: true}, func(d *driver) {
		d.press("lit:go", "enter")
		began := d.app.now()
		d.until(func() bool { return d.app.now().Sub(began) > 3*time.Second })
		for _, telling := range []string{"waits for", "ollama", "endless"} {
			d.wantNot(telling)
		}
	})
}

// second is a model that comes to its server after the others: who is first is chance.
type second struct{ providers.Model }

func (m second) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		<-time.After(time.Millisecond)
		m.Model.Stream(ctx, req)(yield)
	}
}

// Fault: at 80 columns "(simulated) this session" left the session's title 15 cells.
func TestTheTitleOfASessionComesBeforeItsSums(t *testing.T) {
	const title = "Why is the sky blue in the day"
	turn := raced([5]any{session.Done, 400.0, 900.0, 0.0019, 10})
	turn.Replies[0].Simulated = true
	for _, width := range []int{60, 80, 120} {
		a := newApp(t.Context(), Config{Panes: specs(threeModels()...)})
		a.screen.width, a.sess = width, &session.Session{Title: title, Turns: []*session.Turn{turn}}
		row := ansi.Strip(a.titleRow())
		if width >= 80 && !strings.Contains(row, title) {
			t.Errorf("%d columns: %q", width, row)
		}
		if strings.Contains(row, "$") != strings.Contains(row, "(simulated)") || ansi.StringWidth(row) != width {
			t.Errorf("%d columns: %q", width, row)
		}
	}
}
