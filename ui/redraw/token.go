package redraw

import (
	"bytes"
	"unicode/utf8"
)

// kind is what a token of terminal output is.
type kind int

const (
	text     kind = iota // characters that are drawn
	control              // one control character
	sequence             // CSI
	other                // any other escape sequence
)

// token is one piece of terminal output.
type token struct {
	kind   kind
	n      int  // its length in bytes
	final  byte // of a CSI: the character that says what it does
	plain  bool // no private mark, no intermediate
	first  int  // its parameters, 0 where they are left out
	second int
	params int
}

const esc = 0x1b

// next reads the first token of b; ok is false where its end is missing. The grammar is ECMA-48's.
func next(b []byte) (t token, ok bool) {
	if b[0] != esc {
		if isControl(b[0]) {
			return token{kind: control, n: 1}, true
		}
		n := bytes.IndexFunc(b, func(r rune) bool { return r < 0x20 || r == 0x7f })
		if n < 0 {
			n = len(b) - torn(b)
		}
		return token{kind: text, n: n}, n > 0
	}
	if len(b) < 2 {
		return token{}, false
	}
	switch b[1] {
	case '[':
		return nextCSI(b)
	case ']', 'P', '_', '^', 'X': // strings: up to ST, an OSC also up to BEL
		for i := 2; i < len(b); i++ {
			if b[i] == 0x07 && b[1] == ']' || b[i] == '\\' && b[i-1] == esc {
				return token{kind: other, n: i + 1}, true
			}
		}
		return token{}, false
	}
	i := 1
	for i < len(b) && b[i] >= 0x20 && b[i] <= 0x2f { // intermediates, as in ESC ( B
		i++
	}
	if i == len(b) {
		return token{}, false
	}
	return token{kind: other, n: i + 1}, true
}

// torn is how many bytes at the end of b are the beginning of a character.
func torn(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

func isControl(c byte) bool { return c < 0x20 || c == 0x7f }

// nextCSI reads a control sequence.
func nextCSI(b []byte) (token, bool) {
	t := token{kind: sequence, plain: true}
	var params [2]int
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			if t.params < len(params) {
				params[t.params] = min(params[t.params]*10+int(c-'0'), 1<<20)
			}
		case c == ';':
			t.params++
		case c == ':': // within a style
		case c >= 0x20 && c <= 0x3f:
			t.plain = false
		case c >= 0x40 && c <= 0x7e:
			t.n, t.final, t.first, t.second = i+1, c, params[0], params[1]
			return t, true
		default: // broken off
			return token{kind: other, n: i}, true
		}
	}
	return token{}, false
}

// erasesLine reports whether the rest of the line is erased: CSI K.
func (t token) erasesLine() bool { return t.plain && t.final == 'K' && t.first == 0 }

// setsColumn reports whether a token puts the cursor into a column whatever its column was.
func (t token) setsColumn(b []byte) bool {
	switch t.kind {
	case control:
		return b[0] == '\r'
	case sequence:
		return t.plain && (t.final == 'H' || t.final == 'f' || t.final == 'G')
	}
	return false
}

// harmless reports whether a private sequence neither draws nor moves the cursor: modes such as
// synchronised output, the visible cursor, the mouse, key reporting, and questions. A change of the
// screen (1047, 1049, 47) or of the size is none.
func (t token) harmless(seq []byte) bool {
	if t.plain && t.final == 'm' {
		return true
	}
	if t.plain {
		return false
	}
	switch t.final {
	case 'h', 'l':
		for _, mode := range bytes.Split(seq[3:len(seq)-1], []byte(";")) {
			switch string(mode) {
			case "1", "25", "1000", "1002", "1003", "1004", "1006", "2004", "2026", "2027", "2031":
			default:
				return false
			}
		}
		return seq[2] == '?'
	case 'u', 'q', 'p', 'c', 'n':
		return true
	}
	return false
}

// isWrapMode reports whether seq turns automatic wrapping on or off.
func isWrapMode(seq []byte) bool {
	return string(seq) == "\x1b[?7h" || string(seq) == "\x1b[?7l"
}

// restyle is the pen after a style sequence: all of them since the last reset.
func restyle(pen string, seq []byte) string {
	if string(seq) == "\x1b[m" || string(seq) == "\x1b[0m" {
		return ""
	}
	return pen + string(seq)
}
