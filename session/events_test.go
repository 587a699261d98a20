package session

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"lineup/providers"
)

// enter is when the user sends the prompt; at is so many milliseconds later.
func enter() time.Time { return time.Date(2026, 11, 23, 13, 4, 12, 0, time.UTC) }

func at(ms float64) time.Time { return enter().Add(time.Duration(ms * float64(time.Millisecond))) }

func info(ref string, price providers.Quote) providers.Info {
	r, err := providers.ParseRef(ref)
	if err != nil {
		panic(err)
	}
	return providers.Info{Ref: r, Name: r.Model, Price: price}
}

// priced is USD 1 for a million input tokens and USD 10 for a million output tokens.
func priced() providers.Quote {
	return providers.Quote{Price: providers.Price{Input: 1, Output: 10}, Source: providers.CostConfig}
}

func ask() providers.Request {
	return providers.Request{System: "Be brief.", Messages: []providers.Message{{Role: providers.User, Content: "What is a token?"}}}
}

func newReply(i providers.Info) *Reply { return NewReply(0, i, ask(), enter()) }

func apply(r *Reply, events ...providers.Event) *Reply {
	for _, ev := range events {
		r.Apply(ev)
	}
	return r
}

func start(ms float64, i providers.Info) providers.Event {
	return providers.Event{Type: providers.EventAttemptStart, At: at(ms), Attempt: &i}
}

func text(ms float64, s string) providers.Event {
	return providers.Event{Type: providers.EventText, At: at(ms), Text: s}
}

func thought(ms float64, s string) providers.Event {
	return providers.Event{Type: providers.EventReasoning, At: at(ms), Text: s}
}

func usage(u providers.Usage) providers.Event {
	return providers.Event{Type: providers.EventUsage, Usage: &u}
}

func finish(ms float64, reason string) providers.Event {
	return providers.Event{Type: providers.EventFinish, At: at(ms), Text: reason}
}

// end gives the two events that close a slot.
func end(ms float64, e *providers.Error) []providers.Event {
	ev := providers.Event{Type: providers.EventAttemptEnd, At: at(ms), Err: e, Status: 200}
	if e != nil {
		ev.Status = e.Status
	}
	return []providers.Event{ev, {Type: providers.EventEnd, At: at(ms), Err: e}}
}

func near(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is unknown, want %v", what, want)
	} else if math.Abs(*got-want) > 1e-6*math.Max(1, want) {
		t.Errorf("%s = %v, want %v", what, *got, want)
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
