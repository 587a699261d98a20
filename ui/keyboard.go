package ui

import (
	"bytes"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// keyboard is the terminal's input, with three things that Bubble Tea lacks. It tells when the
// terminal is gone: the input ends, and Bubble Tea takes that for a silent keyboard. The system
// does not always send a signal then. It never passes on half an escape sequence. And it takes no
// key while another program has the terminal.
type keyboard struct {
	*os.File
	gone func()
	join *joiner
	gate *gate
	over *atomic.Bool // the screen was left; nobody may set the terminal's modes any more
}

// Fd is the terminal's, or none once it was left: a Bubble Tea that is late would make it raw
// again.
func (k keyboard) Fd() uintptr {
	if k.over.Load() {
		return ^uintptr(0)
	}
	return k.File.Fd()
}

func newKeyboard(f *os.File, gone func()) keyboard {
	return keyboard{File: f, gone: gone, join: &joiner{}, gate: &gate{},
		over: &atomic.Bool{}}
}

// Read gives whole sequences. It may give nothing: the rest of a sequence is still to come, or the
// keys belong to another program. Bubble Tea waits for input before it reads.
func (k keyboard) Read(p []byte) (int, error) {
	// Half of the room is left for what was held back and what joining adds.
	n, err := k.gate.read(k.File, p[:max(1, len(p)/2)])
	if n == 0 && err != nil {
		k.gone()
	}
	return copy(p, k.join.add(p[:n], time.Now())), err
}

// The marks around a bracketed paste.
const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

const (
	// heldWithin is how long an unfinished sequence may stay alone. What comes later is its rest
	// only where it plainly looks like it.
	heldWithin = 500 * time.Millisecond
	// pasteSilence is how long a paste without an end may be silent. A single key after that is a
	// key again.
	pasteSilence = 4 * time.Second
	// heldMost is the longest sequence that is held back, in bytes: an answer of the terminal may
	// be long, but no longer than this.
	heldMost = 1024
)

// joiner puts together what a slow line tore apart. Bubble Tea gives up on an unfinished sequence
// after 50 ms: the rest is then typed into the prompt, and a paste whose end mark was torn never
// ends. So an unfinished sequence is held back until its rest comes.
//
// A bare Esc is a key, and passes at once outside a paste.
//
// Answers that say no more than that the terminal has answered are counted, and not passed on.
type joiner struct {
	owed   owed
	mu     sync.Mutex
	held   []byte    // an unfinished sequence or character
	at     time.Time // when the last bytes came
	escape bool      // the last byte passed on was a bare Esc
	paste  bool      // between the two marks of a paste
	quits  int       // Ctrl+C pressed in a row within a paste
}

// add takes what was read and returns what may be passed on.
func (j *joiner) add(read []byte, now time.Time) []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(read) == 0 {
		return nil
	}
	silent := now.Sub(j.at)
	j.at = now
	if j.paste && isQuit(read) {
		if j.quits++; j.quits < 2 {
			return nil
		}
		j.endPaste()
		return []byte(pasteEnd)
	}
	j.quits = 0
	if j.paste && silent > pasteSilence && len(j.held) == 0 && isOneKey(read) {
		j.endPaste()
		return append([]byte(pasteEnd), j.pass(read)...)
	}
	switch {
	case len(j.held) > 0 && !j.paste && silent > heldWithin && !finishes(j.held, read):
		j.held = nil // it never ended; its beginning is no text
	case len(j.held) > 0:
		read = append(j.held, read...)
		j.held = nil
	case j.escape && isTail(read):
		read = append([]byte{escByte}, read...)
	}
	return j.pass(read)
}

// endPaste leaves a paste that has no end mark.
func (j *joiner) endPaste() { j.paste, j.quits, j.held = false, 0, nil }

const escByte = 0x1b

// pass returns the whole sequences at the beginning of b and holds back the rest.
func (j *joiner) pass(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		n, whole := j.next(b)
		if !whole {
			j.held = bytes.Clone(b)
			break
		}
		seq := b[:n]
		b = b[n:]
		switch string(seq) {
		case pasteStart:
			j.paste, j.quits = true, 0
		case pasteEnd:
			j.paste = false
		case statusReady, statusNot:
			j.owed.paid()
			continue
		}
		if isCursorReport(seq) && j.owed.placed(j.at) {
			continue
		}
		out = append(out, consoleKey(seq)...)
	}
	j.escape = !j.paste && len(j.held) == 0 && len(out) > 0 && out[len(out)-1] == escByte
	return out
}

// next is the length of the first character or sequence of b, and whether all of it is there.
func (j *joiner) next(b []byte) (n int, whole bool) {
	if b[0] != escByte {
		if b[0] < utf8.RuneSelf || utf8.FullRune(b) {
			_, n := utf8.DecodeRune(b)
			return n, true
		}
		return len(b), false
	}
	if j.paste { // what looks like a sequence is text there, but for the end mark
		switch {
		case bytes.HasPrefix(b, []byte(pasteEnd)):
			return len(pasteEnd), true
		case bytes.HasPrefix([]byte(pasteEnd), b):
			return len(b), false
		}
		return 1, true
	}
	if n = sequence(b); n > 0 {
		return n, true
	}
	return len(b), len(b) == 1 || len(b) > heldMost
}

// sequence is the length of the escape sequence at the beginning of b, 0 where its end is missing.
// An Esc before a character is Alt with that key. The grammar is ECMA-48's (§5.4, §5.6).
func sequence(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '[':
		return controlSequence(b)
	case 'O': // SS3: a function key, perhaps with digits for its modifiers
		for i := 2; i < len(b); i++ {
			if b[i] < '0' || b[i] > '9' {
				return i + 1
			}
		}
		return 0
	case ']', 'P', '_', '^', 'X': // OSC, DCS, APC, PM, SOS: up to ST, an OSC also up to BEL
		for i := 2; i < len(b); i++ {
			switch {
			case b[i] == 0x07 && b[1] == ']':
				return i + 1
			case b[i] == '\\' && b[i-1] == escByte:
				return i + 1
			}
		}
		return 0
	case escByte:
		if len(b) == 2 {
			return 2 // Esc twice
		}
		if n := sequence(b[1:]); n > 0 {
			return n + 1
		}
		return 0
	}
	if !utf8.FullRune(b[1:]) {
		return 0
	}
	_, n := utf8.DecodeRune(b[1:])
	return 1 + n
}

// controlSequence is sequence for CSI.
func controlSequence(b []byte) int {
	if len(b) > 2 && b[2] == '[' { // a function key of the Linux console: CSI [ A to CSI [ E
		if len(b) < 4 {
			return 0
		}
		return 4
	}
	if len(b) > 2 && b[2] == 'M' { // a mouse of X10: three bytes follow
		if len(b) < 6 {
			return 0
		}
		return 6
	}
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 0x40 && c <= 0x7e:
			return i + 1
		case c < 0x20 || c > 0x7e:
			return i // broken off by another character
		}
	}
	return 0
}

// finishes reports whether a late piece is plainly the rest of the held sequence: more parameters,
// then a final character nobody typed.
func finishes(held, late []byte) bool {
	if held[0] != escByte || len(held) < 2 {
		return true // the rest of a character
	}
	if held[1] != '[' {
		return sequence(append(bytes.Clone(held), late...)) > 0
	}
	if len(held) == 2 {
		return isTail(append([]byte{'['}, late...)) && len(late) > 1
	}
	i := 0
	for i < len(late) && (late[i] >= '0' && late[i] <= '9' || late[i] == ';' || late[i] == ':') {
		i++
	}
	return i < len(late) && bytes.IndexByte([]byte("ABCDFHMPQRSZcmnuyt~$"), late[i]) >= 0 &&
		(i > 0 || len(late) == 1)
}

// isTail reports whether a read is exactly a sequence without its Esc: nobody types [A or [<0;1;2M
// in one piece.
func isTail(read []byte) bool {
	if len(read) < 2 || read[0] != '[' && read[0] != 'O' {
		return false
	}
	n := sequence(append([]byte{escByte}, read...))
	if read[0] == 'O' {
		return n == 3 && len(read) == 2 && bytes.IndexByte([]byte("ABCDFHPQRS"), read[1]) >= 0
	}
	if bytes.HasPrefix(read, []byte(pasteStart[1:])) {
		return true
	}
	last := read[len(read)-1]
	return n == len(read)+1 && bytes.IndexByte([]byte("ABCDFHIMOPQRSZcmnuyt~"), last) >= 0
}

// isQuit reports whether a read is one Ctrl+C, as terminals send it in any keyboard protocol.
func isQuit(read []byte) bool {
	if len(read) == 1 {
		return read[0] == 0x03
	}
	return bytes.HasPrefix(read, []byte("\x1b[")) && bytes.HasSuffix(read, []byte(";5u")) &&
		sequence(read) == len(read) && bytes.Contains(read, []byte("99"))
}

// isOneKey reports whether a read is what one key sends.
func isOneKey(read []byte) bool {
	if bytes.HasPrefix(read, []byte(pasteEnd)) || bytes.HasPrefix(read, []byte(pasteStart)) {
		return false
	}
	if read[0] == escByte {
		return len(read) == 1 || sequence(read) == len(read)
	}
	_, n := utf8.DecodeRune(read)
	return n == len(read)
}

// consoleKey gives the function keys of the Linux console their usual form, and leaves all else.
func consoleKey(seq []byte) []byte {
	if len(seq) != 4 || string(seq[:3]) != "\x1b[[" || seq[3] < 'A' || seq[3] > 'E' {
		return seq
	}
	return []byte([...]string{"\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~"}[seq[3]-'A'])
}
