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
	"lineup/session"
)

// moment is one state of a pane: what has happened since the prompt was sent, and when it is looked at.
type moment struct {
	name   string
	events []scripted // after: since the event before
	look   time.Duration
	says   string // words that the pane must show
}

// asLong is an event some time after the one before it.
func asLong(d time.Duration, t providers.EventType, change ...func(*providers.Event)) scripted {
	ev := providers.Event{Type: t}
	for _, c := range change {
		c(&ev)
	}
	return scripted{after: d, event: ev}
}

func withText(s string) func(*providers.Event) { return func(ev *providers.Event) { ev.Text = s } }

func failing(e *providers.Error) func(*providers.Event) {
	return func(ev *providers.Event) { ev.Err, ev.Status = e, e.Status }
}

// moments are all states that a pane can be in, with a text in its language.
func moments(text string) []moment {
	const ms = time.Millisecond
	info := providers.Info{Ref: providers.Ref{Provider: "gate", Model: "flash"}}
	other := providers.Info{Ref: providers.Ref{Provider: "gate", Model: "backup"}}
	start := []scripted{asLong(0, providers.EventAttemptStart, func(ev *providers.Event) { ev.Attempt = &info }),
		asLong(20*ms, providers.EventConnected), asLong(0, providers.EventSent)}
	spoken := append(start[:3:3], asLong(400*ms, providers.EventText, withText(text[:len(text)/2/3*3])), asLong(900*ms, providers.EventText, withText(text[len(text)/2/3*3:])))
	usage := asLong(0, providers.EventUsage, func(ev *providers.Event) { ev.Usage = &providers.Usage{Input: 12, Output: 391} })
	end := func(reason string, e *providers.Error) []scripted {
		out := []scripted{usage}
		if reason != "" {
			out = append(out, asLong(0, providers.EventFinish, withText(reason)))
		}
		return append(out, asLong(0, providers.EventAttemptEnd, func(ev *providers.Event) { ev.Err = e }), asLong(0, providers.EventEnd, func(ev *providers.Event) { ev.Err = e }))
	}
	cat := func(parts ...[]scripted) []scripted {
		var out []scripted
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	one := func(s scripted) []scripted { return []scripted{s} }
	kind := func(k providers.Kind, message string) *providers.Error {
		return &providers.Error{Kind: k, Message: message}
	}
	busy := &providers.Error{Kind: providers.RateLimit, Status: 429, Message: "too many requests"}
	auth := &providers.Error{Kind: providers.Auth, Status: 401, Message: "Incorrect API key provided",
		Hint: "the key from GATE_KEY (20 characters, sk-ab…) was sent to https://gate.example/v1; check that both belong together"}
	down := &providers.Error{Kind: providers.Unreachable, Message: "nothing listens at 127.0.0.1:11434", Hint: "start the server: ollama serve"}
	return []moment{
		{"ready", nil, 0, "ready"},
		{"queued", one(asLong(0, providers.EventQueued)), 2100 * ms, "queued behind another pane, 2.1s"},
		{"connecting", start[:1], 90 * ms, "connecting"},
		{"waiting", start, 800 * ms, "waiting for the first token"},
		{"silent", start, 9 * time.Second, "waiting, server silent"},
		{"alive", cat(start, one(asLong(900*ms, providers.EventAlive))), 9 * time.Second, "waiting, server alive"},
		{"loading", cat(start, one(asLong(900*ms, providers.EventLoading))), 9 * time.Second, "loading the model"},
		{"thinking", cat(start, one(asLong(400*ms, providers.EventReasoning, withText("The user wants… "+text)))), 900 * ms, "thinking"},
		{"streaming", cat(spoken), 1500 * ms, "streaming"},
		{"stalled", cat(spoken), 14 * time.Second, "stalled 12s"},
		{"retrying", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(busy))), one(asLong(0, providers.EventWait, func(ev *providers.Event) { ev.Wait = 5 * time.Second }))), 2000 * ms, "HTTP 429, retry in 3.1s"},
		{"served", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(busy))), one(asLong(0, providers.EventAttemptStart, func(ev *providers.Event) { ev.Attempt = &other })), spoken[1:], end("stop", nil)), 3 * time.Second, "done, served by gate/backup"},
		{"serving", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(busy))), one(asLong(0, providers.EventAttemptStart, func(ev *providers.Event) { ev.Attempt = &other })), spoken[1:]), 1600 * ms, "streaming, served by gate/backup"},
		{"lost", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(kind(providers.ConnectionLost, "reset by the server")))), one(asLong(0, providers.EventWait, func(ev *providers.Event) { ev.Wait = 5 * time.Second }))), 2000 * ms, "connection lost, retry in 3.1s"},
		{"thought", cat(start, one(asLong(400*ms, providers.EventReasoning, withText("The user wants… "+text))), one(asLong(800*ms, providers.EventText, withText(text))), end("stop", nil)), 3 * time.Second, "TTFT 0.40s→1.2s"},
		{"unsaid", cat(start, one(asLong(400*ms, providers.EventReasoning, withText("The user wants… "+text))), one(asLong(800*ms, providers.EventReasoning, withText(text)))), 9 * time.Second, "stalled 7s"},
		{"done", cat(spoken, end("stop", nil)), 3 * time.Second, "done"},
		{"length", cat(spoken, end("length", nil)), 3 * time.Second, "cut at max_tokens"},
		{"truncated", cat(spoken, end("", kind(providers.Truncated, "the stream ended without a finish reason"))), 3 * time.Second, "truncated"},
		{"interrupted", cat(spoken, end("", kind(providers.ConnectionLost, "the connection broke in the middle of the answer"))), 3 * time.Second, "interrupted (connection lost)"},
		{"filtered", cat(spoken, end("content_filter", kind(providers.ContentFilter, "the provider's filter stopped the answer"))), 3 * time.Second, "filtered"},
		{"empty", cat(start, end("stop", kind(providers.Empty, "the server answered with nothing"))), 3 * time.Second, "no answer"},
		{"error", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(auth))), one(asLong(0, providers.EventEnd, failing(auth)))), 3 * time.Second, "failed (auth, HTTP 401)"},
		{"unreachable", cat(start[:1], one(asLong(100*ms, providers.EventAttemptEnd, failing(down))), one(asLong(0, providers.EventEnd, failing(down)))), 3 * time.Second, "failed (unreachable)"},
		{"unanswered", cat(start, end("", kind(providers.Cancelled, "cancelled"))), 3 * time.Second, "cancelled"},
		{"cancelled", cat(spoken, end("", kind(providers.Cancelled, "cancelled"))), 3 * time.Second, "cancelled"},
	}
}

// Fault: "done, served by gate/fl…" had neither the whole name nor the speed.
func TestFallbackIsNamedBesideTheSpeed(t *testing.T) {
	all := moments(latin)
	for width, want := range map[int]string{80: "done, served by backup ", 120: "done, served by gate/backup "} {
		d := &driver{t: t, app: still(width, 24, "hi", named(all, "served"), named(all, "served"))}
		screen := d.screen()
		if strings.Count(screen, want) != 2 || strings.Count(screen, "406 tok/s") != 2 || strings.Count(screen, "answer of gate/backup") != 2 {
			t.Errorf("%d columns want %q and the speed:\n%s", width, want, screen)
		}
	}
}

func named(all []moment, name string) moment {
	return all[slices.IndexFunc(all, func(m moment) bool { return m.name == name })]
}

// still is an app in which the panes are in given states.
func still(w, h int, prompt string, ms ...moment) *app {
	var models []*script
	for i := range ms {
		m := says(fmt.Sprintf("gate/%s", []string{"flash", "haiku", "한국어-모델", "llama3.1:8b"}[i%4]), "", 0, 0)
		m.info.Price = providers.Quote{Price: providers.Price{Input: 0.3, Output: 2.5}, Source: providers.CostConfig}
		models = append(models, m)
	}
	a := newApp(context.Background(), Config{Panes: specs(models...)})
	t0 := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	turn := &session.Turn{Prompt: prompt, Replies: make([]*session.Reply, len(ms))}
	look := time.Duration(0)
	for i, m := range ms {
		if look = max(look, m.look); len(m.events) == 0 {
			continue
		}
		p, at := a.panes.open[i], t0
		for _, s := range m.events {
			at = at.Add(s.after)
		}
		from := t0.Add(ms[0].look - m.look) // so that each is seen at its own moment
		reply := session.NewReply(i, p.Spec.Info, providers.Request{}, from)
		turn.Replies[i] = reply
		p.Add(turn, reply)
		view := p.ViewOf(reply)
		at = from
		for _, s := range m.events {
			at = at.Add(s.after)
			ev := s.event
			ev.At = at
			if ev.Attempt != nil && ev.Attempt.Ref.Model == "flash" {
				ev.Attempt = &p.Spec.Info
			}
			apply(view, ev)
		}
	}
	a.sess = &session.Session{Title: prompt, Turns: []*session.Turn{turn}}
	a.now = func() time.Time { return t0.Add(ms[0].look) }
	a.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return a
}

// Every state in Latin and Korean text, at three sizes and on the smallest screen: its pane alone. Each state has a file
// of its own. How panes stand beside each other is TestGridFrames' matter, and title, prompt and hints are others'.
func TestStateFrames(t *testing.T) {
	for lang, text := range map[string]string{"latin": latin, "korean": korean} {
		prompt := map[string]string{"latin": "What is a token?", "korean": "토큰이 뭐예요?"}[lang]
		for _, m := range moments(text) {
			var frames strings.Builder
			for _, size := range [][2]int{{120, 24}, {80, 24}, {40, 12}, {20, 6}} {
				a := still(size[0], size[1], prompt, m)
				a.focus(0)
				a.Update(nil)
				d := &driver{t: t, app: a}
				d.checkFrame()
				fmt.Fprintf(&frames, "== %d×%d\n%s\n", size[0], size[1], d.focusedPane())
				if size[0] > 40 {
					d.wantSees(m.says)
				}
			}
			goldenText(t, filepath.Join("states", lang, m.name), frames.String())
		}
	}
}

// A pane that hears nothing shows the time, also while another one streams: a countdown, how long it stalls or waits.
// Once only the panes that text came for were drawn, and those that waited stood still.
func TestClocksRunBesideAStream(t *testing.T) {
	talker := says("gate/flash", strings.Repeat("word ", 4000), 10*time.Millisecond, 5*time.Millisecond)
	mute := says("gate/haiku", "at last", 19*time.Second, 0)
	mute.events = append([]scripted{asLong(0, providers.EventConnected), asLong(0, providers.EventSent)}, mute.events...)
	drive(t, 120, 30, Config{Panes: specs(talker, mute)}, func(d *driver) {
		d.press("lit:go", "enter")
		began := time.Now()
		d.until(func() bool { return time.Since(began) > 8*time.Second })
		d.wantSees("● streaming", "waiting, server silent")
		d.until(func() bool { return time.Since(began) > 12*time.Second })
		if s := d.screen(); !strings.Contains(s, "TTFT …       12.") && !strings.Contains(s, "TTFT …       11.") {
			t.Errorf("12 seconds after the prompt a pane that waits shows another time:\n%s", s)
		}
	})
}
