package price

import (
	"encoding/json"
	"testing"

	"lineup/providers"
)

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatLiteLLMListsBesideTokens(t *testing.T) {
	q := LiteLLMQuote(map[string]any{"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "input_cost_per_request": 0.01, "input_cost_per_image": 0.002,
		"input_cost_per_token_above_200k_tokens": 3e-6, "output_cost_per_token_above_200k_tokens": 4e-6, // in any order
		"input_cost_per_token_above_128k_tokens": 2e-6, "input_cost_per_token_above_512k_tokens": "?"})
	rest := `"request":0.01,"image":0.002`
	want := `{"input":1,"output":2,` + rest + `,"tiers":[{"above":128000,"input":2,"output":2,` + rest + `},{"above":200000,"input":3,"output":4,` + rest +
		`},{"above":512000,"input":1,"output":2,` + rest + `}]}`
	if got := asJSON(t, q.Price); got != want || q.Source != providers.CostListed {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	usd := func(v float64) *float64 { return &v }
	if got := mended(providers.Price{Input: 1, CacheRead: usd(3), CacheWrite: usd(2)}); got.CacheRead != nil || got.CacheWrite == nil || *got.CacheWrite != 2 {
		t.Errorf("reads and writes both dearer than input: %s", asJSON(t, got))
	}
}
