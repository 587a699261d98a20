package ui

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/pane"
)

// Moving and closing panes changes the screen and the session's list of panes, never who said what.
func TestPanesMoveAndCloseWithTheirConversations(t *testing.T) {
	a, b, c := says("x/a", "alpha", 0, 0), says("x/b", "beta", 0, 0), says("x/c", "gamma", 0, 0)
	drive(t, 150, 30, Config{Panes: specs(a, b, c)}, func(d *driver) {
		d.press("lit:one", "enter")
		d.settle()
		d.press("alt+1", ">")
		d.wantSees("1 b · x", "2 a · x", "3 c · x")
		if got := strings.Join(providers.Refs(d.app.sess.Panes), " "); got != "x/b x/a x/c" {
			t.Errorf("the session's panes are %s", got)
		}
		d.press("alt+1", "ctrl+w")
		d.wantSees("1 a · x", "2 c · x", "b closed; u brings it back")
		d.wantNot("beta")
		d.press("i", "lit:two", "enter")
		d.settle()
		want := fmt.Sprint([]providers.Message{{Role: providers.User, Content: "one"}, {Role: providers.Assistant, Content: "alpha"},
			{Role: providers.User, Content: "two"}})
		if got := fmt.Sprint(a.asked[1].Messages); got != want {
			t.Errorf("after moving, a was asked %s, want %s", got, want)
		}
		if len(b.asked) != 1 {
			t.Errorf("the closed pane was asked %d times", len(b.asked))
		}
		d.press("alt+1", "u")
		d.wantSees("1 b · x", "beta")
		if r := d.app.sess.Turns[0].Replies[1]; r.Text != "beta" {
			t.Errorf("the closed pane's reply is now %q", r.Text)
		}
		d.press("ctrl+w", "ctrl+w", "ctrl+w")
		d.wantSees("the last pane stays")
	})
}

// A pane that is closed while it answers is stopped; its text is kept and the turn ends.
func TestClosingAPaneStopsItsAnswer(t *testing.T) {
	long := says("x/a", strings.Repeat("word ", 1000), 10*time.Millisecond, 10*time.Millisecond)
	drive(t, 130, 30, Config{Panes: specs(long, says("x/b", "ok", 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.until(func() bool { return d.sees("word word") })
		d.press("alt+1", "ctrl+w")
		d.settle()
		r := d.app.sess.Turns[0].Replies[0]
		if r.Status != session.Cancelled || r.Text == "" || !d.app.turn.Ended() {
			t.Errorf("the closed pane's reply: %s %q", r.Status, r.Text)
		}
	})
	drive(t, 130, 30, Config{Panes: specs(long, says("x/b", "ok", 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter", "alt+1", "ctrl+w") // before the requests are out
		d.settle()
		if r := d.app.sess.Turns[0].Replies[0]; r.Status != session.Cancelled {
			t.Errorf("the reply of a pane that was closed early: %s", r.Status)
		}
	})
}

// The order of the panes is remembered with the session, and each goes on with its own conversation when it is opened
// again.
func TestTheOrderOfPanesIsRemembered(t *testing.T) {
	store, err := session.Open(context.Background(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	drive := func(a *app, keys ...string) {
		d := &driver{t: t, app: a}
		for _, k := range keys {
			_, cmd := a.Update(keyMsg(k))
			runAll(d.app, cmd, nil)
		}
	}
	a, b, c := says("x/a", "alpha", 0, 0), says("x/b", "beta", 0, 0), says("x/c", "gamma", 0, 0)
	first := newApp(context.Background(), Config{Panes: specs(a, b, c), Store: store})
	first.screen.width, first.screen.height = 150, 30
	first.prompt.set("one")
	drive(first, "enter", "alt+3", "<", "<", "alt+2", "ctrl+w")

	saved, err := store.Session(context.Background(), first.sess.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(providers.Refs(saved.Panes), " "); got != "x/c x/b" {
		t.Fatalf("the store has the panes %s, want x/c x/b", got)
	}
	second := newApp(context.Background(), Config{Panes: specs(c, b), Store: store, Session: saved})
	second.screen.width, second.screen.height = 150, 30
	second.prompt.set("two")
	drive(second, "enter")
	if got := c.asked[len(c.asked)-1].Messages[1].Content; got != "gamma" {
		t.Errorf("c goes on with %q", got)
	}
	if got := b.asked[len(b.asked)-1].Messages[1].Content; got != "beta" {
		t.Errorf("b goes on with %q", got)
	}
}

// Which pane is zoomed and whether all scroll together is remembered with the session too, also what was set before its
// first turn; and a session in which a model is missing keeps it in the store.
func TestZoomAndLockAreRemembered(t *testing.T) {
	store, err := session.Open(context.Background(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	models := []*script{says("x/a", "alpha", 0, 0), says("x/b", "beta", 0, 0), says("x/c", "gamma", 0, 0)}
	open := func(panes []registry.Spec, sess *session.Session) *app {
		a := newApp(context.Background(), Config{Panes: panes, Store: store, Session: sess})
		a.Update(tea.WindowSizeMsg{Width: 150, Height: 30})
		return a
	}
	press := func(a *app, keys ...string) {
		for _, k := range keys {
			_, cmd := a.Update(keyMsg(k))
			runAll(a, cmd, nil)
		}
	}
	saved := func(id string) *session.Session {
		s, err := store.Session(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := open(specs(models...), nil)
	press(first, "alt+2", "z", "i")
	first.prompt.set("one")
	press(first, "enter")
	id := first.sess.ID
	if got := saved(id).Layout; got != (session.Layout{Zoomed: 2}) {
		t.Fatalf("the store has %+v", got)
	}
	press(first, "alt+3", "L")
	if got := saved(id).Layout; got != (session.Layout{Zoomed: 3, Together: true}) {
		t.Fatalf("the store has %+v", got)
	}
	second := open(specs(models...), saved(id))
	if second.panes.current != 2 || !second.panes.zoomed || !second.panes.together || second.panes.open[2].Place().W != 150 {
		t.Errorf("pane %d, zoomed %v, together %v", second.panes.current+1, second.panes.zoomed, second.panes.together)
	}
	third := open(specs(models[:2]...), saved(id))
	if press(third, "tab"); third.panes.zoomed || !third.panes.together || saved(id).Layout != (session.Layout{Zoomed: 3, Together: true}) {
		t.Errorf("with a pane missing: zoomed %v, together %v, the store has %+v", third.panes.zoomed, third.panes.together, saved(id).Layout)
	}
	press(second, "alt+3", "z")
	if got := saved(id).Layout; got != (session.Layout{Together: true}) {
		t.Errorf("the store has %+v", got)
	}
}

func TestSlotsOf(t *testing.T) {
	reply := func(model string) *session.Reply { return &session.Reply{Model: model} }
	turn := func(replies ...*session.Reply) *session.Turn { return &session.Turn{Replies: replies} }
	for _, c := range []struct {
		name  string
		turns []*session.Turn
		panes string
		want  []int
	}{
		{"a new session", nil, "x/a x/b", []int{0, 1}},
		{"moved", []*session.Turn{turn(reply("x/a"), reply("x/b"))}, "x/b x/a", []int{1, 0}},
		{"the same model twice", []*session.Turn{turn(reply("x/a"), reply("x/a"))}, "x/a x/a", []int{0, 1}},
		{"one closed, one opened", []*session.Turn{turn(reply("x/a"), reply("x/b"), reply("x/c"))}, "x/c x/new", []int{2, 3}},
		{"a model that took the place of another", []*session.Turn{turn(reply("x/a"), reply("x/b")), turn(reply("x/new"))}, "x/new x/b", []int{0, 1}},
		{"a new one where the place is taken", []*session.Turn{turn(reply("x/a"), reply("x/b"))}, "x/b x/new x/a", []int{1, 2, 0}},
	} {
		var panes []*script
		for _, ref := range strings.Fields(c.panes) {
			panes = append(panes, says(ref, "", 0, 0))
		}
		if got := slotsOf(&session.Session{Turns: c.turns}, specs(panes...)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %s take the slots %v, want %v", c.name, c.panes, got, c.want)
		}
	}
}

func follows(p *pane.Pane) bool {
	_, _, stands := p.StandsAt()
	return !stands
}

func TestLockedPanesScrollTogether(t *testing.T) {
	drive(t, 100, 24, Config{Panes: specs(says("x/a", numbered(200), 0, 0), says("x/b", numbered(150), 0, 0))}, func(d *driver) {
		d.press("lit:go", "enter")
		d.settle()
		d.press("alt+1", "g", "L", "j", "j", "j", "j")
		for i, p := range d.app.panes.open {
			if _, line, ok := p.StandsAt(); line != 4 || !ok {
				t.Errorf("pane %d stands at line %d", i+1, line)
			}
		}
		d.press("G")
		if !follows(d.app.panes.open[1]) {
			t.Error("the other pane does not follow to the end")
		}
		d.press("L", "k")
		if !follows(d.app.panes.open[1]) || follows(d.app.panes.open[0]) {
			t.Error("freed panes still scroll together")
		}
	})
}

func TestTurnsAreReachedByKeys(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(says("x/a", numbered(40), 0, 0))}, func(d *driver) {
		for _, prompt := range []string{"first", "second", "third"} {
			d.press("lit:"+prompt, "enter")
			d.settle()
		}
		d.press("tab", "[")
		d.wantSees("› third")
		d.press("[")
		d.wantSees("› second")
		d.press("j", "[")
		d.wantSees("› second")
		d.press("]", "]")
		d.wantSees("line 39")
	})
}

// Two changes of a layout in a row are written by commands that run at the same time. Once the older one could
// be the last to be written.
func TestTheNewestLayoutIsTheOneThatStays(t *testing.T) {
	var w layoutWrites
	var written []string
	write := func(s string) func() error {
		return func() error { written = append(written, s); return nil }
	}
	first, other, second := w.next("a", write("a1")), w.next("b", write("b1")), w.next("a", write("a2"))
	for _, do := range []func() error{second, first, other} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(written, " "); got != "a2 b1" {
		t.Errorf("written: %s", got)
	}
}
