package providers_test

import (
	"math"
	"net/http"
	"strings"
	"testing"

	"lineup/providers"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func listOf(t *testing.T, kind string, answer func(c *rawConn, r *http.Request)) map[string]providers.Listed {
	t.Helper()
	s := serveRaw(t, answer)
	list, err := s.provider(t, kind, nil).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]providers.Listed{}
	for _, m := range list {
		byID[m.ID] = m
	}
	return byID
}

func TestOpenRoutersPriceList(t *testing.T) {
	list := listOf(t, "openai", func(c *rawConn, _ *http.Request) {
		c.reply(200, `{"data":[
			{"id":"a/b","name":"B","context_length":200000,"pricing":{"prompt":"0.000003","completion":"0.000015","request":"0.01","input_cache_read":"0.0000003","input_cache_write":"0.00000375","internal_reasoning":"0"}},
			{"id":"free","pricing":{"prompt":"0","completion":"0"}},
			{"id":"auto","pricing":{"prompt":"-1","completion":"-1"}},
			{"id":"odd","pricing":{"prompt":3}},
			{"id":"none"}]}`)
	})
	p := list["a/b"].Price
	if p.Source != providers.CostListed || !near(p.Price.Input, 3) || !near(p.Price.Output, 15) || !near(*p.Price.CacheRead, 0.3) ||
		!near(*p.Price.CacheWrite, 3.75) || !near(p.Price.Request, 0.01) || p.Price.Reasoning != nil || list["a/b"].Context != 200000 {
		t.Errorf("%+v", list["a/b"])
	}
	if q := list["free"].Price; q.Source != providers.CostListed || q.Price.Input != 0 {
		t.Errorf("a free model: %+v", q)
	}
	for _, id := range []string{"auto", "odd", "none"} {
		if q := list[id].Price; q.Source != "" {
			t.Errorf("%s has a price: %+v", id, q)
		}
	}
}

func TestLiteLLMsPriceList(t *testing.T) {
	list := listOf(t, "openai", func(c *rawConn, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/model/info") {
			c.reply(200, `{"data":[{"model_name":"gpt","model_info":{"input_cost_per_token":0.0000025,"output_cost_per_token":0.00001,"cache_read_input_token_cost":0.00000125,"max_input_tokens":128000}},
				{"model_name":"mystery","model_info":{"input_cost_per_token":null}}]}`)
			return
		}
		c.reply(200, `{"data":[{"id":"gpt"},{"id":"mystery"}]}`, "x-litellm-version", "1.80")
	})
	if m := list["gpt"]; m.Price.Source != providers.CostListed || !near(m.Price.Price.Input, 2.5) || !near(*m.Price.Price.CacheRead, 1.25) || m.Context != 128000 {
		t.Errorf("%+v", m)
	}
	if m := list["mystery"]; m.Price.Source != "" {
		t.Errorf("%+v", m)
	}
}

func TestAnthropicsList(t *testing.T) {
	list := listOf(t, "anthropic", func(c *rawConn, r *http.Request) {
		if r.URL.String() != "/v1/models?limit=1000" || r.Header.Get("anthropic-version") == "" {
			c.reply(400, r.URL.String())
			return
		}
		c.reply(200, `{"data":[{"type":"model","id":"claude-x","display_name":"Claude X"}],"has_more":false}`)
	})
	if list["claude-x"].Name != "Claude X" {
		t.Errorf("%v", list)
	}
}

func TestTheCatalogue(t *testing.T) {
	c := providers.NewCatalog()
	for _, m := range []struct {
		base, model                 string
		in, out, write, read, limit float64 // as the catalogue has them; -1: no price of its own
	}{
		{"https://api.anthropic.com", "claude-opus-5", 5, 25, 6.25, 0.5, 1_000_000},
		{"https://api.anthropic.com/v1", "claude-opus-5", 5, 25, 6.25, 0.5, 1_000_000},
		{"https://api.openai.com/v1", "gpt-5.6-luna", 1, 6, 1.25, 0.1, 1_050_000},
		{"https://api.deepseek.com/v1", "deepseek-v4-flash", 0.14, 0.28, -1, 0.0028, 1_000_000}, // mixed up there: a read price
		{"https://generativelanguage.googleapis.com/v1beta/openai", "models/gemini-3.7-flash", 0.75, 3.75, -1, 0.075, 1_048_576},
		{"https://api.x.ai/v1", "grok-4.3", 1.25, 2.5, -1, 0.2, 131_072},
	} {
		e, ok := c.Find(m.base, m.model)
		p := e.Price.Price
		price := func(v *float64) float64 {
			if v == nil {
				return -1
			}
			return *v
		}
		if !ok || e.Price.Source != providers.CostCatalog || p.Input != m.in || p.Output != m.out || price(p.CacheWrite) != m.write ||
			price(p.CacheRead) != m.read || e.Context == 0 {
			t.Errorf("%s at %s: %v, %+v, write %v, read %v", m.model, m.base, ok, e, price(p.CacheWrite), price(p.CacheRead))
		}
	}
	if e, ok := c.Find("https://openrouter.ai/api/v1", "google/gemma-4-31b-it:free"); !ok || e.Price.Source != providers.CostCatalog {
		t.Errorf("a free model: %v, %+v", ok, e)
	}
	if e, ok := c.Find("https://api.githubcopilot.com", "claude-opus-4.7"); !ok || e.Price.Source != "" {
		t.Errorf("a price of 0 that is not marked free must be unknown: %v, %+v", ok, e)
	}
	for _, base := range []string{"https://api.holysheep.ai/v1", "http://127.0.0.1:11434", "https://evil.example/api.anthropic.com", "::"} {
		if _, ok := c.Find(base, "claude-opus-5"); ok {
			t.Errorf("%s is taken for Anthropic's endpoint", base)
		}
	}
}
