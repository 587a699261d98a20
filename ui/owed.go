package ui

import (
	"bytes"
	"sync"
	"time"
)

// owed tells whether the terminal still owes answers. A write that asks ends with a question that
// terminals answer alike: DSR 5 (ECMA-48, §8.3.35). It is answered last, for answers come in the
// order of the questions. One that came after lineup had left was typed into the shell or an
// editor.
type owed struct {
	mu    sync.Mutex
	asked int       // times, without an answer
	last  time.Time // when it was asked last
	mute  bool      // the terminal let a question go by
	place bool      // it answers with the place of its cursor
}

// statusQuestion is DSR 5, and these are its answers: ready, and not.
const (
	statusQuestion = "\x1b[5n"
	statusReady    = "\x1b[0n"
	statusNot      = "\x1b[3n"
)

// isCursorReport reports whether a sequence says where the cursor is: with that the terminal of
// Emacs (ansi-term, 28) answers any DSR. In the first row it would be F3 with other keys. The
// Painter asks for one in the second.
func isCursorReport(seq []byte) bool {
	place, ok := bytes.CutPrefix(seq, []byte("\x1b["))
	place, ends := bytes.CutSuffix(place, []byte("R"))
	row, column, two := bytes.Cut(place, []byte(";"))
	number := func(b []byte) bool { return len(b) > 0 && len(bytes.Trim(b, "0123456789")) == 0 }
	return ok && ends && two && number(row) && number(column) && string(row) != "2"
}

// lateBy is how long after its question an answer is waited for.
const lateBy = 2500 * time.Millisecond

// asks reports whether output asks the terminal something: DECRQM, its keyboard, its background or
// its attributes. To enter the screen asks too, see onEntering.
func asks(output []byte) bool {
	for _, question := range []string{"$p", "\x1b[?u", "\x1b]11;?", "\x1b[c", "\x1b[?1049h"} {
		if bytes.Contains(output, []byte(question)) {
			return true
		}
	}
	return false
}

// ask notes that the question was asked. A terminal that did not answer the last one in time is not
// waited for again.
func (o *owed) ask(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked > 0 && now.Sub(o.last) > lateBy {
		o.asked, o.mute = 0, true
	}
	o.asked++
	o.last = now
}

// paid notes an answer.
func (o *owed) paid() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked, o.mute, o.place = max(0, o.asked-1), false, false
}

// placed notes where the cursor is, and reports whether that is an answer. The first may be one to
// another question. A terminal that goes on so has no other answer.
func (o *owed) placed(now time.Time) bool {
	waits := o.waits(now) > 0
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.place {
		o.asked, o.mute = max(0, o.asked-1), false
	}
	o.place = o.place || waits
	return o.place
}

// waits is how long an answer may still take; 0 where none is to come.
func (o *owed) waits(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked == 0 || o.mute {
		return 0
	}
	return max(0, lateBy-now.Sub(o.last))
}
