package registry

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/providers/wire"
)

// suggesting adds models that the provider does have to the hint of a "not found" error: those with
// the nearest names, else the first few.
type suggesting struct {
	model    providers.Model
	provider *wire.Provider
	name     string
	account  string // "" where the provider has no key
}

// listWithin is how long the provider's list may take. The user is waiting for an error message.
const listWithin = 2 * time.Second

// Account is the provider, whose models have one key.
func (m suggesting) Account() string { return m.account }

// Unwrap returns the model itself.
func (m suggesting) Unwrap() providers.Model { return m.model }

func (m suggesting) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for ev, err := range m.model.Stream(ctx, req) {
			var e *providers.Error
			if errors.As(err, &e) && e.Kind == providers.NotFound {
				if has := m.has(ctx); has != "" {
					better := *e
					better.Hint = strings.TrimPrefix(e.Hint+"; "+has, "; ")
					err = &better
				}
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

// has says what the server has in the place of the model. A server may refuse what it lists itself:
// then another name would not help.
func (m suggesting) has(ctx context.Context) string {
	names, listed := m.nearest(ctx)
	switch {
	case listed:
		return "the server lists it all the same; perhaps this key may not use it, or nothing " +
			"serves it now"
	case len(names) > 0:
		return "the server has " + strings.Join(names, ", ")
	}
	return ""
}

// nearest names models in the server's list, and reports whether the requested one is among them.
func (m suggesting) nearest(ctx context.Context) (names []string, listed bool) {
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	list, err := m.provider.List(ctx)
	if err != nil {
		return nil, false // the first error says enough
	}
	var ids []string
	for _, l := range list {
		if providers.SameModel(l.ID, m.name) {
			return nil, true
		}
		ids = append(ids, strings.TrimSuffix(l.ID, ":latest"))
	}
	if near := config.Nearest(m.name, ids); len(near) > 0 {
		return near, false
	}
	return ids[:min(4, len(ids))], false
}

// Nearest lists the names that may be meant by another one, as the errors of references do.
func Nearest(name string, names []string) []string { return config.Nearest(name, names) }
