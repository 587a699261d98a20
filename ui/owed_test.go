//go:build unix

package ui

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/picture"
)

// Fault: answers that came after lineup had left were typed into the shell, or into an editor.
func TestAnswersThatComeLateAreNobodysKeys(t *testing.T) {
	k, typed := pipedKeyboard(t)
	k.join.owed.ask(time.Now())
	k.join.owed.ask(time.Now())
	k.gate.shut()
	answers := "\x1b[?997;1n\x1b[?2026;2$y\x1b[0n\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\\x1b[?1u\x1b[0n"
	go func() {
		for i := range answers { // in pieces
			io.WriteString(typed, answers[i:i+1])
		}
	}()
	k.listen(t.Context())
	io.WriteString(typed, "ls")
	theirs := make([]byte, 64)
	if n, err := k.File.Read(theirs); err != nil || string(theirs[:n]) != "ls" {
		t.Errorf("who has the terminal next gets %q and %v", theirs[:n], err)
	}
	k.listen(t.Context()) // returns: nothing is owed
}

// Nobody is kept for long by a terminal that does not answer, and only once. A signal ends the waiting.
func TestATerminalThatDoesNotAnswerIsNotWaitedFor(t *testing.T) {
	now := time.Now()
	var o owed
	wants := func(what string, want time.Duration) {
		t.Helper()
		if got := o.waits(now); got != want {
			t.Errorf("%s: waits %v, want %v", what, got, want)
		}
	}
	wants("nothing was asked", 0)
	o.ask(now)
	wants("just asked", lateBy)
	now = now.Add(lateBy + 1)
	wants("too late", 0)
	o.ask(now)
	wants("asked again", 0)
	o.paid()
	o.ask(now)
	wants("it answers now", lateBy)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	k := newKeyboard(os.Stdin, nil)
	k.join.owed.ask(time.Now().Add(time.Hour))
	k.listen(ctx)
}

// Each write that asks the terminal something ends with the question whose answer tells that it has answered.
func TestEveryQuestionIsFollowedByOne(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var o owed
	left := 0
	term := newTerminal(out, 30, &o, func() {}, func() { left++ }, func() { t.Error("the terminal is taken for gone") })
	for _, s := range []string{ansi.SetModeAltScreenSaveCursor + "\x1b[>1u" + ansi.RequestKittyKeyboard,
		ansi.RequestModeSynchronizedOutput + ansi.RequestModeUnicodeCore, ansi.RequestBackgroundColor, picture.Query,
		"\x1b]2;a title\x07", ansi.ResetModeAltScreenSaveCursor} {
		if n, err := term.WriteString(s); n != len(s) || err != nil {
			t.Errorf("%q: %d bytes are written, %v", s, n, err)
		}
	}
	term.Leave(time.Second)
	out.Close()
	all, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(all), statusQuestion); n != 4 || o.asked != 4 || left != 1 {
		t.Errorf("asked %d times, %d are counted; left %d times: %q", n, o.asked, left, all)
	}
	var j joiner
	j.owed = owed{asked: 2}
	if got := feedKeys(&j, time.Millisecond, "a\x1b[0", "nb\x1b[3nc", pasteStart+"\x1b[0n"+pasteEnd); got != "abc"+pasteStart+"\x1b[0n"+pasteEnd || j.owed.asked != 0 {
		t.Errorf("passed on: %q; %d are owed", got, j.owed.asked)
	}
}

// Fault: the terminal of Emacs answers that it is ready with the place of its cursor, which opened what F3 opens.
func TestAPlaceOfTheCursorIsAnAnswer(t *testing.T) {
	const f3, width = "\x1b[1;2R", "\x1b[2;3R"
	var j joiner
	if got := feedKeys(&j, time.Millisecond, f3, width); got != f3+width {
		t.Errorf("nothing was asked, and %q is passed on", got)
	}
	j.owed.ask(j.at)
	if got := feedKeys(&j, time.Millisecond, width, "a\x1b[1;1R\x1b[31;7", "Rb\x1b[1;3R"); got != width+"ab" || j.owed.asked != 0 {
		t.Errorf("passed on: %q; %d are owed", got, j.owed.asked)
	}
	j.owed.ask(j.at) // by one that answers well too
	if got := feedKeys(&j, time.Millisecond, "\x1b[7;1R"+statusReady, f3); got != f3 || j.owed.asked != 0 {
		t.Errorf("passed on: %q; %d are owed", got, j.owed.asked)
	}
}
