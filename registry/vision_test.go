package registry_test

import (
	"path/filepath"
	"testing"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// What is known of a model's sight comes from the config first, then the gateway's own list, then the
// catalogue; what was listed is there the next time without asking.
func TestWhoTakesImages(t *testing.T) {
	cfg, err := config.Parse("c.toml", []byte(`
[providers.gate]
base_url = "https://gate.example/v1"
[providers.anthropic]
kind = "anthropic"
base_url = "https://api.anthropic.com"
[providers.zai]
base_url = "https://api.z.ai/api/coding/paas/v4"
[models."gate/word"]
vision = true
[models."anthropic/claude-haiku-4-5-20251001"]
vision = false
`))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "prices.json")
	check := func(when string, reg *registry.Registry, want map[string]string) {
		for ref, sees := range want {
			info, err := reg.Info(ref)
			if err != nil {
				t.Fatal(err)
			}
			got := "?"
			if info.Vision != nil {
				got = map[bool]string{true: "yes", false: "no"}[*info.Vision]
			}
			if got != sees {
				t.Errorf("%s, %s takes images: %s, want %s", when, ref, got, sees)
			}
		}
	}
	reg := registry.New(cfg, registry.Options{PriceFile: file})
	check("unasked", reg, map[string]string{"gate/eye": "?", "gate/word": "yes", "gate/odd": "?",
		"anthropic/claude-haiku-4-5-20251001": "no", "anthropic/claude-sonnet-4-5-20250929": "yes", "zai/glm-4.6": "no"})
	yes, no := true, false
	gate, _ := cfg.Provider("gate")
	prices := registry.PricesOf([]registry.Offer{{Provider: gate, Models: []providers.Listed{
		{ID: "eye", Vision: &yes}, {ID: "word", Vision: &no}, {ID: "odd"}}}})
	if err := registry.KeepPrices(file, prices); err != nil {
		t.Fatal(err)
	}
	reg = registry.New(cfg, registry.Options{Prices: prices})
	listed := map[string]string{"gate/eye": "yes", "gate/word": "yes", "gate/odd": "?"}
	check("listed", reg, listed)
	check("the next time", registry.New(cfg, registry.Options{PriceFile: file}), listed)
	for _, c := range reg.Offline() { // a list without prices hides no other list
		if c.Ref == "gate/eye" {
			t.Error("a list that was kept for who sees is taken for a price list")
		}
	}
}
