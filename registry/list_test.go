package registry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// shop serves an OpenRouter-like list and an Ollama, and returns a registry that knows both and a
// provider that is down.
func shop(t *testing.T) *registry.Registry {
	t.Helper()
	mux := http.NewServeMux()
	answer := func(path, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
	}
	answer("/v1/models", `{"data":[
		{"id":"lab/one","name":"One","context_length":200000,"pricing":{"prompt":"0.000003","completion":"0.000015"}},
		{"id":"lab/two","context_length":8192,"pricing":{"prompt":"0.000001","completion":"0.000002"}}]}`)
	answer("/api/tags", `{"models":[{"name":"small:latest","model":"small:latest","size":4000000000}]}`)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	cfg, err := config.Parse("c.toml", []byte(strings.ReplaceAll(`
panes = ["box/small:latest", "gate/lab/two", "down/any"]
[providers.gate]
base_url = "URL/v1"
[providers.box]
kind = "ollama"
base_url = "URL"
[providers.down]
base_url = "http://127.0.0.1:1/v1"
[models."box/absent"]
max_tokens = 10
[models."gate/lab/two"]
price = { input = 7, output = 8 }
`, "URL", s.URL)))
	if err != nil {
		t.Fatal(err)
	}
	return registry.New(cfg, registry.Options{})
}

func TestListPutsTheConfigsModelsFirstAndNamesWhoDidNotAnswer(t *testing.T) {
	l := shop(t).List(t.Context())
	var got []string
	for _, c := range l.Choices {
		what := c.Ref
		for _, of := range []struct {
			is   bool
			word string
		}{{c.Configured, "configured"}, {c.Listed, "listed"}, {c.Missing, "missing"}} {
			if of.is {
				what += " " + of.word
			}
		}
		got = append(got, what)
	}
	want := []string{"box/absent configured missing", "box/small:latest configured listed", "down/any configured",
		"gate/lab/two configured listed", "gate/lab/one listed"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !slices.Equal(l.Pulls, []string{"box"}) || len(l.Problems) != 1 || !strings.HasPrefix(l.Problems[0], "down gave no list: ") {
		t.Errorf("pulls %q, problems %q", l.Pulls, l.Problems)
	}
}

// The list on the screen and `lineup models` took prices and contexts in two ways, and a pane that
// was opened from a fresh list had the catalogue's price.
func TestAListedPriceIsThatOfTheModelsOpenedAfterwards(t *testing.T) {
	r := shop(t)
	if info, err := r.Info("gate/lab/one"); err != nil || info.Price.Known() {
		t.Fatalf("before: %+v, %v", info.Price, err)
	}
	listed := r.List(t.Context())
	for ref, want := range map[string]struct {
		input  float64
		source providers.CostSource
	}{"gate/lab/one": {3, providers.CostListed}, "gate/lab/two": {7, providers.CostConfig}} {
		s, err := r.Open(ref)
		if err != nil || s.Info.Price.Price.Input != want.input || s.Info.Price.Source != want.source {
			t.Errorf("%s: %+v, %v", ref, s.Info.Price, err)
		}
		i := slices.IndexFunc(listed.Choices, func(c registry.Choice) bool { return c.Ref == ref })
		if q := listed.Choices[i].Price; q.Price.Input != want.input || q.Source != want.source {
			t.Errorf("%s is listed at %+v", ref, q)
		}
	}
}

func TestKeptPricesCountUntilTheProviderMoves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "prices.json")
	if p := registry.ReadPrices(path); p.Len() != 0 {
		t.Errorf("no file gives %v", p)
	}
	cfg := func(url string) config.Config {
		c, err := config.Parse("c.toml", []byte("[providers.gate]\nbase_url = \""+url+"\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	const url = "https://gate.example/v1"
	quote := providers.Quote{Price: providers.Price{Input: 3, Output: 4}, Source: providers.CostListed}
	for _, name := range []string{"gate", "other"} { // the second must not take the first one's place
		fresh := registry.Prices{name: {BaseURL: url, AsOf: "2026-11-25", Models: map[string]providers.Quote{"m": quote}}}
		if err := registry.KeepPrices(path, fresh); err != nil {
			t.Fatal(err)
		}
	}
	kept := registry.ReadPrices(path)
	if kept.Len() != 2 {
		t.Errorf("%d prices, want 2", kept.Len())
	}
	for at, known := range map[string]bool{url: true, "https://gate.example/v2": false} {
		info, err := registry.New(cfg(at), registry.Options{Prices: kept}).Info("gate/m")
		if err != nil || info.Price.Known() != known || known && info.Price.AsOf != "2026-11-25" {
			t.Errorf("at %s: %+v, %v", at, info.Price, err)
		}
	}
}
