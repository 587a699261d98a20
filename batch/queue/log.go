package queue

import (
	"context"
	"log/slog"
)

// quiet is a log for River: what it calls information is detail to those who run a worker.
type quiet struct{ slog.Handler }

// Enabled leaves out all but warnings, unless details are wanted.
func (h quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level) ||
		h.Handler.Enabled(ctx, slog.LevelDebug)
}

// WithAttrs keeps the log quiet.
func (h quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the log quiet.
func (h quiet) WithGroup(name string) slog.Handler { return quiet{h.Handler.WithGroup(name)} }
