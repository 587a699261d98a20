package wire

import (
	"encoding/json"

	"lineup/providers"
)

// chatChunk is what lineup reads of a chunk, or of a whole answer (then with message in place of
// delta).
type chatChunk struct {
	Model   string          `json:"model"`
	Choices []chatChoice    `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
	Timings *llamaTimings   `json:"timings"`
	Groq    *groqExtra      `json:"x_groq"`
	Error   json.RawMessage `json:"error"`
	Base    json.RawMessage `json:"base_resp"` // MiniMax, with every answer: whether it went well
	Result  json.RawMessage `json:"result"`    // Workers AI's own form

	// Gateways' places for counts and costs; see readUsage.
	Metadata json.RawMessage `json:"usageMetadata"`
	Cost     json.RawMessage `json:"cost"`
	Pricing  json.RawMessage `json:"x_nanogpt_pricing"`
	Vercel   json.RawMessage `json:"providerMetadata"`
	Hidden   json.RawMessage `json:"_hidden_params"`

	// never looked at: changes with each chunk of one-api
	ID          json.RawMessage `json:"id"`
	Obfuscation json.RawMessage `json:"obfuscation"` // the same: OpenAI's padding
}

type chatChoice struct {
	Index        int             `json:"index"`
	Delta        *chatDelta      `json:"delta"`
	Message      *chatDelta      `json:"message"`
	Text         json.RawMessage `json:"text"` // of the older text completions
	FinishReason json.RawMessage `json:"finish_reason"`
	FinishCamel  json.RawMessage `json:"finishReason"`
	FinishOlder  json.RawMessage `json:"finish_details"`
	Usage        json.RawMessage `json:"usage"` // Moonshot (earendil-works/pi#2017)

	Error json.RawMessage `json:"error"` // OpenRouter, of an upstream that failed
}

// finish is the reason that the choice gives for its end, wherever it stands.
func (c *chatChoice) finish() string {
	all := []json.RawMessage{c.FinishReason, c.FinishCamel, c.FinishOlder}
	for _, d := range []*chatDelta{c.Delta, c.Message} {
		if d != nil {
			all = append(all, d.FinishReason)
		}
	}
	for _, raw := range all {
		if s := finishOf(raw); finishReason(s) != "" {
			return s
		}
	}
	return ""
}

// usage is where the choice has counts of its own.
func (c *chatChoice) usage() json.RawMessage {
	for _, d := range []*chatDelta{c.Delta, c.Message} {
		if d != nil && present(d.Usage) && !present(c.Usage) {
			return d.Usage
		}
	}
	return c.Usage
}

// chatDelta has the spellings of content and reasoning that servers use. Where one gives the same
// reasoning in several, the first that is not empty counts.
type chatDelta struct {
	Content          json.RawMessage `json:"content"`
	Text             json.RawMessage `json:"text"`
	OutputText       json.RawMessage `json:"output_text"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningDetails json.RawMessage `json:"reasoning_details"` // OpenRouter
	Thinking         json.RawMessage `json:"thinking"`
	ThinkingContent  json.RawMessage `json:"thinking_content"`
	ThinkingBlocks   json.RawMessage `json:"thinking_blocks"` // LiteLLM
	ReasoningText    json.RawMessage `json:"reasoning_text"`  // GitHub Copilot
	ReasoningSummary json.RawMessage `json:"reasoning_summary"`
	ReasoningCamel   json.RawMessage `json:"reasoningContent"`
	Thought          json.RawMessage `json:"thought"`
	Thoughts         json.RawMessage `json:"thoughts"`
	Refusal          json.RawMessage `json:"refusal"`
	ToolCalls        json.RawMessage `json:"tool_calls"`
	FunctionCall     json.RawMessage `json:"function_call"`
	// Portkey, of Anthropic's thinking; the text is in content too
	ContentBlocks json.RawMessage `json:"content_blocks"`
	FinishReason  json.RawMessage `json:"finish_reason"`
	Usage         json.RawMessage `json:"usage"`
}

// answer is the spelling that the text of the answer has.
func (d *chatDelta) answer() json.RawMessage {
	for _, raw := range []json.RawMessage{d.Content, d.Text, d.OutputText} {
		if present(raw) && string(raw) != `""` {
			return raw
		}
	}
	return nil
}

// reasonings are the spellings of the reasoning, best first.
func (d *chatDelta) reasonings() [11]json.RawMessage {
	return [11]json.RawMessage{d.ReasoningContent, d.Reasoning, notFlag(d.Thinking),
		d.ThinkingContent, d.ReasoningText,
		d.ReasoningCamel, notFlag(d.Thought), d.Thoughts, d.ReasoningDetails, d.ThinkingBlocks,
		d.ReasoningSummary}
}

// notFlag drops a truth value: under some names it says that the model thinks, not what.
func notFlag(raw json.RawMessage) json.RawMessage {
	if s := string(raw); s == "true" || s == "false" {
		return nil
	}
	return raw
}

// thinkingBlocks are the blocks with thinking among those of Portkey, or nothing.
func (d *chatDelta) thinkingBlocks() json.RawMessage {
	if !present(d.ContentBlocks) {
		return nil
	}
	var blocks []struct {
		Thinking json.RawMessage `json:"thinking"`
		Data     json.RawMessage `json:"data"` // of redacted_thinking
		Delta    struct {
			Thinking json.RawMessage `json:"thinking"`
		} `json:"delta"`
	}
	if unmarshal(d.ContentBlocks, &blocks) != nil || len(blocks) == 0 {
		return nil
	}
	for _, b := range blocks {
		switch {
		case isText(b.Thinking):
			return b.Thinking
		case isText(b.Delta.Thinking):
			return b.Delta.Thinking
		case isText(b.Data):
			return json.RawMessage(`{"type":"redacted","data":` + string(b.Data) + `}`)
		}
	}
	return nil
}

// groqExtra has in error why a stream was stopped early, a string in groq-python's
// ChatCompletionChunk.
type groqExtra struct {
	Usage json.RawMessage `json:"usage"`
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
	out := providers.Timings{"prompt_ms": t.PromptMS, "prompt_tokens": t.PromptN,
		"output_ms": t.PredictedMS, "output_tokens": t.PredictedN}
	if t.CacheN > 0 {
		out["cache_tokens"] = t.CacheN
	}
	if t.DraftN > 0 {
		out["draft_tokens"], out["draft_accepted"] = t.DraftN, t.DraftTaken
	}
	return out
}
