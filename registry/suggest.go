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
}

// listWithin is how long the provider's list may take. The user is waiting for an error message.
const listWithin = 2 * time.Second

// Unwrap returns the model itself.
func (m suggesting) Unwrap() providers.Model { return m.model }

func (m suggesting) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for ev, err := range m.model.Stream(ctx, req) {
			var e *providers.Error
			if errors.As(err, &e) && e.Kind == providers.NotFound {
				if names := m.nearest(ctx); len(names) > 0 {
					better := *e
					has := "the server has " + strings.Join(names, ", ")
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

func (m suggesting) nearest(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	list, err := m.provider.List(ctx)
	if err != nil {
		return nil // the first error says enough
	}
	var ids []string
	for _, l := range list {
		ids = append(ids, strings.TrimSuffix(l.ID, ":latest"))
	}
	if near := config.Nearest(m.name, ids); len(near) > 0 {
		return near
	}
	return ids[:min(4, len(ids))]
}
