package providers

import (
	"context"
	"iter"
	"time"
)

// loadingPoll is how often a server that is loading its model is asked again, where it does not say itself.
const loadingPoll = 500 * time.Millisecond

// withLoading asks again while the server answers that it is loading the model, which llama.cpp does with a 503 on
// every path. It stands inside the deadlines: the wait is a part of the attempt, and the first-token deadline ends it.
func withLoading(m Model) Model { return loading{m} }

type loading struct{ model Model }

func (m loading) Stream(ctx context.Context, req Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			var busy *Error
			for ev, err := range m.model.Stream(ctx, req) {
				if err != nil {
					if e := asError(err); e.Loading {
						busy = e
						break
					}
				}
				if !yield(ev, err) {
					return
				}
			}
			if busy == nil || !yield(Event{Type: EventLoading, At: time.Now()}, nil) {
				return
			}
			wait := loadingPoll
			if busy.RetryAfter > 0 {
				wait = busy.RetryAfter
			}
			if err := pause(ctx, wait); err != nil {
				yield(Event{At: time.Now()}, err)
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
		return causeOf(ctx)
	}
}
