package ui

import (
	"strings"
	"testing"
)

// Fault: a terminal that does not know its size, such as a serial line, stayed blank: the frame was made for 80×24 and
// painted on no cell.
func TestATerminalOfUnknownSizeHasTheSizeOfItsFrames(t *testing.T) {
	t.Setenv("COLUMNS", "132")
	t.Setenv("LINES", "none")
	for want, got := range map[int]int{100: cells(100, "COLUMNS", 80), 132: cells(0, "COLUMNS", 80), 24: cells(0, "LINES", 24)} {
		if got != want {
			t.Errorf("it has %d cells, want %d", got, want)
		}
	}
}

// Fault: the shell after lineup had a blinking block for its cursor.
func TestLeavingUndoesWhatEnteringDid(t *testing.T) {
	for did, undoes := range map[string]string{"\x1b[22;2t": "\x1b[23;2t", "\x1b[?2031h": "\x1b[?2031l", "\x1b[1 q": "\x1b[0 q"} {
		if !strings.Contains(onEntering, did) || !strings.Contains(onLeaving, undoes) {
			t.Errorf("%q is undone by %q: %q, %q", did, undoes, onEntering, onLeaving)
		}
	}
}

// Fault: within GNU screen an Esc did nothing, and made the next key another one.
func TestTheMouseCostsEscWithinScreen(t *testing.T) {
	for env, want := range map[[2]string]bool{{"", ""}: false, {"123.pts-0", ""}: true, {"123.pts-0", "/tmp/tmux"}: false} {
		if got := costsEsc(func(name string) string { return map[string]string{"STY": env[0], "TMUX": env[1]}[name] }); got != want {
			t.Errorf("%q: %v", env, got)
		}
	}
}
