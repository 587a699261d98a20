package providers

import (
	"context"
	"net/http"
	"strconv"
	"strings"
)

// tokenPrices are OpenRouter's: decimal strings, USD a token and USD a request. -1 means that it depends on the model
// that the router picks. https://openrouter.ai/docs/api-reference/list-available-models
type tokenPrices struct {
	Prompt     string `json:"prompt"`
	Completion string `json:"completion"`
	Request    string `json:"request"`
	CacheRead  string `json:"input_cache_read"`
	CacheWrite string `json:"input_cache_write"`
	Reasoning  string `json:"internal_reasoning"`
}

// quote gives the prices a million tokens; unknown where one of the two main ones is missing.
func (t *tokenPrices) quote() Quote {
	if t == nil {
		return Quote{}
	}
	in, out := perMillion(t.Prompt), perMillion(t.Completion)
	if in == nil || out == nil {
		return Quote{}
	}
	p := Price{Input: *in, Output: *out, CacheRead: positive(perMillion(t.CacheRead)), CacheWrite: positive(perMillion(t.CacheWrite)),
		Reasoning: positive(perMillion(t.Reasoning))}
	if r := perMillion(t.Request); r != nil {
		p.Request = *r / 1e6
	}
	return Quote{Price: p, Source: CostListed}
}

// perMillion reads a price a token; nil where there is none.
func perMillion(s string) *float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 {
		return nil
	}
	v *= 1e6
	return &v
}

// positive drops a price of 0 that stands for "no price of its own".
func positive(v *float64) *float64 {
	if v == nil || *v <= 0 {
		return nil
	}
	return v
}

// isLiteLLM recognises a LiteLLM proxy by the headers that it adds to everything.
func isLiteLLM(h http.Header) bool {
	for name := range h {
		if strings.HasPrefix(name, "X-Litellm-") {
			return true
		}
	}
	return false
}

// addLiteLLMPrices fills prices and context windows in from /model/info, which lies beside /v1. Without them the list
// is good all the same, so that a failure is none.
func (p *Provider) addLiteLLMPrices(ctx context.Context, list []Listed) {
	u := *p.base
	u.Path = strings.TrimSuffix(u.Path, "/v1") + "/model/info"
	body, _, err := p.get(ctx, u.String())
	if err != nil {
		return
	}
	var v struct {
		Data []struct {
			Name string `json:"model_name"`
			Info struct {
				Input      *float64 `json:"input_cost_per_token"`
				Output     *float64 `json:"output_cost_per_token"`
				CacheRead  *float64 `json:"cache_read_input_token_cost"`
				CacheWrite *float64 `json:"cache_creation_input_token_cost"`
				Reasoning  *float64 `json:"output_cost_per_reasoning_token"`
				Request    *float64 `json:"input_cost_per_request"`
				MaxInput   int      `json:"max_input_tokens"`
			} `json:"model_info"`
		} `json:"data"`
	}
	if unmarshal(body, &v) != nil {
		return
	}
	million := func(v *float64) *float64 {
		if v == nil {
			return nil
		}
		m := *v * 1e6
		return &m
	}
	for _, m := range v.Data {
		for i := range list {
			if list[i].ID != m.Name {
				continue
			}
			list[i].Context = max(list[i].Context, m.Info.MaxInput)
			in, out := million(m.Info.Input), million(m.Info.Output)
			if in == nil || out == nil {
				continue
			}
			price := Price{Input: *in, Output: *out, CacheRead: positive(million(m.Info.CacheRead)),
				CacheWrite: positive(million(m.Info.CacheWrite)), Reasoning: positive(million(m.Info.Reasoning))}
			if m.Info.Request != nil {
				price.Request = *m.Info.Request
			}
			list[i].Price = Quote{Price: price, Source: CostListed}
		}
	}
}
