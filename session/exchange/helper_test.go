package exchange

import (
	"context"
	_ "embed"
	"path/filepath"
	"testing"
	"time"

	"lineup/providers"
	"lineup/session"
)

//go:embed testdata/everything.json
var everythingJSON string

// everything is a session with a value in each field that a session can have.
func everything(t testing.TB) *session.Session {
	t.Helper()
	return one(t, everythingJSON)
}

func newStore(t testing.TB) *session.Store {
	t.Helper()
	s, err := session.Open(context.Background(), filepath.Join(t.TempDir(), "lineup.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// enter is when the user sends the prompt; at is so many milliseconds later.
func enter() time.Time { return time.Date(2026, 11, 23, 13, 4, 12, 0, time.UTC) }

func at(ms float64) time.Time { return enter().Add(time.Duration(ms * float64(time.Millisecond))) }

func model(ref string) providers.Info {
	r, err := providers.ParseRef(ref)
	if err != nil {
		panic(err)
	}
	price := providers.Quote{Price: providers.Price{Input: 1, Output: 10}, Source: providers.CostConfig} // USD per million
	return providers.Info{Ref: r, Name: r.Model, Price: price}
}

// asked is a reply that is about to be asked.
func asked(slot int, ref string) *session.Reply {
	return session.NewReply(slot, model(ref), providers.Request{System: "Be brief.",
		Messages: []providers.Message{{Role: providers.User, Content: "What is a token?"}}}, enter())
}

func apply(r *session.Reply, events ...providers.Event) *session.Reply {
	for _, ev := range events {
		r.Apply(ev)
	}
	return r
}

// running is a reply that has said something and goes on.
func running(slot int, ref, text string) *session.Reply {
	i := model(ref)
	return apply(asked(slot, ref), providers.Event{Type: providers.EventAttemptStart, At: at(0), Attempt: &i},
		providers.Event{Type: providers.EventText, At: at(100), Text: text})
}

// answered is a reply that has ended with a text.
func answered(slot int, ref, text string) *session.Reply {
	return apply(running(slot, ref, text), providers.Event{Type: providers.EventUsage, Usage: &providers.Usage{Input: 10, Output: 20}},
		providers.Event{Type: providers.EventFinish, At: at(900), Text: "stop"},
		providers.Event{Type: providers.EventAttemptEnd, At: at(900), Status: 200}, providers.Event{Type: providers.EventEnd, At: at(900)})
}

// broken is a reply that ended with an error.
func broken(slot int, ref string, e *providers.Error) *session.Reply {
	i := model(ref)
	return apply(asked(slot, ref), providers.Event{Type: providers.EventAttemptStart, At: at(0), Attempt: &i},
		providers.Event{Type: providers.EventAttemptEnd, At: at(80), Status: e.Status, Err: e}, providers.Event{Type: providers.EventEnd, At: at(80), Err: e})
}
