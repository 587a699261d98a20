package policy

import (
	"context"
	"iter"
	"time"

	"lineup/providers"
)

// loadingPoll is the pause between two requests to a loading server that names none itself.
const loadingPoll = 500 * time.Millisecond

// WithLoading asks again while the server is loading the model. llama.cpp says so with a 503 on
// every path. It stands inside the deadlines: the wait is a part of the attempt, and the
// first-token deadline ends it.
func WithLoading(m providers.Model) providers.Model { return loading{m} }

type loading struct{ model providers.Model }

func (m loading) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for {
			var busy *providers.Error
			for ev, err := range m.model.Stream(ctx, req) {
				if err != nil {
					if e := providers.AsError(err); e.Loading {
						busy = e
						break
					}
				}
				if !yield(ev, err) {
					return
				}
			}
			if busy == nil || !yield(providers.Event{Type: providers.EventLoading, At: time.Now()},
				nil) {
				return
			}
			wait := loadingPoll
			if busy.RetryAfter > 0 {
				wait = busy.RetryAfter
			}
			if err := pause(ctx, wait); err != nil {
				yield(providers.Event{At: time.Now()}, err)
				return
			}
		}
	}
}

// pause waits. Its error is that of a context which ended before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return providers.CauseOf(ctx)
	}
}
