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

// eventful is a saved session whose last turn shows every kind of span.
func eventful() *session.Session {
	num := func(v float64) *float64 { return &v }
	chunks := func(think, stream int) (out []session.Chunk) {
		if think > 0 {
			out = append(out, session.Chunk{At: time.Duration(think) * time.Millisecond, Len: 3, Reasoning: true})
		}
		return append(out, session.Chunk{At: time.Duration(stream) * time.Millisecond, Len: 3})
	}
	first := &session.Reply{Slot: 0, Model: "local/llama3.1:8b", ServedBy: "local/llama3.1:8b", Status: session.Done, Text: "hi",
		Metrics:  session.Metrics{TTFT: num(90), VisibleTTFT: num(90), Duration: num(140), FromEnter: num(160)},
		Attempts: []session.Attempt{{Ended: 150, Outcome: "done", Phases: &session.Phases{Connect: 15}}}, Chunks: chunks(0, 90)}
	llama := &session.Reply{Slot: 0, Model: "local/llama3.1:8b", ServedBy: "local/llama3.1:8b", Status: session.Done, Text: "loaded",
		Metrics: session.Metrics{TTFT: num(2300), VisibleTTFT: num(2300), Duration: num(4700), FromEnter: num(5510), Queue: 800,
			Load: num(1900), Server: map[string]float64{"load_ms": 1900}},
		Attempts: []session.Attempt{{Ended: 4700, Outcome: "done", Phases: &session.Phases{Reused: true}}}, Chunks: chunks(0, 2300)}
	flash := &session.Reply{Slot: 1, Model: "gate/한국어-모델", ServedBy: "gate/한국어-모델", Status: session.Length, Text: "thought", Reasoning: "hm",
		Metrics:  session.Metrics{TTFT: num(400), VisibleTTFT: num(1700), Duration: num(3100), FromEnter: num(3500)},
		Attempts: []session.Attempt{{Ended: 3495, Outcome: "length", Phases: &session.Phases{DNS: 80, Connect: 110, TLS: 200}}}, Chunks: chunks(400, 1700)}
	claude := &session.Reply{Slot: 2, Model: "gate/claude", ServedBy: "gate/claude", Status: session.Failed,
		Error:   &session.ErrorInfo{Kind: providers.RateLimit, Status: 429, Message: "slow down"},
		Metrics: session.Metrics{FromEnter: num(3270)},
		Attempts: []session.Attempt{{Ended: 250, Outcome: "rate_limit", Status: 429, Wait: 1000},
			{Started: 1250, Ended: 1500, Outcome: "rate_limit", Status: 429, Wait: 1500}, {Started: 3000, Ended: 3250, Outcome: "rate_limit", Status: 429}}}
	return &session.Session{ID: "s", Title: "t", Turns: []*session.Turn{
		{Prompt: "short", Replies: []*session.Reply{first}},
		{Prompt: "토큰화가 뭐예요? Explain it in three sentences.", Replies: []*session.Reply{llama, flash, claude}}}}
}

func eventfulPanes() []registry.Spec {
	return specs(says("local/llama3.1:8b", "", 0, 0), says("gate/한국어-모델", "", 0, 0), says("gate/claude", "", 0, 0))
}

func TestWaterfallFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {80, 24}, {40, 12}} {
		name := fmt.Sprintf("%dx%d-waterfall", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			drive(t, size[0], size[1], Config{Panes: eventfulPanes(), Session: eventful()}, func(d *driver) {
				d.press("tab", "w")
				d.golden(name)
				d.wantSees("✗", "█", "▓", "░")
				d.press("left")
				d.wantSees("turn 1 of 2")
				d.press("left")
				d.wantSees("turn 1 of 2")
				d.press("right")
				d.wantSees("turn 2 of 2")
				d.press("w")
				d.wantNot("Waterfall")
			})
		})
	}
}

// While a turn runs its bars grow with the clock of the screen; when it has ended, nothing moves any more.
func TestWaterfallIsLive(t *testing.T) {
	slow := says("x/slow", strings.Repeat("word ", 20), time.Second, 100*time.Millisecond)
	drive(t, 100, 30, Config{Panes: specs(slow)}, func(d *driver) {
		d.press("lit:go", "enter", "tab", "w")
		d.wantSees("Waterfall · turn 1 of 1 · go")
		d.until(func() bool { return d.sees("░") })
		d.until(func() bool { return d.sees("█") })
		d.settle()
		d.wantSees("wait 1.0s", "stream 1.9s", "✓ 2.9s")
	})
}

// A session without a turn has no waterfall, and says so.
func TestNoWaterfallWithoutATurn(t *testing.T) {
	drive(t, 80, 24, Config{Panes: specs(says("x/a", "hi", 0, 0))}, func(d *driver) {
		d.press("tab", "w")
		d.wantSees("nothing has been asked yet")
		d.wantNot("Waterfall")
	})
}
