package wire

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
)

// runner is a program that keeps models in its memory, whatever dialect it is asked in.
type runner interface {
	// remember notes in a list what the program says of its memory. A list is good without, so that
	// a failure is none.
	remember(ctx context.Context, p *Provider, list []providers.Listed)
	// load has a model loaded and returns when it is there. The error is an *Error.
	load(ctx context.Context, p *Provider, model string, how LoadOptions) error
	// unload has a model unloaded. The program may still be busy with that. The error is an *Error.
	unload(ctx context.Context, p *Provider, model string) error
}

// LoadOptions say how a model is loaded. The zero value leaves everything to the server.
type LoadOptions struct {
	// KeepAlive is how long the model stays after its last request; negative: until it is unloaded.
	KeepAlive *time.Duration
	Context   int            // tokens
	Body      map[string]any // extra fields of requests to the model
}

// Load has the server load a model, waits for it, and returns what the server says of it then. A
// model that is loaded stays so. There is no deadline: loading takes as long as it takes. The error
// is an *Error.
func (p *Provider) Load(ctx context.Context, model string,
	how LoadOptions) (providers.Memory, error) {
	r, err := p.findRunner(ctx)
	if err == nil {
		err = r.load(ctx, p, model, how)
	}
	if err != nil {
		return providers.Memory{}, p.memoryError(model, err)
	}
	return p.memoryOf(ctx, r, model), nil
}

// Memory asks what the server says of a model in its memory. A server that says nothing is none.
func (p *Provider) Memory(ctx context.Context, model string) providers.Memory {
	r, err := p.findRunner(ctx)
	if err != nil {
		return providers.Memory{}
	}
	return p.memoryOf(ctx, r, model)
}

// Bounds of the wait for a model to leave the memory, which it does after its last answer.
const (
	unloadPoll   = 100 * time.Millisecond
	unloadWithin = 10 * time.Second
)

// Unload has the server unload a model, and waits a while until it is gone. One that is not loaded
// is none. The error is an *Error.
func (p *Provider) Unload(ctx context.Context, model string) error {
	r, err := p.findRunner(ctx)
	if err == nil {
		err = r.unload(ctx, p, model)
	}
	if err != nil {
		return p.memoryError(model, err)
	}
	for end := time.Now().Add(unloadWithin); p.memoryOf(ctx, r, model).Loaded(); {
		if time.Now().After(end) {
			return &providers.Error{Kind: providers.Overloaded,
				Message: "the server has not unloaded " + providers.CleanLine(model) + " yet",
				Hint:    "it does so after its last answer; look with: lineup models"}
		}
		if err := waitFor(ctx, unloadPoll); err != nil {
			return err
		}
	}
	if ctx.Err() != nil { // the server could not say whether it is gone
		return providers.CauseOf(ctx)
	}
	return nil
}

// waitFor waits; its error is the *Error of a context that has ended.
func waitFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return providers.CauseOf(ctx)
	case <-t.C:
		return nil
	}
}

// findRunner finds the program behind the provider, or says why it cannot load models.
func (p *Provider) findRunner(ctx context.Context) (runner, error) {
	if r := p.dialect.runner(p, nil, nil); r != nil { // whatever it lists
		return r, nil
	}
	body, header, err := p.get(ctx, p.url(p.dialect.listPath()))
	if err != nil {
		return nil, err
	}
	list, err := p.dialect.decodeList(openEnvelope(body))
	if err != nil {
		return nil, p.noList(body, err)
	}
	if r := p.dialect.runner(p, header, list); r != nil {
		return r, nil
	}
	return nil, p.noRunner()
}

// noRunner is the error of a server that is none of those that load models for others.
func (p *Provider) noRunner() error {
	return p.cannotLoad("models cannot be loaded and unloaded there",
		"this works with Ollama, LM Studio and llama-server without -m (its router)")
}

// cannotLoad is the error of a server that has no way to load or unload models.
func (p *Provider) cannotLoad(why, hint string) *providers.Error {
	return &providers.Error{Kind: providers.BadRequest,
		Message: "provider " + p.cfg.Name + ": " + why, Hint: hint}
}

// runnerBehind finds the program behind a dialect that several speak, by its list of models.
func runnerBehind(p *Provider, header http.Header, list []providers.Listed) runner {
	owned := func(by string) bool {
		return len(list) > 0 && !slices.ContainsFunc(list,
			func(m providers.Listed) bool { return m.Owner != by })
	}
	switch {
	case header == nil || isLiteLLM(header):
	case slices.ContainsFunc(list, func(m providers.Listed) bool { return m.Memory.State != "" }):
		return llamaRouter{}
	case strings.HasPrefix(header.Get("Server"), "llama.cpp"):
		return llamaAlone{}
	case !p.cfg.Local:
	case owned("library"):
		return ollamaRunner{}
	case owned("vllm"), owned("sglang"):
	case p.base.Path == "" || strings.HasSuffix(p.base.Path, "/v1"):
		return lmStudio{}
	}
	return nil
}

// memoryOf asks what the server says of one model in its memory.
func (p *Provider) memoryOf(ctx context.Context, r runner, model string) providers.Memory {
	list := []providers.Listed{{ID: model}}
	r.remember(ctx, p, list)
	return list[0].Memory
}

// memoryError puts the next step of loading in the place of that of an answer.
func (p *Provider) memoryError(model string, err error) *providers.Error {
	e := providers.AsError(err)
	said := strings.ToLower(e.Message)
	switch {
	case e.Kind != providers.ServerError && e.Kind != providers.BadRequest &&
		e.Kind != providers.Overloaded:
	case strings.Contains(said, "memory"):
		e.Hint = "unload another model first; lineup models shows what is loaded"
	case strings.Contains(said, "not found"):
		e.Kind, e.Hint = providers.NotFound, p.dialect.missingHint(p, model, said)
	}
	return e
}

// memoryPost asks for something about a model in memory. The answer must be a JSON object that
// tells of no error.
func (p *Provider) memoryPost(ctx context.Context, path, model string,
	fields map[string]any) (map[string]json.RawMessage, error) {
	body, _, err := p.fetch(ctx, http.MethodPost, p.beside(path), model, fields)
	if err != nil {
		return nil, err
	}
	var o map[string]json.RawMessage
	if json.Unmarshal(body, &o) != nil || o == nil {
		return nil, &providers.Error{Kind: providers.Protocol,
			Message: "the server does not answer " + path + " as it should",
			Hint:    "check base_url and kind of provider " + p.cfg.Name}
	}
	if accuses(body) {
		return nil, p.classify(model, 0, parseErrorBody(body))
	}
	return o, nil
}

// bytesOf reads an amount of memory; nil where it is none.
func bytesOf(v any) *int64 {
	f, err := strconv.ParseFloat(string(numberOf(v)), 64)
	if err != nil || f < 0 || f > 1<<60 || math.IsNaN(f) {
		return nil
	}
	return new(int64(f))
}

// forGood is a time so far away that it means never. A server that keeps a model for good gives one
// in some 292 years.
const forGood = 100 * 365 * 24 * time.Hour

// readUntil reads when a model will be unloaded. The zero time and the beginning of Unix time say
// nothing.
func readUntil(text string, now time.Time, m *providers.Memory) {
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil || at.Unix() <= 0:
	case at.Sub(now) > forGood:
		m.Stays = true
	default:
		m.Until = at
	}
}

// keepAliveRefused is the error of servers to which nobody can say how long a model stays.
func (p *Provider) keepAliveRefused(how LoadOptions) error {
	if how.KeepAlive == nil {
		return nil
	}
	return p.cannotLoad("the server decides itself how long a model stays",
		"leave --keep-alive out, or set it where the server is started")
}
