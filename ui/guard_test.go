package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
)

// Whatever panics, the screen is asked to end, once and for all, and what failed is known.
func TestAPanicEndsTheScreen(t *testing.T) {
	fail := func() tea.Msg { panic("boom") }
	fine := func() tea.Msg { return nil }
	for name, c := range map[string]struct {
		cmd  tea.Cmd
		want string
	}{
		"a command":           {fail, "a command"},
		"one of several":      {tea.Batch(fine, fail), "a command"},
		"one after the other": {tea.Sequence(fine, fail), "a command"},
		"one deep inside":     {tea.Sequence(fine, tea.Batch(fine, tea.Sequence(fine, fail))), "a command"},
	} {
		t.Run(name, func(t *testing.T) {
			g := &guard{app: newApp(t.Context(), Config{})}
			for _, msg := range run(watched(c.cmd)) {
				if _, cmd := g.Update(msg); cmd != nil {
					break
				}
			}
			wantEnd(t, g, c.want)
		})
	}
	t.Run("Update", func(t *testing.T) {
		g := &guard{app: newApp(t.Context(), Config{Now: func() time.Time { panic("boom") }, Panes: specs(says("x/a", "hi", 0, 0))})}
		g.app.focus(0)
		g.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		wantEnd(t, g, "the screen, at tea.WindowSizeMsg")
	})
	t.Run("View", func(t *testing.T) {
		g := &guard{}
		g.View()
		wantEnd(t, g, "the view")
	})
}

func wantEnd(t *testing.T, g *guard, in string) {
	t.Helper()
	if g.fault == nil || g.fault.In != in || len(g.fault.Stack) == 0 {
		t.Fatalf("the fault is %+v, want one in %s", g.fault, in)
	}
	_, cmd := g.Update(tea.FocusMsg{})
	if cmd == nil || cmd() != tea.Quit() {
		t.Error("the screen does not end")
	}
	g.View() // which must not draw the app that failed
	if err := g.why(t.Context(), nil); !errors.As(err, new(*providers.Panic)) {
		t.Errorf("the screen ended with %v", err)
	}
}

// run gives the messages of a command, and of those that it answers with, as Bubble Tea runs them.
func run(cmd tea.Cmd) []tea.Msg {
	msg := cmd()
	cmds := commands(msg)
	if cmds == nil {
		return []tea.Msg{msg}
	}
	var out []tea.Msg
	for _, c := range cmds {
		out = append(out, run(c)...)
	}
	return out
}

// A fault in drawing an answer does not lose what came with it.
func TestAFaultInDrawingLosesNothing(t *testing.T) {
	m := says("x/a", strings.Repeat("word ", 30), time.Millisecond, time.Millisecond)
	drive(t, 80, 24, Config{Panes: specs(m)}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.app.turn.Started() })
		<-time.After(time.Minute) // of the bubble: the answer is there, and nobody has taken it
		view := d.app.panes.open[0].InSight()
		reply := view.Reply
		turn := view.Turn
		view.Turn = nil // drawing will fail
		g := &guard{app: d.app}
		g.Update(batchMsg{d.app.turn})
		if g.fault == nil {
			t.Fatal("nothing failed")
		}
		if err := g.close(); err != nil {
			t.Error(err)
		}
		if got := strings.Count(reply.Text, "word"); got != 30 {
			t.Errorf("%d of 30 words are left: %q", got, reply.Text)
		}
		view.Turn = turn
	})
}

// The parts of leaving take no more than two seconds in all.
func TestLeavingTakesTwoSeconds(t *testing.T) {
	if all := endScreenWithin + leaveWithin + endRequestWithin + saveWithin; all > 2*time.Second {
		t.Errorf("leaving may take %v", all)
	}
}
