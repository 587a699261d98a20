package ui

import (
	"context"
	"errors"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Run shows the screen until the user leaves or ctx is done, and returns the session's id, "" where nothing was
// asked. Whatever was under way is cancelled and saved before it returns.
func Run(ctx context.Context, cfg Config) (sessionID string, err error) {
	// The requests live in a context of their own, so that they can be ended and saved after the screen is gone.
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	a := newApp(runCtx, cfg)
	a.metronome = &metronome{File: os.Stdout, period: time.Second / time.Duration(a.cfg.FPS)}
	_, err = tea.NewProgram(a, tea.WithContext(ctx), tea.WithOutput(a.metronome), tea.WithFPS(a.cfg.FPS)).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		err = nil // a signal: not a fault
	}
	err = errors.Join(err, a.close())
	if a.sess != nil {
		sessionID = a.sess.ID
	}
	return sessionID, err
}
