package wire

import (
	"reflect"

	"lineup/providers"
)

// Ignores names the parameters for which the protocol of the provider has no field, so that they
// are never sent. Whether a server takes the others shows only when it is asked.
func (p *Provider) Ignores() (names []string) {
	one, some := 1, 0.5
	seed := int64(1)
	body := func(params providers.Params) map[string]any {
		return p.dialect.body("", params, providers.Request{})
	}
	without := body(providers.Params{})
	for _, probe := range []struct {
		name   string
		params providers.Params
	}{
		{"temperature", providers.Params{Temperature: &some}},
		{"top_p", providers.Params{TopP: &some}},
		{"top_k", providers.Params{TopK: &one}},
		{"min_p", providers.Params{MinP: &some}},
		{"max_tokens", providers.Params{MaxTokens: &one}},
		{"seed", providers.Params{Seed: &seed}},
		{"stop", providers.Params{Stop: []string{"."}}},
		{"reasoning_effort", providers.Params{ReasoningEffort: "low"}},
		{"num_ctx", providers.Params{NumCtx: &one}},
	} {
		if reflect.DeepEqual(body(probe.params), without) {
			names = append(names, probe.name)
		}
	}
	return names
}
