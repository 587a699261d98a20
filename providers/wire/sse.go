package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// frameKind says what a frame holds.
type frameKind uint8

const (
	frameData frameKind = iota // the payload of an event
	// a comment, a ping without data or a blank line: the server is alive
	frameComment
	frameStray // a line that the framing does not have
)

// frame is one unit of a stream, SSE or NDJSON. Its data is valid until the next call of the
// reader.
type frame struct {
	kind  frameKind
	event string // the event field of SSE, or ""
	data  []byte
	at    time.Time
	bytes int // on the wire, line ends not counted
}

// frameReader is what the decoders read: sseReader or ndjsonReader. At the end it returns the
// body's error, io.EOF for a clean one, or a *brokenError around it where the body stopped in the
// middle of a line or an event.
type frameReader interface {
	next() (frame, error)
}

// brokenError is the end of a body that stopped inside a line or an event.
type brokenError struct {
	cause error
	line  []byte // what came of the line or the event
}

func (e *brokenError) Error() string { return "the stream broke off: " + e.cause.Error() }
func (e *brokenError) Unwrap() error { return e.cause }

// sseReader reads server-sent events as the WHATWG standard has them (LF, CR LF or CR; BOM;
// comments; an optional space), with two differences that real servers call for: a pending event at
// the end of the body is dispatched if its data is complete JSON, and comments are reported.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
type sseReader struct {
	lines *lineReader
	data  []byte
	has   bool // a data field was seen since the last dispatch
	torn  bool // the body ended inside the last line
	event string
	name  string // of the last event that had one
	bytes int
	first bool
	stray *frame // comes next
}

func newSSEReader(r io.Reader, came func() time.Time) *sseReader {
	return &sseReader{lines: newLineReader(r, came), first: true}
}

func (s *sseReader) next() (frame, error) {
	if f := s.stray; f != nil {
		s.stray = nil
		return *f, nil
	}
	for {
		line, at, whole, err := s.lines.next()
		if err != nil {
			return s.last(at, err)
		}
		if s.first {
			s.first = false
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if len(line) == 0 {
			idle := s.bytes == 0 // blank lines between events are DeepSeek's sign of life
			if f, ok := s.dispatch(at); ok {
				return f, nil
			}
			if idle {
				return frame{kind: frameComment, at: at}, nil
			}
			continue
		}
		s.torn = !whole
		if line[0] == ':' {
			return frame{kind: frameComment, at: at, bytes: len(line)}, nil
		}
		if isStray(line) {
			stray := frame{kind: frameStray, data: line, at: at, bytes: len(line)}
			// a document ends the event before it
			if s.has && isDocument(s.data) && (line[0] == '{' || line[0] == '[') {
				stray.data = bytes.Clone(line)
				s.stray = &stray
				f, _ := s.dispatch(at)
				return f, nil
			}
			return stray, nil
		}
		s.bytes += len(line)
		if err := s.field(line); err != nil {
			return frame{}, err
		}
	}
}

// isStray reports whether a line has none of the fields of an event stream. The standard has it
// left alone; servers write errors so.
func isStray(line []byte) bool {
	name, _, _ := bytes.Cut(line, []byte(":"))
	switch string(name) {
	case "data", "event", "id", "retry":
		return false
	}
	return true
}

// field takes one "name: value" line.
func (s *sseReader) field(line []byte) error {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "data":
		if s.has {
			s.data = append(s.data, '\n')
		} else {
			s.has, s.data = true, s.data[:0]
		}
		s.data = append(s.data, value...)
		if len(s.data) > s.lines.limit {
			return errLineTooLong
		}
	case "event":
		if string(value) != s.name { // nearly all events of a stream have the same name
			s.name = string(value)
		}
		s.event = s.name
	}
	return nil
}

// dispatch ends an event at a blank line.
func (s *sseReader) dispatch(at time.Time) (frame, bool) {
	if !s.has {
		s.event, s.bytes = "", 0
		return frame{}, false
	}
	f := frame{kind: frameData, event: s.event, data: s.data, at: at, bytes: s.bytes}
	s.has, s.event, s.bytes = false, "", 0
	return f, true
}

// last handles the end of the body: an event without its blank line counts if it is whole.
func (s *sseReader) last(at time.Time, err error) (frame, error) {
	if !s.has {
		if s.torn {
			return frame{}, &brokenError{cause: err, line: s.data}
		}
		return frame{}, err
	}
	if whole := documents(s.data); whole > 0 {
		// what follows is the beginning of another
		s.torn = whole < len(bytes.TrimRight(s.data, " \t\n"))
		s.data = s.data[:whole]
		f, _ := s.dispatch(at)
		return f, nil
	}
	s.has, s.event, s.bytes = false, "", 0
	return frame{}, &brokenError{cause: err, line: s.data}
}

// documents measures the whole part of the data of an event: all of it, or the leading lines that
// are a document each. Some servers put no blank lines between events.
func documents(data []byte) int {
	if isDocument(data) {
		return len(data)
	}
	n := 0
	for line := range bytes.Lines(data) {
		if len(bytes.TrimSpace(line)) > 0 && !isDocument(line) {
			break
		}
		n += len(line)
	}
	return n
}

// isDocument reports whether data is one whole JSON document, or the end mark of OpenAI's streams.
func isDocument(data []byte) bool {
	data = bytes.TrimSpace(data)
	return validDocument(data) || string(data) == "[DONE]"
}

// ndjsonReader reads one JSON value a line; blank lines are reported like comments. The last line
// needs no end if it is whole.
type ndjsonReader struct {
	lines *lineReader
	first bool
	stray bool // a document has begun that fills several lines
}

func newNDJSONReader(r io.Reader, came func() time.Time) *ndjsonReader {
	return &ndjsonReader{lines: newLineReader(r, came), first: true}
}

func (n *ndjsonReader) next() (frame, error) {
	line, at, whole, err := n.lines.next()
	if err != nil {
		return frame{}, err
	}
	if n.first {
		n.first = false
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	size := len(line)
	line = unframed(bytes.TrimSpace(line))
	switch {
	case len(line) == 0:
		return frame{kind: frameComment, at: at, bytes: size}, nil
	case n.stray || whole && isTorn(line): // a document over several lines
		n.stray = true
		return frame{kind: frameStray, data: line, at: at, bytes: size}, nil
	case !whole && !validDocument(line):
		return frame{}, &brokenError{cause: n.lines.err, line: line}
	}
	return frame{kind: frameData, data: line, at: at, bytes: size}, nil
}

// unframed is a line without the framing of an event stream, in which some gateways write their
// errors whatever the protocol is.
func unframed(line []byte) []byte {
	if data, ok := bytes.CutPrefix(line, []byte("data:")); ok {
		return bytes.TrimSpace(data)
	}
	if bytes.HasPrefix(line, []byte("event:")) || bytes.HasPrefix(line, []byte(": ")) {
		return nil
	}
	return line
}

// isTorn reports whether a line is the beginning of a document, and not the whole of one.
func isTorn(line []byte) bool {
	if last := len(line) - 1; last < 0 || line[0] != '{' && line[0] != '[' || last > 0 &&
		(line[last] == '}' || line[last] == ']') {
		return false
	}
	var v any
	err := json.NewDecoder(bytes.NewReader(line)).Decode(&v)
	return err == io.EOF || err == io.ErrUnexpectedEOF
}
