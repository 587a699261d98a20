package wire

import (
	"context"
	"math"
	"net/http"
	"strings"

	"lineup/providers"
	"lineup/providers/price"
)

// isLiteLLM recognises a LiteLLM proxy by the headers that it adds to everything.
func isLiteLLM(h http.Header) bool {
	for name := range h {
		if strings.HasPrefix(name, "X-Litellm-") {
			return true
		}
	}
	return false
}

// addLiteLLMPrices fills prices and context windows in from /model/info, which lies beside /v1.
// Without them the list is good all the same, so that a failure is none.
func (p *Provider) addLiteLLMPrices(ctx context.Context, list []providers.Listed) {
	body, _, err := p.get(ctx, p.beside("/model/info"))
	if err != nil {
		return
	}
	var v struct {
		Data []struct {
			Name string         `json:"model_name"`
			Info map[string]any `json:"model_info"`
		} `json:"data"`
	}
	if unmarshal(body, &v) != nil {
		return
	}
	for _, m := range v.Data {
		for i := range list {
			if list[i].ID != m.Name {
				continue
			}
			if n, ok := m.Info["max_input_tokens"].(float64); ok && n > 0 && n < math.MaxInt32 {
				list[i].Context = max(list[i].Context, int(n))
			}
			if q := price.LiteLLMQuote(m.Info); q.Known() {
				list[i].Price = q
			}
		}
	}
}
