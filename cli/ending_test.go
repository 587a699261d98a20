//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"lineup/providers/sim"
)

// endless never ends by itself; its words carry their number.
const endless = "flash-sim@ttft=0s,tps=100,tokens=100000,script=stamp,seed="

// streaming opens two panes whose answers do not end, and waits until seen tokens of each are on the screen.
func streaming(t *testing.T, bin string, change ...func(*lineup)) (l lineup, term *terminal, server *sim.Server, seen int) {
	t.Helper()
	server, url := startSim(t)
	l = install(t, bin, configFor(url, endless+"1", endless+"2"))
	for _, f := range change {
		f(&l)
	}
	term = l.open(t, 120, 30)
	term.shows("ready")
	began := time.Now()
	term.ask("count")
	seen = 50
	term.until("half a second of text in both panes", func(s screen) bool {
		return newest(stampsIn(s.part(0, 2), began)) >= seen && newest(stampsIn(s.part(1, 2), began)) >= seen
	})
	return l, term, server, seen
}

// wantKept checks that what was on the screen is saved, and that the servers were told to stop.
func wantKept(t *testing.T, l lineup, server *sim.Server, seen int) {
	t.Helper()
	for _, r := range l.replies(t) {
		if r.Status != "cancelled" && r.Status != "interrupted" {
			t.Errorf("%s is saved as %s", r.Model, r.Status)
		}
		if got := newest(stampsIn(r.Text, time.Time{})); got < seen {
			t.Errorf("%s: token %d was on the screen; what is saved ends with token %d", r.Model, seen, got)
		}
	}
	for tick := time.NewTicker(10 * time.Millisecond); len(server.Log()) < 2; <-tick.C { // the server finds out a little later
	}
	for _, r := range server.Log() {
		if !r.Cancelled {
			t.Errorf("%s was not told to stop: %+v", r.Model, r)
		}
	}
}

func testSignals(t *testing.T, bin string) {
	for _, c := range []struct {
		name     string
		end      func(*terminal)
		restored bool // there is a terminal left to restore
		loose    bool
	}{
		{"SIGINT", func(term *terminal) { term.signal(os.Interrupt) }, true, false},
		{"SIGTERM", func(term *terminal) { term.signal(syscall.SIGTERM) }, true, false},
		{"SIGHUP", func(term *terminal) { term.signal(syscall.SIGHUP) }, true, false},
		{"window closed", (*terminal).hangUp, false, false},
		{"window closed without a signal", (*terminal).hangUp, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, term, server, seen := streaming(t, bin, func(l *lineup) { l.loose = c.loose })
			c.end(term)
			if code := term.exit(patience); code != 130 {
				t.Errorf("the exit code is %d, want 130:\n%s", code, term.screen())
			}
			if c.restored {
				if err := term.restored(); err != nil {
					t.Errorf("the terminal is not as it was: %v", err)
				}
			}
			wantKept(t, l, server, seen)
		})
	}
}

// A terminal that takes no output, like that of a lost connection, holds whoever writes to it.
func testStuckTerminal(t *testing.T, bin string) {
	l, term, server, seen := streaming(t, bin)
	term.stall()
	term.resize(200, 60) // a large frame, which fills what the terminal holds for its reader
	term.resize(100, 30)
	term.signal(syscall.SIGTERM)
	if code := term.exit(patience); code != 130 {
		t.Errorf("the exit code is %d, want 130", code)
	}
	wantKept(t, l, server, seen)
}

func testFaults(t *testing.T, bin string) {
	t.Run("in Update", func(t *testing.T) {
		t.Parallel()
		l, term, server, seen := streaming(t, bin, func(l *lineup) { l.fault = faultyUpdate })
		if err := os.WriteFile(filepath.Join(l.home, "fault"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		wantReport(t, l, term, `a fault in lineup, in the screen, at ui\.\w+Msg`)
		wantKept(t, l, server, seen)
	})
	t.Run("in a command", func(t *testing.T) {
		t.Parallel()
		l := install(t, bin, configFor("http://127.0.0.1:1", "one"))
		l.fault = faultyLook
		wantReport(t, l, l.open(t, 120, 30), `a fault in lineup, in a command`)
	})
	t.Run("in a pane", testFaultInPane)
}

// wantReport checks what is left when a fault has ended the screen.
func wantReport(t *testing.T, l lineup, term *terminal, said string) {
	t.Helper()
	if code := term.exit(patience); code != 1 {
		t.Errorf("the exit code is %d, want 1:\n%s", code, term.screen())
	}
	if err := term.restored(); err != nil {
		t.Errorf("the terminal is not as it was: %v", err)
	}
	path := checkReport(t, l)
	text := strings.ReplaceAll(term.screen().String(), "\n", "") // long lines are wrapped
	if !regexp.MustCompile(`lineup: `+said).MatchString(text) || !strings.Contains(text, path) {
		t.Errorf("the terminal does not show %q and %s:\n%s", said, path, term.screen())
	}
}

// checkReport checks the one report that there is, and gives its path.
func checkReport(t *testing.T, l lineup) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(l.home, "data", "lineup", "crash", "*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("the reports are %v, %v, want one", paths, err)
	}
	info, err := os.Stat(paths[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: want a file for its owner alone", info.Mode(), err)
	}
	report := readFile(t, paths[0])
	for _, want := range []string{"system   ", "version  ", "a value of type string", "goroutine "} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	for _, secret := range []string{"sk-secret", "count"} {
		if strings.Contains(report, secret) {
			t.Errorf("the report holds %q:\n%s", secret, report)
		}
	}
	return paths[0]
}

// The other panes go on.
func testFaultInPane(t *testing.T) {
	t.Parallel()
	_, url := startSim(t)
	l := install(t, program(t), configFor(url, "flash-sim@ttft=0s,tokens=60,seed=1", "flash-sim@ttft=0s,tokens=60,seed=2"))
	l.fault = faultyModel
	term := l.open(t, 160, 30)
	term.shows("ready")
	term.ask("who falls?")
	term.until("an interrupted answer with a report, and one that is done", func(s screen) bool {
		return strings.Contains(s.part(0, 2), "✗ interrupted (protocol)") && strings.Contains(s.part(0, 2), "please report it with the file") &&
			strings.Contains(s.part(1, 2), "✓ done")
	})
	checkReport(t, l)
	term.quit()
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(fmt.Errorf("reading what the program wrote: %w", err))
	}
	return string(text)
}
