package config

import (
	"reflect"
	"testing"
)

func TestKeyProviders(t *testing.T) {
	var asked []string
	found := KeyProviders(func(name string) string { asked = append(asked, name); return "x" })
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
