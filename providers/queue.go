package providers

import (
	"context"
	"iter"
	"time"
)

// withQueue lets at most cap(places) streams of one provider run at a time. Whoever has to wait says so with
// EventQueued.
func withQueue(m Model, places chan struct{}) Model { return queued{m, places} }

type queued struct {
	model  Model
	places chan struct{}
}

func (m queued) Stream(ctx context.Context, req Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		select {
		case m.places <- struct{}{}:
		default:
			if !yield(Event{Type: EventQueued, At: time.Now()}, nil) {
				return
			}
			select {
			case m.places <- struct{}{}:
			case <-ctx.Done():
				yield(Event{At: time.Now()}, causeOf(ctx))
				return
			}
		}
		defer func() { <-m.places }()
		for ev, err := range m.model.Stream(ctx, req) {
			if !yield(ev, err) {
				return
			}
		}
	}
}
