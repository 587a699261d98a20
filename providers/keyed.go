package providers

import (
	"context"
	"iter"
	"time"
)

// withKey gets the provider's key before the clocks of an attempt start: a password manager may wait for its user
// longer than a server may take to answer.
func withKey(m Model, p *Provider, ref Ref) Model { return keyed{m, p, ref} }

type keyed struct {
	model    Model
	provider *Provider
	ref      Ref
}

func (m keyed) Stream(ctx context.Context, req Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if _, err := m.provider.cfg.Key.get(ctx); err != nil {
			e := m.provider.keyError(ctx, err)
			e.Model = m.ref.String()
			yield(Event{At: time.Now()}, e)
			return
		}
		for ev, err := range m.model.Stream(ctx, req) {
			if !yield(ev, err) {
				return
			}
		}
	}
}
