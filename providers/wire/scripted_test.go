package wire

import (
	"context"
	"iter"
	"time"

	"lineup/providers"
)

// modelFunc is a model that is a function.
type modelFunc func(ctx context.Context, yield func(providers.Event, error) bool)

func (f modelFunc) Stream(ctx context.Context, _ providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) { f(ctx, yield) }
}

// saysOK is a model that connects after a while and answers "ok".
func saysOK(wait time.Duration) modelFunc {
	return func(_ context.Context, yield func(providers.Event, error) bool) {
		time.Sleep(wait) // in the time of a synctest bubble
		for _, ev := range []providers.Event{{Type: providers.EventConnected, Phases: &providers.Phases{}},
			{Type: providers.EventText, Text: "ok"}, {Type: providers.EventFinish, Text: providers.FinishStop}} {
			if ev.At = time.Now(); !yield(ev, nil) {
				return
			}
		}
	}
}

// collect ranges over a stream to its end.
func collect(ctx context.Context, m providers.Model) (events []providers.Event, err error) {
	for ev, e := range m.Stream(ctx, providers.Request{}) {
		if e != nil {
			return events, e
		}
		events = append(events, ev)
	}
	return events, nil
}
