package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
)

// raced is a turn of replies given as status, TTFT, time, USD (negative: unknown) and tokens.
func raced(rows ...[5]any) *session.Turn {
	t := &session.Turn{}
	for i, row := range rows {
		ttft, time, usd := row[1].(float64), row[2].(float64), row[3].(float64)
		r := &session.Reply{Slot: i, Model: "x/" + string(rune('a'+i)), ServedBy: "x/" + string(rune('a'+i)), Status: row[0].(session.Status)}
		r.Metrics.TTFT, r.Metrics.Duration = &ttft, &time
		if usd >= 0 {
			r.Cost.USD = &usd
		}
		r.Usage.Output, r.Usage.Source = row[4].(int), session.Reported
		t.Replies = append(t.Replies, r)
	}
	return t
}

// A model whose fallback answered after two failed attempts was called the fastest: the time that they
// took was left out.
func TestFailedAttemptsCountInTheVerdict(t *testing.T) {
	turn := raced([5]any{session.Done, 63.0, 100.0, 0.002, 10}, [5]any{session.Done, 400.0, 900.0, 0.001, 20})
	turn.Replies[0].Attempts = []session.Attempt{{Model: "x/down"}, {Model: "x/down", Started: 700}, {Model: "x/a", Started: 1700}}
	var got []string
	for _, c := range verdictOf(turn).crowns {
		got = append(got, fmt.Sprintf("%s %d %s", c.title, c.slot, c.value))
	}
	want := "first 1 0.40s, fastest 1 0.90s, "
	if s := strings.Join(got, ", "); !strings.HasPrefix(s, want) {
		t.Errorf("the verdict is %q, want %q", s, want)
	}
	turn.Replies[1].Metrics.Duration = new(float64)
	*turn.Replies[1].Metrics.Duration = 2500
	if c := verdictOf(turn).crowns[1]; c.slot != 0 || c.value != "1.8s" {
		t.Errorf("the fastest is %d with %s, want the time from the first attempt", c.slot, c.value)
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name string
		turn *session.Turn
		want string // title, slot and value of each crown
	}{
		{"each wins something", raced([5]any{session.Done, 400.0, 900.0, 0.002, 10}, [5]any{session.Done, 300.0, 1900.0, 0.001, 20}),
			"first 1 0.30s, fastest 0 0.90s, cheapest 1 $0.0010, longest 1 20 tok"},
		{"cut at max_tokens is an answer", raced([5]any{session.Length, 400.0, 900.0, 0.002, 10}, [5]any{session.Done, 300.0, 1900.0, 0.001, 20}),
			"first 1 0.30s, fastest 0 0.90s, cheapest 1 $0.0010, longest 1 20 tok"},
		{"what was lost or stopped does not compete", raced([5]any{session.Interrupted, 1.0, 2.0, 0.0, 99}, [5]any{session.Cancelled, 1.0, 2.0, 0.0, 99},
			[5]any{session.Done, 400.0, 900.0, 0.002, 10}, [5]any{session.Done, 300.0, 1900.0, 0.001, 20}),
			"first 3 0.30s, fastest 2 0.90s, cheapest 3 $0.0010, longest 3 20 tok"},
		{"one answer has nobody to beat", raced([5]any{session.Done, 400.0, 900.0, 0.002, 10}, [5]any{session.Truncated, 300.0, 1900.0, 0.001, 20}), ""},
		{"ties", raced([5]any{session.Done, 400.0, 900.0, 0.002, 10}, [5]any{session.Done, 400.0, 900.0, 0.002, 10}), ""},
		{"what looks alike is a tie", raced([5]any{session.Done, 400.0, 900.0, 0.002, 10}, [5]any{session.Done, 401.0, 901.0, 0.00201, 11}), "longest 1 11 tok"},
		{"an unknown cost may be the least", raced([5]any{session.Done, 400.0, 900.0, -1.0, 10}, [5]any{session.Done, 400.0, 900.0, 0.001, 10}), ""},
	} {
		var got []string
		for _, cr := range verdictOf(c.turn).crowns {
			got = append(got, cr.title+" "+string(rune('0'+cr.slot))+" "+cr.value)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	turn := raced([5]any{session.Done, 400.0, 900.0, -1.0, 10}, [5]any{session.Done, 300.0, 800.0, -1.0, 9})
	turn.Replies[0].Simulated, turn.Replies[1].Usage.Source = true, session.Estimated
	if v := verdictOf(turn); v.simulated != 1 || v.answers != 2 || v.crowns[2].value != "10 tok" {
		t.Errorf("%+v", v)
	}
}

// The line is never cut in the middle of a word: names get shorter, then names and values go, then whole parts.
func TestVerdictLineFits(t *testing.T) {
	a := newApp(t.Context(), Config{Panes: specs(says("gate/a-model-with-a-very-long-name-2025", "", 0, 0), says("gate/flash", "", 0, 0))})
	turn := raced([5]any{session.Done, 400.0, 900.0, 0.002, 10}, [5]any{session.Done, 300.0, 1900.0, 0.001, 20})
	for i, r := range turn.Replies {
		r.ServedBy = a.panes.open[i].Spec.Info.Ref.String()
	}
	a.verdict = verdictOf(turn)
	words := strings.Fields("first fastest cheapest longest 1 2 · tok 10 20 0.30s 0.90s $0.0010 flash partly simulated: sim:")
	for simulated, says := range []string{"", "partly sim", "sim"} {
		a.verdict.simulated = simulated
		for width := 10; width <= 200; width++ {
			line := ansi.Strip(a.verdict.line(a, width))
			if ansi.StringWidth(line) > width {
				t.Fatalf("%d cells: %q", width, line)
			}
			for _, word := range strings.Fields(line) {
				if !strings.Contains(strings.Join(words, " "), word) && !strings.HasPrefix("a-model-with-a-very-long-name-2025", strings.TrimSuffix(word, "…")) {
					t.Errorf("%d cells: %q in %q", width, word, line)
				}
			}
			if line != "" && !strings.HasPrefix(line, says) && !strings.HasPrefix(line, "sim: ") {
				t.Errorf("%d cells: %q does not say that it is simulated", width, line)
			}
		}
	}
	a.verdict.simulated = 0
	a.panes.close(a.panes.open[1])
	if got := ansi.Strip(a.verdict.line(a, 120)); got != "fastest 1 a-model-with-a-very-lon… 0.90s" {
		t.Errorf("with a closed pane: %q", got)
	}
	a.panes.reopen()
	for width, want := range map[int]string{
		120: "first 2 flash 0.30s · fastest 1 a-model-with-a-very-lon… 0.90s · cheapest 2 flash $0.0010 · longest 2 flash 20 tok",
		79:  "first 2 0.30s · fastest 1 0.90s · cheapest 2 $0.0010 · longest 2 20 tok",
		50:  "first 2 · fastest 1 · cheapest 2 · longest 2",
		39:  "first 2 · fastest 1 · cheapest 2",
	} {
		if got := ansi.Strip(a.verdict.line(a, width)); got != want {
			t.Errorf("%d cells: %q, want %q", width, got, want)
		}
	}
}

// A session of local models without a cost once summed up to $0, as if they were known to be free.
func TestNoSumOfUnknownCosts(t *testing.T) {
	a := newApp(t.Context(), Config{Panes: specs(says("gate/a", "", 0, 0), says("gate/b", "", 0, 0))})
	turn := raced([5]any{session.Done, 400.0, 900.0, -1.0, 10}, [5]any{session.Done, 300.0, 1900.0, -1.0, 20})
	a.sess = &session.Session{Turns: []*session.Turn{turn}}
	if got := a.panes.costOf(a.sess); got != " · $? this session" {
		t.Errorf("gateways: %q", got)
	}
	for _, r := range turn.All() {
		r.Cost.Own = true
	}
	if got := a.panes.costOf(a.sess); got != "" {
		t.Errorf("one's own machines: %q", got)
	}
}

// What simulated replies cost was once added to real money; and a fork asked its turns once more.
func TestSumsHoldOnlyWhatWasPaid(t *testing.T) {
	a := newApp(t.Context(), Config{Panes: specs(says("gate/a", "", 0, 0), says("gate/b", "", 0, 0))})
	turn := raced([5]any{session.Done, 400.0, 900.0, 0.25, 10}, [5]any{session.Done, 300.0, 1900.0, 0.5, 20})
	a.sess = &session.Session{Turns: []*session.Turn{turn}}
	for _, r := range turn.Replies {
		r.Simulated = true
	}
	if got := a.panes.costOf(a.sess); got != " · $0.750 (simulated) this session" {
		t.Errorf("all simulated: %q", got)
	}
	turn.Replies[0].Simulated = false
	if got := a.panes.costOf(a.sess); got != " · $0.250 this session" {
		t.Errorf("one of them real: %q", got)
	}
	turn.Replies[1].Simulated = false
	a.sess = a.sess.Fork(1)
	if got := a.panes.costOf(a.sess); got != "" {
		t.Errorf("a fork in which nothing was asked yet: %q", got)
	}
	a.panes.open[0].ToggleDetail()
	if got, want := a.sumsLine(), "all panes: $0.750 this turn, $0 this session, $0 today"; got != want {
		t.Errorf("in a fork: %q, want %q", got, want)
	}
}

// A session that was opened, or that the program began with, had neither bars nor the line that says who was fastest, although a replay of it had both.
func TestAReopenedSessionIsCompared(t *testing.T) {
	cfg := Config{Panes: specs(says("local/llama", "", 0, 0), says("gate/flash", "", 0, 0), says("gate/opus", "", 0, 0))}
	drive(t, 200, 60, cfg, func(d *driver) {
		s := recordedSession()
		s.Turns = s.Turns[:1]
		d.app.openSession(s)
		d.send(tea.WindowSizeMsg{Width: 200, Height: 61})
		d.settle()
		d.wantSees("fastest", "★")
	})
	cfg.Session = recordedSession()
	cfg.Session.Turns = cfg.Session.Turns[:1]
	drive(t, 200, 60, cfg, func(d *driver) { d.wantSees("fastest", "★") })
	t.Run("not while it runs", func(t *testing.T) {
		s := recordedSession()
		last := s.Turns[len(s.Turns)-1]
		last.Replies[0].Status = session.Streaming
		if v := lastVerdict(s); v.answers != 0 {
			t.Errorf("a turn that is not over has a verdict: %+v", v)
		}
	})
}
