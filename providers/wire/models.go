package wire

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
)

// List asks the provider which models it has, sorted by id, with the gateway's own prices where it
// has any. The error is an *Error.
func (p *Provider) List(ctx context.Context) ([]providers.Listed, error) {
	body, header, err := p.get(ctx, p.url(p.dialect.listPath()))
	if err != nil {
		return nil, err
	}
	list, err := p.dialect.decodeList(openEnvelope(body))
	if err == nil && len(list) == 0 && accuses(body) {
		err = errNoList
	}
	if err != nil {
		return nil, p.noList(body, err)
	}
	p.hearList(header, list)
	p.dialect.addFacts(ctx, p, header, list)
	for i := range list {
		list[i].ID, list[i].Name = p.cleanID(list[i].ID), p.clean(list[i].Name)
		if q := &list[i].Price; q.Known() {
			q.From, q.AsOf = p.where(), p.now().UTC().Format(time.DateOnly)
		}
	}
	slices.SortFunc(list, func(a, b providers.Listed) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// noList is the error of a document under 200 that is no list of models. It says what stands there.
func (p *Provider) noList(body []byte, err error) *providers.Error {
	e := &providers.Error{Kind: providers.Protocol,
		Message: "the list of models is not what the protocol has",
		Hint:    p.addressHint(), Err: err}
	s := parseErrorBody(body)
	switch {
	case s.kind == "html": // as one-api answers without /v1
		e.Message = "a web page came in place of the list of models"
	case s.message != "" && !s.raw:
		said := p.classify("", 0, s)
		said.Err = err
		if said.Kind == providers.ServerError || said.Kind == providers.BadRequest {
			said.Kind, said.Hint = providers.Protocol, p.addressHint()
		}
		return said
	case s.message != "":
		e.Message += ": " + strconv.Quote(p.clean(s.message))
	}
	return e
}

// cleanID keeps an id as the server writes it, spaces included: it goes back to the server so. Only
// what a terminal would obey is replaced.
func (p *Provider) cleanID(id string) string {
	if len(id) > maxMessage || strings.ContainsAny(id, "\n\t") || providers.Clean(id) != id {
		return p.clean(id)
	}
	return redact(id, p.secrets())
}

// get fetches one document with the provider's key. The error is an *Error.
func (p *Provider) get(ctx context.Context, url string) ([]byte, http.Header, error) {
	return p.fetch(ctx, http.MethodGet, url, "", nil)
}

// fetch sends a request and reads the whole answer, which must be a 200. model is the one that it
// is about, "" for none; without fields the request has no body. The error is an *Error.
func (p *Provider) fetch(ctx context.Context, method, url, model string,
	fields map[string]any) ([]byte, http.Header, error) {
	var sent any
	if fields != nil {
		sent = fields
	}
	req, err := p.newRequest(ctx, method, url, sent)
	if err != nil {
		return nil, nil, err
	}
	var phases phaseClock
	trace := phases.trace(func(net.Conn) {}, func(providers.Event) {})
	resp, err := p.client.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		return nil, nil, p.unanswered(ctx, err, &phases)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(inflate(resp), maxLine))
	if err != nil && !json.Valid(body) {
		return nil, nil, p.bodyError(ctx, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, nil, p.statusError(model, resp, body)
	}
	return body, resp.Header, nil
}

func (ollama) listPath() string { return "/api/tags" }

// decodeList reads Ollama's list, which calls a model by its name.
func (ollama) decodeList(body []byte) ([]providers.Listed, error) {
	entries, err := decodeListOf(body, "models")
	for _, e := range entries {
		if name := e.text("name"); name != "" {
			e["id"] = name
		}
	}
	return listedOf(entries), err
}

func (openAI) listPath() string { return "/models" }

// decodeList reads OpenAI's list with what other servers add to it.
func (openAI) decodeList(body []byte) ([]providers.Listed, error) {
	entries, err := decodeListOf(body, "data")
	return listedOf(entries), err
}
