package ui

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
)

// lendMsg asks for the terminal: Bubble Tea leaves it, do runs, and Bubble Tea takes the terminal
// back with all its modes.
type lendMsg struct {
	do   func() error
	then tea.ExecCallback // gets the error of do
}

// lender gives the terminal away for a while, to an editor or to the shell, and takes no key of
// theirs.
type lender struct {
	ctx  context.Context // of the screen
	keys *gate
	away atomic.Bool   // Bubble Tea does not have the terminal
	kept chan struct{} // closed when the screen ended while it was away
}

func newLender(ctx context.Context, keys *gate) *lender {
	return &lender{ctx: ctx, keys: keys, kept: make(chan struct{})}
}

// filter turns a lendMsg into Bubble Tea's own message. The gate closes before Bubble Tea begins to
// leave: it waits half a second for its reader, and then goes on in spite of it.
func (l *lender) filter(msg tea.Msg) tea.Msg {
	m, ok := msg.(lendMsg)
	if !ok {
		return msg
	}
	l.keys.shut()
	return tea.Exec(loan{l, m.do}, func(err error) tea.Msg {
		l.keys.open() // Bubble Tea may have failed before the loan began
		return m.then(err)
	})()
}

// loan is what is done while Bubble Tea does not have the terminal.
type loan struct {
	*lender
	do func() error
}

// settle is how long the renderer of before needs to end. It stops the ticker last, and would stop
// that of the new one (Bubble Tea 2.1.1, startRenderer).
const settle = 50 * time.Millisecond

// Run does not return once the screen has ended: Bubble Tea would take the terminal back only to
// leave it again.
func (l loan) Run() error {
	l.away.Store(true)
	time.Sleep(settle)
	err := l.do()
	if l.ctx.Err() != nil {
		close(l.kept)
		select {}
	}
	l.away.Store(false)
	l.keys.open()
	return err
}

func (loan) SetStdin(io.Reader)  {}
func (loan) SetStdout(io.Writer) {}
func (loan) SetStderr(io.Writer) {}
