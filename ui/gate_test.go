//go:build unix

package ui

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
)

// pipedKeyboard is a keyboard, and where it is typed on.
func pipedKeyboard(t *testing.T) (k keyboard, typed *os.File) {
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); typed.Close() })
	return newKeyboard(in, func() { t.Error("the terminal is taken for gone") }), typed
}

// Keys typed in the editor were read by lineup where Bubble Tea's reader ended late. This reader
// goes on for ever: it must get nothing while the terminal is lent, and everything else.
func TestNoKeyIsTakenFromWhoHasTheTerminal(t *testing.T) {
	keysOfTheirs := func(t *testing.T, lent func(k keyboard, l *lender, during func())) {
		k, typed := pipedKeyboard(t)
		read := func() string {
			p := make([]byte, 64)
			n, err := k.Read(p)
			if err != nil {
				t.Fatal(err)
			}
			return string(p[:n])
		}
		if got := read(); got != "" { // it would wait for a key, and hold up the editor
			t.Errorf("there is nothing, and %q is read", got)
		}
		typed.WriteString("a")
		if got := read(); got != "a" {
			t.Errorf("read %q before, want a", got)
		}
		lent(k, newLender(t.Context(), k.gate), func() {
			typed.WriteString("b")
			if got := read(); got != "" {
				t.Errorf("lineup took %q from the editor", got)
			}
			theirs := make([]byte, 1)
			if _, err := k.File.Read(theirs); err != nil || string(theirs) != "b" {
				t.Errorf("the editor got %q and %v, want b", theirs, err)
			}
		})
		typed.WriteString("c")
		if got := read(); got != "c" {
			t.Errorf("read %q after it, want c", got)
		}
	}
	t.Run("an editor", func(t *testing.T) {
		keysOfTheirs(t, func(_ keyboard, l *lender, during func()) {
			l.filter(lendMsg{then: func(error) tea.Msg { return nil }})
			if err := (loan{l, func() error { during(); return nil }}).Run(); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("from the moment Bubble Tea begins to leave", func(t *testing.T) {
		keysOfTheirs(t, func(k keyboard, l *lender, during func()) {
			l.filter(lendMsg{then: func(error) tea.Msg { return nil }})
			during()
			k.gate.open()
		})
	})
	t.Run("other messages do not shut it", func(t *testing.T) {
		k := newKeyboard(os.Stdin, nil)
		newLender(t.Context(), k.gate).filter(tea.KeyPressMsg{})
		if k.gate.closed {
			t.Error("the keyboard is shut")
		}
	})
}

// A key that was typed before Bubble Tea had asked its questions kept a processor busy for as long
// as the terminal took no output, as after Ctrl+S.
func TestAShutGateIsNotReadWithoutAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyboard(os.Stdin, nil)
		k.gate.shut()
		began := time.Now()
		for range 10 {
			if n, err := k.Read(make([]byte, 8)); n != 0 || err != nil {
				t.Fatalf("read %d bytes, %v", n, err)
			}
		}
		if took := time.Since(began); took < 50*time.Millisecond {
			t.Errorf("ten reads took %v", took)
		}
	})
}

// A screen that ends while the terminal is lent must not be taken back, only to be left again.
func TestALoanThatOutlivesTheScreen(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	l := newLender(ctx, &gate{})
	back := make(chan error, 1)
	go func() { back <- loan{l, func() error { end(); return nil }}.Run() }()
	<-l.kept
	select {
	case <-back:
		t.Error("Bubble Tea takes the terminal back")
	default:
	}
	if !l.away.Load() {
		t.Error("the terminal counts as held")
	}
}

// A Bubble Tea that takes the terminal back too late made it raw after it was left.
func TestATerminalThatWasLeftHasNoSettings(t *testing.T) {
	k := newKeyboard(os.Stdin, nil)
	if k.Fd() != os.Stdin.Fd() {
		t.Error("the keyboard is not the terminal")
	}
	k.over.Store(true)
	if _, err := term.MakeRaw(k.Fd()); err == nil {
		t.Error("the terminal can be made raw")
	}
}
