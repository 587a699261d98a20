package wire

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
)

// chatChunk is what lineup reads of a chunk, or of a whole answer (then with message in place of delta).
type chatChunk struct {
	Model   string          `json:"model"`
	Choices []chatChoice    `json:"choices"`
	Usage   *chatUsage      `json:"usage"`
	Timings *llamaTimings   `json:"timings"`
	Groq    *groqExtra      `json:"x_groq"`
	Error   json.RawMessage `json:"error"`
	Message string          `json:"message"`   // of an "event: error" without an error object
	Base    json.RawMessage `json:"base_resp"` // MiniMax, with every answer: whether it went well

	ID          json.RawMessage `json:"id"`          // never looked at: changes with each chunk of one-api
	Obfuscation json.RawMessage `json:"obfuscation"` // the same: OpenAI's padding
}

type chatChoice struct {
	Index        int        `json:"index"`
	Delta        *chatDelta `json:"delta"`
	Message      *chatDelta `json:"message"`
	FinishReason string     `json:"finish_reason"`

	Error json.RawMessage `json:"error"` // OpenRouter, of an upstream that failed
}

type chatDelta struct {
	Content          json.RawMessage   `json:"content"`
	ReasoningContent json.RawMessage   `json:"reasoning_content"`
	Reasoning        json.RawMessage   `json:"reasoning"`
	ReasoningDetails []reasoningDetail `json:"reasoning_details"`
	Refusal          string            `json:"refusal"`
	ToolCalls        json.RawMessage   `json:"tool_calls"`
	FunctionCall     json.RawMessage   `json:"function_call"`
	ContentBlocks    []contentBlock    `json:"content_blocks"`
}

// contentBlock is how Portkey hands Anthropic's thinking on: in a delta of a stream, or in a whole message. The
// text stands in content as well.
type contentBlock struct {
	Thinking string `json:"thinking"`
	Data     string `json:"data"` // of redacted_thinking
	Delta    struct {
		Thinking string `json:"thinking"`
	} `json:"delta"`
}

// reasoningDetail is OpenRouter's form of reasoning: text, a summary, or encrypted data.
type reasoningDetail struct {
	Text    string `json:"text"`
	Summary string `json:"summary"`
	Data    string `json:"data"`
}

// tokenCount is a number of tokens, which some servers write as 12.0 or "12". Below nothing, and in anything else,
// there is none.
type tokenCount int

func (c *tokenCount) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err == nil && n > 0 && n < 1<<40 {
		*c = tokenCount(n)
	}
	return nil
}

// chatUsage has the cache counts as OpenAI, OpenRouter, DeepSeek and Portkey (Anthropic's names) spell them.
type chatUsage struct {
	PromptTokens     tokenCount      `json:"prompt_tokens"`
	CompletionTokens tokenCount      `json:"completion_tokens"`
	TotalTokens      tokenCount      `json:"total_tokens"`
	Cost             json.RawMessage `json:"cost"` // OpenRouter: USD; an object elsewhere
	BYOK             bool            `json:"is_byok"`
	CostDetails      struct {
		Upstream float64 `json:"upstream_inference_cost"`
	} `json:"cost_details"`
	PromptDetails *struct {
		Cached     tokenCount `json:"cached_tokens"`
		CacheWrite tokenCount `json:"cache_write_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails *struct {
		Reasoning tokenCount `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
	CacheHit   tokenCount `json:"prompt_cache_hit_tokens"` // DeepSeek
	CacheRead  tokenCount `json:"cache_read_input_tokens"` // Portkey, as the next
	CacheWrite tokenCount `json:"cache_creation_input_tokens"`
	groqTimes
}

// groqTimes are Groq's own measurements, in seconds.
type groqTimes struct {
	QueueTime      float64 `json:"queue_time"`
	PromptTime     float64 `json:"prompt_time"`
	CompletionTime float64 `json:"completion_time"`
	TotalTime      float64 `json:"total_time"`
}

// groqExtra has in error why a stream was stopped early, a string in groq-python's ChatCompletionChunk.
type groqExtra struct {
	Usage *chatUsage      `json:"usage"`
	Error json.RawMessage `json:"error"`
}

// llamaTimings are llama.cpp's, in milliseconds.
type llamaTimings struct {
	CacheN      float64 `json:"cache_n"`
	PromptN     float64 `json:"prompt_n"`
	PromptMS    float64 `json:"prompt_ms"`
	PredictedN  float64 `json:"predicted_n"`
	PredictedMS float64 `json:"predicted_ms"`
	DraftN      float64 `json:"draft_n"` // of speculative decoding
	DraftTaken  float64 `json:"draft_n_accepted"`
}

// timings are lineup's names for them.
func (t *llamaTimings) timings() providers.Timings {
	out := providers.Timings{"prompt_ms": t.PromptMS, "prompt_tokens": t.PromptN, "output_ms": t.PredictedMS, "output_tokens": t.PredictedN}
	if t.CacheN > 0 {
		out["cache_tokens"] = t.CacheN
	}
	if t.DraftN > 0 {
		out["draft_tokens"], out["draft_accepted"] = t.DraftN, t.DraftTaken
	}
	return out
}

// normal counts as lineup does: every prompt token in Input, every token of output in Output. Where the total is larger
// than the two counts, something stands beside them: the cache in what Portkey makes of Anthropic's usage; the
// reasoning at xAI (vercel/ai#12425), and at Gemini, which does not even name it.
func (u *chatUsage) normal() *providers.Usage {
	n := &providers.Usage{Input: int(u.PromptTokens), Output: int(u.CompletionTokens), CacheRead: int(max(u.CacheHit, u.CacheRead)), CacheWrite: int(u.CacheWrite)}
	if p := u.PromptDetails; p != nil {
		n.CacheRead, n.CacheWrite = max(int(p.Cached), n.CacheRead), max(int(p.CacheWrite), n.CacheWrite)
	}
	if c := u.CompletionDetails; c != nil {
		n.Reasoning = int(c.Reasoning)
	}
	switch beside := int(u.TotalTokens) - n.Input - n.Output; {
	case beside > 0 && beside == int(u.CacheRead+u.CacheWrite):
		n.Input += beside
	case beside > 0 && (n.Reasoning == 0 || n.Reasoning == beside):
		n.Output, n.Reasoning = n.Output+beside, beside
	case u.TotalTokens == 0 && n.Reasoning > n.Output: // more than all is no part
		n.Output += n.Reasoning
	}
	return n
}

// parseUSD reads what a gateway says that a request cost. "NaN" and "Inf" are numbers to strconv, and nothing that a
// record can hold; below nothing, nothing is said.
func parseUSD(s string) (usd float64, ok bool) {
	usd, err := strconv.ParseFloat(s, 64)
	return usd, err == nil && usd >= 0 && !math.IsInf(usd, 0)
}

// events gives the usage, and the cost and times that some servers put beside it.
func (u *chatUsage) events(at time.Time, out []providers.Event) []providers.Event {
	out = append(out, providers.Event{Type: providers.EventUsage, At: at, Usage: u.normal()})
	if usd, ok := parseUSD(string(u.Cost)); ok {
		if u.BYOK { // with a key of one's own, cost is OpenRouter's fee alone
			usd += max(0, u.CostDetails.Upstream)
		}
		out = append(out, providers.Event{Type: providers.EventCost, At: at, USD: usd})
	}
	if u.TotalTime > 0 {
		out = append(out, providers.Event{Type: providers.EventTimings, At: at, Timings: providers.Timings{"queue_ms": u.QueueTime * 1e3,
			"prompt_ms": u.PromptTime * 1e3, "output_ms": u.CompletionTime * 1e3, "total_ms": u.TotalTime * 1e3}})
	}
	return out
}
