package wire

import (
	"context"
	"iter"
	"time"

	"lineup/providers"
)

// withKey gets the provider's key before the clocks of an attempt start: a password manager may
// wait for its user longer than a server may take to answer.
func withKey(m providers.Model, p *Provider, ref providers.Ref) providers.Model {
	return keyed{m, p, ref}
}

type keyed struct {
	model    providers.Model
	provider *Provider
	ref      providers.Ref
}

func (m keyed) Stream(ctx context.Context,
	req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield consumer) {
		if _, err := m.provider.cfg.Key.get(ctx); err != nil {
			e := m.provider.keyError(ctx, err)
			e.Model = m.ref.String()
			yield(providers.Event{At: time.Now()}, e)
			return
		}
		for ev, err := range m.model.Stream(ctx, req) {
			if !yield(ev, err) {
				return
			}
		}
	}
}
