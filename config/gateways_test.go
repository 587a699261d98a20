package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestKeyProviders(t *testing.T) {
	var asked []string
	found := KeyProviders(func(name string) string {
		if strings.HasSuffix(name, "_BASE_URL") {
			return ""
		}
		asked = append(asked, name)
		return "x"
	})
	if len(found) != 9 || len(asked) != 9 {
		t.Fatalf("%d providers of the variables %q", len(found), asked)
	}
	c := Assemble(nil, found)
	for _, f := range found {
		p := f.Provider
		a, problem := parseBaseURL(p.BaseURL)
		if problem != "" || a.plain || a.local || p.Local || !isVariableName(p.APIKeyEnv) {
			t.Errorf("%+v: %s", p, problem)
		}
		if _, err := c.Resolve(f.Ref()); err != nil {
			t.Error(err)
		}
		if (p.Kind == Anthropic) != (p.Name == "anthropic") || p.Kind == Ollama {
			t.Errorf("%s is of kind %s", p.Name, p.Kind)
		}
	}
	if found := KeyProviders(env(map[string]string{"GROQ_API_KEY": "x", "OPENAI_API_KEY": "", "XAI_API_KEY": " "})); len(found) != 1 || found[0].Provider.Name != "groq" {
		t.Errorf("empty variables count: %+v", found)
	}
}

// Fault: the key of another server, which OPENAI_BASE_URL named, went to api.openai.com.
func TestAKeyGoesWhereTheEnvironmentSays(t *testing.T) {
	for _, c := range []struct{ key, variable, base, kept, ref, problem string }{
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", " https://gate.example/v1/ ", "https://gate.example/v1", "openai/gpt-5.6-luna", ""},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1", "openai/gpt-5.6-luna", ""},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1/", "https://api.openai.com/v1", "openai/gpt-5.6-luna", ""},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", " ", "https://api.openai.com/v1", "openai/gpt-5.6-luna", ""},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "gate.example/v1", "", "", "OPENAI_BASE_URL needs http:// or https://"},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "http://gate.example/v1", "", "", `OPENAI_BASE_URL names "gate.example" over plain http`},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "https://", "", "", "OPENAI_BASE_URL has no host"},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "https:gate.example", "", "", "OPENAI_BASE_URL is not a URL"},
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "not a url", "", "", "OPENAI_BASE_URL is not a URL"},
		// the token stood in the proposal of a better address
		{"OPENAI_API_KEY", "OPENAI_BASE_URL", "ghp_token@gate.example/v1", "", "", "OPENAI_BASE_URL must not hold a user name or password; name the key with api_key_env"},
		{"ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://gate.example/anthropic", "https://gate.example/anthropic", "anthropic/claude-haiku-4-5-20251001", ""},
		{"GROQ_API_KEY", "OPENAI_BASE_URL", "https://gate.example/v1", "https://api.groq.com/openai/v1", "groq/qwen/qwen3-32b", ""},
	} {
		found := KeyProviders(env(map[string]string{c.key: "x", c.variable: c.base}))
		f := found[0]
		if f.Provider.BaseURL != c.kept || f.Ref() != c.ref || !strings.HasPrefix(f.Problem, c.problem) || (f.Problem == "") != (c.problem == "") {
			t.Errorf("%s=%s: %+v", c.variable, c.base, f)
		}
		// a server at this machine had the vendor's price and the short deadlines of a gateway
		if own := strings.HasPrefix(c.kept, "http://127."); f.Provider.Local != own {
			t.Errorf("%s=%s: local is %v", c.variable, c.base, f.Provider.Local)
		}
		if got := Assemble(nil, found); len(got.Providers) != len(found) && c.problem == "" || c.problem != "" && len(got.Providers) > 0 {
			t.Errorf("%s=%s gives the providers %v", c.variable, c.base, got.ProviderNames())
		}
	}
}

func TestAssemble(t *testing.T) {
	local := []Found{
		{Provider: Provider{Name: "ollama", Kind: Ollama, Local: true}, Problem: "no model"},
		{Provider: Provider{Name: "llamacpp", Kind: OpenAI, Local: true}, Model: "m"},
	}
	keyed := KeyProviders(env(map[string]string{"ANTHROPIC_API_KEY": "x", "GEMINI_API_KEY": "x", "GROQ_API_KEY": "x", "XAI_API_KEY": "x"}))
	c := Assemble(local, keyed)
	want := []string{"llamacpp/m", "anthropic/claude-haiku-4-5-20251001", "gemini/gemini-3-flash-preview", "groq/qwen/qwen3-32b"}
	if !reflect.DeepEqual(Refs(c.Panes), want) {
		t.Errorf("panes %q, want %q", Refs(c.Panes), want)
	}
	if names := c.ProviderNames(); len(names) != 6 || c.Found || c.UI != Default().UI {
		t.Errorf("providers %q, found %v, screen %+v", names, c.Found, c.UI)
	}
	if e := resolve(t, c, "llamacpp/m"); e.MaxConcurrent != 1 {
		t.Errorf("a local server gets %d requests at a time", e.MaxConcurrent)
	}
	if c := Assemble(nil, nil); len(c.Panes)+len(c.Providers) != 0 {
		t.Errorf("of nothing: %+v", c)
	}
}

// Fault: one server with several models opened one pane.
func TestOneServerOpensSeveralModels(t *testing.T) {
	server := func(name string, chat ...string) Found {
		return Found{Provider: Provider{Name: name, Local: true}, Model: chat[0], Chat: chat}
	}
	empty := Found{Provider: Provider{Name: "lmstudio"}, Problem: "no model"}
	for _, c := range []struct {
		local, keyed []Found
		want         []string
	}{
		{[]Found{server("ollama", "a", "b", "c")}, nil, []string{"ollama/a", "ollama/b", "ollama/c"}},
		{[]Found{server("ollama", "a", "b", "c", "d", "e")}, nil,
			[]string{"ollama/a", "ollama/b", "ollama/c", "ollama/d"}},
		{[]Found{server("ollama", "a")}, nil, []string{"ollama/a"}},
		{[]Found{empty, server("vllm", "a", "b")}, nil, []string{"vllm/a", "vllm/b"}},
		{[]Found{server("ollama", "a", "b"), server("vllm", "x", "y")}, nil, []string{"ollama/a", "vllm/x"}},
		{[]Found{server("ollama", "a", "b")}, []Found{{Provider: Provider{Name: "groq"}, Model: "q"}},
			[]string{"ollama/a", "groq/q"}},
	} {
		if got := Refs(Assemble(c.local, c.keyed).Panes); !reflect.DeepEqual(got, c.want) {
			t.Errorf("panes %q, want %q", got, c.want)
		}
	}
}
