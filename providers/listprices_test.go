package providers_test

import (
	"math"
	"net/http"
	"os"
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
		c.reply(200, `{"data":[{"type":"model","id":"claude-x","display_name":"Claude X","max_input_tokens":200000}],"has_more":false}`)
	})
	if m := list["claude-x"]; m.Name != "Claude X" || m.Context != 200_000 || !m.Chat {
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
	for model, above := range map[string]float64{"gemini-2.5-pro": 2.5, "gemini-3-pro-preview": 4, "gemini-3.1-pro-preview-customtools": 4} { // what tiers.go knows, and the catalogue still has
		if e, _ := c.Find("https://generativelanguage.googleapis.com/v1beta", model); len(e.Price.Price.Tiers) != 1 || e.Price.Price.Tiers[0].Input != above {
			t.Errorf("long prompts of %s: %+v", model, e.Price.Price.Tiers)
		}
	}
	if e, ok := c.Find("https://api.anthropic.com", "claude-sonnet-4-5-20250929"); !ok || len(e.Price.Price.Tiers) != 0 {
		t.Errorf("Sonnet 4.5 takes no long prompts any more: %v, %+v", ok, e.Price.Price.Tiers)
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
			c.reply(200, `{"models":[{"type":"llm","key":"google/gemma-3-12b","size_bytes":8149190253,"max_context_length":131072,
				"loaded_instances":[{"id":"google/gemma-3-12b","config":{"context_length":4096}}]},
				{"type":"llm","key":"qwen3-8b","max_context_length":40960,"loaded_instances":[]},
				{"type":"embedding","key":"nomic-embed","max_context_length":2048,"loaded_instances":[]}]}`)
			return
		}
		c.reply(200, `{"data":[{"id":"google/gemma-3-12b"},{"id":"qwen3-8b"},{"id":"nomic-embed"}]}`)
	})
	p, err := providers.New(providers.Config{Name: "lmstudio", Kind: "openai", BaseURL: s.url + "/v1", Local: true})
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.List(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	if m := list[0]; m.ID != "google/gemma-3-12b" || !m.Loaded || m.Context != 4096 || !m.Chat || m.Size != 8149190253 {
		t.Errorf("%+v", m)
	}
	if m := list[1]; m.ID != "nomic-embed" || m.Loaded || m.Chat {
		t.Errorf("%+v", m)
	}
	if m := list[2]; m.Loaded || m.Context != 40960 {
		t.Errorf("%+v", m)
	}
}

// The catalogue has Google's and MiniMax's cache prices in the wrong places.
func TestTheCataloguesFaults(t *testing.T) {
	c := providers.NewCatalog()
	e, ok := c.Find("https://generativelanguage.googleapis.com/v1beta/openai", "gemini-3.7-flash") // the price of output stands for that of reads
	if p := e.Price.Price; !ok || p.CacheRead == nil || *p.CacheRead != 0.075 || p.CacheWrite != nil {
		t.Errorf("gemini: %+v", p)
	}
	e, ok = c.Find("https://generativelanguage.googleapis.com/v1beta/openai", "gemini-2.5-pro") // it has no tiers
	// 300,000·2.5e-6 + 1000·15e-6
	if got := e.Price.Price.Of(providers.Usage{Input: 300_000, Output: 1000}); !ok || !near(got, 0.765) {
		t.Errorf("a long prompt to gemini-2.5-pro: $%v", got)
	}
	e, ok = c.Find("https://api.minimax.io/anthropic", "MiniMax-M2.5") // reads and writes are swapped
	if p := e.Price.Price; !ok || p.CacheRead == nil || *p.CacheRead != 0.03 || p.CacheWrite == nil || *p.CacheWrite != 0.375 {
		t.Errorf("minimax: %v %+v", ok, p)
	}
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if version := strings.TrimPrefix(e.Price.From, "charm.land/catwalk "); !strings.Contains(string(mod), "charm.land/catwalk "+version+"\n") {
		t.Errorf("the price is said to be of catwalk %s, go.mod has another one: set catalogVersion and catalogDate", version)
	}
}
