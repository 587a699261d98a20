//go:build unix

package cli_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// patience is how long a test waits for what must come. It is a limit for what hangs, not a promise of speed: a
// busy machine may take many times what a quiet one does.
const patience = 30 * time.Second

// terminal is the built program in a pseudo-terminal, and an emulator that shows what a person would see there. It
// answers the questions that the program asks a terminal: background colour, device attributes, and the modes 2026
// and 2027, both of which it knows.
type terminal struct {
	tb    testing.TB
	cmd   *exec.Cmd
	pty   *os.File    // our end
	fresh *term.State // the settings before the program came

	mu       sync.Mutex
	emulator *vt.Emulator
	modes    map[ansi.Mode]bool            // that the program has set and not reset
	began    time.Time                     // when the program was started
	lit      time.Time                     // when the first text stood on the alternate screen
	resized  bool                          // since it was opened
	written  int64                         // bytes by the program
	observe  func(time.Time, *vt.Emulator) // see watch

	stalled chan struct{} // closed when nobody reads any more, see stall
	changed chan struct{} // receives when the screen is another one; holds one
	ended   chan struct{} // closed when the process has ended and all its output is on the screen
}

// open starts the program in a terminal of w×h cells.
func (l lineup) open(tb testing.TB, w, h int, args ...string) *terminal {
	tb.Helper()
	return l.start(tb, w, h, true, args...)
}

// openMute starts the program in a terminal that never answers a question, as some do.
func (l lineup) openMute(tb testing.TB, w, h int, args ...string) *terminal {
	tb.Helper()
	return l.start(tb, w, h, false, args...)
}

func (l lineup) start(tb testing.TB, w, h int, answering bool, args ...string) *terminal {
	tb.Helper()
	ours, theirs, err := pty.Open()
	if err != nil {
		tb.Fatal(err)
	}
	defer theirs.Close() // the program has it then
	t := &terminal{tb: tb, pty: ours, emulator: vt.NewEmulator(w, h), modes: map[ansi.Mode]bool{},
		stalled: make(chan struct{}), changed: make(chan struct{}, 1), ended: make(chan struct{})}
	t.setSize(w, h)
	if t.fresh, err = term.GetState(ours.Fd()); err != nil {
		tb.Fatal(err)
	}
	t.emulator.SetScrollbackSize(1) // nobody scrolls back
	t.emulator.SetCallbacks(vt.Callbacks{
		EnableMode:  func(m ansi.Mode) { t.modes[m] = true },
		DisableMode: func(m ansi.Mode) { delete(t.modes, m) },
	})
	t.answerModeQuestions()

	t.cmd = l.command(args...)
	t.cmd.Stdin, t.cmd.Stdout, t.cmd.Stderr = theirs, theirs, theirs
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: !l.loose}
	t.began = time.Now()
	if err := t.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	answers := make(chan struct{})
	go func() {
		defer close(answers)
		t.answer(answering)
	}()
	go func() {
		defer close(t.ended)
		t.read()
		t.cmd.Wait()
	}()
	tb.Cleanup(func() {
		t.cmd.Process.Kill()
		<-t.ended
		t.pty.Close()
		t.emulator.InputPipe().(io.Closer).Close()
		<-answers
	})
	return t
}

// plain runs a command to its end in a terminal that is only read, and gives what it wrote and its exit code.
func (l lineup) plain(tb testing.TB, args ...string) (string, int) {
	tb.Helper()
	ours, theirs, err := pty.Open()
	if err != nil {
		tb.Fatal(err)
	}
	defer ours.Close()
	cmd := l.command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		tb.Fatal(err)
	}
	out, _ := io.ReadAll(ours) // ends with an error of the system when the other end is closed
	cmd.Wait()
	return string(out), cmd.ProcessState.ExitCode()
}

// answer sends the emulator's answers to the program, or swallows them, until the terminal is closed.
func (t *terminal) answer(aloud bool) {
	buf := make([]byte, 4096)
	for {
		n, err := t.emulator.Read(buf)
		if err != nil {
			return
		}
		if aloud {
			t.pty.Write(buf[:n]) // a program that is gone needs no answer
		}
	}
}

// answerModeQuestions says that the modes 2026 (synchronised output) and 2027 (graphemes) are known.
func (t *terminal) answerModeQuestions() {
	t.emulator.RegisterCsiHandler(ansi.Command('?', '$', 'p'), func(params ansi.Params) bool {
		n, _, _ := params.Param(0, 0)
		mode := ansi.DECMode(n)
		if mode != ansi.ModeSynchronizedOutput && mode != ansi.ModeUnicodeCore {
			return false
		}
		setting := ansi.ModeReset
		if t.modes[mode] {
			setting = ansi.ModeSet
		}
		io.WriteString(t.emulator.InputPipe(), ansi.ReportMode(mode, setting))
		return true
	})
}

// read feeds the emulator until the program's end of the terminal is closed.
func (t *terminal) read() {
	buf := make([]byte, 64<<10)
	for {
		select {
		case <-t.stalled:
			return
		default:
		}
		n, err := t.pty.Read(buf)
		t.take(time.Now(), buf[:n])
		if err != nil {
			return
		}
	}
}

// take shows a piece of output. A person sees it at once, unless it lies between the marks of a synchronised update:
// then all of it at the end mark.
func (t *terminal) take(now time.Time, piece []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.show(piece)
	t.written += int64(len(piece))
	if t.lit.IsZero() && t.emulator.IsAltScreen() && screenOf(t.emulator).String() != "" {
		t.lit = now
	}
	if t.updating() || len(piece) == 0 {
		return
	}
	if t.observe != nil {
		t.observe(now, t.emulator)
	}
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// show gives a piece to the emulator. It keeps the scroll region of a frame for the old size when it is made smaller, and
// the scrolling that follows in that frame reaches beyond its rows and panics (x/vt v0.1.0, Screen.ScrollUp). A terminal
// does not end by that, so the test goes on, says what happened, and judges the frames that follow.
func (t *terminal) show(piece []byte) {
	defer func() {
		switch fault := recover(); {
		case fault == nil:
		case !t.resized:
			panic(fault)
		default:
			fmt.Fprintln(os.Stderr, "the emulator, behind a resize:", fault)
		}
	}()
	t.emulator.Write(piece)
}

// updating reports whether a synchronised update has begun and not ended; t.mu is held.
func (t *terminal) updating() bool { return t.modes[ansi.ModeSynchronizedOutput] }

// watch has f called for each new screen, with the time at which its last byte came; nil ends it.
func (t *terminal) watch(f func(time.Time, *vt.Emulator)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.observe = f
}

// bytes is how much the program has written.
func (t *terminal) bytes() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.written
}
