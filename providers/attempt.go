package providers

import (
	"context"
	"iter"
	"time"
)

// withAttempt frames each stream of m with the events that make it one try in the record of a reply.
func withAttempt(m Model, info Info) Model { return attempt{m, info} }

type attempt struct {
	model Model
	info  Info
}

func (m attempt) Stream(ctx context.Context, req Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if !yield(Event{Type: EventAttemptStart, At: time.Now(), Attempt: &m.info}, nil) {
			return
		}
		end := Event{Type: EventAttemptEnd}
		for ev, err := range m.model.Stream(ctx, req) {
			if err != nil {
				end.Err = asError(err)
				if end.Err.Model == "" {
					end.Err.Model = m.info.Ref.String()
				}
				if end.Status == 0 { // an error inside a stream may tell a status of its own
					end.Status = end.Err.Status
				}
				break
			}
			if ev.Type == EventHeaders {
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
		yield(Event{At: end.At}, end.Err)
	}
}
