package wire

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"lineup/providers"
)

// dialect is a wire protocol. Its values hold no state; a decoder holds that of one stream.
type dialect interface {
	// path of the request, below the base URL.
	path() string
	// body of the request, as JSON fields; nothing stands in it that is not set.
	body(model string, params providers.Params, req providers.Request) map[string]any
	// authorize puts the key where the protocol has it, and what the protocol wants in each header.
	// key may be "".
	authorize(h http.Header, key string)
	// frames cuts a response body into frames.
	frames(r io.Reader, came func() time.Time) frameReader
	// decoder for one stream.
	decoder() decoder
	// listPath and decodeList ask for the models that there are.
	listPath() string
	decodeList(body []byte) ([]providers.Listed, error)

	questions
}

// questions are about what dialects do differently beside the wire format. usual answers them for
// most.
type questions interface {
	// basePath is the path of the base URL as the dialect's own paths want it.
	basePath(path string) string
	// settle puts the fields of a request into the spelling of the host.
	settle(p *Provider, fields map[string]any)
	// declare tells the server what the answer is to be: JSON that fits a schema, or calls of
	// tools. A request that asks for neither stays as it is.
	declare(fields map[string]any, req providers.Request)
	// schemaField names the field that declare puts the schema into, as in output_config.format.
	schemaField() string
	// demands names the fields beside model and messages that a request must have.
	demands() []string
	// contentOf says what a body under 200 is, by its first byte that is no white space.
	contentOf(first byte, body *bufio.Reader) content
	// continues reports whether a server is known to go on with an assistant's message at the end
	// of a request.
	continues(p *Provider) bool
	// trims reports whether white space at the end of such a message is cut off before it is sent.
	trims() bool
	// omits names the parameters that are set and that the protocol does not have.
	omits(params providers.Params) []string
	// elsewhere is the dialect in which a model wants to be asked, by its refusal of this one; nil
	// where it says nothing.
	elsewhere(e *providers.Error) dialect
	// tellsLimit reports whether a server says that max_tokens has cut an answer.
	tellsLimit(p *Provider) bool
	// contextSetting names the setting to raise after a prompt was cut silently, "" for a dialect
	// without such servers.
	contextSetting(p *Provider) string

	// refusesPDF reports whether the protocol has no place for PDFs.
	refusesPDF() bool
	// sees asks the server whether a model takes images; nil where it does not say.
	sees(ctx context.Context, p *Provider, model string) *bool

	// account asks what the server tells of itself and of the key.
	account(ctx context.Context, p *Provider) (Account, error)
	// addFacts fills in what a list of models leaves out. header is that of the list.
	addFacts(ctx context.Context, p *Provider, header http.Header, list []providers.Listed)
	// runner is the program that keeps the listed models in its memory, nil for an unknown one.
	// header is that of the list.
	runner(p *Provider, header http.Header, list []providers.Listed) runner
	// pulls reports whether the server can fetch a model that it does not have.
	pulls() bool

	// startHint gives the command to start a server, or "".
	startHint() string
	// missingHint tells how to get a missing model; said is the answer of the server, in lower
	// case.
	missingHint(p *Provider, model, said string) string
	// addressHint says what is wrong with the base URL where the server has no API there, "" for
	// nothing in particular.
	addressHint(p *Provider) string
	// lacksVersion reports whether the base URL stops short of where the API nearly always is.
	lacksVersion(p *Provider) bool
}

// content is what a body under 200 holds.
type content uint8

const (
	contentStream  content = iota
	contentWhole           // one JSON document
	contentForeign         // nothing of the protocol
)

// usual answers the questions as most dialects do. A dialect embeds it and overrides the rest: one
// of JSON lines needs its own contentOf, or each stream is taken for a whole answer.
type usual struct{}

func (usual) basePath(path string) string      { return path }
func (usual) settle(*Provider, map[string]any) {}
func (usual) demands() []string                { return nil }
func (usual) continues(*Provider) bool         { return true }
func (usual) trims() bool                      { return false }
func (usual) omits(providers.Params) []string  { return nil }

func (usual) tellsLimit(*Provider) bool          { return true }
func (usual) elsewhere(*providers.Error) dialect { return nil }

// contentOf is that of event streams.
func (usual) contentOf(first byte, body *bufio.Reader) content {
	switch {
	case first == '{' || first == '[':
		return contentWhole
	case first != 0 && !beginsStream(body):
		return contentForeign
	}
	return contentStream
}

// contextSetting is Ollama's where it may be behind another protocol, which has no parameter for
// it.
func (usual) contextSetting(p *Provider) string {
	if p.cfg.Local {
		return "OLLAMA_CONTEXT_LENGTH if it is Ollama"
	}
	return ""
}

func (usual) account(context.Context, *Provider) (Account, error) { return Account{}, nil }

func (usual) addFacts(ctx context.Context, p *Provider, header http.Header,
	list []providers.Listed) {
	if isLiteLLM(header) {
		p.addLiteLLMPrices(ctx, list)
	}
	if r := p.dialect.runner(p, header, list); r != nil {
		r.remember(ctx, p, list)
	}
}

func (usual) runner(p *Provider, header http.Header, list []providers.Listed) runner {
	return runnerBehind(p, header, list)
}

func (usual) pulls() bool       { return false }
func (usual) startHint() string { return "" }

// missingHint knows Ollama by its words, whatever protocol it is asked in.
func (usual) missingHint(p *Provider, model, said string) string {
	if p.cfg.Local && strings.HasPrefix(said, "model '") {
		return pullHint(model)
	}
	return "list what there is with: lineup models"
}

func (usual) addressHint(*Provider) string { return "" }
func (usual) lacksVersion(*Provider) bool  { return false }

// decoder turns the frames of one stream into events.
type decoder interface {
	// decode appends what a frame says to out. It returns errStreamEnd at the protocol's own end
	// mark, and a *failure where the server reports an error inside the stream.
	decode(f frame, out []providers.Event) ([]providers.Event, error)
	// whole appends what a complete, unstreamed answer says.
	whole(data []byte, out []providers.Event) ([]providers.Event, error)
	// state is what the decoder has seen so far.
	state() *streamState
}

// errStreamEnd is the protocol's own end mark. It proves nothing: a gateway sends it after its
// upstream died.
var errStreamEnd = errors.New("end of stream")

// errNotJSON is a payload that is no JSON document of the protocol.
var errNotJSON = errors.New("the server sent something that is not the protocol's JSON")

// foreignError is errNotJSON with the payload in question.
type foreignError struct{ data []byte }

func (e *foreignError) Error() string { return errNotJSON.Error() }
func (e *foreignError) Unwrap() error { return errNotJSON }

// failure is an error that the server reported inside a stream under HTTP 200.
type failure struct{ serverError }

func (f *failure) Error() string { return f.message }

// streamFailure reads the error object of a frame.
func streamFailure(frame []byte) *failure { return &failure{parseErrorBody(frame)} }

// bearer sends a key as RFC 6750 has it.
func bearer(h http.Header, key string) {
	if key != "" {
		h.Set("Authorization", "Bearer "+key)
	}
}

// decodeLines handles data that is no document: a sign of life in plain words, or documents that a
// server ran together, which are several data lines of one event.
func decodeLines(f frame, data []byte, out []providers.Event,
	decode func(frame, []providers.Event) ([]providers.Event, error)) ([]providers.Event, error) {
	if signOfLife(string(bytes.Trim(data, " \t\r\n:\"[]"))) {
		return out, nil
	}
	if bytes.IndexByte(data, '\n') < 0 {
		return out, errNotJSON
	}
	for line := range bytes.Lines(data) {
		if f.data = bytes.TrimSpace(line); len(f.data) == 0 {
			continue
		}
		var err error
		if out, err = decode(f, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// present reports whether a raw JSON value is there and not null.
func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
