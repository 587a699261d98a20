package wire

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// maxLine is the longest line or event that a stream may hold. One-megabyte lines are seen in the
// wild (an image in a delta); sixteen are an attack or a mistake.
const maxLine = 16 << 20

var errLineTooLong = errors.New("a line of the stream is longer than 16 MiB")

// lineReader cuts a byte stream into lines that end in LF, CR LF or CR. It stamps each with the
// arrival of its last bytes.
type lineReader struct {
	r     io.Reader
	came  func() time.Time // tells when the bytes of the last read came
	buf   []byte
	start int // buf[start:end] is not consumed yet
	scan  int // buf[start:scan] holds no line end
	end   int
	at    time.Time // when the bytes of the last read came
	skip  bool      // the last line ended in CR: a following LF belongs to it
	err   error     // of the last read
	limit int       // of a line, in bytes
}

func newLineReader(r io.Reader, came func() time.Time) *lineReader {
	return &lineReader{r: r, came: came, buf: make([]byte, 4<<10), limit: maxLine}
}

// next returns the next line without its end; it is valid until the call after. At the end of the
// stream it returns the rest, if any, with whole=false, and then the reader's error.
func (l *lineReader) next() (line []byte, at time.Time, whole bool, err error) {
	for {
		if l.skip && l.start < l.end {
			l.skip = false
			if l.buf[l.start] == '\n' {
				l.start++
				l.scan = max(l.scan, l.start)
			}
		}
		if i := indexLineEnd(l.buf[l.scan:l.end]); i >= 0 {
			line = l.buf[l.start : l.scan+i]
			if len(line) > l.limit {
				return nil, l.at, false, errLineTooLong
			}
			l.skip = l.buf[l.scan+i] == '\r'
			l.start = l.scan + i + 1
			l.scan = l.start
			return line, l.at, true, nil
		}
		l.scan = l.end
		if l.end-l.start > l.limit {
			return nil, l.at, false, errLineTooLong
		}
		if l.err != nil {
			if line = l.buf[l.start:l.end]; len(line) > 0 {
				l.start, l.scan = l.end, l.end
				return line, l.at, false, nil
			}
			return nil, l.at, false, l.err
		}
		l.fill()
	}
}

// indexLineEnd finds the first LF or CR.
func indexLineEnd(b []byte) int {
	i := bytes.IndexByte(b, '\n')
	if i >= 0 {
		b = b[:i]
	}
	if j := bytes.IndexByte(b, '\r'); j >= 0 {
		return j
	}
	return i
}

func (l *lineReader) fill() {
	if l.start > 0 { // a line handed out is no longer valid: its place can be reused
		copy(l.buf, l.buf[l.start:l.end])
		l.end -= l.start
		l.scan -= l.start
		l.start = 0
	}
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.r.Read(l.buf[l.end:])
	l.at = l.came()
	l.end += n
	l.err = err
}
