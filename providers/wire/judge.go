package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"lineup/providers"
)

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
	hint := fmt.Sprintf("check %s: %s serves something else than the API", p.address(), p.where())
	if p.dialect.lacksVersion(p) {
		hint = p.addressHint()
	}
	return &providers.Error{Kind: providers.Protocol, Message: "not an API endpoint: it answers " +
		strconv.Quote(p.clean(said)), Hint: hint}
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
		return m.saidBeside(t)
	case err == io.ErrUnexpectedEOF && t.tokens() && !errors.As(err, &broken):
		// the chunked body stopped between two lines: cut short, as by a clean end
		return t.verdict()
	}
	return p.bodyError(ctx, err)
}

// saidBeside is the verdict of a stream that ended. Where the answer is cut, it quotes a document
// that stood beside it and has words for people.
func (m *remote) saidBeside(t *streamState) *providers.Error {
	e := t.verdict()
	if e != nil && e.Kind == providers.Truncated && t.said != nil {
		e.Message += "; the server said " + strconv.Quote(m.provider.clean(t.said.message))
	}
	return e
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
		Hint: "check " + p.dialectAndAddress()}
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
