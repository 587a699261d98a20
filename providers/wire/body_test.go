package wire

import (
	"encoding/json"
	"testing"

	"lineup/providers"
)

// asJSON encodes as the request does.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRequestBodies(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	n := func(v int) *int { return &v }
	seed := int64(7)
	full := providers.Params{Temperature: f(0), TopP: f(0.9), TopK: n(40), MinP: f(0.05), MaxTokens: n(100), Seed: &seed,
		Stop: []string{"END"}, ReasoningEffort: "low", NumCtx: n(8192)}
	req := providers.Request{System: "be brief", Messages: []providers.Message{{Role: providers.User, Content: "hi"}}}
	prefix := providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}, {Role: providers.Assistant, Content: "Well, \n"}}}
	for _, c := range []struct {
		name, kind, base string
		params           providers.Params
		req              providers.Request
		want             string
	}{
		{"openai, nothing set", "openai", "https://x.example/v1", providers.Params{}, providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}}},
			`{"messages":[{"role":"user","content":"hi"}],"model":"m","stream":true,"stream_options":{"include_usage":true}}`},
		{"openai, all set", "openai", "https://x.example/v1", full, req,
			`{"max_tokens":100,"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}],"min_p":0.05,"model":"m","reasoning_effort":"low","seed":7,"stop":["END"],"stream":true,"stream_options":{"include_usage":true},"temperature":0,"top_k":40,"top_p":0.9}`},
		{"OpenAI itself", "openai", "https://api.openai.com/v1", providers.Params{MaxTokens: n(5)}, providers.Request{},
			`{"max_completion_tokens":5,"messages":[],"model":"m","stream":true,"stream_options":{"include_usage":true}}`},
		{"Mistral", "openai", "https://api.mistral.ai/v1", providers.Params{Seed: &seed}, prefix,
			`{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Well, \n","prefix":true}],"model":"m","random_seed":7,"stream":true}`},
		{"OpenRouter", "openai", "https://openrouter.ai/api/v1", providers.Params{ReasoningEffort: "low"}, providers.Request{},
			`{"messages":[],"model":"m","plugins":[{"enabled":false,"id":"context-compression"}],"reasoning":{"effort":"low"},"stream":true,"stream_options":{"include_usage":true}}`},
		{"DeepSeek without thinking", "openai", "https://api.deepseek.com/v1", providers.Params{ReasoningEffort: "none"}, providers.Request{},
			`{"messages":[],"model":"m","stream":true,"stream_options":{"include_usage":true},"thinking":{"type":"disabled"}}`},
		{"DeepSeek with it", "openai", "https://api.deepseek.com/v1", providers.Params{ReasoningEffort: "max"}, providers.Request{},
			`{"messages":[],"model":"m","reasoning_effort":"max","stream":true,"stream_options":{"include_usage":true},"thinking":{"type":"enabled"}}`},
		{"anthropic, thinking as it likes", "anthropic", "https://x.example", providers.Params{ReasoningEffort: "adaptive"}, providers.Request{},
			`{"max_tokens":8192,"messages":null,"model":"m","stream":true,"thinking":{"display":"summarized","type":"adaptive"}}`},
		{"ollama, nothing set", "ollama", "http://x.example", providers.Params{}, req,
			`{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}],"model":"m","stream":true}`},
		{"ollama, all set", "ollama", "http://x.example", full, providers.Request{},
			`{"messages":[],"model":"m","options":{"min_p":0.05,"num_ctx":8192,"num_predict":100,"seed":7,"stop":["END"],"temperature":0,"top_k":40,"top_p":0.9},"stream":true,"think":"low"}`},
		{"ollama without thinking", "ollama", "http://x.example", providers.Params{ReasoningEffort: "none"}, providers.Request{},
			`{"messages":[],"model":"m","stream":true,"think":false}`},
		{"anthropic, nothing set", "anthropic", "https://x.example", providers.Params{}, req,
			`{"max_tokens":8192,"messages":[{"role":"user","content":"hi"}],"model":"m","stream":true,"system":"be brief"}`},
		{"anthropic, all set", "anthropic", "https://x.example", full, providers.Request{},
			`{"max_tokens":2148,"messages":null,"model":"m","stop_sequences":["END"],"stream":true,"temperature":0,"thinking":{"budget_tokens":2048,"type":"enabled"},"top_k":40,"top_p":0.9}`},
		{"anthropic without thinking", "anthropic", "https://x.example", providers.Params{ReasoningEffort: "none"}, providers.Request{},
			`{"max_tokens":8192,"messages":null,"model":"m","stream":true,"thinking":{"type":"disabled"}}`},
		{"anthropic, the least thinking", "anthropic", "https://x.example", providers.Params{ReasoningEffort: "minimal", MaxTokens: n(1)}, providers.Request{},
			`{"max_tokens":1025,"messages":null,"model":"m","stream":true,"thinking":{"budget_tokens":1024,"type":"enabled"}}`},
		{"anthropic, medium", "anthropic", "https://x.example", providers.Params{ReasoningEffort: "medium", MaxTokens: n(1)}, providers.Request{},
			`{"max_tokens":8193,"messages":null,"model":"m","stream":true,"thinking":{"budget_tokens":8192,"type":"enabled"}}`},
		{"anthropic, the most", "anthropic", "https://x.example", providers.Params{ReasoningEffort: "max", MaxTokens: n(1)}, providers.Request{},
			`{"max_tokens":16385,"messages":null,"model":"m","stream":true,"thinking":{"budget_tokens":16384,"type":"enabled"}}`},
		{"responses, nothing set", "responses", "https://x.example/v1", providers.Params{}, providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}}},
			`{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}],"model":"m","store":false,"stream":true}`},
		{"responses, all set", "responses", "https://x.example/v1", full, req,
			`{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}],"instructions":"be brief","max_output_tokens":100,"model":"m","reasoning":{"effort":"low","summary":"auto"},"store":false,"stream":true,"temperature":0,"top_p":0.9}`},
		{"responses without thinking, a prefix", "responses", "https://x.example/v1", providers.Params{ReasoningEffort: "none"}, prefix,
			`{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Well, \n"}]}],"model":"m","reasoning":{"effort":"none"},"store":false,"stream":true}`},
		{"Mistral, no prefix", "openai", "https://api.mistral.ai/v1", providers.Params{}, providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi"}}},
			`{"messages":[{"role":"user","content":"hi"}],"model":"m","stream":true}`},
		{"DeepSeek's beta, a prefix", "openai", "https://api.deepseek.com/beta", providers.Params{}, prefix,
			`{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Well, \n","prefix":true}],"model":"m","stream":true,"stream_options":{"include_usage":true}}`},
		{"DeepSeek itself, a prefix", "openai", "https://api.deepseek.com/v1", providers.Params{}, prefix,
			`{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Well, \n"}],"model":"m","stream":true,"stream_options":{"include_usage":true}}`},
		{"anthropic, a prompt as it is", "anthropic", "https://x.example", providers.Params{}, providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "hi \n"}}},
			`{"max_tokens":8192,"messages":[{"role":"user","content":"hi \n"}],"model":"m","stream":true}`},
		{"anthropic, a prefix", "anthropic", "https://x.example", providers.Params{MaxTokens: n(9)}, prefix,
			`{"max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Well,"}],"model":"m","stream":true}`},
	} {
		p := testProvider(t, Config{Kind: c.kind, BaseURL: c.base})
		m := remote{provider: p, model: "m", params: c.params}
		if got := asJSON(t, m.fields(c.req)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if prefix.Messages[1].Content != "Well, \n" {
		t.Error("making a body changed the request")
	}
}

func TestTheLeastEffortOfAModelThatThinksAdaptively(t *testing.T) {
	p := testProvider(t, Config{Kind: "anthropic"})
	p.quirks.models = map[string]*modelQuirks{"m": {adaptive: true}}
	m := remote{provider: p, model: "m", params: providers.Params{ReasoningEffort: "minimal"}}
	if got := asJSON(t, m.fields(providers.Request{})["output_config"]); got != `{"effort":"low"}` {
		t.Errorf("minimal goes out as %s", got)
	}
}

func TestExtraFieldsOfTheConfig(t *testing.T) {
	p := testProvider(t, Config{Kind: "ollama", BaseURL: "http://x.example",
		Body: map[string]any{"keep_alive": "1h", "options": map[string]any{"repeat_penalty": 1.2, "seed": 1}}})
	seed := int64(7)
	m := remote{provider: p, model: "m", params: providers.Params{Seed: &seed}, body: map[string]any{"keep_alive": "2h"}}
	want := `{"keep_alive":"2h","messages":[],"model":"m","options":{"repeat_penalty":1.2,"seed":1},"stream":true}`
	for range 2 { // the config's own maps stay as they are
		if got := asJSON(t, m.fields(providers.Request{})); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAddressesAndHeaders(t *testing.T) {
	key := EnvKey("K", func(string) string { return "the-key-1234" })
	for _, c := range []struct{ kind, base, url, header, value string }{
		{"openai", "https://x.example/v1", "https://x.example/v1/chat/completions", "Authorization", "Bearer the-key-1234"},
		{"openai", "https://x.example/v1/", "https://x.example/v1/chat/completions", "Authorization", "Bearer the-key-1234"},
		{"openai", "https://x.example", "https://x.example/chat/completions", "Authorization", "Bearer the-key-1234"},
		{"openai", "https://r.openai.azure.com/openai/deployments/d?api-version=1", "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", "Api-Key", "the-key-1234"},
		{"openai", "https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions", "X-Openrouter-Title", "lineup"},
		{"responses", "https://x.example/v1", "https://x.example/v1/responses", "Authorization", "Bearer the-key-1234"},
		{"responses", "https://r.openai.azure.com/openai/v1", "https://r.openai.azure.com/openai/v1/responses", "Api-Key", "the-key-1234"},
		{"ollama", "http://127.0.0.1:11434", "http://127.0.0.1:11434/api/chat", "Authorization", "Bearer the-key-1234"},
		{"anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages", "X-Api-Key", "the-key-1234"},
		{"anthropic", "https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages", "Anthropic-Version", "2023-06-01"},
	} {
		p := testProvider(t, Config{Kind: c.kind, BaseURL: c.base, Key: key, Headers: map[string]string{"X-Own": "yes"}})
		req, err := p.newRequest(t.Context(), "POST", p.url(p.dialect.path()), map[string]any{})
		if err != nil {
			t.Fatal(err)
		}
		if got := req.URL.String(); got != c.url {
			t.Errorf("%s at %s: %s, want %s", c.kind, c.base, got, c.url)
		}
		if got := req.Header.Get(c.header); got != c.value {
			t.Errorf("%s at %s: %s is %q, want %q", c.kind, c.base, c.header, got, c.value)
		}
		if c.header == "Api-Key" && req.Header.Get("Authorization") != "" {
			t.Error("Azure's key goes out twice")
		}
		if req.Header.Get("X-Own") != "yes" {
			t.Error("a header of the config is missing")
		}
	}
}

func TestWithoutAKeyNoneIsSent(t *testing.T) {
	for _, kind := range Kinds() {
		p := testProvider(t, Config{Kind: kind})
		req, err := p.newRequest(t.Context(), "GET", p.url("/"), nil)
		if err != nil {
			t.Fatal(err)
		}
		for name := range req.Header {
			if name != "User-Agent" && name != "Anthropic-Version" {
				t.Errorf("%s sends %s", kind, name)
			}
		}
	}
}

func TestWhoContinues(t *testing.T) {
	if !testProvider(t, Config{Local: true}).Continues() {
		t.Error("a local server does not continue")
	}
	for base, want := range map[string]bool{"https://api.mistral.ai/v1": true, "https://api.deepseek.com/v1": false,
		"https://api.deepseek.com/beta": true, "https://x.example/v1": false} {
		if got := testProvider(t, Config{BaseURL: base}).Continues(); got != want {
			t.Errorf("%s: %v", base, got)
		}
	}
	for _, kind := range []string{"ollama", "anthropic"} {
		if !testProvider(t, Config{Kind: kind}).Continues() {
			t.Errorf("%s does not continue", kind)
		}
	}
}
