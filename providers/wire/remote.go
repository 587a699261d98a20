package wire

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"

	"lineup/providers"
)

// simulatorName is the Server header of package sim.
const simulatorName = "lineup-sim"

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
	files    bool    // the request has images or PDFs
	declares bool    // the present request declares tools
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
		m.files = hasFiles(req)
		m.moved, m.declares = p.quirks.dialectOf(m.model), len(req.Tools) > 0
		if m.moved != nil && !yield(providers.Event{Type: providers.EventNote, At: p.now(),
			Text: noteMoved}, nil) {
			return
		}
		fields := m.fields(req)
		if sent, other := m.sent(fields); other && !yield(providers.Event{
			Type: providers.EventParams, At: p.now(), Params: &sent}, nil) {
			return
		}
		for _, name := range append(m.dialect().omits(m.params),
			p.quirks.apply(m.model, fields)...) {
			if req.Schema != nil && name == m.dialect().schemaField() {
				name = "schema"
			}
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
		p.hearHeader(resp.Header)
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
	m.dialect().declare(b, req)
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
	if m.files && takesNoImages.in(e.Message) {
		m.provider.seen.note(m.model, false)
		e.Kind, e.Retry = providers.BadRequest, new(bool) // llama.cpp calls it a fault of its own
		e.Hint = "ask a model that takes images, or leave them out"
		return
	}
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
	if name := m.refusedDeclaration(fields, e); name != "" {
		q.drop(m.model, name)
		e.Adapted = true
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
		sent += providers.EstimateTokens(msg.Text())
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
