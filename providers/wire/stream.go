package wire

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"lineup/providers"
)

// maxErrorBody bounds what is read of an error's body, in bytes.
const maxErrorBody = 256 << 10

// read decodes the body of a 200, which may be a stream, one whole JSON document, or no API answer
// at all.
func (m *remote) read(ctx context.Context, resp *answer, body io.Reader, yield consumer) {
	p := m.provider
	br := bufio.NewReader(body)
	first, err := firstByte(br,
		func() bool {
			return yield(providers.Event{Type: providers.EventAlive, At: resp.came()},
				nil)
		})
	switch {
	case err == errLeft:
		return
	case err != nil && err != io.EOF:
		yield(providers.Event{At: p.now()}, p.bodyError(ctx, err))
		return
	}
	if first == '<' {
		page, _ := io.ReadAll(io.LimitReader(br, maxErrorBody))
		yield(providers.Event{At: p.now()}, m.notAnswer(parseErrorBody(page)))
		return
	}
	switch m.dialect().contentOf(first, br) {
	case contentWhole:
		m.readWhole(ctx, resp, br, yield)
	case contentForeign:
		text := readForeign(br)
		if protocolOf(text) != "" {
			yield(providers.Event{At: p.now()}, m.foreign(&streamState{}, text))
			return
		}
		yield(providers.Event{At: p.now()}, m.notAnswer(parseErrorBody(text)))
	case contentStream:
		m.readStream(ctx, resp, br, yield)
	}
}

// beginsStream reports whether the next bytes may begin an event stream, with a comment or a field.
// It waits for no more bytes than it takes to tell, and leaves them where they are.
func beginsStream(br *bufio.Reader) bool {
	for n := 1; ; n++ {
		b, err := br.Peek(n)
		if err != nil { // too short to tell; how the body ends says more
			return true
		}
		begun := false
		for _, field := range []string{"", "data", "event", "id", "retry"} {
			switch {
			case n <= len(field):
				begun = begun || field[:n] == string(b)
			case string(b[:n-1]) == field &&
				(b[n-1] == ':' || field != "" && (b[n-1] == '\n' || b[n-1] == '\r')):
				return true
			}
		}
		if !begun {
			return false
		}
	}
}

// errLeft says that the consumer has broken out of the loop.
var errLeft = errors.New("the consumer has left")

// firstByte peeks at the first byte that is neither white space nor part of a byte order mark,
// which it skips; 0 and io.EOF for an empty body. It calls alive for each empty line.
func firstByte(br *bufio.Reader, alive func() bool) (byte, error) {
	for {
		c, err := br.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\r', 0xef, 0xbb, 0xbf:
		case '\n':
			if !alive() {
				return 0, errLeft
			}
		default:
			return c, br.UnreadByte()
		}
	}
}

// readStream decodes frames until the body ends.
func (m *remote) readStream(ctx context.Context, resp *answer, body io.Reader, yield consumer) {
	p := m.provider
	frames := m.dialect().frames(body, resp.came)
	dec := m.dialect().decoder()
	dec.state().declared = m.declares
	var events []providers.Event
	var last time.Time
	var ended *time.Timer
	for {
		if grace := dec.state().grace; grace > 0 {
			if ended == nil {
				ended = time.AfterFunc(grace, func() { resp.Body.Close() })
				defer ended.Stop()
			}
			ended.Reset(grace)
		}
		f, err := frames.next()
		if err == nil {
			last = f.at
			if f.kind == frameStray {
				f = dec.state().stray(f)
			}
			if f.kind == frameComment {
				if !yield(providers.Event{Type: providers.EventAlive, At: f.at}, nil) {
					return
				}
				continue
			}
			events, err = dec.decode(f, events[:0])
			if accused := dec.state().accused; err == nil && accused != nil {
				err = accused
			}
			if err == errNotJSON {
				err = &foreignError{f.data}
			}
			if err == nil && (len(events) == 0 || !dec.state().tokens()) {
				events = append(events, providers.Event{Type: providers.EventAlive, At: f.at})
			}
			for i := range events {
				if !yield(events[i], nil) {
					return
				}
			}
			if err == nil {
				continue
			}
		}
		if last.IsZero() {
			last = p.now()
		}
		for _, ev := range dec.state().flush(last, events[:0]) {
			if !yield(ev, nil) {
				return
			}
		}
		if e := m.end(ctx, dec.state(), err); e != nil {
			yield(providers.Event{At: p.now()}, e)
			return
		}
		if dec.state().whole && !yield(providers.Event{Type: providers.EventNote, At: last,
			Text: noteWhole}, nil) {
			return
		}
		if yield(providers.Event{Type: providers.EventFinish, At: last, Text: dec.state().finish},
			nil) {
			drain(resp.Body)
		}
		return
	}
}

// readWhole decodes an answer that came in one piece though a stream was asked for.
func (m *remote) readWhole(ctx context.Context, resp *answer, body io.Reader, yield consumer) {
	p := m.provider
	data, err := readDocument(resp.Body, io.LimitReader(body, maxLine+1))
	at := resp.came()
	data = bytes.TrimSpace(data)
	switch {
	case len(data) > maxLine:
		yield(providers.Event{At: at}, p.bodyError(ctx, errLineTooLong))
		return
	// a document that is whole is read, whatever length the server had announced
	case err != nil && !validDocument(data):
		yield(providers.Event{At: at}, p.bodyError(ctx, err))
		return
	}
	dec := m.dialect().decoder()
	dec.state().declared = m.declares
	events, err := decodeWhole(dec, data)
	events = dec.state().flush(at, events)
	for _, ev := range events {
		ev.At = at
		if !yield(ev, nil) {
			return
		}
	}
	if err == nil {
		err = io.EOF
	}
	if e := m.end(ctx, dec.state(), err); e != nil {
		yield(providers.Event{At: at}, e)
		return
	}
	if yield(providers.Event{Type: providers.EventNote, At: at, Text: noteWhole}, nil) {
		yield(providers.Event{Type: providers.EventFinish, At: at, Text: dec.state().finish}, nil)
	}
}

// readDocument reads a body to its end. After a whole answer it waits no longer than for the end of
// a stream: a proxy may keep the connection open. Pieces of an answer may come without any framing.
func readDocument(closer io.Closer, body io.Reader) ([]byte, error) {
	var read bytes.Buffer
	body = io.TeeReader(body, &read)
	var first json.RawMessage
	isPiece := func() bool {
		return bytes.Contains(first, []byte(`"delta"`)) ||
			bytes.Contains(first, []byte(`"done":false`))
	}
	if json.NewDecoder(body).Decode(&first) == nil && !isPiece() {
		t := time.AfterFunc(drainTime, func() { closer.Close() })
		defer t.Stop()
	}
	_, err := io.Copy(io.Discard, body)
	return read.Bytes(), err
}

// decodeWhole decodes a body of one document, of one in an envelope, or of several. Several are an
// error ahead of an event stream, or pieces of an answer without framing.
func decodeWhole(dec decoder, data []byte) ([]providers.Event, error) {
	if validDocument(data) {
		return dec.whole(openEnvelope(data), nil)
	}
	var events []providers.Event
	for in := json.NewDecoder(bytes.NewReader(data)); ; {
		var doc json.RawMessage
		if err := in.Decode(&doc); err != nil {
			if events == nil { // not even the first document is one
				return nil, &foreignError{data}
			}
			return events, nil
		}
		var err error
		events, err = dec.decode(frame{data: doc, bytes: len(doc)}, events)
		if err == nil && dec.state().accused != nil {
			err = dec.state().accused
		}
		if err != nil {
			return events, err
		}
	}
}

// The times to wait after the end mark of a stream: for the proper end of its body, and for more
// text after a mark on a line with text. Some servers write the mark on each line.
const (
	drainTime = 50 * time.Millisecond
	doubtTime = time.Second
)

// drain reads a body to its end, which lets net/http use the connection again.
func drain(body io.ReadCloser) {
	t := time.AfterFunc(drainTime, func() { body.Close() })
	defer t.Stop()
	// an error here only costs a connection
	_, _ = io.Copy(io.Discard, io.LimitReader(body, 64<<10))
}
