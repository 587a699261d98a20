package redraw

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// unknown is a row or a column that nobody can tell.
const unknown = -1

// Writer passes terminal output on without the repaints that change nothing. It is safe for use by
// several goroutines, each Write whole.
type Writer struct {
	out  io.Writer
	size func() (width, height int) // of the terminal, in cells

	mu            sync.Mutex
	width, height int
	margins       bool // a scroll region is set: what a line feed does depends on it
	// the last repaint of a row, by row, where nothing else touched it since
	rows       map[int]string
	want, have state  // where the renderer believes to be, and where the terminal is
	held       []byte // an unfinished sequence
	buf        bytes.Buffer
}

// state is what later output depends on.
type state struct {
	row, col int // from 0; unknown
	pen      string
	noWrap   bool
}

// NewWriter makes a writer to out. The size is asked at each write: another one means that the
// terminal has moved its contents.
func NewWriter(out io.Writer, size func() (width, height int)) *Writer {
	lost := state{row: unknown, col: unknown}
	return &Writer{out: out, size: size, rows: map[int]string{}, want: lost, have: lost}
}

// Write passes on what changes the screen. It takes all of p, or reports the error of the terminal.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if width, height := w.size(); width != w.width || height != w.height {
		w.width, w.height = width, height
		w.forget()
		w.lose()
	}
	w.buf.Reset()
	rest := p
	if len(w.held) > 0 {
		rest = append(w.held, p...)
		w.held = nil
	}
	for len(rest) > 0 {
		n := w.take(rest)
		if n == 0 {
			w.held = bytes.Clone(rest)
			break
		}
		rest = rest[n:]
	}
	w.sync()
	if w.buf.Len() == 0 {
		return len(p), nil
	}
	if _, err := w.out.Write(w.buf.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// take handles the first token of b and gives its length, 0 where its end is missing.
func (w *Writer) take(b []byte) int {
	t, ok := next(b)
	if !ok {
		return 0
	}
	switch t.kind {
	case text:
		w.write(b[:t.n])
	case control:
		w.control(b[0])
	case sequence:
		if t.erasesLine() && w.want.col == 0 && w.want.row != unknown {
			return w.repaint(b)
		}
		w.command(b[:t.n], t)
	default:
		w.raw(b[:t.n])
	}
	return t.n
}

// repaint handles a row that is painted from its first column: the line is erased, then come text
// and styles. It is dropped if the row shows it already, and if the next movement does not depend
// on its last column.
func (w *Writer) repaint(b []byte) int {
	pen, noWrap, n := w.want.pen, w.want.noWrap, 0
	for n < len(b) {
		t, ok := next(b[n:])
		if !ok {
			return 0
		}
		seq := b[n : n+t.n]
		switch {
		case n == 0, t.kind == text:
		case t.kind == sequence && t.final == 'm':
			pen = restyle(pen, seq)
		case t.kind == sequence && isWrapMode(seq):
			noWrap = seq[len(seq)-1] == 'l'
		default:
			return w.paint(b[:n], pen, noWrap, t.setsColumn(seq))
		}
		n += t.n
	}
	return w.paint(b[:n], pen, noWrap, false) // nothing tells where the cursor goes
}

// paint writes a repaint, or drops it. It leaves the given pen and wrap mode.
func (w *Writer) paint(b []byte, pen string, noWrap, columnIsSet bool) int {
	row, said := w.want.row, w.want.pen+"\x00"+string(b)
	if columnIsSet && w.rows[row] == said {
		w.want.pen, w.want.noWrap, w.want.col = pen, noWrap, unknown
		return len(b)
	}
	w.write(b)
	w.rows[row] = said
	w.want.pen, w.have.pen = pen, pen
	w.want.noWrap, w.have.noWrap = noWrap, noWrap
	return len(b)
}

// write puts text where the cursor is. The row is another one then.
func (w *Writer) write(b []byte) {
	w.sync()
	w.buf.Write(b)
	w.touch()
	w.advance(string(b))
	w.have.row, w.have.col = w.want.row, w.want.col
}

// advance moves the cursor over a text. Its column is not known where terminals disagree on the
// width, nor at the right margin. After a text that may have gone on in the next row nothing is.
func (w *Writer) advance(s string) {
	at := &w.want
	least, most := width(s)
	end := at.col + most
	switch {
	case at.noWrap && (at.col == unknown || least != most || end >= w.width):
		at.col = unknown
	case at.col == unknown || end > w.width:
		w.forget()
		w.lose()
	case least != most || end == w.width:
		at.col = unknown
	default:
		at.col = end
	}
}

// width is how many cells a text with styles takes, by the two ways in which terminals count.
func width(s string) (least, most int) {
	n := 0
	for i := 0; i < len(s); {
		if s[i] == esc {
			t, ok := next([]byte(s[i:min(len(s), i+longestStyle)]))
			if !ok {
				return measured(s)
			}
			i += t.n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch { // what every terminal counts alike
		case r >= 0x20 && r < 0x7f, r > 0xad && r < 0x300, r >= 0x2500 && r < 0x25a0:
			n++
		case r >= 0xac00 && r <= 0xd7a3, r >= 0x4e00 && r <= 0x9fff,
			r >= 0x3041 && r <= 0x3096:
			n += 2
		default:
			return measured(s)
		}
	}
	return n, n
}

// measured is width for any text; it takes its time.
func measured(s string) (least, most int) {
	a, b := ansi.StringWidth(s), ansi.StringWidthWc(s)
	return min(a, b), max(a, b)
}

// longestStyle is how many bytes a style has at the most; a longer one is measured.
const longestStyle = 64

// touch forgets the row of the cursor.
func (w *Writer) touch() {
	if w.want.row == unknown {
		w.forget()
	}
	delete(w.rows, w.want.row)
}

// control handles a control character.
func (w *Writer) control(c byte) {
	switch {
	case c == '\r':
		w.want.col = 0
	case c == '\n' && w.margins:
		w.raw([]byte{c})
	case c == '\n' && w.want.col == 0 && w.want.row != unknown && w.want.row+1 < w.height:
		w.want.row++
	case c == '\n' && w.want.row != unknown && w.want.row+1 < w.height:
		// whether a line feed goes to the first column too depends on the terminal's settings
		w.sync()
		w.buf.WriteByte(c)
		w.want.row++
		w.want.col = unknown
		w.have = w.want
	case c == 0x07: // a bell moves nothing
		w.sync()
		w.buf.WriteByte(c)
	default:
		w.sync()
		w.buf.WriteByte(c)
		if c == '\n' { // it may have scrolled
			w.forget()
		}
		if c != '\b' && c != '\t' {
			w.lose()
		}
		w.want.col, w.have.col = unknown, unknown
	}
}

// command handles a control sequence: movements, styles and the wrap mode are put off until
// something is written; all else passes through.
func (w *Writer) command(seq []byte, t token) {
	switch {
	case t.final == 'm' && t.plain:
		w.want.pen = restyle(w.want.pen, seq)
	case isWrapMode(seq):
		w.want.noWrap = t.final == 'l'
	case t.plain && w.moves(t):
	case t.plain && t.final == 'r':
		w.margins = t.first > 1 || t.second > 0 && t.second < w.height
		w.raw(seq)
	case t.plain && t.final == 'J': // the cursor stays
		w.sync()
		w.buf.Write(seq)
		w.forget()
	case t.plain && bytes.IndexByte([]byte("PX@bK"), t.final) >= 0: // within the row
		w.sync()
		w.buf.Write(seq)
		w.touch()
		if t.final == 'b' {
			w.want.col, w.have.col = unknown, unknown
		}
	// from a place that is not known
	case t.plain && bytes.IndexByte([]byte("ABCDEFGHdf"), t.final) >= 0:
		w.sync()
		w.buf.Write(seq)
		w.lose()
	case t.harmless(seq):
		w.sync()
		w.buf.Write(seq)
	default:
		w.raw(seq)
	}
}

// moves handles a movement of the cursor from a known place.
func (w *Writer) moves(t token) bool {
	n := max(1, t.first)
	at := &w.want
	switch t.final {
	case 'H', 'f':
		at.row, at.col = n-1, max(1, t.second)-1
	case 'G':
		at.col = n - 1
	case 'd':
		at.row = n - 1
	case 'A', 'B':
		if at.row == unknown || w.margins {
			return false
		}
		if t.final == 'A' {
			n = -n
		}
		at.row = min(max(0, at.row+n), max(0, w.height-1))
	case 'C', 'D':
		if at.col == unknown {
			return false
		}
		if t.final == 'D' {
			n = -n
		}
		at.col = min(max(0, at.col+n), max(0, w.width-1))
	default:
		return false
	}
	return true
}

// raw passes on what is not understood. Nobody knows what the screen shows after it.
func (w *Writer) raw(b []byte) {
	w.sync()
	w.buf.Write(b)
	w.forget()
	w.lose()
}

// forget has every row written again.
func (w *Writer) forget() { clear(w.rows) }

// lose says that the cursor may be anywhere, in any style.
func (w *Writer) lose() {
	w.want.row, w.want.col = unknown, unknown
	w.have.row, w.have.col = unknown, unknown
	w.have.pen = w.want.pen
}

// sync brings the terminal to the state that the renderer believes in.
func (w *Writer) sync() {
	if w.want.noWrap != w.have.noWrap {
		mode := "\x1b[?7h"
		if w.want.noWrap {
			mode = "\x1b[?7l"
		}
		w.buf.WriteString(mode)
	}
	if more, ok := strings.CutPrefix(w.want.pen, w.have.pen); ok {
		w.buf.WriteString(more)
	} else {
		w.buf.WriteString("\x1b[m" + w.want.pen)
	}
	w.move()
	w.have = w.want
}

// move puts the cursor where the renderer believes it to be.
func (w *Writer) move() {
	row, col := w.want.row, w.want.col
	switch {
	case row == w.have.row && col == w.have.col:
	case row == unknown && col == unknown:
	case row == w.have.row && col == 0:
		w.buf.WriteByte('\r')
	case row == unknown || row == w.have.row && col != unknown:
		w.buf.WriteString("\x1b[" + strconv.Itoa(col+1) + "G")
	case col == unknown: // the renderer names a column before it writes
		w.buf.WriteString("\x1b[" + strconv.Itoa(row+1) + "d")
	default:
		w.buf.WriteString("\x1b[" + strconv.Itoa(row+1) + ";" + strconv.Itoa(col+1) + "H")
	}
}
