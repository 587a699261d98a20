package config

import (
	"reflect"
	"strings"
	"testing"
)

// Regression: `config init` called every line of its file a comment, while its providers were in
// force and hid the real ones.
func TestStarterWithoutAnythingFoundSetsNothing(t *testing.T) {
	text := Starter(nil)
	c, err := Parse("", text)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Found = true
	if c.Keys, c.Templates, c.Themes, c.Models = nil, nil, nil, nil; !reflect.DeepEqual(c, want) {
		t.Errorf("it sets %+v", c)
	}
	for line := range strings.Lines(string(text)) {
		if line != "\n" && line[0] != '#' {
			t.Errorf("not a comment: %s", line)
		}
	}
}

// What is commented out is right once its # is taken away.
func TestStarterUncommentedIsTheExample(t *testing.T) {
	var b strings.Builder
	for line := range strings.Lines(string(Starter(nil))) {
		prose := line == "#\n" || strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "#  ")
		if strings.HasPrefix(line, "#") && !prose {
			line = line[1:]
		}
		b.WriteString(line)
	}
	if b.String() != example {
		t.Error("the comments differ from the example by more than their #")
	}
}

// Fault: of one key alone it made a provider without a pane, so that there was nobody to ask.
func TestStarterOpensThePaneOfOneKey(t *testing.T) {
	for _, g := range Gateways() {
		c, err := Parse("", Starter([]Found{g}))
		if err != nil {
			t.Fatal(err)
		}
		if refs := Refs(c.Panes); !reflect.DeepEqual(refs, []string{g.Ref()}) {
			t.Errorf("%s: panes %q, want %q", g.Provider.Name, refs, g.Ref())
		}
	}
}

// What was found is in force, nothing else is.
func TestStarterHasWhatWasFound(t *testing.T) {
	found := []Found{
		{Provider: Provider{Name: "ollama", Kind: Ollama, BaseURL: "http://127.0.0.1:11434"}, Model: `odd"name"\é`},
		{Provider: Provider{Name: "lmstudio", Kind: OpenAI, BaseURL: "http://127.0.0.1:1234/v1"}, Model: "a model with spaces"},
		{Provider: Provider{Name: "vllm", Kind: OpenAI, BaseURL: "http://127.0.0.1:8000/v1"}, Problem: "it wants a key"},
		{Provider: Provider{Name: "openrouter", Kind: OpenAI, BaseURL: "https://openrouter.ai/api/v1", APIKeyEnv: "OPENROUTER_API_KEY"}, Model: "a/b"},
	}
	c, err := Parse("", Starter(found))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{`ollama/odd"name"\é`, "lmstudio/a model with spaces", "openrouter/a/b"}; !reflect.DeepEqual(Refs(c.Panes), want) {
		t.Errorf("panes %q, want %q", Refs(c.Panes), want)
	}
	if names := c.ProviderNames(); !reflect.DeepEqual(names, []string{"ollama", "lmstudio", "openrouter"}) || c.Providers[2].APIKeyEnv != "OPENROUTER_API_KEY" {
		t.Errorf("providers %+v", c.Providers)
	}
}
