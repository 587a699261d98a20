package wire_test

import (
	"math"
	"net/http"
	"strings"
	"testing"

	"lineup/providers"
	"lineup/providers/wire"
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
		c.reply(200, `{"data":[{"type":"model","id":"claude-x","display_name":"Claude X","max_input_tokens":200000}],"has_more":false}`)
	})
	if m := list["claude-x"]; m.Name != "Claude X" || m.Context != 200_000 || !m.Chat {
		t.Errorf("%v", list)
	}
}

// An override holds from so many prompt tokens on; what it leaves out stays, and later ones win by key. Those by the time
// of day are left out.
func TestOpenRoutersOverrides(t *testing.T) {
	list := listOf(t, "openai", func(c *rawConn, _ *http.Request) {
		c.reply(200, `{"data":[{"id":"pro","pricing":{"prompt":"0.000002","completion":"0.000012","image":"0.002","input_cache_read":"0.0000002","input_cache_write_1h":"0.000004",
			"overrides":[{"utc_start":100,"utc_end":500,"prompt":"0.000001"},{"min_prompt_tokens":200000,"prompt":"0.000004","completion":"0.000018"},
				{"min_prompt_tokens":500000,"completion":"0.00003"}]}}]}`)
	})
	q := list["pro"].Price
	for _, c := range []struct {
		usage providers.Usage
		want  float64
	}{
		{providers.Usage{Input: 199_999, Output: 1000}, 0.399998 + 0.012}, // 199,999·2e-6 + 1000·12e-6
		{providers.Usage{Input: 200_000, Output: 1000}, 0.8 + 0.018},      // 200,000·4e-6 + 1000·18e-6
		{providers.Usage{Input: 500_000, Output: 1000}, 2 + 0.03},         // 500,000·4e-6 + 1000·30e-6
		{providers.Usage{Input: 200_000, CacheRead: 100_000}, 0.4 + 0.02}, // 100,000·4e-6 + 100,000·0.2e-6
		{providers.Usage{Images: 3}, 0.006},                               // 3·0.002
		{providers.Usage{Input: 1000, CacheWrite: 1000, CacheWrite1h: 1000}, 0.004},
	} {
		if got := q.Price.Of(c.usage); !near(got, c.want) {
			t.Errorf("%+v costs $%.6f, want $%.6f", c.usage, got, c.want)
		}
	}
	if q.AsOf == "" || !strings.HasPrefix(q.From, "http://127.0.0.1") {
		t.Errorf("from %q, as of %q", q.From, q.AsOf)
	}
}

// A fee for images does nothing to a prompt without one; a list that names nothing else tells no price of a prompt.
func TestImageFeesLeaveTextAlone(t *testing.T) {
	list := listOf(t, "openai", func(c *rawConn, _ *http.Request) {
		c.reply(200, `{"data":[{"id":"sees","pricing":{"prompt":"0.000001","completion":"0.000002","image":"0.004","request":"0"}},
			{"id":"paints","pricing":{"prompt":"0","completion":"0","image":"0.04"}},
			{"id":"free","pricing":{"prompt":"0","completion":"0","image":"0"}},
			{"id":"odd","pricing":{"prompt":"0.000001","completion":"0.000002","image":"-1"}}]}`)
	})
	for id, want := range map[string]float64{"sees": 0.0012, "free": 0, "odd": 0.0012} { // 1000·1e-6 + 100·2e-6
		if usd, ok := list[id].Price.Cost(providers.Usage{Input: 1000, Output: 100}, 0); !ok || !near(usd, want) {
			t.Errorf("%s: $%v, %v; want $%v", id, usd, ok, want)
		}
	}
	if q := list["paints"].Price; q.Known() {
		t.Errorf("a model that is paid by the image alone: %+v", q)
	}
	if got := list["sees"].Price.Words(); !strings.Contains(got, "$0.004 an image") {
		t.Errorf("its price is told as %q", got)
	}
}

// LiteLLM says 0 where it knows no price, and spells tiers into the names.
func TestLiteLLMsTiersAndZeros(t *testing.T) {
	list := listOf(t, "openai", func(c *rawConn, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/model/info") {
			c.reply(200, `{"data":[{"model_name":"long","model_info":{"input_cost_per_token":0.000003,"output_cost_per_token":0.000015,"cache_read_input_token_cost":0.0000003,
				"cache_creation_input_token_cost":0.00000375,"cache_creation_input_token_cost_above_1hr":0.000006,"input_cost_per_token_above_200k_tokens":0.000006,
				"output_cost_per_token_above_200k_tokens":0.0000225,"cache_read_input_token_cost_above_200k_tokens":0.0000006}},
				{"model_name":"zero","model_info":{"input_cost_per_token":0,"output_cost_per_token":0}},
				{"model_name":"swapped","model_info":{"input_cost_per_token":0.000003,"output_cost_per_token":0.000015,"cache_read_input_token_cost":0.00000375,"cache_creation_input_token_cost":0.0000003}},
				{"model_name":"minus","model_info":{"input_cost_per_token":-1,"output_cost_per_token":0.000015}}]}`)
			return
		}
		c.reply(200, `{"data":[{"id":"long"},{"id":"zero"},{"id":"swapped"},{"id":"minus"}]}`, "x-litellm-version", "1.80")
	})
	long := list["long"].Price.Price
	// 100,000·6e-6 + 200,000·0.6e-6 + 1000·22.5e-6
	if got := long.Of(providers.Usage{Input: 300_000, CacheRead: 200_000, Output: 1000}); !near(got, 0.6+0.12+0.0225) {
		t.Errorf("above 200k: $%.6f", got)
	}
	// 1000·3e-6 + 500·6e-6, the hour's price
	if got := long.Of(providers.Usage{Input: 1500, CacheWrite: 500, CacheWrite1h: 500}); !near(got, 0.003+0.003) {
		t.Errorf("an hour's cache: $%.6f", got)
	}
	for _, id := range []string{"zero", "minus"} {
		if q := list[id].Price; q.Known() {
			t.Errorf("%s has a price: %+v", id, q)
		}
	}
	if p := list["swapped"].Price.Price; p.CacheRead == nil || !near(*p.CacheRead, 0.3) || p.CacheWrite == nil || !near(*p.CacheWrite, 3.75) {
		t.Errorf("swapped cache prices: %+v", p)
	}
}

func TestLMStudioTellsWhatIsLoaded(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, r *http.Request) {
		if r.URL.Path == "/api/v1/models" {
			c.reply(200, `{"models":[{"type":"llm","key":"google/gemma-3-12b","size_bytes":8149190253,"max_context_length":131072,"capabilities":{"vision":true,"trained_for_tool_use":false},
				"loaded_instances":[{"id":"google/gemma-3-12b","config":{"context_length":4096}}]},
				{"type":"llm","key":"qwen3-8b","max_context_length":40960,"loaded_instances":[]},
				{"type":"embedding","key":"nomic-embed","max_context_length":2048,"loaded_instances":[]}]}`)
			return
		}
		c.reply(200, `{"data":[{"id":"google/gemma-3-12b"},{"id":"qwen3-8b"},{"id":"nomic-embed"}]}`)
	})
	p, err := wire.New(wire.Config{Name: "lmstudio", Kind: "openai", BaseURL: s.url + "/v1", Local: true})
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.List(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	if m := list[0]; m.ID != "google/gemma-3-12b" || !m.Memory.Loaded() || m.Context != 4096 || !m.Chat || m.Size != 8149190253 || m.Vision == nil || !*m.Vision {
		t.Errorf("%+v", m)
	}
	if m := list[1]; m.ID != "nomic-embed" || m.Memory.Loaded() || m.Chat {
		t.Errorf("%+v", m)
	}
	if m := list[2]; m.Memory.Loaded() || m.Context != 40960 {
		t.Errorf("%+v", m)
	}
}
