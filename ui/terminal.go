package ui

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"lineup/ui/redraw"
)

// terminal is Bubble Tea's output. Bubble Tea keeps its modes; the Painter shows the frames.
type terminal struct {
	*os.File
	*redraw.Painter
	owed *owed
	left func() // called when Bubble Tea has left the screen
}

func (t *terminal) WriteString(s string) (int, error) { return t.Write([]byte(s)) }

func (t *terminal) Write(p []byte) (int, error) {
	leaves := bytes.Contains(p, []byte(ansi.ResetModeAltScreenSaveCursor))
	out := p
	if !leaves && asks(p) {
		out = append(bytes.Clone(p), statusQuestion...)
		t.owed.ask(time.Now())
	}
	n, err := t.Painter.Write(out)
	if leaves && err == nil {
		t.left()
	}
	return min(n, len(p)), err
}

// patient waits for a terminal that is slow. Programs that share it, such as an editor that was
// killed, may have left it in the mode in which a write fails instead (O_NONBLOCK).
type patient struct{ *os.File }

func (p patient) Write(b []byte) (n int, err error) {
	for {
		m, err := p.File.Write(b[n:])
		if n += m; !errors.Is(err, syscall.EAGAIN) {
			return n, err
		}
		if err := block(p.File); err != nil {
			return n, err
		}
	}
}

// What goes with the alternate screen and Bubble Tea does not know: the window title of before is
// kept on xterm's stack (XTWINOPS 22 and 23), and the terminal tells when its colours change (mode
// 2031) and is asked whether they are dark or light now (DSR 996), which some answer that do not
// tell their ground: https://contour-terminal.org/vt-extensions/color-palette-update-notifications/
// The cursor blinks as a block; afterwards it has the shape again that the user chose (DECSCUSR 0).
const (
	onEntering = "\x1b[22;2t\x1b[?2031h\x1b[?996n" + "\x1b[1 q"
	onLeaving  = "\x1b[?2031l\x1b[23;2t" + "\x1b[0 q"
)

// newTerminal makes one that calls asked once Bubble Tea has asked its questions, left when it has
// left the screen, and failed when nobody takes its output any more.
func newTerminal(out *os.File, rate int, owed *owed, asked, left, failed func()) *terminal {
	size := func() (width, height int) {
		width, height, err := term.GetSize(out.Fd())
		if err != nil { // it is gone
			return 0, 0
		}
		return cells(width, "COLUMNS", 80), cells(height, "LINES", 24)
	}
	painter := redraw.New(redraw.Terminal{Out: patient{out}, Size: size,
		Period: framePeriod(rate), Entering: onEntering, Leaving: onLeaving, Failed: failed,
		Asked: asked},
		lipgloss.Writer.Profile)
	return &terminal{out, painter, owed, left}
}

// cells is how wide or high a terminal is. A serial line does not know its own; Bubble Tea then
// takes the same from the environment, or the usual.
func cells(told int, variable string, usual int) int {
	if told > 0 {
		return told
	}
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return usual
}

// framePeriod is the least time between two frames. Frames of answers come at the rate; one that a
// key changes need not wait as long.
func framePeriod(rate int) time.Duration { return time.Second / time.Duration(rate) / 2 }

// nothing is the content of the view that Bubble Tea draws. An empty string has no size, and it
// would erase the screen at each tick.
const nothing = " "

// paint gives the frame of a view to the Painter. What is left is for Bubble Tea.
func paint(on *redraw.Painter, v tea.View) tea.View {
	f := redraw.Frame{Content: v.Content}
	if c := v.Cursor; c != nil {
		f.Cursor, f.X, f.Y = true, c.X, c.Y
	}
	on.Show(f)
	v.Content, v.Cursor = nothing, nil
	return v
}

// learn takes what the terminal says of itself.
func learn(on *redraw.Painter, msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeSynchronizedOutput {
			on.Synchronized(msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet)
		}
	case tea.ColorProfileMsg:
		on.Profile(msg.Profile)
	case tea.CursorPositionMsg:
		on.CursorAt(msg.X, msg.Y)
	}
}
