//go:build unix

package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

// Keys, as a terminal sends them.
const (
	enter = "\r"
	esc   = "\x1b"
	ctrlC = "\x03"
)

// press sends keys.
func (t *terminal) press(keys string) {
	t.tb.Helper()
	if _, err := io.WriteString(t.pty, keys); err != nil {
		t.tb.Fatalf("typing %q: %v\n%s", keys, err, t.screen())
	}
}

// ask types a prompt, sees it in the box, and sends it.
func (t *terminal) ask(prompt string) {
	t.tb.Helper()
	t.press(prompt)
	t.shows(prompt)
	t.press(enter)
}

// resize changes the size of the terminal; the kernel tells the program.
func (t *terminal) resize(w, h int) {
	t.tb.Helper()
	t.mu.Lock()
	t.emulator.Resize(w, h)
	t.resized = true
	t.mu.Unlock()
	t.setSize(w, h)
}

func (t *terminal) setSize(w, h int) {
	t.tb.Helper()
	if err := pty.Setsize(t.pty, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		t.tb.Fatal(err)
	}
}

// screen is what stands on the screen now.
func (t *terminal) screen() screen {
	t.mu.Lock()
	defer t.mu.Unlock()
	return screenOf(t.emulator)
}

// whole is the screen, or false in the middle of a synchronised update.
func (t *terminal) whole() (screen, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return screenOf(t.emulator), !t.updating()
}

// until waits for a screen.
func (t *terminal) until(what string, seen func(screen) bool) screen {
	t.tb.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		s, whole := t.whole()
		if whole && seen(s) {
			return s
		}
		select {
		case <-t.changed:
		case <-t.ended:
			if s := t.screen(); seen(s) {
				return s
			}
			t.tb.Fatalf("the program left before the screen showed %s:\n%s", what, t.screen())
		case <-limit.C:
			t.tb.Fatalf("%v have passed and the screen does not show %s:\n%s", patience, what, s)
		}
	}
}

// shows waits until all texts stand on the screen.
func (t *terminal) shows(texts ...string) screen {
	t.tb.Helper()
	return t.until(strings.Join(texts, " and "), func(s screen) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(s.String(), text) })
	})
}

// showsTimes waits until a text stands on the screen n times.
func (t *terminal) showsTimes(n int, text string) screen {
	t.tb.Helper()
	return t.until(fmt.Sprintf("%s %d times", text, n), func(s screen) bool { return strings.Count(s.String(), text) == n })
}

// signal sends the program a signal.
func (t *terminal) signal(sig os.Signal) {
	t.tb.Helper()
	if err := t.cmd.Process.Signal(sig); err != nil {
		t.tb.Fatal(err)
	}
}

// hangUp closes the terminal, as a window is closed. Our end blocks while it is read, so that it takes effect behind
// the program's next output.
func (t *terminal) hangUp() { t.pty.Close() }

// stall has the terminal take no more output than what it holds for a reader.
func (t *terminal) stall() { close(t.stalled) }

// exit waits for the program's end and gives its exit code, -1 where a signal killed it.
func (t *terminal) exit(within time.Duration) int {
	t.tb.Helper()
	limit := time.NewTimer(within)
	defer limit.Stop()
	select {
	case <-t.ended:
	case <-limit.C:
		t.tb.Fatalf("the program still runs after %v:\n%s", within, t.screen())
	}
	return t.cmd.ProcessState.ExitCode()
}

// quit leaves as a person does.
func (t *terminal) quit() {
	t.tb.Helper()
	t.quitWith(0)
}

// quitWith leaves as a person does and expects an exit code.
func (t *terminal) quitWith(want int) {
	t.tb.Helper()
	t.press(ctrlC)
	t.shows("Quit?")
	t.press(ctrlC)
	if code := t.exit(patience); code != want {
		t.tb.Errorf("the exit code is %d, want %d:\n%s", code, want, t.screen())
	}
}

// restored reports what of the terminal is not as the program, which has left, found it.
func (t *terminal) restored() error {
	now, err := term.GetState(t.pty.Fd())
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	if !reflect.DeepEqual(now, t.fresh) {
		errs = append(errs, errors.New("the settings of the terminal are others than before"))
	}
	if t.emulator.IsAltScreen() {
		errs = append(errs, errors.New("the alternate screen was not left"))
	}
	if t.emulator.CursorHidden() {
		errs = append(errs, errors.New("the cursor is hidden"))
	}
	for m := range t.modes {
		if m != ansi.ModeTextCursorEnable && m != ansi.ModeAutoWrap { // which are on at the start
			errs = append(errs, errors.New("a mode was left on: "+ansi.SetMode(m)[1:]))
		}
	}
	return errors.Join(errs...)
}
