//go:build unix

package ui

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
)

// jobControl keeps the screen right when lineup is stopped and continued from outside. Bubble Tea
// cares for its own Ctrl+Z alone. After a SIGSTOP the shell has the terminal in its own modes and
// writes on it; a SIGTSTP would stop lineup in the middle of its screen.
type jobControl struct {
	own  atomic.Bool    // Bubble Tea suspends, and restores the screen itself
	stop chan os.Signal // gets SIGTSTP
}

func newJobControl() *jobControl { return &jobControl{stop: make(chan os.Signal, 1)} }

// filter sees every message before Bubble Tea does. To suspend, Bubble Tea leaves the screen and sends
// SIGTSTP.
func (j *jobControl) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case tea.SuspendMsg:
		j.own.Store(true)
	case tea.ResumeMsg:
		j.own.Store(false)
	}
	return msg
}

// watch handles the signals until ctx ends.
func (j *jobControl) watch(ctx context.Context, p *tea.Program) {
	cont := make(chan os.Signal, 1)
	signal.Notify(j.stop, syscall.SIGTSTP)
	signal.Notify(cont, syscall.SIGCONT)
	defer signal.Stop(j.stop)
	defer signal.Stop(cont)
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.stop:
			if j.own.Load() {
				// A Go program that has once caught SIGTSTP is stopped by it no more, not even after
				// signal.Stop.
				_ = syscall.Kill(syscall.Getpid(), syscall.SIGSTOP) // which cannot fail for oneself
				continue
			}
			p.Send(tea.SuspendMsg{})
		case <-cont:
			if !j.own.Load() {
				p.Send(tea.Exec(nothing{}, func(error) tea.Msg { return continuedMsg{} })())
			}
		}
	}
}

// nothing is a command that does nothing for a moment. Bubble Tea gives the terminal to it and takes
// it back, with all modes.
type nothing struct{}

// settle is how long the renderer of before needs to end. It stops the ticker last, and would stop
// that of the new one (Bubble Tea 2.1.1, startRenderer).
const settle = 50 * time.Millisecond

func (nothing) Run() error {
	time.Sleep(settle)
	return nil
}

func (nothing) SetStdin(io.Reader)  {}
func (nothing) SetStdout(io.Writer) {}
func (nothing) SetStderr(io.Writer) {}
