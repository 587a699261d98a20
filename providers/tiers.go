package providers

// knownTiers are prices of long prompts that the makers document and the catalogue lacks, USD per million tokens. They
// count where the catalogue's own price is the one that they belong to; when that changes, the tier is not known any more.
// https://ai.google.dev/gemini-api/docs/pricing and https://docs.claude.com/en/docs/about-claude/pricing
func knownTiers(model string, p Price) []Tier {
	usd := func(v float64) *float64 { return &v }
	for _, k := range []struct {
		models  []string
		in, out float64
		above   Price
	}{
		{[]string{"gemini-2.5-pro"}, 1.25, 10, Price{Input: 2.5, Output: 15, CacheRead: usd(0.25)}},
		{[]string{"gemini-3-pro-preview", "gemini-3.1-pro-preview"}, 2, 12, Price{Input: 4, Output: 18, CacheRead: usd(0.4)}},
		{[]string{"claude-sonnet-4-20250514", "claude-sonnet-4-5-20250929"}, 3, 15, Price{Input: 6, Output: 22.5, CacheRead: usd(0.6), CacheWrite: usd(7.5)}},
	} {
		for _, m := range k.models {
			if m == model && p.Input == k.in && p.Output == k.out {
				return []Tier{{Above: 200_000, Price: k.above}}
			}
		}
	}
	return nil
}
