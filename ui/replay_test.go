package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lineup/providers"
	"lineup/session"
)

// recordedSession is a conversation of two turns: three panes were asked first, two of them again.
func recordedSession() *session.Session {
	sent := time.Date(2026, 11, 23, 13, 4, 12, 0, time.UTC)
	reply := func(slot int, ref string, sent time.Time, steps ...providers.Event) *session.Reply {
		r, err := providers.ParseRef(ref)
		if err != nil {
			panic(err)
		}
		info := providers.Info{Ref: r, Name: r.Model, Price: providers.Quote{Price: providers.Price{Input: 1, Output: 10}, Source: providers.CostConfig}}
		out := session.NewReply(slot, info, providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "p"}}}, sent)
		out.Apply(providers.Event{Type: providers.EventAttemptStart, At: sent, Attempt: &info})
		for _, ev := range steps {
			out.Apply(ev)
		}
		last := steps[len(steps)-1]
		out.Apply(providers.Event{Type: providers.EventAttemptEnd, At: last.At, Err: last.Err})
		out.Apply(providers.Event{Type: providers.EventEnd, At: last.At, Err: last.Err})
		return out
	}
	say := func(sent time.Time, first, gap time.Duration, text string) (events []providers.Event) {
		at := sent.Add(first)
		for _, word := range strings.SplitAfter(text, " ") {
			events = append(events, providers.Event{Type: providers.EventText, At: at, Text: word})
			at = at.Add(gap)
		}
		events = append(events, providers.Event{Type: providers.EventUsage, At: at, Usage: &providers.Usage{Input: 12, Output: 40}},
			providers.Event{Type: providers.EventFinish, At: at, Text: "stop"})
		return events
	}
	later := sent.Add(time.Minute)
	failed := providers.Event{At: sent.Add(700 * time.Millisecond), Err: &providers.Error{Kind: providers.RateLimit, Status: 429, Message: "slow down"}}
	return &session.Session{ID: "20261123-130412-aaz0v", Title: "Tokens", CreatedAt: sent, UpdatedAt: later, Panes: providers.Bare("local/llama", "gate/flash", "gate/opus"),
		Turns: []*session.Turn{
			{ID: "t1", Prompt: "What is a token?", CreatedAt: sent, Replies: []*session.Reply{
				reply(0, "local/llama", sent, say(sent, 420*time.Millisecond, 100*time.Millisecond, "alpha one two three four end")...),
				reply(1, "gate/flash", sent, say(sent, 2*time.Second, time.Second, "beta one two three end")...),
				reply(2, "gate/opus", sent, failed)}},
			{ID: "t2", Prompt: "And a byte?", CreatedAt: later, Replies: []*session.Reply{
				reply(0, "local/llama", later, say(later, 300*time.Millisecond, 10*time.Millisecond, "eight bits")...),
				reply(1, "gate/flash", later, say(later, 300*time.Millisecond, 10*time.Millisecond, "an octet")...)}},
		}}
}

// play presses keys of the player: < and > stand for the arrows.
func (d *driver) play(keys string) {
	d.t.Helper()
	for _, r := range keys {
		k := tea.KeyPressMsg{Code: r, Text: string(r)}
		switch r {
		case '<':
			k = tea.KeyPressMsg{Code: tea.KeyLeft}
		case '>':
			k = tea.KeyPressMsg{Code: tea.KeyRight}
		case '\t':
			k = tea.KeyPressMsg{Code: tea.KeyTab}
		}
		d.send(k)
	}
}

// elapsed is how much time passes while a test does something.
func elapsed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

// TestReplayPlaysAtRecordedTiming shows the words when they came, the recorded numbers at the end, and that it is a replay,
// at half of the time where the speed is two.
func TestReplayPlaysAtRecordedTiming(t *testing.T) {
	for _, speed := range []float64{1, 2} {
		drive(t, 150, 24, Config{Replay: &Replay{Session: recordedSession(), Speed: speed}}, func(d *driver) {
			d.send(playMsg{})
			d.wantSees("REPLAY of 20261123-130412-aaz0v", "1 llama · replay, local", "2 flash · replay", "3 opus · replay", "turn 1 of 2", "What is a token?")
			d.wantNot("alpha")
			took := elapsed(func() { d.until(func() bool { return d.sees("alpha") }) })
			if want := time.Duration(420 / speed * float64(time.Millisecond)); took < want || took > want+150*time.Millisecond {
				t.Errorf("the first word came after %s, want %s", took, want)
			}
			d.until(func() bool { return d.sees("slow down") })
			d.until(func() bool { return d.sees("beta") })
			d.wantNot("beta one two three")
			took += elapsed(func() { d.until(func() bool { return d.app.turn.Ended() }) })
			d.wantSees("TTFT 0.42s", "TTFT 2.0s", "0.92s", "6.0s", "40 tok", "fastest", "■ replay  turn 1 of 2  7.0s / 7.0s")
			for i, r := range d.app.turn.Record.Replies {
				want := d.app.replay.saved.Turns[0].Replies[i]
				if r.Metrics.Duration != nil && *r.Metrics.Duration != *want.Metrics.Duration || r.Cost.USD != nil && *r.Cost.USD != *want.Cost.USD || r.Text != want.Text {
					t.Errorf("pane %d: %+v, want %+v", i, r, want)
				}
			}
			d.until(func() bool { return d.sees("turn 2 of 2") })
			d.until(func() bool { return d.sees("an octet") })
			d.settle()
			d.wantSees("■ replay  turn 2 of 2", "eight bits", "turn 2 · 3 models")
			if len(d.app.sess.Turns) != 2 {
				t.Errorf("%d turns", len(d.app.sess.Turns))
			}
		})
	}
}

func TestReplayKeys(t *testing.T) {
	drive(t, 150, 24, Config{Replay: &Replay{Session: recordedSession()}}, func(d *driver) {
		d.send(playMsg{})
		d.until(func() bool { return d.sees("alpha one") })
		d.play(" ")
		d.wantSees("‖ replay")
		before, _, _ := d.app.replay.player.state()
		time.Sleep(time.Hour)
		if at, _, _ := d.app.replay.player.state(); at != before {
			t.Errorf("the clock went on from %s to %s", before, at)
		}
		d.play(" ++")
		d.wantSees("▶ replay", "4× ")
		d.play("-")
		d.wantSees("2× ")

		d.play(">")
		d.wantSees("turn 2 of 2", "And a byte?")
		d.until(func() bool { return d.sees("eight") })
		d.play("<") // not two seconds in: the turn before
		d.wantSees("turn 1 of 2")
		d.wantNot("eight")
		d.until(func() bool { return d.sees("beta one") })
		d.play("<") // well in: its beginning
		d.wantSees("turn 1 of 2")
		d.wantNot("alpha")

		// What would ask or change something does nothing.
		d.press("lit:abc", "enter", "ctrl+n", "ctrl+r", "tab", "c", "ctrl+w")
		if len(d.app.panes.open) != 3 || d.app.sess == nil || d.sees("abc") {
			t.Errorf("the replay was changed:\n%s", d.screen())
		}
		d.press("z")
		if !d.app.panes.zoomed {
			t.Error("a pane cannot be zoomed")
		}
		d.press("q")
		d.until(func() bool { return d.quit })
	})
}

// TestReplayBeginsAtATurn shows what came before as it ended.
func TestReplayBeginsAtATurn(t *testing.T) {
	drive(t, 150, 40, Config{Replay: &Replay{Session: recordedSession(), Turn: 2}}, func(d *driver) {
		d.send(playMsg{})
		d.wantSees("turn 2 of 2", "alpha one two three four end", "And a byte?")
		d.settle()
		d.wantSees("an octet")
	})
	for _, s := range []*session.Session{{ID: "x"}, {ID: "x", Turns: []*session.Turn{{Prompt: "nobody was asked"}}}} {
		drive(t, 80, 24, Config{Replay: &Replay{Session: s, Turn: 9}}, func(d *driver) {
			d.send(playMsg{})
			d.play(" <>\tzdy")
			d.settle()
			d.wantSees("replay")
		})
	}
}

// TestReplayIsMarked at every size: in each pane's title, above the panes where there is room, and in the prompt's place.
func TestReplayIsMarked(t *testing.T) {
	for _, size := range []struct {
		w, h  int
		marks []string
	}{
		{120, 24, []string{"1 llama · replay, local", "2 flash · replay, gate", "3 opus · replay, gate", "REPLAY of 20261123-130412-aaz0v", "‖ replay  turn 1 of 2  2.0s / 7.0s  1× ━", "─ │\n", "space pause · ← → turn"}},
		{40, 12, []string{"1 llama · replay, local", "REPLAY, nothing is asked or saved", "‖ replay  turn 1 of 2", "space pause"}},
		{39, 12, []string{"‖ replay  turn 1 of 2  2.0s / 7.0s  1×"}},
		{34, 12, []string{"‖ replay  1 of 2  2.0s / 7.0s  1×"}},
		{20, 6, []string{"repl", "‖ replay"}},
	} {
		drive(t, size.w, size.h, Config{Replay: &Replay{Session: recordedSession()}}, func(d *driver) {
			d.send(playMsg{})
			d.until(func() bool { return d.app.turn.Replies[1].Metrics.TTFT != nil })
			d.play(" ")
			d.wantSees(size.marks...)
		})
	}
}

// TestASessionFromElsewhere: where none of its models can be opened, other models go on with what they said.
func TestASessionFromElsewhere(t *testing.T) {
	s := recordedSession()
	m := says("x/mine", "mine", time.Millisecond, time.Millisecond)
	drive(t, 100, 24, Config{Panes: specs(m), Session: s}, func(d *driver) {
		d.wantSees("1 mine · x", "eight bits")
		d.press("lit:go on", "enter")
		d.settle()
		if h := m.asked[0].Messages; len(h) != 5 || h[1].Content != "alpha one two three four end" {
			t.Errorf("the history is %v", h)
		}
	})
}
