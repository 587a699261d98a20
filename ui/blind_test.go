package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// backwards is a shuffle that turns the order round.
func backwards(n int, swap func(i, j int)) {
	for i := range n / 2 {
		swap(i, n-1-i)
	}
}

// blindPanes are three panes, of which the last one names itself.
func blindPanes() []registry.Spec {
	return []registry.Spec{counting("p/one").spec(), counting("p/two").spec(), says("q/claude-x", "I am Claude, by Anthropic.", 0, 0).spec()}
}

func (s *script) spec() registry.Spec { return specs(s)[0] }

// A blind session calls its panes by letters, in shuffled order; the order stays with it, and so do the votes and their marks.
func TestBlindSession(t *testing.T) {
	cfg := Config{Panes: blindPanes(), Blind: true, Shuffle: backwards}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:hi", "enter", "alt+1")
		screen := ansi.Strip(d.app.View().Content)
		for _, name := range []string{"/one", "two", "laude", "nthropic", "tok/s", "TTFT", "$"} {
			if strings.Contains(screen, name) {
				t.Errorf("a blind session shows %q:\n%s", name, screen)
			}
		}
		d.wantSees("┏ A ━", "─ B ─", "─ C ─", "I am ▒▒▒, by ▒▒▒.", "3 panes · blind")
		d.press("2")
		d.wantSees("voted: B is the best")
		d.press("0")
		d.wantSees("voted: none is good")
		d.press("U")
		d.wantSees("the vote before stands again: B is the best")
		sess := last(t, d.store)
		if got := sess.Panes[0].Ref.String(); !sess.Blind || sess.Revealed || got != "q/claude-x" {
			t.Errorf("kept blind %v, revealed %v, first pane %s", sess.Blind, sess.Revealed, got)
		}
		v := sess.Turns[0].Votes[0]
		if !v.Blind || !v.Named || v.Kind != session.VoteBest || v.Slots[v.Winners[0]] != 1 {
			t.Errorf("kept the vote %+v", v)
		}
		if got := sess.Turns[0].Reply(0).Text; got != "I am Claude, by Anthropic." {
			t.Errorf("the record has %q", got)
		}

		again := newApp(context.Background(), Config{Panes: []registry.Spec{cfg.Panes[2], cfg.Panes[1], cfg.Panes[0]}, Session: sess, Store: d.store})
		r := &realDriver{t: t, app: again, store: d.store}
		r.send(tea.WindowSizeMsg{Width: 110, Height: 30})
		r.wantSees("─▸A ─", "I am ▒▒▒, by ▒▒▒.")

		d.press("f4")
		d.wantSees("Who was who", "A  q/claude-x", "B  p/two", "named Claude, Anthropic, which was masked", "1 of 1 turn voted on")
		d.press("esc")
		d.wantSees("1 claude-x", "I am Claude", "longest 1")
		d.press("v")
		if sess = last(t, d.store); !sess.Revealed {
			t.Error("the reveal is not kept")
		}
		if v := sess.Turns[0].Votes[0]; v.Blind {
			t.Error("a vote after the reveal is kept as blind")
		}
		d.press("f4")
		d.wantSees("Who was who")
	})
}

// A pane that was closed in a blind session was missing in the next one, whose names could be shown: that told who it was.
func TestAClosedPaneIsNotMissingInTheNextSession(t *testing.T) {
	kept(t, Config{Panes: blindPanes(), Blind: true, Shuffle: backwards}, func(d *realDriver) {
		d.press("lit:hi", "enter", "alt+1", "ctrl+w")
		d.wantSees("A closed", "2 panes · blind")
		d.press("ctrl+n")
		d.wantSees("3 panes · blind")
		d.press("f4")
		d.wantSees("not blind", "one", "two", "claude-x")
	})
}

// So it did where the session had been opened again in between, without the pane.
func TestAPaneClosedBeforeIsNotMissingInTheNextSession(t *testing.T) {
	panes := blindPanes()
	shelf := shelf{"p/one": says("p/one", "", 0, 0), "p/two": says("p/two", "", 0, 0), "q/claude-x": says("q/claude-x", "", 0, 0)}
	cfg := Config{Panes: panes, Blind: true, Shuffle: backwards, Models: shelf}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:hi", "enter", "alt+1", "ctrl+w")
		cfg.Store, cfg.Session, cfg.Panes = d.store, last(t, d.store), []registry.Spec{panes[1], panes[0]}
		r := &realDriver{t: t, app: newApp(context.Background(), cfg), store: d.store}
		r.send(tea.WindowSizeMsg{Width: 110, Height: 30})
		r.wantSees("2 panes · blind")
		r.press("ctrl+n")
		r.wantSees("3 panes · blind")
		r.press("f4")
		r.wantSees("not blind", "one", "two", "claude-x")
	})
}

// Whether a prompt goes over the budget told the price of the pane that was closed before.
func TestAClosedPaneTellsNoPrice(t *testing.T) {
	limit := 0.05
	panes := specs(pricey("gate/dear"), says("gate/free", "It is blue.", 0, 0), says("gate/other", "It is red.", 0, 0))
	for closed := range panes {
		drive(t, 120, 24, Config{Panes: panes, Blind: true, Shuffle: backwards, Budget: session.Budget{Session: &limit}}, func(d *driver) {
			d.press("lit:why", "enter")
			d.settle()
			d.press(fmt.Sprintf("alt+%d", closed+1), "ctrl+w", "esc", "lit:why", "enter")
			d.wantSees("enter again sends it, over the budget")
		})
	}
}

// Before a reveal F4 asks once where votes are missing.
func TestRevealAsksForMissingVotes(t *testing.T) {
	kept(t, Config{Panes: blindPanes()}, func(d *realDriver) {
		d.press("f4")
		d.wantSees("blind: the next prompt goes out in shuffled order")
		d.press("f4")
		d.wantSees("not blind")
		d.press("f4", "lit:hi", "enter", "f4")
		d.wantSees("1 turn has no vote; f4 again reveals all the same")
		d.press("f4")
		d.wantSees("Who was who", "0 of 1 turn voted on")
	})
}

// No pane shows more characters than the slowest running one has, and no pane tells that it has ended before.
func TestBlindTextComesInStep(t *testing.T) {
	panes := func() []registry.Spec {
		return specs(says("p/fast", "aaaa bbbb cccc dddd", 10*time.Millisecond, 0),
			fails("p/dead", "", &providers.Error{Kind: providers.Overloaded, Message: "busy"}),
			says("p/slow", "1 2 3 4 5 6 7 8 9", time.Second, time.Second))
	}
	keep := func(_ int, _ func(i, j int)) {}
	drive(t, 120, 24, Config{Panes: panes(), Blind: true, Shuffle: keep}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.until(func() bool { return d.sees("1 2 3 4") && !d.sees("1 2 3 4 5") })
		d.wantNot("aaaa bbbb")
		d.wantSees("aaaa bb")
		d.wantNot("done")
		d.wantNot("no answer")
		d.settle()
		d.wantSees("aaaa bbbb cccc dddd", "no answer", "done")
		d.wantNot("busy")
		d.wantNot("overloaded")
	})
	drive(t, 120, 24, Config{Panes: panes(), Blind: true, LivePace: true, Shuffle: keep}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.until(func() bool { return d.sees("1 2 3 4") })
		d.wantSees("aaaa bbbb cccc dddd")
		d.settle()
	})
}

// A blind session before, at and after its end, in three sizes; one pane has failed, and one names itself.
func TestBlindFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}} {
		panes := specs(says("local/llama3.1:8b", "토큰은 글의 조각이다. A token is a piece of text.", 200*time.Millisecond, 20*time.Millisecond),
			fails("gate/flash", "", &providers.Error{Kind: providers.Overloaded, Status: 529, Message: "busy", Hint: "wait"}),
			says("gate/claude-x", "저는 클로드입니다. I am **Claude**, and a token is part of a word.", 100*time.Millisecond, 10*time.Millisecond),
			says("local/llama3.1:8b", "한 토큰은 서너 글자다. About four letters.", 300*time.Millisecond, 30*time.Millisecond))
		drive(t, size[0], size[1], Config{Panes: panes, Blind: true, Shuffle: backwards}, func(d *driver) {
			name := fmt.Sprintf("%dx%d-blind", size[0], size[1])
			d.golden(name + "-ready")
			d.press("lit:토큰이 뭐예요?", "enter")
			d.until(func() bool { return d.sees("About") })
			d.golden(name + "-streaming")
			d.settle()
			d.press("alt+2", "2")
			d.golden(name + "-voted")
			d.press("V")
			d.golden(name + "-ballot")
			d.press("esc", "f4")
			d.golden(name + "-revealed")
		})
	}
}

// A pane that somebody stopped went on as if nothing had happened where its answer had come already, and where it had said nothing. So
// Esc told who is fast. Now the pane stops at once, whatever its model has done, and shows no more than it did.
func TestStoppingABlindPaneTellsNothing(t *testing.T) {
	const text = "aaaa bbbb cccc dddd"
	keep := func(_ int, _ func(i, j int)) {}
	overloaded := &providers.Error{Kind: providers.Overloaded, Message: "busy"}
	called := says("p/called", text, 0, 0)
	called.events = append(called.events[:len(called.events)-1], scripted{0, providers.Event{Type: providers.EventCall, Text: "{}",
		Call: &providers.ToolCall{Name: "weather"}}, nil}, called.events[len(called.events)-1])
	for name, c := range map[string]struct {
		panes []*script // of which one is stopped: each must look the same
		keys  []string
		shown string // of the slow pane, when it is stopped
	}{
		"in mid-answer":   {[]*script{says("p/fast", text, 0, 0), says("p/steady", text, time.Second, 900*time.Millisecond), fails("p/cut", text, overloaded), called}, []string{"alt+1", "esc"}, "1 2 3 4"},
		"before the text": {[]*script{says("p/fast", text, 0, 0), says("p/late", text, 2*time.Second, 0), fails("p/dead", "", overloaded), called}, []string{"alt+1", "esc"}, "answering"},
		"all":             {[]*script{says("p/fast", text, 0, 0), says("p/steady", text, time.Second, 900*time.Millisecond), called}, []string{"esc", "esc"}, "1 2 3 4"},
		"closed":          {[]*script{says("p/fast", text, 0, 0), says("p/steady", text, time.Second, 900*time.Millisecond)}, []string{"alt+1", "ctrl+w", "ctrl+t"}, "1 2 3 4"},
	} {
		var first []string
		for _, stopped := range c.panes {
			panes := specs(stopped, says("p/slow", "1 2 3 4 5 6 7 8 9", time.Second, time.Second))
			var frames []string
			drive(t, 120, 24, Config{Panes: panes, Blind: true, Shuffle: keep}, func(d *driver) {
				d.press("lit:hi", "enter")
				begin := time.Now()
				d.until(func() bool { return d.sees(c.shown) && time.Since(begin) > time.Second/2 })
				d.press(c.keys...)
				frames = append(frames, ansi.Strip(d.app.View().Content))
				if name != "closed" {
					d.wantSees("■ stopped")
				}
				d.settle()
				d.wantNot("cccc")
				d.wantNot("weather")
				frames = append(frames, ansi.Strip(d.app.View().Content))
				if r := d.app.sess.Turns[0].Reply(0); stopped.info.Name == "fast" && (r.Status != session.Done || r.Text != text) {
					t.Errorf("%s: the record has %q, %s", name, r.Text, r.Status)
				}
				vote := d.app.sess.Turns[0].VoteFor(1)
				if stands := len(vote.Contenders) == 2; name == "before the text" && stands || name == "in mid-answer" && !(stands && vote.Partial) {
					t.Errorf("%s: the vote is %+v", name, vote)
				}
			})
			if first == nil {
				first = frames
			}
			for i := range frames {
				if frames[i] != first[i] {
					t.Errorf("%s: %s looks different\n%s\n%s", name, stopped.info.Name, first[i], frames[i])
				}
			}
		}
	}
}
