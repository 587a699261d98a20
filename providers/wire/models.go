package wire

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"time"

	"lineup/providers"
	"lineup/providers/price"
)

// List asks the provider which models it has, sorted by id, with the gateway's own prices where it has any. The error
// is an *Error.
func (p *Provider) List(ctx context.Context) ([]providers.Listed, error) {
	body, header, err := p.get(ctx, p.url(p.dialect.listPath()))
	if err != nil {
		return nil, err
	}
	list, err := p.dialect.decodeList(body)
	if err != nil {
		message := "the list of models is not what the protocol has"
		if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) { // as one-api answers without /v1
			message = "a web page came in place of the list of models"
		}
		return nil, &providers.Error{Kind: providers.Protocol, Message: message, Hint: p.addressHint(), Err: err}
	}
	p.dialect.addFacts(ctx, p, header, list)
	for i := range list {
		list[i].ID, list[i].Name = p.clean(list[i].ID), p.clean(list[i].Name)
		if q := &list[i].Price; q.Known() {
			q.From, q.AsOf = p.where(), p.now().UTC().Format(time.DateOnly)
		}
	}
	slices.SortFunc(list, func(a, b providers.Listed) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// get fetches one document with the provider's key. The error is an *Error.
func (p *Provider) get(ctx context.Context, url string) ([]byte, http.Header, error) {
	req, err := p.newRequest(ctx, http.MethodGet, url, nil)
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
		return nil, nil, p.statusError("", resp, body)
	}
	return body, resp.Header, nil
}

func (ollama) listPath() string { return "/api/tags" }

func (ollama) decodeList(body []byte) ([]providers.Listed, error) {
	var v struct {
		Models []struct {
			Name       string    `json:"name"`
			ModifiedAt time.Time `json:"modified_at"`
			Size       int64     `json:"size"`
		} `json:"models"`
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, err
	}
	list := make([]providers.Listed, 0, len(v.Models))
	for _, m := range v.Models {
		list = append(list, providers.Listed{ID: m.Name, Modified: m.ModifiedAt, Size: m.Size, Chat: true})
	}
	return list, nil
}

func (openAI) listPath() string { return "/models" }

// decodeList reads OpenAI's list with what vLLM (max_model_len), llama.cpp (meta.n_ctx) and OpenRouter
// (context_length) add to it.
func (openAI) decodeList(body []byte) ([]providers.Listed, error) {
	var v struct {
		Data []struct {
			ID            string `json:"id"`
			Name          string `json:"name"`
			ContextLength int    `json:"context_length"`
			MaxModelLen   int    `json:"max_model_len"`
			Meta          struct {
				NCtx int `json:"n_ctx"`
			} `json:"meta"`
			Pricing *price.TokenPrices `json:"pricing"`
		} `json:"data"`
	}
	if err := unmarshal(body, &v); err != nil {
		return nil, err
	}
	list := make([]providers.Listed, 0, len(v.Data))
	for _, m := range v.Data {
		list = append(list, providers.Listed{ID: m.ID, Name: m.Name, Chat: true,
			Context: max(m.ContextLength, m.MaxModelLen, m.Meta.NCtx), Price: m.Pricing.Quote()})
	}
	return list, nil
}
