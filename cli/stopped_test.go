//go:build unix

package cli_test

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// After SIGSTOP and SIGCONT the frame was drawn over the shell's text and never repaired.
func testStopped(t *testing.T, bin string) {
	_, term := held(t, bin)
	term.press("ty")
	term.shows("> ty") // Bubble Tea has the screen
	term.signal(syscall.SIGSTOP)
	term.take(term.began, []byte("\x1b[?1049l\x1b[2Jthe shell writes here\x1b[10;10Hand there"))
	term.signal(syscall.SIGCONT)
	term.until("the frame alone", func(s screen) bool {
		shown := s.String()
		return strings.Contains(shown, "1 alpha") && strings.Contains(shown, "> ty") &&
			!strings.Contains(shown, "shell") && !strings.Contains(shown, "there")
	})
	term.press("ped")
	term.shows("> typed")

	// A stop that can be caught leaves the screen first.
	term.signal(syscall.SIGTSTP)
	term.until("the screen that was there before", func(s screen) bool { return !strings.Contains(s.String(), "1 alpha") })
	again := time.NewTicker(200 * time.Millisecond) // the signal may come before lineup has stopped
	defer again.Stop()
	for limit := time.After(patience); !strings.Contains(term.screen().String(), "1 alpha"); {
		select {
		case <-again.C:
			term.signal(syscall.SIGCONT)
		case <-limit:
			t.Fatalf("lineup did not come back:\n%s", term.screen())
		}
	}
	term.shows("1 alpha", "> typed")
	// A key may come in a moment in which the shell would have it, after the last of the signals.
	term.signal(syscall.SIGTERM)
	term.exit(patience)
	if err := term.restored(); err != nil {
		t.Error(err)
	}
}

// Bubble Tea leaves the terminal late where keys come in the same moment: it waits for its reader,
// which waits for somebody to take the keys. A SIGTERM then left the alternate screen shown.
func testEndedWhileBack(t *testing.T, bin string) {
	_, term := held(t, bin)
	term.shows("commands")
	term.press(strings.Repeat("k", 4000)) // more than lineup takes before the signal
	term.signal(syscall.SIGCONT)
	<-time.After(100 * time.Millisecond) // in the middle of the half second
	term.signal(syscall.SIGTERM)
	term.exit(patience)
	if err := term.restored(); err != nil {
		t.Error(err)
	}
}
