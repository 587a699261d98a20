package price_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"lineup/providers"
	"lineup/providers/price"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestTheCatalogue(t *testing.T) {
	c := price.NewCatalog()
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

// The catalogue has Google's and MiniMax's cache prices in the wrong places.
func TestTheCataloguesFaults(t *testing.T) {
	c := price.NewCatalog()
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
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if version := strings.TrimPrefix(e.Price.From, "charm.land/catwalk "); !strings.Contains(string(mod), "charm.land/catwalk "+version+"\n") {
		t.Errorf("the price is said to be of catwalk %s, go.mod has another one: set catalogVersion and catalogDate", version)
	}
}
