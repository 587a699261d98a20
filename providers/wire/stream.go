package wire

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
)

// simulatorName is the Server header of package sim.
const simulatorName = "lineup-sim"

// maxErrorBody bounds what is read of an error's body, in bytes.
const maxErrorBody = 256 << 10

// consumer is whoever takes the events of a stream, as iter.Seq2 hands them over: false says that
// it has left.
type consumer = func(providers.Event, error) bool

// remote is a model behind a provider's dialect: one request, one stream, no policy.
type remote struct {
	provider *Provider
	model    string
	params   providers.Params
	body     map[string]any
	headers  map[string]string
	moved    dialect // in which the model is asked, nil for the provider's own
}

// dialect is the one in which the model is asked.
func (m *remote) dialect() dialect {
	if m.moved != nil {
		return m.moved
	}
	return m.provider.dialect
}

// Stream sends the request and decodes the answer.
func (m *remote) Stream(ctx context.Context,
	req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield consumer) {
		p := m.provider
		yield = guarded(append(p.secrets(), headerSecrets(m.headers)...), yield)
		m := *m
		m.moved = p.quirks.dialectOf(m.model)
		if m.moved != nil && !yield(providers.Event{Type: providers.EventNote, At: p.now(),
			Text: noteMoved}, nil) {
			return
		}
		fields := m.fields(req)
		for _, name := range append(m.dialect().omits(m.params),
			p.quirks.apply(m.model, fields)...) {
			if !yield(providers.Event{Type: providers.EventDropped, At: p.now(), Text: name}, nil) {
				return
			}
		}
		resp, err := p.ask(ctx, m.dialect().path(), fields, m.headers, yield)
		if err != nil {
			yield(providers.Event{At: p.now()}, err)
			return
		}
		if resp == nil {
			return
		}
		defer resp.Body.Close()
		if !yield(providers.Event{Type: providers.EventHeaders, At: resp.came(),
			Status: resp.StatusCode}, nil) {
			return
		}
		if resp.Header.Get("Server") == simulatorName &&
			!yield(providers.Event{Type: providers.EventSimulated, At: resp.came()}, nil) {
			return
		}
		body := inflate(resp.Response)
		switch {
		case resp.StatusCode < 200 || resp.StatusCode > 299:
			yield(providers.Event{At: p.now()}, m.refusal(ctx, resp.Response, body, fields))
		case m.gatewaySays(resp, yield):
			m.read(ctx, resp, body, unechoed(req, m.dialect().trims(), resp.Header,
				m.checked(req, m.learning(fields, m.limited(yield)))))
		}
	}
}

// fields is the request's body: what the dialect makes of it, in the host's spelling, with the
// extra fields of the config over it.
func (m *remote) fields(req providers.Request) map[string]any {
	b := m.dialect().body(m.model, m.params, req)
	m.dialect().settle(m.provider, b)
	if hasBudget(b) && m.provider.quirks.adaptive(m.model) {
		thinkAdaptively(b, m.params.ReasoningEffort)
	}
	for _, extra := range []map[string]any{m.provider.cfg.Body, m.body} {
		for name, v := range extra {
			if into, ok := b[name].(map[string]any); ok { // such as Ollama's options
				if from, ok := v.(map[string]any); ok {
					maps.Copy(into, from)
					continue
				}
			}
			b[name] = v
		}
	}
	return b
}

// refusal is the error of an answer that is no success.
func (m *remote) refusal(ctx context.Context, resp *http.Response, body io.Reader,
	fields map[string]any) *providers.Error {
	// a part of an error is better than none
	text, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
	// a deadline says less than the answer that has begun
	if ctx.Err() != nil && providers.CauseOf(ctx).Kind == providers.Cancelled {
		return providers.CauseOf(ctx)
	}
	e := m.provider.statusError(m.model, resp, text)
	m.learn(fields, e)
	return e
}

// learn notes what a refusal of a request with these fields says of the server, and marks an error
// after which the request is worth sending again in another form.
func (m *remote) learn(fields map[string]any, e *providers.Error) {
	q := &m.provider.quirks
	switch to := m.dialect().elsewhere(e); {
	case to != nil && q.move(m.model, to, e):
		e.Adapted = true
		return
	case m.moved != nil && (e.Status == http.StatusNotFound ||
		e.Status == http.StatusMethodNotAllowed):
		*e = q.bar(m.model) // the server has no such path: what it said before stands
		return
	}
	hint := m.parameterHint(fields, e)
	for _, name := range m.dialect().demands() {
		delete(fields, name)
	}
	if e.Adapted = q.adapt(m.model, fields, e); !e.Adapted && hint != "" {
		e.Hint = hint
	}
}

// learning wraps a consumer to learn from a refusal that comes inside the stream, under HTTP 200.
func (m *remote) learning(fields map[string]any, yield consumer) consumer {
	token := false
	return func(ev providers.Event, err error) bool {
		token = token || ev.Token()
		if err != nil && !token {
			e := providers.AsError(err)
			m.learn(fields, e)
			err = e
		}
		return yield(ev, err)
	}
}

// gatewaySays yields what stands in the headers of a gateway's answer.
func (m *remote) gatewaySays(resp *answer, yield consumer) bool {
	at := resp.came()
	for _, note := range gatewayNotes(resp.Header) {
		if !yield(providers.Event{Type: providers.EventNote, At: at, Text: note}, nil) {
			return false
		}
	}
	usd, ok := parseUSD(resp.Header.Get("x-litellm-response-cost"))
	return !ok || usd == 0 || yield(providers.Event{Type: providers.EventCost, At: at, USD: usd},
		nil)
}

// checked wraps a consumer to tell of a prompt that Ollama cut silently. The server says how much
// it read: far less than was sent, or exactly its context. Where no num_ctx is set, a context is a
// multiple of 1024. Whatever protocol a local server is asked by, Ollama may be behind it.
func (m *remote) checked(req providers.Request, yield consumer) consumer {
	setting := m.provider.dialect.contextSetting(m.provider)
	if setting == "" {
		return yield
	}
	sent := providers.EstimateTokens(req.System)
	for _, msg := range req.Messages {
		sent += providers.EstimateTokens(msg.Content)
	}
	told := false // a usage may come with every chunk
	return func(ev providers.Event, err error) bool {
		if u := ev.Usage; ev.Type == providers.EventUsage && u != nil && u.Input > 0 && !told {
			full := m.params.NumCtx != nil && u.Input >= *m.params.NumCtx || u.Input%1024 == 0 &&
				sent > float64(u.Input)*1.1
			// more read than sent is no cut
			if sent > float64(u.Input) && (full || sent > 500 && float64(u.Input) < sent/2) {
				told = true
				note := fmt.Sprintf("the server read %d tokens of a prompt of about %.0f and "+
					"cut the rest; raise its context (%s)", u.Input, sent, setting)
				if !yield(providers.Event{Type: providers.EventNote, At: ev.At, Text: note}, nil) {
					return false
				}
			}
		}
		return yield(ev, err)
	}
}

// read decodes the body of a 200, which may be a stream, one whole JSON document, or no API answer
// at all.
func (m *remote) read(ctx context.Context, resp *answer, body io.Reader, yield consumer) {
	p := m.provider
	br := bufio.NewReaderSize(body, 16<<10)
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

// notAnswer is the error of a 200 with plain words or markup in place of an answer: by the words,
// where they tell its kind, but for a page, which may speak of anything.
func (m *remote) notAnswer(s serverError) *providers.Error {
	if s.kind != "html" && kindOfWords(0, s) != "" {
		return m.provider.classify(m.model, 0, s)
	}
	return m.provider.notAPI(s.message)
}

// notAPI is the error of a 200 that no model gave; said is what stood there instead.
func (p *Provider) notAPI(said string) *providers.Error {
	hint := fmt.Sprintf("check base_url of provider %s: %s serves something else than the API",
		p.cfg.Name, p.where())
	if p.dialect.lacksVersion(p) {
		hint = p.addressHint()
	}
	return &providers.Error{Kind: providers.Protocol, Message: "not an API endpoint: it answers " +
		strconv.Quote(p.clean(said)), Hint: hint}
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

// end judges how a stream ended: nil for a whole answer. After the finish reason nothing is
// missing, however the connection ends; without it, whoever stopped the stream is named.
func (m *remote) end(ctx context.Context, t *streamState, err error) *providers.Error {
	e := m.judge(ctx, t, err)
	if e != nil {
		e.Finish = t.finish
	}
	return e
}

func (m *remote) judge(ctx context.Context, t *streamState, err error) *providers.Error {
	p := m.provider
	var said *failure
	var broken *brokenError
	var foreign *foreignError
	ended := errors.Is(err, io.EOF) || errors.Is(err, errStreamEnd)
	switch {
	case errors.As(err, &said):
		return p.classify(m.model, 0, said.serverError)
	case errors.As(err, &foreign) && t.finish == "":
		return m.foreign(t, foreign.data)
	case errors.Is(err, errNotJSON) && t.finish == "":
		return m.foreign(t, nil)
	case t.finish != "":
		return t.verdict()
	case ctx.Err() != nil:
		return providers.CauseOf(ctx)
	case ended && errors.As(err, &broken) && !t.tokens() && isMalformed(broken.line):
		return m.foreign(t, broken.line)
	case ended && t.strays.failure() != nil:
		return m.strayEnd(t, t.strays.failure().serverError)
	case err == io.EOF, errors.Is(err, errStreamEnd):
		if t.said != nil && (!t.payload && !t.tokens() ||
			kindOfWords(0, t.said.serverError) != "") {
			return p.classify(m.model, 0, t.said.serverError)
		}
		if t.foreign && !t.payload && !t.tokens() {
			return m.foreign(t, t.first)
		}
		return t.verdict()
	case err == io.ErrUnexpectedEOF && t.tokens() && !errors.As(err, &broken):
		// the chunked body stopped between two lines: cut short, as by a clean end
		return t.verdict()
	}
	return p.bodyError(ctx, err)
}

// strayEnd judges a stream that ended without its end mark, with words outside its framing.
func (m *remote) strayEnd(t *streamState, s serverError) *providers.Error {
	if kindOfWords(0, s) != "" || !t.tokens() && !s.raw {
		return m.provider.classify(m.model, 0, s)
	}
	if !t.tokens() {
		return m.foreign(t, []byte(s.message))
	}
	e := t.verdict()
	e.Message += "; it ended with " + strconv.Quote(m.provider.clean(s.message))
	return e
}

// foreign is the error of an answer that another protocol, or another path of the server, gave. It
// quotes what came, and names its kind where the words tell it.
func (m *remote) foreign(t *streamState, data []byte) *providers.Error {
	p := m.provider
	s := parseErrorBody(data)
	quoted := s.raw && (data[0] == '{' || data[0] == '[') // a document may speak of anything
	if !quoted && kindOfWords(0, s) != "" {
		return p.classify(m.model, 0, s)
	}
	e := &providers.Error{Kind: providers.Protocol, Message: errNotJSON.Error(),
		Hint: "check kind and base_url of provider " + p.cfg.Name}
	if p.dialect.lacksVersion(p) {
		e.Hint = p.addressHint()
	}
	if hint := p.protocolHint(protocolOf(data)); hint != "" {
		e.Hint = hint
	}
	if t.tokens() { // the address is right
		e.Hint = "ask again"
	}
	if len(data) > 0 {
		e.Message += ": " + strconv.Quote(p.clean(tidyMessage(string(data))))
	}
	return e
}

// isMalformed reports whether the beginning of a document cannot become one, whatever follows.
func isMalformed(data []byte) bool {
	if len(data) == 0 || strings.HasPrefix("[DONE]", string(data)) {
		return false
	}
	var v any
	err := json.NewDecoder(bytes.NewReader(data)).Decode(&v)
	var syntax *json.SyntaxError
	return errors.As(err, &syntax)
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
