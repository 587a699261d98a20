package registry

import (
	"context"
	"iter"
	"log/slog"

	"lineup/providers"
)

// logged logs each attempt of a model, with its outcome and duration. The log never has prompts,
// answers or keys.
type logged struct {
	model providers.Model
	log   *slog.Logger
}

// unnamed is the key of a context whose requests the log does not name.
type unnamed struct{}

// Unnamed is a context for the requests of a blind session. The log tells neither their models nor
// how they went.
func Unnamed(ctx context.Context) context.Context {
	return context.WithValue(ctx, unnamed{}, true)
}

// Unwrap returns the model itself.
func (m logged) Unwrap() providers.Model { return m.model }

func (m logged) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	if ctx.Value(unnamed{}) != nil {
		m.log.Info("attempt in a blind session")
		return m.model.Stream(ctx, req)
	}
	return func(yield func(providers.Event, error) bool) {
		var start providers.Event
		for ev, err := range m.model.Stream(ctx, req) {
			switch ev.Type {
			case providers.EventAttemptStart:
				start = ev
				m.log.Info("attempt",
					"model", ev.Attempt.Ref.String(), "messages", len(req.Messages))
			case providers.EventConnected:
				if ev.Phases != nil {
					m.log.Info("connected", "after", ev.At.Sub(start.At),
						"reused", ev.Phases.Reused, "dns", ev.Phases.DNS, "connect",
						ev.Phases.Connect, "tls", ev.Phases.TLS)
				}
			case providers.EventAttemptEnd:
				m.end(start, ev)
			case providers.EventWait:
				m.log.Info("waiting before the next attempt", "wait", ev.Wait)
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

func (m logged) end(start, ev providers.Event) {
	args := []any{"after", ev.At.Sub(start.At), "status", ev.Status}
	if start.Attempt != nil {
		args = append(args, "model", start.Attempt.Ref.String())
	}
	if ev.Err != nil {
		m.log.Warn("failed", append(args, "kind", ev.Err.Kind)...)
		return
	}
	m.log.Info("done", args...)
}
