package ui

import (
	"context"
	"fmt"
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
	return []moment{
		{"ready", nil, 0, "ready"},
		{"queued", one(asLong(0, providers.EventQueued)), 2100 * ms, "queued behind another pane"},
		{"connecting", start[:1], 90 * ms, "connecting"},
		{"waiting", start, 800 * ms, "waiting for the first token"},
		{"silent", start, 9 * time.Second, "waiting, server silent"},
		{"alive", cat(start, one(asLong(900*ms, providers.EventAlive))), 9 * time.Second, "waiting, server alive"},
		{"loading", cat(start, one(asLong(900*ms, providers.EventLoading))), 9 * time.Second, "loading the model"},
		{"thinking", cat(start, one(asLong(400*ms, providers.EventReasoning, withText("The user wants… "+text)))), 900 * ms, "thinking"},
		{"streaming", cat(spoken), 1500 * ms, "streaming"},
		{"stalled", cat(spoken), 14 * time.Second, "stalled 12 s"},
		{"retrying", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(busy))), one(asLong(0, providers.EventWait, func(ev *providers.Event) { ev.Wait = 5 * time.Second }))), 2000 * ms, "HTTP 429, retry in 3.1s"},
		{"served", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(busy))), one(asLong(0, providers.EventAttemptStart, func(ev *providers.Event) { ev.Attempt = &other })), spoken[1:], end("stop", nil)), 3 * time.Second, "done, served by gate/backup"},
		{"done", cat(spoken, end("stop", nil)), 3 * time.Second, "done"},
		{"length", cat(spoken, end("length", nil)), 3 * time.Second, "cut at max_tokens"},
		{"truncated", cat(spoken, end("", kind(providers.Truncated, "the stream ended without a finish reason"))), 3 * time.Second, "truncated"},
		{"interrupted", cat(spoken, end("", kind(providers.ConnectionLost, "the connection broke in the middle of the answer"))), 3 * time.Second, "interrupted (connection lost)"},
		{"filtered", cat(spoken, end("content_filter", kind(providers.ContentFilter, "the provider's filter stopped the answer"))), 3 * time.Second, "filtered"},
		{"empty", cat(start, end("stop", kind(providers.Empty, "the server answered with nothing"))), 3 * time.Second, "no answer"},
		{"error", cat(start, one(asLong(100*ms, providers.EventAttemptEnd, failing(auth))), one(asLong(0, providers.EventEnd, failing(auth)))), 3 * time.Second, "failed (auth, HTTP 401)"},
		{"cancelled", cat(spoken, end("", kind(providers.Cancelled, "cancelled"))), 3 * time.Second, "cancelled"},
	}
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
		p, at := a.panes[i], t0
		for _, s := range m.events {
			at = at.Add(s.after)
		}
		from := t0.Add(ms[0].look - m.look) // so that each is seen at its own moment
		reply := session.NewReply(i, p.spec.Info, providers.Request{}, from)
		turn.Replies[i] = reply
		view := newTurnView(turn, reply)
		at = from
		for _, s := range m.events {
			at = at.Add(s.after)
			ev := s.event
			ev.At = at
			if ev.Attempt != nil && ev.Attempt.Ref.Model == "flash" {
				ev.Attempt = &p.spec.Info
			}
			view.apply(ev)
		}
		p.turns = append(p.turns, view)
	}
	a.sess = &session.Session{Title: prompt, Turns: []*session.Turn{turn}}
	a.now = func() time.Time { return t0.Add(ms[0].look) }
	a.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return a
}

// Every state at three sizes, in Latin and Korean text: alone in focus on the small screens, beside two others on the
// large one.
func TestStateFrames(t *testing.T) {
	for lang, text := range map[string]string{"latin": latin, "korean": korean} {
		prompt := map[string]string{"latin": "What is a token?", "korean": "토큰이 뭐예요?"}[lang]
		all := moments(text)
		for _, size := range [][2]int{{200, 60}, {80, 24}, {40, 12}} {
			var frames strings.Builder
			for _, m := range all {
				a := still(size[0], size[1], prompt, m, all[8], all[12])
				a.focus(0)
				a.Update(nil)
				d := &driver{t: t, app: a}
				d.checkFrame()
				fmt.Fprintf(&frames, "== %s\n%s\n", m.name, d.screen())
				if size[0] > 40 {
					d.wantSees(m.says)
				}
			}
			goldenText(t, fmt.Sprintf("%dx%d-states-%s", size[0], size[1], lang), frames.String())
		}
	}
}
