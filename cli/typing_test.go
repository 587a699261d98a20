//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// held opens one pane on a server that answers nothing, for tests of what is typed.
func held(t *testing.T, bin string) (lineup, *terminal) {
	t.Helper()
	url, _ := startHeld(t, 0)
	l := install(t, bin, configFor(url, "flash-sim"))
	term := l.open(t, 80, 24)
	term.shows("1 alpha")
	return l, term
}

// Keys that make a new line, as terminals send them.
var newlines = map[string]string{
	"Ctrl+J":                       "\n",
	"Alt+Enter, legacy":            "\x1b\r",
	"Shift+Enter, kitty":           "\x1b[13;2u",
	"Alt+Enter, kitty":             "\x1b[13;3u",
	"Ctrl+J, kitty":                "\x1b[106;5u",
	"Shift+Enter, modifyOtherKeys": "\x1b[27;2;13~",
}

func testTyping(t *testing.T, bin string) {
	l, term := held(t, bin)
	// An input method sends whole syllables; the cursor stands behind them, two cells each.
	term.press("한국어 토큰화")
	s := term.shows("> 한국어 토큰화")
	if want := 2 + 2 + 13; s.cursorX != want {
		t.Errorf("the cursor is in column %d, want %d:\n%s", s.cursorX, want, s)
	}
	term.press("\x7f\x7f") // backspace
	term.until("two syllables less", func(s screen) bool { return strings.Contains(s.String(), "> 한국어 토 ") })
	prompt := "한국어 토"
	for name, keys := range newlines {
		term.press(keys + "and " + name)
		term.shows("and " + name)
		prompt += "\nand " + name
	}
	// A paste may hold what would be keys; it does not send.
	term.press("\x1b[200~ pasted\rover lines\x1b[201~")
	term.shows("over lines")
	prompt += " pasted\nover lines"
	term.press("\x1b[13u") // Enter, as a kitty keyboard sends it
	term.shows("› 한국어 토")
	term.quit()
	if got := l.turns(t)[0].Prompt; got != prompt {
		t.Errorf("what was sent is\n%q, want\n%q", got, prompt)
	}
}

// editors are shell scripts that edit as they can. The editor had a pipe for its input: it got no keys, and the screen
// stayed dead until a line was typed.
var editors = []struct{ name, script, keys, want string }{
	{"sees a terminal", "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && printf ' on a terminal' >> \"$1\"", "", "a draft on a terminal"},
	{"reads a line", "read line; printf ' and %s' \"$line\" >> \"$1\"", "one line\n", "a draft and one line"},
	{"changes nothing", "read line", "\n", "> a draft"},
	{"fails", "exit 3", "", "the editor failed"},
}

func testEditors(t *testing.T, bin string) {
	for _, e := range editors {
		t.Run(e.name, func(t *testing.T) {
			url, _ := startHeld(t, 0)
			l := install(t, bin, configFor(url, "flash-sim"))
			editor := filepath.Join(l.home, "editor")
			script := "#!/bin/sh\necho EDITING > /dev/tty\n" + e.script + "\n"
			if err := os.WriteFile(editor, []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			l.env = []string{"EDITOR=" + editor}
			term := l.open(t, 80, 24)
			term.shows("1 alpha")
			term.press("a draft")
			term.shows("> a draft")
			term.press("\x05") // ctrl+e
			if e.keys != "" {
				term.shows("EDITING")
				term.press(e.keys)
			}
			term.shows(e.want, "1 alpha", "> a draft") // without another key
			term.press("\x03")
			term.shows("draft cleared")
			term.quit()
		})
	}
}

func testQuitting(t *testing.T, bin string) {
	_, url := startSim(t)
	l := install(t, bin, configFor(url, "flash-sim@ttft=0s,tps=0,tokens=5"))
	term := l.open(t, 80, 24)
	term.shows("ready")
	term.press("a draft")
	term.shows("> a draft")
	term.press(ctrlC)
	term.shows("draft cleared; ↑ brings it back")
	term.press("\x1b[A")
	term.shows("> a draft")
	term.press("\x1b[99;5u") // Ctrl+C, as a kitty keyboard sends it
	term.shows("draft cleared")
	term.press(ctrlC)
	term.shows("Quit?")
	term.press(esc)
	term.until("no question any more", func(s screen) bool { return !strings.Contains(s.String(), "Quit?") })
	term.quit()
	if err := term.restored(); err != nil {
		t.Errorf("the terminal is not as it was: %v", err)
	}
}

func testStopOne(t *testing.T, bin string) {
	_, url := startSim(t)
	l := install(t, bin, configFor(url, endless+"1", endless+"2"))
	term := l.open(t, 120, 30)
	term.shows("ready")
	term.ask("count")
	term.showsTimes(2, "● streaming")
	term.press("\x1b[27u") // Esc, as a kitty keyboard sends it
	term.until("one pane that stopped and one that goes on", func(s screen) bool {
		return strings.Contains(s.part(0, 2), "■ cancelled") && strings.Contains(s.part(1, 2), "● streaming")
	})
	term.quit()
}

func testEntries(t *testing.T, bin string) {
	_, url := startSim(t)
	l := install(t, bin, configFor(url, "flash-sim@ttft=0s,tps=0,tokens=5"))
	said := func(prompt string, args ...string) string {
		term := l.open(t, 100, 24, args...)
		term.shows("1 alpha")
		term.ask(prompt)
		term.shows("› "+prompt, "✓ done")
		term.quit()
		return sessionIn(term.screen().String())
	}
	first, second := said("one"), said("two")
	for _, c := range []struct {
		args  []string
		shows string
		not   string
	}{
		{[]string{"--resume"}, "› two", "› one"},
		{[]string{"--session", "last"}, "› two", "› one"},
		{[]string{"--session", first}, "› one", "› two"},
		{[]string{"--session", second}, "› two", "› one"},
		{nil, "ready", "› two"},
	} {
		term := l.open(t, 100, 24, c.args...)
		if s := term.shows(c.shows, "1 alpha"); strings.Contains(s.String(), c.not) {
			t.Errorf("lineup %v shows %q:\n%s", c.args, c.not, s)
		}
		term.quit()
	}
	if said("three", "--session", first); len(l.turns(t)) != 2 {
		t.Errorf("the session that was gone on with has %d turns, want 2", len(l.turns(t)))
	}
	for _, args := range [][]string{{"--session", "nosuch"}, {"--resume", "--session", first}} {
		term := l.open(t, 100, 24, args...)
		if code := term.exit(patience); code != 2 || !strings.Contains(term.screen().String(), "lineup: ") {
			t.Errorf("lineup %v: exit code %d, want 2 and why:\n%s", args, code, term.screen())
		}
	}
}

// sessionIn reads the id of the session from the line that the program leaves behind.
func sessionIn(text string) string {
	_, rest, _ := strings.Cut(text, "lineup --session ")
	id, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(id)
}

// In a shell, Ctrl+Z gives the terminal back while an answer streams, and fg takes it again.
func testSuspend(t *testing.T, bin string) {
	if _, err := os.Stat("/bin/bash"); err != nil {
		t.Skip("needs bash for its job control")
	}
	_, url := startSim(t)
	l := install(t, bin, configFor(url, endless+"1"))
	sh := lineup{bin: "/bin/bash", home: l.home, fault: noFault}
	term := sh.open(t, 100, 30, "--norc", "--noprofile", "-i")
	term.press("PS1='sh''ell> '; " + bin + enter)
	term.shows("ready")
	began := time.Now()
	term.ask("count")
	term.until("text", func(s screen) bool { return newest(stampsIn(s.String(), began)) >= 20 })
	for range 2 {
		term.press("\x1a")
		term.until("the shell", func(s screen) bool {
			return strings.Contains(s.String(), "Stopped") && strings.Contains(s.String(), "shell>")
		})
		if term.screen().alternate {
			t.Error("the alternate screen was not left")
		}
		term.press("echo it is $((40+2))" + enter)
		s := term.shows("it is 42")
		seen := newest(stampsIn(s.String(), began))
		term.press("clear; fg" + enter)
		term.until("a whole frame that goes on", func(s screen) bool {
			return framed(s) && strings.Contains(s.String(), "streaming") && newest(stampsIn(s.String(), began)) > seen
		})
	}
	term.quitShell()
	if r := l.replies(t)[0]; r.Status != "cancelled" || newest(stampsIn(r.Text, began)) < 20 {
		t.Errorf("saved as %s with %d bytes", r.Status, len(r.Text))
	}
}

// quitShell leaves the program, and then the shell that it runs in.
func (t *terminal) quitShell() {
	t.tb.Helper()
	t.press(ctrlC)
	t.shows("Quit?")
	t.press(ctrlC)
	t.shows("go on with: lineup --session", "shell>")
	t.press("exit" + enter)
	t.exit(patience)
}

// The disk takes no more while an answer streams: the screen says so and goes on to the end of the answer.
func testDiskFull(t *testing.T, bin string) {
	url, open := startHeld(t, 20)
	l := install(t, bin, configFor(url, "flash-sim@ttft=0s,tps=0,tokens=60000"))
	l.fault = smallFiles
	term := l.open(t, 120, 30)
	term.shows("ready")
	term.ask("say much")
	term.shows("● streaming")
	open()
	term.shows("✓ done", "NOT SAVED")
	term.press("still here")
	term.shows("> still here")
	term.press(ctrlC)
	term.shows("draft cleared")
	term.quitWith(1)
}
