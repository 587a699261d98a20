package ui

import (
	"context"
	"errors"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"lineup/providers"
)

// How long leaving may take, two seconds in all: for the screen to end, for leaving it in spite of
// Bubble Tea, for the requests to end, and for the last words to be written down.
const (
	endScreenWithin  = 500 * time.Millisecond
	leaveWithin      = 100 * time.Millisecond
	endRequestWithin = 500 * time.Millisecond
	saveWithin       = 900 * time.Millisecond
)

// ticks is how often a second Bubble Tea looks whether terminal modes are to change. Each look
// costs CPU while the screen is idle. Frames come at a rate of their own.
const ticks = 25

// ErrGone says that the terminal is there no more, or takes no more output; nobody will read a
// word.
var ErrGone = errors.New("the terminal is gone")

// SaveError says what could not be saved when the screen had ended.
type SaveError struct{ Err error }

func (e *SaveError) Error() string { return "not saved: " + e.Err.Error() }
func (e *SaveError) Unwrap() error { return e.Err }

// Run shows the screen until the user leaves or ctx is done, and returns the session's id, "" where
// nothing was asked. Whatever was under way is cancelled and saved before it returns. Its error is
// ctx's where that ended it, ErrGone, a *providers.Panic for a fault of lineup's own, or a
// *SaveError; it may be two of them joined.
func Run(ctx context.Context, cfg Config) (sessionID string, err error) {
	// The requests live in a context of their own, so that they can be ended and saved after the
	// screen is gone.
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	g := &guard{app: newApp(runCtx, cfg)}
	if cfg.Tour {
		g.tour = newTour(g.app)
	}
	g.app.outside.native = systemClipboard(os.Getenv)
	if costsEsc(os.Getenv) {
		g.app.outside.mouse.released = true
	}
	g.app.theme.hint(os.Getenv("COLORFGBG"))
	go ansi.StringWidthWc("│") // makes tables that the first frame would wait for
	err = errors.Join(g.run(ctx), g.close())
	if s := g.app.sess; s != nil {
		sessionID = s.ID
	}
	return sessionID, err
}

// run is Bubble Tea's part of Run. A terminal that takes no output holds the renderer, and with it
// all of Bubble Tea, for ever; then it is left behind.
func (g *guard) run(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx) // signals end ctx, and so does a terminal that is gone
	defer end(nil)
	gone := func() { end(ErrGone) }
	keys := newKeyboard(os.Stdin, gone)
	keys.gate.shut() // a key could begin what the answers to Bubble Tea's questions would break
	begun := make(chan struct{})
	asked := func() { keys.gate.open(); close(begun) }
	listen := func() { keys.listen(ctx) }
	out := newTerminal(os.Stdout, g.app.pace.most, &keys.join.owed, asked, listen, gone)
	g.app.pace.painter = out.Painter
	before, _ := term.GetState(os.Stdin.Fd())
	jobs, loans := newJobControl(), newLender(ctx, keys.gate)
	filter := func(_ tea.Model, msg tea.Msg) tea.Msg { return loans.filter(jobs.filter(msg)) }
	p := tea.NewProgram(g, tea.WithContext(ctx), tea.WithFilter(filter),
		tea.WithoutSignalHandler(), tea.WithFPS(ticks),
		tea.WithInput(keys), tea.WithOutput(out),
		// Lip Gloss has looked at the same terminal; it costs 6 ms, and within tmux a process.
		tea.WithColorProfile(lipgloss.Writer.Profile))
	go jobs.watch(ctx, p, begun)
	ended := make(chan error, 1)
	go func() {
		defer providers.Catch("Bubble Tea", func(p *providers.Panic) { ended <- p })
		_, err := p.Run()
		ended <- err
	}()
	bye := func(err error) error {
		out.Leave(leaveWithin) // Bubble Tea may have been ended before its first frame
		return g.why(ctx, err)
	}
	select {
	case err := <-ended:
		return bye(err)
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return bye(err)
	case <-loans.kept:
		return context.Cause(ctx)
	case <-time.After(endScreenWithin):
	}
	if loans.away.Load() { // an editor has it
		return context.Cause(ctx)
	}
	// Bubble Tea waits half a second for its reader where a key came just before the terminal is
	// lent.
	keys.over.Store(true)
	left := out.Leave(leaveWithin)
	if before != nil {
		// the settings at least; there is nobody to tell if it fails
		_ = term.Restore(os.Stdin.Fd(), before)
	}
	if left {
		return context.Cause(ctx)
	}
	return errors.Join(context.Cause(ctx), ErrGone)
}

// why says why the screen ended.
func (g *guard) why(ctx context.Context, err error) error {
	var thrown *providers.Panic
	switch {
	case g.fault != nil:
		return g.fault
	case errors.As(err, &thrown):
		return thrown
	case errors.Is(err, tea.ErrProgramPanic): // which Bubble Tea has printed
		return &providers.Panic{In: "Bubble Tea", Value: err}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return err
}

// close ends and saves what is under way. An app that Bubble Tea still holds in the middle of an
// Update is left alone: its text was saved up to a quarter of a second ago.
func (g *guard) close() (err error) {
	if !g.mu.TryLock() {
		return nil
	}
	defer g.mu.Unlock()
	defer providers.Catch("saving the session", func(p *providers.Panic) { err = p })
	if err := g.app.close(); err != nil {
		return &SaveError{err}
	}
	return nil
}
