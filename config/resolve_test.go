package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, text string) Config {
	t.Helper()
	c, err := Parse("config.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func resolve(t *testing.T, c Config, ref string) Effective {
	t.Helper()
	e, err := c.Resolve(ref)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestResolveDefaults(t *testing.T) {
	c := parse(t, `
[providers.local]
kind = "ollama"
base_url = "http://127.0.0.1:11434"
[providers.lan]
base_url = "http://192.168.1.20:8000/v1"
[providers.gateway]
base_url = "https://api.example.com/v1"`)
	for _, x := range []struct {
		ref        string
		load       time.Duration // headers and first token
		concurrent int
	}{
		{"local/llama3.1:8b", 180 * time.Second, 1},
		{"lan/m", 180 * time.Second, 1},
		{"gateway/anthropic/claude", 30 * time.Second, 10},
	} {
		e := resolve(t, c, x.ref)
		want := Deadlines{5 * time.Second, x.load, x.load, 45 * time.Second, 10 * time.Minute}
		if e.Deadlines != want || e.Backoff != (Backoff{2, 500 * time.Millisecond, 8 * time.Second}) || e.MaxConcurrent != x.concurrent {
			t.Errorf("%s: %+v, %+v, max_concurrent %d", x.ref, e.Deadlines, e.Backoff, e.MaxConcurrent)
		}
	}
	if e := resolve(t, c, "gateway/anthropic/claude"); e.Ref != (Ref{"gateway", "anthropic/claude"}) || e.Name != "" {
		t.Errorf("split at the wrong slash: %+v, name %q", e.Ref, e.Name)
	}
}

// Ollama sends its headers with the first token: a longer (or no) wait for the
// token must not be cut short by the wait for headers.
func TestLocalHeadersWaitAsLongAsFirstToken(t *testing.T) {
	for section, want := range map[string][2]time.Duration{
		`first_token = "5m"`:                  {5 * time.Minute, 5 * time.Minute},
		`first_token = 0`:                     {0, 0},
		`first_token = "5m"; headers = "10s"`: {10 * time.Second, 5 * time.Minute},
	} {
		c := parse(t, "[providers.local]\nbase_url = \"http://127.0.0.1:11434\"\n[timeouts]\n"+strings.ReplaceAll(section, "; ", "\n"))
		d := resolve(t, c, "local/m").Deadlines
		if got := [2]time.Duration{d.Headers, d.FirstToken}; got != want {
			t.Errorf("%s: headers and first token %v, want %v", section, got, want)
		}
	}
	c := parse(t, "[providers.far]\nbase_url = \"https://a.example/v1\"\n[timeouts]\nfirst_token = \"5m\"")
	if d := resolve(t, c, "far/m").Deadlines; d.Headers != 30*time.Second {
		t.Errorf("headers of a remote provider: %v", d.Headers)
	}
}

// The narrowest section that says something wins, for each setting by itself.
func TestResolvePrecedence(t *testing.T) {
	c := parse(t, `
system = "file"
[params]
temperature = 0.1
top_k = 1
seed = 1
stop = ["file"]
options = { a = "file", b = "file" }
[timeouts]
connect = "1s"
idle = "1s"
total = "1s"
[retry]
max = 1
base = "1s"
cap = "1s"
[providers.p]
base_url = "https://p.example/v1"
max_concurrent = 3
headers = { X-A = "provider", X-B = "provider" }
body = { a = "provider", b = "provider" }
params = { temperature = 0.2, top_k = 2, options = { b = "provider" } }
timeouts = { idle = "2s", total = "2s" }
retry = { base = "2s", cap = "2s" }
[models."p/m"]
system = ""
temperature = 0
stop = []
headers = { X-B = "model" }
body = { b = "model" }
timeouts = { total = 0 }
retry = { cap = "3s" }
[models."p/plain"]
name = "Plain"`)
	m, plain := resolve(t, c, "p/m"), resolve(t, c, "p/plain")

	if m.System == nil || *m.System != "" || plain.System != nil || c.System != "file" {
		t.Errorf("system: %v, %v, %q", m.System, plain.System, c.System)
	}
	if got := *m.Params.Temperature; got != 0 {
		t.Errorf("temperature 0 of the model gave %v", got)
	}
	if got := []any{*plain.Params.Temperature, *m.Params.TopK, *m.Params.Seed}; !reflect.DeepEqual(got, []any{0.2, 2, int64(1)}) {
		t.Errorf("parameters: %v", got)
	}
	if m.Params.Stop == nil || len(m.Params.Stop) != 0 || !reflect.DeepEqual(plain.Params.Stop, []string{"file"}) {
		t.Errorf("stop: %#v, %#v", m.Params.Stop, plain.Params.Stop)
	}
	if want := map[string]any{"a": "file", "b": "provider"}; !reflect.DeepEqual(m.Params.Options, want) {
		t.Errorf("options: %v", m.Params.Options)
	}
	if want := (Deadlines{time.Second, 30 * time.Second, 30 * time.Second, 2 * time.Second, 0}); m.Deadlines != want {
		t.Errorf("deadlines: %+v", m.Deadlines)
	}
	if want := (Backoff{1, 2 * time.Second, 3 * time.Second}); m.Backoff != want {
		t.Errorf("backoff: %+v", m.Backoff)
	}
	if want := map[string]string{"X-B": "model"}; !reflect.DeepEqual(m.Headers, want) {
		t.Errorf("headers: %v", m.Headers)
	}
	if want := map[string]any{"a": "provider", "b": "model"}; !reflect.DeepEqual(m.Body, want) {
		t.Errorf("body: %v", m.Body)
	}
	if m.MaxConcurrent != 3 || plain.Name != "Plain" {
		t.Errorf("max_concurrent %d, name %q", m.MaxConcurrent, plain.Name)
	}
	m.Headers["X-A"] = "changed"
	if p, _ := c.Provider("p"); p.Headers["X-A"] != "provider" {
		t.Error("Resolve gives away the provider's own map")
	}
}

func TestResolveErrors(t *testing.T) {
	c := parse(t, "[providers.local]\nbase_url = \"http://127.0.0.1:8080/v1\"")
	for ref, want := range map[string]string{
		"locla/m": `model "locla/m": unknown provider "locla"; did you mean "local"?`,
		"llama3":  `model "llama3": has no slash`,
		"local/":  `has no model after the slash`,
		"":        `model "": has no slash`,
	} {
		_, err := c.Resolve(ref)
		var refErr *RefError
		if !errors.As(err, &refErr) || refErr.Ref != ref || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a RefError with %q", ref, err, want)
		}
	}
}

func TestNearest(t *testing.T) {
	keys := []string{"base_url", "kind", "api_key_env", "api_key_cmd", "timeouts", "retry", "temperature"}
	for name, want := range map[string][]string{
		"base_ulr":   {"base_url"},
		"BASE_URL":   {"base_url"},
		"kidn":       {"kind"},
		"url":        {"base_url"},
		"timeout":    {"timeouts"},
		"temprature": {"temperature"},
		"api_key_":   {"api_key_cmd", "api_key_env"},
		"xyzzy":      nil,
		"x":          nil,
		"":           nil,
	} {
		if got := Nearest(name, keys); !reflect.DeepEqual(got, want) {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
	if got := Nearest("max_tokns", []string{"max_to", "max_tokens"}); !reflect.DeepEqual(got, []string{"max_tokens"}) {
		t.Errorf("a far name beside a near one: %q", got)
	}
	if got := Nearest("aa", []string{"ab", "ac", "ad", "ae", "ab"}); !reflect.DeepEqual(got, []string{"ab", "ac", "ad"}) {
		t.Errorf("equally near: %q", got)
	}
}

// BenchmarkParse reads the example: what every start of the program pays.
func BenchmarkParse(b *testing.B) {
	text := []byte(example)
	for b.Loop() {
		if _, err := Parse("config.toml", text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWhoTakesImagesIsYesOrNo(t *testing.T) {
	const head = "[providers.p]\nbase_url = \"http://127.0.0.1:1/v1\"\n[models.\"p/m\"]\n"
	for text, want := range map[string]string{"": "?", "vision = true": "true", "vision = false": "false"} {
		c, err := Parse("c.toml", []byte(head+text))
		if err != nil {
			t.Fatal(err)
		}
		e, err := c.Resolve("p/m")
		got := "?"
		if err == nil && e.Vision != nil {
			got = fmt.Sprint(*e.Vision)
		}
		if got != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	if _, err := Parse("c.toml", []byte(head+"vision = \"yes\"")); err == nil || !strings.Contains(err.Error(), "c.toml:4:10") || !strings.Contains(err.Error(), "must be true or false") {
		t.Errorf("%v", err)
	}
}
