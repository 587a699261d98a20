package wire

import (
	"encoding/json"
	"reflect"

	"lineup/providers"
)

// sent are the parameters that a body of a request has, and whether they are others than those of
// the model: extra fields of the config hold over parameters, and a budget for thinking is added to
// max_tokens.
func (m *remote) sent(fields map[string]any) (p providers.Params, other bool) {
	p = m.params
	for _, extra := range []map[string]any{m.provider.cfg.Body, m.body} {
		for name, v := range extra {
			if options, ok := v.(map[string]any); ok && name == "options" {
				for name, v := range options {
					p = withField(p, name, v)
				}
				continue
			}
			p = withField(p, name, v)
		}
	}
	if n, ok := fields["max_tokens"].(int); ok && p.MaxTokens != nil && hasBudget(fields) {
		p.MaxTokens = &n
	}
	return p, !reflect.DeepEqual(p, m.params)
}

// withField is parameters with one in the place of which a field of the body is sent. A value that
// the parameter cannot have leaves none.
func withField(p providers.Params, name string, v any) providers.Params {
	keys := providers.ParamsCalled(name)
	if len(keys) == 0 {
		return p
	}
	if s, ok := v.(string); ok && keys[0] == "stop" {
		v = []string{s}
	}
	p = p.Without(name)
	out := p
	text, err := json.Marshal(map[string]any{keys[0]: v})
	if err != nil || json.Unmarshal(text, &out) != nil {
		return p
	}
	return out
}
