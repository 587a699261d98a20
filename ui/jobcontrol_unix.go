//go:build unix

package ui

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
)

// jobControl keeps the screen right when lineup is stopped and continued, by its own key or from
// outside. After a SIGSTOP the shell has the terminal in its own modes and writes on it; a SIGTSTP
// would stop lineup in the middle of its screen.
type jobControl struct {
	deaf atomic.Int64 // until when SIGCONT means nothing new, in ns since 1970
}

// echo is how long after a stop of lineup's own a SIGCONT still belongs to it: shells send several.
// Each one that counts takes the terminal away for a moment, in which Ctrl+C would end lineup.
const echo = 300 * time.Millisecond

// hush ignores SIGCONT up to a time.
func (j *jobControl) hush(until time.Time) { j.deaf.Store(until.UnixNano()) }

func newJobControl() *jobControl { return &jobControl{} }

// filter sees every message before Bubble Tea does. It stops lineup in its place: Bubble Tea sends
// SIGTSTP, which stops nothing once Go was asked to notify of it.
func (j *jobControl) filter(msg tea.Msg) tea.Msg {
	if _, ok := msg.(tea.SuspendMsg); ok {
		return release(func() error {
			j.hush(time.Now().Add(24 * 365 * time.Hour))
			again := make(chan os.Signal, 1) // kill may return before the stop takes effect
			signal.Notify(again, syscall.SIGCONT)
			defer signal.Stop(again)
			err := syscall.Kill(0, syscall.SIGSTOP)
			if err == nil {
				<-again
			}
			j.hush(time.Now().Add(echo))
			return err
		})
	}
	return msg
}

// watch handles the signals, once Bubble Tea has the screen, until ctx ends. It could not leave the
// screen before.
func (j *jobControl) watch(ctx context.Context, p *tea.Program, begun <-chan struct{}) {
	stop, cont := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTSTP)
	signal.Notify(cont, syscall.SIGCONT)
	defer signal.Stop(stop)
	defer signal.Stop(cont)
	select {
	case <-begun:
	case <-ctx.Done():
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-stop:
			p.Send(tea.SuspendMsg{})
		case <-cont:
			if now := time.Now(); now.UnixNano() > j.deaf.Load() {
				j.hush(now.Add(echo))
				p.Send(release(func() error { return nil }))
			}
		}
	}
}

// release is the message by which the terminal is left, do is called, and it is taken back.
func release(do func() error) tea.Msg {
	return lendMsg{do, func(error) tea.Msg { return continuedMsg{} }}
}

// canSuspend says why lineup cannot be suspended: there is no reason.
func canSuspend(*app) string { return "" }
