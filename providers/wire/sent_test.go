package wire

import (
	"encoding/json"
	"testing"

	"lineup/providers"
)

// Faults: of a model with an extra field body.temperature the record had the other temperature, and of Anthropic's thinking the
// max_tokens without its budget, although params say what was really sent.
func TestTheRecordSaysWhatIsSent(t *testing.T) {
	half, most, seed := 0.5, 100, int64(7)
	all := providers.Params{Temperature: &half, MaxTokens: &most, Seed: &seed, Stop: []string{"a"}}
	thinking := all
	thinking.ReasoningEffort = "low"
	for name, x := range map[string]struct {
		kind     string
		params   providers.Params
		provider map[string]any
		model    map[string]any
		want     string
	}{
		"nothing":          {"openai", all, nil, nil, `{"temperature":0.5,"max_tokens":100,"seed":7,"stop":["a"]}`},
		"another field":    {"openai", all, map[string]any{"top_logprobs": int64(3)}, nil, `{"temperature":0.5,"max_tokens":100,"seed":7,"stop":["a"]}`},
		"temperature":      {"openai", all, map[string]any{"temperature": 1.5}, map[string]any{"temperature": int64(0)}, `{"temperature":0,"max_tokens":100,"seed":7,"stop":["a"]}`},
		"a new one":        {"openai", providers.Params{}, nil, map[string]any{"top_p": 0.9}, `{"top_p":0.9}`},
		"max tokens":       {"openai", all, nil, map[string]any{"max_completion_tokens": int64(5)}, `{"temperature":0.5,"max_tokens":5,"seed":7,"stop":["a"]}`},
		"no number":        {"openai", all, nil, map[string]any{"temperature": "hot", "stop": "b"}, `{"max_tokens":100,"seed":7,"stop":["b"]}`},
		"Ollama's options": {"ollama", all, nil, map[string]any{"options": map[string]any{"num_predict": int64(9), "mirostat": int64(2)}}, `{"temperature":0.5,"max_tokens":9,"seed":7,"stop":["a"]}`},
		"thinking":         {"anthropic", thinking, nil, nil, `{"temperature":0.5,"max_tokens":BUDGET,"seed":7,"stop":["a"],"reasoning_effort":"low"}`},
		"thinking unset":   {"anthropic", providers.Params{ReasoningEffort: "low"}, nil, nil, `{"reasoning_effort":"low"}`},
	} {
		p := testProvider(t, Config{Name: "p", Kind: x.kind, BaseURL: "http://127.0.0.1:1", Body: x.provider})
		m := &remote{provider: p, model: "m", params: x.params, body: x.model}
		fields := m.fields(providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}}})
		got, other := m.sent(fields)
		text, err := json.Marshal(got)
		want := x.want
		if name == "thinking" {
			want = `{"temperature":0.5,"max_tokens":` + jsonOf(fields["max_tokens"]) + `,"seed":7,"stop":["a"],"reasoning_effort":"low"}`
		}
		before, _ := json.Marshal(x.params)
		if err != nil || !sameJSON(t, string(text), want) || other != !sameJSON(t, string(before), want) {
			t.Errorf("%s: %s, other %v, want %s", name, text, other, want)
		}
	}
	if *all.Temperature != 0.5 || *all.MaxTokens != 100 {
		t.Error("the model's own parameters were changed")
	}
}

func jsonOf(v any) string { b, _ := json.Marshal(v); return string(b) }

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		t.Fatalf("%s or %s is no JSON", a, b)
	}
	return jsonOf(x) == jsonOf(y)
}
