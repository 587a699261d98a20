package providers

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// simulatorName is the Server header of package sim.
const simulatorName = "lineup-sim"

// maxErrorBody bounds what is read of an error's body, in bytes.
const maxErrorBody = 256 << 10

// remote is a model behind a provider's dialect: one request, one stream, no policy.
type remote struct {
	provider *Provider
	model    string
	params   Params
	body     map[string]any
}

// Stream sends the request and decodes the answer.
func (m *remote) Stream(ctx context.Context, req Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		p := m.provider
		fields := m.provider.dialect.body(m.model, m.params, req)
		maps.Copy(fields, p.cfg.Body)
		maps.Copy(fields, m.body)
		hreq, err := p.newRequest(ctx, http.MethodPost, p.dialect.path(), fields)
		if err != nil {
			yield(Event{At: p.now()}, err)
			return
		}
		resp, err := p.send(hreq, yield)
		if err != nil {
			yield(Event{At: p.now()}, err)
			return
		}
		if resp == nil {
			return
		}
		defer resp.Body.Close()
		if !yield(Event{Type: EventHeaders, At: p.now(), Status: resp.StatusCode}, nil) {
			return
		}
		if resp.Header.Get("Server") == simulatorName && !yield(Event{Type: EventSimulated, At: p.now()}, nil) {
			return
		}
		body, err := inflate(resp)
		if err != nil {
			yield(Event{At: p.now()}, p.bodyError(ctx, err))
			return
		}
		if resp.StatusCode != http.StatusOK {
			text, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
			if ctx.Err() != nil {
				yield(Event{At: p.now()}, causeOf(ctx))
				return
			}
			yield(Event{At: p.now()}, p.statusError(m.model, resp, text))
			return
		}
		if usd, err := strconv.ParseFloat(resp.Header.Get("x-litellm-response-cost"), 64); err == nil && usd > 0 {
			if !yield(Event{Type: EventCost, At: p.now(), USD: usd}, nil) {
				return
			}
		}
		m.read(ctx, resp, body, yield)
	}
}

// read decodes the body of a 200, which may be a stream, one whole JSON document, or no API answer at all.
func (m *remote) read(ctx context.Context, resp *http.Response, body io.Reader, yield func(Event, error) bool) {
	p := m.provider
	br := bufio.NewReaderSize(body, 16<<10)
	first, err := firstByte(br, func() bool { return yield(Event{Type: EventAlive, At: p.now()}, nil) })
	switch {
	case err == errLeft:
		return
	case err != nil && err != io.EOF:
		yield(Event{At: p.now()}, p.bodyError(ctx, err))
		return
	}
	_, lines := p.dialect.(ollama)
	switch {
	case first == '<':
		page, _ := io.ReadAll(io.LimitReader(br, maxErrorBody))
		yield(Event{At: p.now()}, p.notAPI(parseErrorBody(page).message))
	case (first == '{' || first == '[') && !lines:
		m.readWhole(ctx, br, yield)
	case !lines && first != 0 && !bytes.ContainsRune([]byte("deir:"), rune(first)): // no field of an event stream begins so
		text, _ := io.ReadAll(io.LimitReader(br, maxErrorBody))
		yield(Event{At: p.now()}, p.notAPI(tidyMessage(string(text))))
	default:
		m.readStream(ctx, resp, br, yield)
	}
}

// notAPI is the error of a 200 that no model gave; said is what stood there instead.
func (p *Provider) notAPI(said string) *Error {
	return &Error{Kind: Protocol, Message: "not an API endpoint: it answers " + strconv.Quote(p.clean(said)),
		Hint: fmt.Sprintf("check base_url of provider %s: %s serves something else than the API", p.cfg.Name, p.where())}
}

// errLeft says that the consumer has broken out of the loop.
var errLeft = errors.New("the consumer has left")

// firstByte peeks at the first byte that is neither white space nor part of a byte order mark, which it skips; 0 and
// io.EOF for an empty body. It calls alive when no more than such bytes have come yet.
func firstByte(br *bufio.Reader, alive func() bool) (byte, error) {
	for {
		c, err := br.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf:
			if br.Buffered() == 0 && !alive() {
				return 0, errLeft
			}
		default:
			return c, br.UnreadByte()
		}
	}
}

// readStream decodes frames until the body ends.
func (m *remote) readStream(ctx context.Context, resp *http.Response, body io.Reader, yield func(Event, error) bool) {
	p := m.provider
	frames := p.dialect.frames(body, p.now)
	dec := p.dialect.decoder()
	var events []Event
	var last time.Time
	for {
		f, err := frames.next()
		if err == nil {
			last = f.at
			if f.kind == frameComment {
				if !yield(Event{Type: EventAlive, At: f.at}, nil) {
					return
				}
				continue
			}
			events, err = dec.decode(f, events[:0])
			if len(events) == 0 && err == nil {
				events = append(events, Event{Type: EventAlive, At: f.at})
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
		if e := m.end(ctx, dec.tally(), err); e != nil {
			yield(Event{At: p.now()}, e)
			return
		}
		if yield(Event{Type: EventFinish, At: last, Text: dec.tally().finish}, nil) {
			drain(resp.Body)
		}
		return
	}
}

// end judges how a stream ended: nil for a whole answer. Behind the finish reason nothing is missing, however the
// connection ends; without it, whoever stopped the stream is named.
func (m *remote) end(ctx context.Context, t *tally, err error) *Error {
	p := m.provider
	var said *failure
	var broken *brokenError
	switch {
	case errors.As(err, &said):
		return p.classify(m.model, 0, said.serverError)
	case errors.Is(err, errNotJSON):
		return &Error{Kind: Protocol, Message: err.Error(), Hint: "check kind and base_url of provider " + p.cfg.Name}
	case t.finish != "":
		return t.verdict()
	case ctx.Err() != nil:
		return causeOf(ctx)
	case err == io.EOF, errors.Is(err, errStreamEnd):
		return t.verdict()
	case err == io.ErrUnexpectedEOF && t.tokens() && !errors.As(err, &broken):
		return t.verdict() // the chunked body stopped between two lines: cut short, as by a clean end
	}
	return p.bodyError(ctx, err)
}

// readWhole decodes an answer that came in one piece though a stream was asked for.
func (m *remote) readWhole(ctx context.Context, body io.Reader, yield func(Event, error) bool) {
	p := m.provider
	data, err := io.ReadAll(io.LimitReader(body, maxLine+1))
	at := p.now()
	switch {
	case err != nil:
		yield(Event{At: at}, p.bodyError(ctx, err))
		return
	case len(data) > maxLine:
		yield(Event{At: at}, p.bodyError(ctx, errLineTooLong))
		return
	}
	dec := p.dialect.decoder()
	events, err := dec.whole(bytes.TrimSpace(data), nil)
	for _, ev := range events {
		ev.At = at
		if !yield(ev, nil) {
			return
		}
	}
	if err == nil {
		err = io.EOF
	}
	if e := m.end(ctx, dec.tally(), err); e != nil {
		yield(Event{At: at}, e)
		return
	}
	if yield(Event{Type: EventNote, At: at, Text: "answered in one piece, not streamed"}, nil) {
		yield(Event{Type: EventFinish, At: at, Text: dec.tally().finish}, nil)
	}
}

// drainTime is how long a finished stream may take to close its body properly.
const drainTime = 50 * time.Millisecond

// drain reads a body to its end, which lets net/http use the connection again.
func drain(body io.ReadCloser) {
	t := time.AfterFunc(drainTime, func() { body.Close() })
	defer t.Stop()
	_, _ = io.Copy(io.Discard, io.LimitReader(body, 64<<10)) // an error here only costs a connection
}
