package policy

import (
	"context"
	"iter"
	"time"

	"lineup/providers"
)

// WithQueue lets at most cap(places) streams of one provider run at a time. Whoever has to wait
// says so with EventQueued.
func WithQueue(m providers.Model, places chan struct{}) providers.Model { return queued{m, places} }

type queued struct {
	model  providers.Model
	places chan struct{}
}

func (m queued) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		select {
		case m.places <- struct{}{}:
		default:
			if !yield(providers.Event{Type: providers.EventQueued, At: time.Now()}, nil) {
				return
			}
			select {
			case m.places <- struct{}{}:
			case <-ctx.Done():
				yield(providers.Event{At: time.Now()}, providers.CauseOf(ctx))
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
