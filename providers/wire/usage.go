package wire

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"sync"

	"lineup/providers"
)

// counts are a server's numbers as it gave them, whatever it calls them. What it did not give is 0.
type counts struct {
	in, out, total       int
	read, write, write1h int // of a cache
	reasoning            int
	// the cached tokens stand beside in, as Anthropic has it, and not within
	beside bool
	apart  bool // the reasoning stands beside out, as Gemini has it, and not within
	usd    float64
	priced bool // usd was given
	times  providers.Timings
}

// countNames are the names of each count, those of the protocol that most servers speak first.
type countNames struct {
	to    func(*counts) *int
	names []string
}

// usageNames has the names of OpenAI (both APIs), Anthropic, Ollama, Gemini, Bedrock, Cohere,
// DeepSeek and Moonshot.
var usageNames = sync.OnceValue(func() []countNames {
	return []countNames{
		{func(c *counts) *int { return &c.in },
			[]string{"prompt_tokens", "input_tokens", "prompt_eval_count",
				"promptTokenCount", "prompt_token_count", "inputTokenCount", "inputTokens",
				"promptTokens", "num_prompt_tokens"}},
		{func(c *counts) *int { return &c.out },
			[]string{"completion_tokens", "output_tokens", "eval_count",
				"candidatesTokenCount", "candidates_token_count", "outputTokenCount",
				"outputTokens", "completionTokens",
				"generated_tokens", "num_generated_tokens"}},
		{func(c *counts) *int { return &c.total },
			[]string{"total_tokens", "totalTokenCount", "total_token_count",
				"totalTokens"}},
		{func(c *counts) *int { return &c.read },
			[]string{"cached_tokens", "prompt_cache_hit_tokens",
				"cache_read_input_tokens", "cachedContentTokenCount", "cached_content_token_count",
				"cache_read_tokens",
				"cacheReadInputTokens", "cacheReadInputTokenCount", "cached_prompt_tokens",
				"prompt_cached_tokens",
				"cached_input_tokens", "cachedTokens", "cache_hit_tokens", "cache_read",
				"num_cached_tokens"}},
		{func(c *counts) *int { return &c.write },
			[]string{"cache_write_tokens", "cache_creation_input_tokens",
				"cache_creation_tokens", "cacheWriteInputTokens", "cacheWriteInputTokenCount",
				"cacheCreationInputTokens",
				"cache_write_input_tokens", "cached_creation_tokens", "cache_write"}},
		{func(c *counts) *int { return &c.write1h }, []string{"ephemeral_1h_input_tokens"}},
		{func(c *counts) *int { return &c.reasoning },
			[]string{"reasoning_tokens", "thoughtsTokenCount",
				"thoughts_token_count", "reasoningTokens", "thinking_tokens"}},
	}
})

// usageDetails are the objects within a usage in which some of the counts stand.
func usageDetails() []string {
	return []string{"prompt_tokens_details", "completion_tokens_details", "input_tokens_details",
		"output_tokens_details",
		"cache_creation", "input_token_details", "output_token_details", "prompt_details",
		"completion_details"}
}

// usagePlaces are the fields of a document in which a usage stands.
func usagePlaces() []string {
	return []string{"usage", "usageMetadata", "usage_metadata", "amazon-bedrock-invocationMetrics",
		"x_groq", "metrics",
		"token_usage", "billed_units", "tokens", "meta"}
}

// readUsage reads a usage, or a document with one in it. ok is false where it holds no count and no
// cost.
func readUsage(raw json.RawMessage) (c counts, ok bool) {
	if !present(raw) || raw[0] != '{' {
		return c, false
	}
	all, ok := readFields(raw)
	if !ok {
		return c, false
	}
	c.take(all)
	for _, name := range usagePlaces() {
		inner, found := readUsage(all.of(name))
		if !found {
			continue
		}
		if !inner.priced {
			inner.usd, inner.priced = c.usd, c.priced
		}
		if c.in+c.out == 0 {
			c = inner
		}
		c.usd, c.priced = inner.usd, inner.priced
	}
	for _, name := range costPlaces() {
		if inner, found := readUsage(all.of(name)); found && inner.priced && !c.priced {
			c.usd, c.priced = inner.usd, true
		}
	}
	return c, c.in+c.out > 0 || c.priced
}

// costPlaces are the fields beside the usage in which gateways put a cost: Vercel's, NanoGPT's and
// LiteLLM's.
func costPlaces() []string {
	return []string{"providerMetadata", "provider_metadata", "gateway", "x_nanogpt_pricing",
		"_hidden_params"}
}

// take reads the counts that stand among the fields of a usage.
func (c *counts) take(all fields) {
	for _, n := range usageNames() {
		for _, name := range n.names {
			v := countOf(all.of(name))
			if v == 0 || *n.to(c) > 0 {
				continue
			}
			*n.to(c) = v
			switch name {
			case "cache_read_input_tokens", "cache_creation_input_tokens", "cacheReadInputTokens",
				"cacheWriteInputTokens",
				"cacheReadInputTokenCount", "cacheWriteInputTokenCount", "cacheCreationInputTokens":
				c.beside = countOf(all.of("prompt_tokens")) == 0
			case "thoughtsTokenCount", "thoughts_token_count":
				c.apart = c.apart || c.out == countOf(all.of("candidatesTokenCount"))+
					countOf(all.of("candidates_token_count"))
			}
		}
	}
	for _, name := range usageDetails() {
		raw := all.of(name)
		if !present(raw) {
			continue
		}
		if inner, ok := readFields(raw); ok {
			var details counts
			details.take(inner)
			if name == "cache_creation" && c.write == 0 { // Anthropic's parts without their sum
				details.write = details.write1h + countOf(inner.of("ephemeral_5m_input_tokens"))
				c.beside = c.beside ||
					details.write > 0 && countOf(all.of("prompt_tokens")) == 0
			}
			c.read, c.write = max(c.read, details.read), max(c.write, details.write)
			c.write1h, c.reasoning = max(c.write1h, details.write1h),
				max(c.reasoning, details.reasoning)
			// OpenAI's own: a part of the input
			if strings.HasPrefix(name, "input") && details.read > 0 {
				c.beside = false
			}
		}
	}
	if usd, ok := costAmong(all); ok {
		c.usd, c.priced = usd, true
	}
	c.times = groqTimes(all)
}

// countOf is a number of tokens, which some servers write as 12.0 or "12". Below nothing, and in
// anything else, there is none.
func countOf(raw json.RawMessage) int {
	if len(raw) == 0 { // as most names are: an error of ParseFloat takes longer than a number
		return 0
	}
	n, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err == nil && n > 0 && n < 1<<40 {
		return int(n)
	}
	return 0
}

// groqTimes are Groq's own measurements, in seconds; nil where there are none.
func groqTimes(all fields) providers.Timings {
	seconds := func(name string) float64 {
		v, err := strconv.ParseFloat(string(all.of(name)), 64)
		if err != nil || !(v >= 0) || math.IsInf(v, 0) {
			return 0
		}
		return v * 1e3
	}
	if len(all.of("total_time")) == 0 || seconds("total_time") == 0 {
		return nil
	}
	return providers.Timings{"queue_ms": seconds("queue_time"), "prompt_ms": seconds("prompt_time"),
		"output_ms": seconds("completion_time"), "total_ms": seconds("total_time")}
}

// merge takes over what a later usage says. A count stays until the server gives a better one. 0 is
// none: gateways end a stream with zeros, and Anthropic's last event leaves out the counts of the
// first.
func (c *counts) merge(n counts) {
	if n.in+n.out > 0 {
		c.total = n.total // one of before belongs to other counts
	}
	for _, v := range []struct {
		to  *int
		now int
	}{{&c.in, n.in}, {&c.out, n.out}, {&c.read, n.read}, {&c.write, n.write}, {&c.write1h,
		n.write1h}, {&c.reasoning, n.reasoning}} {
		if v.now > 0 {
			*v.to = v.now
		}
	}
	c.beside, c.apart = c.beside || n.beside, c.apart || n.apart
	if n.priced && (n.usd > 0 || !c.priced) {
		c.usd, c.priced = n.usd, true
	}
}

// normal counts as lineup does: every prompt token in Input, every token of output in Output. A
// total above the two counts has something beside them. That is the cache in Portkey's form of
// Anthropic's usage, the reasoning at xAI (vercel/ai#12425), and unnamed reasoning at Gemini.
// Gemini's own names count the reasoning beside the output, also where there is no total, or one
// with the prompts of tools in it. https://ai.google.dev/api/generate-content#UsageMetadata
func (c *counts) normal() *providers.Usage {
	n := &providers.Usage{Input: c.in, Output: c.out, CacheRead: c.read, CacheWrite: c.write,
		CacheWrite1h: c.write1h,
		Reasoning:    c.reasoning}
	cached := n.CacheRead + n.CacheWrite
	beside := c.total - n.Input - n.Output
	switch {
	case beside > 0 && beside == cached:
		n.Input += beside
	case c.apart && (c.total == 0 || beside > n.Reasoning):
		n.Output += n.Reasoning
	case beside > 0 && (n.Reasoning == 0 || n.Reasoning == beside):
		n.Output, n.Reasoning = n.Output+beside, beside
	case c.total == 0 && n.Reasoning > n.Output: // more than all is no part
		n.Output += n.Reasoning
	}
	if c.beside && beside != 0 && beside != cached || c.beside && c.total == 0 {
		n.Input = c.in + cached
	}
	return n
}

// addUsage notes the counts and the cost of a document, and appends what is new of them.
func (t *streamState) addUsage(raw json.RawMessage, f frame,
	out []providers.Event) []providers.Event {
	n, ok := readUsage(raw)
	if !ok {
		return out
	}
	return t.addCounts(n, f, out)
}

func (t *streamState) addCounts(n counts, f frame, out []providers.Event) []providers.Event {
	t.counted = t.counted || n.in+n.out > 0
	priced, usd := t.counts.priced, t.counts.usd
	t.counts.merge(n)
	if n.in+n.out > 0 {
		out = append(out, providers.Event{Type: providers.EventUsage, At: f.at,
			Usage: t.counts.normal()})
	}
	if t.counts.priced && (!priced || usd != t.counts.usd) {
		out = append(out, providers.Event{Type: providers.EventCost, At: f.at, USD: t.counts.usd})
	}
	if n.times != nil {
		out = append(out, providers.Event{Type: providers.EventTimings, At: f.at, Timings: n.times})
	}
	return out
}

// costName is the name of a cost that a gateway reports, with how many of its unit make a dollar.
type costName struct {
	name string
	unit float64
}

// costNames: OpenRouter, LiteLLM's proxies and Vercel write cost, xAI ticks of 10⁻¹⁰ dollars
// (ENTERPILOT/GoModel#297), DeepInfra estimated_cost, LiteLLM response_cost.
func costNames() []costName {
	return []costName{{"cost", 1}, {"total_cost", 1}, {"cost_usd", 1}, {"total_cost_usd", 1},
		{"cost_in_usd", 1},
		{"usd_cost", 1}, {"response_cost", 1}, {"cost_in_usd_ticks", 1e10}, {"cost_usd_ticks",
			1e10},
		{"cost_in_usd_cents", 100}, {"cost_cents", 100}, {"totalCost", 1}, {"costUsd",
			1}, {"estimated_cost", 1}}
}

// costAmong finds the cost among the fields of a usage, or of a document.
func costAmong(all fields) (usd float64, ok bool) {
	for _, n := range costNames() {
		if v, found := readCost(all.of(n.name)); found && (!ok || usd == 0) {
			usd, ok = v/n.unit, true
		}
	}
	// with a key of one's own, cost is OpenRouter's fee alone
	if string(all.of("is_byok")) == "true" {
		var details struct {
			Upstream float64 `json:"upstream_inference_cost"`
		}
		if present(all.of("cost_details")) && unmarshal(all.of("cost_details"), &details) == nil {
			usd += max(0, details.Upstream)
		}
	}
	if !ok {
		for _, name := range []string{"cost_details", "cost_breakdown"} {
			if v, found := readCost(all.of(name)); found && len(all.of("is_byok")) == 0 {
				return v, true
			}
		}
	}
	return usd, ok
}

// readCost reads a cost in dollars: a number, a string, or an object (Perplexity, Bifrost), of
// which the total counts, else the sum of its parts.
func readCost(raw json.RawMessage) (usd float64, ok bool) {
	if len(raw) == 0 {
		return 0, false
	}
	if raw[0] != '{' {
		return parseUSD(strings.TrimPrefix(strings.TrimSpace(strings.Trim(string(raw), `"`)), "$"))
	}
	parts, valid := readFields(raw)
	if !valid {
		return 0, false
	}
	if c := strings.Trim(string(parts.of("currency")), `"`); present(parts.of("currency")) &&
		!strings.EqualFold(c, "USD") && c != "$" {
		return 0, false
	}
	each := map[string]json.RawMessage{} // a name that comes again counts once
	for _, f := range parts {
		each[f.name] = f.value
	}
	for _, name := range []string{"total_cost", "total", "total_cost_usd", "total_usd", "totalCost",
		"usd", "cost", "amount", "value"} {
		if v, found := readCost(each[name]); found {
			return v, true
		}
		delete(each, name) // to read it twice at each depth would take twice as long at each
	}
	for name, part := range each {
		known := strings.Contains(strings.ToLower(name), "cost")
		switch name {
		case "input", "output", "prompt", "completion", "request", "reasoning", "search":
			known = true
		}
		if v, found := readCost(part); known && found {
			usd, ok = usd+v, true
		}
	}
	return usd, ok
}

// parseUSD reads what a gateway says that a request cost. "NaN" and "Inf" are numbers to strconv,
// and nothing that a record can hold; below nothing, nothing is said.
func parseUSD(s string) (usd float64, ok bool) {
	usd, err := strconv.ParseFloat(s, 64)
	return usd, err == nil && usd >= 0 && !math.IsInf(usd, 0)
}

// addLlamaTimings notes llama.cpp's measurements. Where no usage has come they are the only counts.
func (t *streamState) addLlamaTimings(l *llamaTimings, f frame,
	out []providers.Event) []providers.Event {
	if l == nil {
		return out
	}
	out = append(out, providers.Event{Type: providers.EventTimings, At: f.at, Timings: l.timings()})
	if !t.counted {
		u := &providers.Usage{Input: int(l.CacheN + l.PromptN), Output: int(l.PredictedN),
			CacheRead: int(l.CacheN)}
		out = append(out, providers.Event{Type: providers.EventUsage, At: f.at, Usage: u})
	}
	return out
}
