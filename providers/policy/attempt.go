package policy

import (
	"context"
	"iter"
	"time"

	"lineup/providers"
)

// WithAttempt frames each stream of m with the events that make it one try in the record of a
// reply.
func WithAttempt(m providers.Model, info providers.Info) providers.Model { return attempt{m, info} }

type attempt struct {
	model providers.Model
	info  providers.Info
}

func (m attempt) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		if !yield(providers.Event{Type: providers.EventAttemptStart, At: time.Now(),
			Attempt: &m.info}, nil) {
			return
		}
		end := providers.Event{Type: providers.EventAttemptEnd}
		for ev, err := range m.model.Stream(ctx, req) {
			if err != nil {
				end.Err = providers.AsError(err)
				if end.Err.Model == "" {
					end.Err.Model = m.info.Ref.String()
				}
				if end.Status == 0 { // an error inside a stream may tell a status of its own
					end.Status = end.Err.Status
				}
				break
			}
			if ev.Type == providers.EventHeaders {
				end.Status = ev.Status
			}
			end.At = ev.At
			if !yield(ev, nil) {
				return
			}
		}
		if end.Err != nil || end.At.IsZero() {
			end.At = time.Now()
		}
		if !yield(end, nil) || end.Err == nil {
			return
		}
		yield(providers.Event{At: end.At}, end.Err)
	}
}
