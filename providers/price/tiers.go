package price

import "lineup/providers"

// knownTiers are prices of long prompts that the makers document and the catalogue lacks, USD per
// million tokens. They apply while the catalogue has the price they belong to. After a change the
// tier is unknown. All are from https://ai.google.dev/gemini-api/docs/pricing, and each was found
// the same in further places:
//
//   - gemini-2.5-pro: deploybase.ai/articles/gemini-api-pricing, from Google's page of March 2026;
//     its cache reads in Google's forum,
//     discuss.ai.google.dev/t/question-about-gemini-api-caching-pricing/107349.
//   - gemini-3.1-pro-preview: blog.laozhang.ai/en/posts/gemini-3-1-pro-preview-free-api, from
//     Google's page of 2026-03-28, and aifreeapi.com/en/posts/gemini-api-token-pricing of March
//     2026; its cache reads in LiteLLM's model_prices_and_context_window.json. The catalogue has
//     it under its second name, -customtools, at the same prices.
//   - gemini-3-pro-preview: LiteLLM's documentation of Gemini 3, all four rates. Since 2026-03-09
//     the name leads to 3.1.
//
// Claude has none any more: Sonnet 4 and 4.5 cost $6 and $22.50 above 200,000 tokens while they
// took a million (Anthropic's pricing page of 2025), but
// platform.claude.com/docs/en/models/sonnet-4-5/overview now ends its context at 200,000, and later
// models cost the same at any length.
func knownTiers(model string, p providers.Price) []providers.Tier {
	usd := func(v float64) *float64 { return &v }
	for _, k := range []struct {
		models  []string
		in, out float64
		above   providers.Price
	}{
		{[]string{"gemini-2.5-pro"}, 1.25, 10,
			providers.Price{Input: 2.5, Output: 15, CacheRead: usd(0.25)}},
		{[]string{"gemini-3-pro-preview", "gemini-3.1-pro-preview",
			"gemini-3.1-pro-preview-customtools"}, 2, 12,
			providers.Price{Input: 4, Output: 18, CacheRead: usd(0.4)}},
	} {
		for _, m := range k.models {
			if m == model && p.Input == k.in && p.Output == k.out {
				return []providers.Tier{{Above: 200_000, Price: k.above}}
			}
		}
	}
	return nil
}
