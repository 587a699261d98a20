package policy

import (
	"context"
	"iter"
	"sync"
	"time"

	"lineup/providers"
)

// defaultCooldown is how long a failed endpoint is left alone if it asks for no time itself.
const defaultCooldown = 5 * time.Second

// Cooldowns remember for how long fallback chains had better leave an endpoint alone, or one model
// of it.
type Cooldowns struct {
	mu    sync.Mutex
	until map[string]time.Time // by model; "" is the endpoint as a whole
}

// note takes the end of a stream into account; e is nil for a good one.
func (c *Cooldowns) note(model string, e *providers.Error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e == nil {
		delete(c.until, model)
		delete(c.until, "")
		return
	}
	switch e.Kind {
	case providers.Unreachable, providers.TimeoutConnect: // whatever model is asked for
		model = ""
	case providers.RateLimit, providers.Overloaded, providers.ServerError, providers.ConnectionLost,
		providers.TimeoutHeaders, providers.TimeoutFirstToken, providers.Quota:
	default:
		return
	}
	wait := e.RetryAfter
	if wait == 0 {
		wait = defaultCooldown
	}
	if c.until == nil {
		c.until = map[string]time.Time{}
	}
	c.until[model] = time.Now().Add(wait)
}

// left tells for how long a model is to be left alone.
func (c *Cooldowns) left(model string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(0, time.Until(c.until[model]), time.Until(c.until[""]))
}

// WithCooldown keeps the record of how a model's streams end. It delays and skips nothing itself:
// that is for a fallback chain, which has something else to offer.
func WithCooldown(m providers.Model, c *Cooldowns, model string) providers.Model {
	return cooled{m, c, model}
}

type cooled struct {
	model providers.Model
	all   *Cooldowns
	name  string
}

// cooling is a model that knows for how long it had better be left alone.
type cooling interface{ cooling() time.Duration }

func (m cooled) cooling() time.Duration { return m.all.left(m.name) }

// coolingOf asks a model, or the one that it wraps, for how long it had better be left alone.
func coolingOf(m providers.Model) time.Duration {
	for m != nil {
		if c, ok := m.(cooling); ok {
			return c.cooling()
		}
		w, ok := m.(providers.Wrapper)
		if !ok {
			break
		}
		m = w.Unwrap()
	}
	return 0
}

func (m cooled) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for ev, err := range m.model.Stream(ctx, req) {
			if err != nil {
				m.all.note(m.name, providers.AsError(err))
			} else if ev.Type == providers.EventFinish {
				m.all.note(m.name, nil)
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
