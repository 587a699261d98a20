package price

import (
	"cmp"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"

	"lineup/providers"
)

// TokenPrices are OpenRouter's: decimal strings, USD a token, a request and an image. -1 means that
// it depends on the model that the router picks.
// https://openrouter.ai/docs/guides/overview/models#pricing-object
type TokenPrices struct {
	Prompt       string `json:"prompt"`
	Completion   string `json:"completion"`
	Request      string `json:"request"`
	Image        string `json:"image"`
	CacheRead    string `json:"input_cache_read"`
	CacheWrite   string `json:"input_cache_write"`
	CacheWrite1h string `json:"input_cache_write_1h"`
	Reasoning    string `json:"internal_reasoning"`

	Overrides []priceOverride `json:"overrides"`
}

// priceOverride holds in place of the base prices where all its conditions do; keys that it leaves
// out stay. Of several that hold, the later one wins by key.
type priceOverride struct {
	TokenPrices
	MinPromptTokens int             `json:"min_prompt_tokens"`
	Start           json.RawMessage `json:"utc_start"`
	End             json.RawMessage `json:"utc_end"`
	Days            json.RawMessage `json:"utc_days"`
}

// Quote gives the prices a million tokens; unknown where one of the two main ones is missing.
// Overrides by the time of day are left out: nobody knows when a price of today will be used. A
// model that asks for images alone makes images; what a prompt costs there is not 0 but unknown.
func (t *TokenPrices) Quote() providers.Quote {
	if t == nil || perMillion(t.Prompt) == nil || perMillion(t.Completion) == nil {
		return providers.Quote{}
	}
	p := t.over(providers.Price{})
	if p.Input == 0 && p.Output == 0 && p.Request == 0 && p.Image > 0 {
		return providers.Quote{}
	}
	var tiers []providers.Tier
	for _, o := range t.Overrides {
		if o.MinPromptTokens > 0 && !o.timed() && !slices.ContainsFunc(tiers,
			func(have providers.Tier) bool { return have.Above == o.MinPromptTokens-1 }) {
			tiers = append(tiers, providers.Tier{Above: o.MinPromptTokens - 1})
		}
	}
	slices.SortFunc(tiers, func(a, b providers.Tier) int { return cmp.Compare(a.Above, b.Above) })
	for i := range tiers {
		tiers[i].Price = p
		for _, o := range t.Overrides {
			if o.MinPromptTokens-1 <= tiers[i].Above && !o.timed() {
				tiers[i].Price = o.over(tiers[i].Price)
			}
		}
	}
	p.Tiers = tiers
	return providers.Quote{Price: mended(p), Source: providers.CostListed}
}

func (o *priceOverride) timed() bool { return len(o.Start)+len(o.End)+len(o.Days) > 0 }

// over lays the prices that are given over others.
func (t *TokenPrices) over(p providers.Price) providers.Price {
	for s, to := range map[*string]*float64{&t.Prompt: &p.Input, &t.Completion: &p.Output} {
		if v := perMillion(*s); v != nil {
			*to = *v
		}
	}
	for s, to := range map[*string]*float64{&t.Request: &p.Request, &t.Image: &p.Image} {
		if v := perMillion(*s); v != nil {
			*to = *v / 1e6
		}
	}
	for s, to := range map[*string]**float64{&t.CacheRead: &p.CacheRead,
		&t.CacheWrite:   &p.CacheWrite,
		&t.CacheWrite1h: &p.CacheWrite1h, &t.Reasoning: &p.Reasoning} {
		if v := positive(perMillion(*s)); v != nil {
			*to = v
		}
	}
	return p
}

// perMillion reads a price a token; nil where there is none.
func perMillion(s string) *float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return million(v)
}

// million gives the price of a million tokens; nil for what is no price.
func million(v float64) *float64 {
	v *= 1e6
	if !(v >= 0 && v <= math.MaxFloat32) { // the negation also refuses NaN
		return nil
	}
	return &v
}

// positive drops a price of 0 that stands for "no price of its own".
func positive(v *float64) *float64 {
	if v == nil || *v <= 0 {
		return nil
	}
	return v
}

// mended corrects prices that a list has mixed up. Reading from a cache is never dearer than plain
// input. If writing into it is cheaper than plain input, the two are swapped. A wrong price for
// reading is dropped. Reads then count as plain input: rather too much than too little.
func mended(p providers.Price) providers.Price {
	if p.CacheRead != nil && *p.CacheRead > p.Input {
		p.CacheRead, p.CacheWrite = p.CacheWrite, p.CacheRead
		switch {
		case p.CacheRead != nil && *p.CacheRead > p.Input:
			p.CacheRead, p.CacheWrite = nil, p.CacheRead
		case *p.CacheWrite == p.Output || p.CacheRead == nil: // the price of output, copied
			p.CacheWrite = nil
		}
	}
	for i := range p.Tiers {
		p.Tiers[i].Price = mended(p.Tiers[i].Price)
	}
	return p
}

// LiteLLMQuote reads LiteLLM's prices, numbers in USD a token. Where LiteLLM knows no price it says
// 0 for both directions, so that this is unknown and not free.
func LiteLLMQuote(info map[string]any) providers.Quote {
	at := func(suffix string) (p providers.Price, in, out bool) {
		get := func(name string) *float64 {
			if v, ok := info[name+suffix].(float64); ok {
				return million(v)
			}
			return nil
		}
		if v := get("input_cost_per_token"); v != nil {
			p.Input, in = *v, true
		}
		if v := get("output_cost_per_token"); v != nil {
			p.Output, out = *v, true
		}
		p.CacheRead, p.CacheWrite = positive(get("cache_read_input_token_cost")),
			positive(get("cache_creation_input_token_cost"))
		p.CacheWrite1h, p.Reasoning = positive(get("cache_creation_input_token_cost_above_1hr")),
			positive(get("output_cost_per_reasoning_token"))
		if v := get("input_cost_per_request"); v != nil {
			p.Request = *v / 1e6
		}
		if v := get("input_cost_per_image"); v != nil {
			p.Image = *v / 1e6
		}
		return p, in, out
	}
	p, in, out := at("")
	if !in || !out || p.Input == 0 && p.Output == 0 {
		return providers.Quote{}
	}
	for name := range info {
		m := liteLLMTier.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		thousands, _ := strconv.Atoi(m[1]) // it is made of three digits or four
		tier, in, out := at("_above_" + m[1] + "k_tokens")
		p.Tiers = append(p.Tiers, providers.Tier{Above: thousands * 1000,
			Price: inherit(p, tier, in, out)})
	}
	slices.SortFunc(p.Tiers, func(a, b providers.Tier) int { return cmp.Compare(a.Above, b.Above) })
	return providers.Quote{Price: mended(p), Source: providers.CostListed}
}

// liteLLMTier names the price of a tier, such as that above 200,000 tokens.
var liteLLMTier = regexp.MustCompile(`^input_cost_per_token_above_(\d{2,4})k_tokens$`)

// inherit completes a tier from the price around it.
func inherit(base, tier providers.Price, in, out bool) providers.Price {
	if !in {
		tier.Input = base.Input
	}
	if !out {
		tier.Output = base.Output
	}
	return tier.Over(base)
}
