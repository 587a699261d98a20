package providers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// openAI is the Chat Completions protocol: OpenAI itself, every gateway, vLLM, llama.cpp, LM Studio.
// https://platform.openai.com/docs/api-reference/chat-streaming
type openAI struct{}

func (openAI) path() string { return "/chat/completions" }

func (openAI) authorize(h http.Header, key string) { bearer(h, key) }

func (openAI) frames(r io.Reader, now func() time.Time) frameReader { return newSSEReader(r, now) }

func (openAI) decoder() decoder { return &chatDecoder{} }

func (openAI) body(model string, params Params, req Request) map[string]any {
	messages := make([]Message, 0, len(req.Messages)+1)
	if req.System != "" {
		messages = append(messages, Message{Role: "system", Content: req.System})
	}
	b := map[string]any{
		"model":          model,
		"messages":       append(messages, req.Messages...),
		"stream":         true,
		"stream_options": map[string]any{"include_usage": true},
	}
	setParam(b, "temperature", params.Temperature)
	setParam(b, "top_p", params.TopP)
	setParam(b, "top_k", params.TopK)
	setParam(b, "min_p", params.MinP)
	setParam(b, "max_tokens", params.MaxTokens)
	setParam(b, "seed", params.Seed)
	if len(params.Stop) > 0 {
		b["stop"] = params.Stop
	}
	if params.ReasoningEffort != "" {
		b["reasoning_effort"] = params.ReasoningEffort
	}
	return b
}

// setParam sends a parameter only where it is set, because strict servers refuse what they do not know.
func setParam[T any](b map[string]any, name string, v *T) {
	if v != nil {
		b[name] = *v
	}
}

// chatChunk is what lineup reads of a chunk, or of a whole answer (then with message in place of delta).
type chatChunk struct {
	Model   string          `json:"model"`
	Choices []chatChoice    `json:"choices"`
	Usage   *chatUsage      `json:"usage"`
	Timings *llamaTimings   `json:"timings"`
	Groq    *groqExtra      `json:"x_groq"`
	Error   json.RawMessage `json:"error"`
	Message string          `json:"message"` // of an "event: error" without an error object

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

// chatUsage has the cache counts as OpenAI, OpenRouter and DeepSeek spell them.
type chatUsage struct {
	PromptTokens     int             `json:"prompt_tokens"`
	CompletionTokens int             `json:"completion_tokens"`
	Cost             json.RawMessage `json:"cost"` // OpenRouter: USD; an object elsewhere
	PromptDetails    *struct {
		Cached     int `json:"cached_tokens"`
		CacheWrite int `json:"cache_write_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails *struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
	CacheHit int `json:"prompt_cache_hit_tokens"` // DeepSeek
	groqTimes
}

// groqTimes are Groq's own measurements, in seconds.
type groqTimes struct {
	QueueTime      float64 `json:"queue_time"`
	PromptTime     float64 `json:"prompt_time"`
	CompletionTime float64 `json:"completion_time"`
	TotalTime      float64 `json:"total_time"`
}

type groqExtra struct {
	Usage *chatUsage `json:"usage"`
}

// llamaTimings are llama.cpp's, in milliseconds.
type llamaTimings struct {
	CacheN      float64 `json:"cache_n"`
	PromptN     float64 `json:"prompt_n"`
	PromptMS    float64 `json:"prompt_ms"`
	PredictedN  float64 `json:"predicted_n"`
	PredictedMS float64 `json:"predicted_ms"`
}

// chatDecoder decodes Chat Completions chunks.
type chatDecoder struct {
	seen    tally
	served  string
	counted bool // a usage has come
	chunk   chatChunk

	text, reasoning *template // of the chunk that came last with a piece of each
}

func (d *chatDecoder) tally() *tally { return &d.seen }

func (d *chatDecoder) decode(f frame, out []Event) ([]Event, error) {
	data := bytes.TrimSpace(f.data)
	if len(data) == 0 {
		return out, nil
	}
	if string(data) == "[DONE]" {
		return out, errStreamEnd
	}
	if f.event != "error" {
		if s, ok := d.text.match(data); ok {
			return d.seen.addAnswer(s, f, out), nil
		}
		if s, ok := d.reasoning.match(data); ok {
			return d.seen.addReasoning(s, f, out), nil
		}
	}
	d.chunk = chatChunk{}
	if err := unmarshal(data, &d.chunk); err != nil {
		return decodeLines(f, data, out, d.decode)
	}
	if f.event == "error" || present(d.chunk.Error) || d.choiceFailed() {
		out = d.take(f, out) // text may stand beside the error
		return out, d.failure(data)
	}
	out = d.take(f, out)
	d.learn(data)
	return out, nil
}

// learn remembers the form of a chunk that carries one piece of text, or of reasoning, and nothing else.
func (d *chatDecoder) learn(data []byte) {
	c := &d.chunk
	if len(c.Choices) != 1 || c.Usage != nil || c.Timings != nil || c.Groq != nil || c.Model != "" && c.Model != d.served {
		return
	}
	ch := &c.Choices[0]
	delta := ch.Delta
	if delta == nil || ch.Index != 0 || ch.Message != nil || ch.FinishReason != "" || delta.Refusal != "" || len(delta.ReasoningDetails) > 0 ||
		len(delta.ContentBlocks) > 0 || present(delta.ToolCalls) || present(delta.FunctionCall) {
		return
	}
	content, reasoning := isText(delta.Content), isText(delta.Reasoning)
	if isText(delta.ReasoningContent) {
		if reasoning { // two spellings of the same
			return
		}
		reasoning, delta.Reasoning = true, delta.ReasoningContent
	}
	switch {
	case content && !reasoning:
		d.text = learnTemplate(data, delta.Content, c.ID, c.Obfuscation)
	case reasoning && !content && (!present(delta.Content) || string(delta.Content) == `""`):
		d.reasoning = learnTemplate(data, delta.Reasoning, c.ID, c.Obfuscation)
	}
}

// choiceFailed reports whether the answer's own choice carries an error.
func (d *chatDecoder) choiceFailed() bool {
	for i := range d.chunk.Choices {
		if c := &d.chunk.Choices[i]; c.Index == 0 && present(c.Error) {
			d.chunk.Error = c.Error
			return true
		}
	}
	return false
}

// failure reads the error that a chunk reports.
func (d *chatDecoder) failure(data []byte) *failure {
	if f := streamFailure(data); !f.raw {
		return f
	}
	return streamFailure(d.chunk.Error)
}

func (d *chatDecoder) whole(data []byte, out []Event) ([]Event, error) {
	out, err := d.decode(frame{data: data, bytes: len(data)}, out)
	if err != nil || d.seen.payload {
		return out, err
	}
	if f := streamFailure(data); !f.raw { // an error in a shape of its own
		return out, f
	}
	return out, errNotJSON
}

// take reads the fields of a chunk.
func (d *chatDecoder) take(f frame, out []Event) []Event {
	c := &d.chunk
	if c.Model != "" && c.Model != d.served {
		d.served = c.Model
		out = append(out, Event{Type: EventServed, At: f.at, Text: CleanLine(c.Model)})
	}
	for i := range c.Choices {
		if ch := &c.Choices[i]; ch.Index == 0 { // the first choice is the answer
			d.seen.payload = true
			if delta := ch.Delta; delta != nil {
				out = d.takeDelta(delta, f, out)
			}
			if ch.Message != nil {
				out = d.takeDelta(ch.Message, f, out)
			}
			d.seen.setFinish(ch.FinishReason)
		}
	}
	if c.Usage == nil && c.Groq != nil {
		c.Usage = c.Groq.Usage
	}
	if u := c.Usage; u != nil && u.PromptTokens+u.CompletionTokens > 0 {
		d.counted = true
		out = u.events(f.at, out)
	}
	if t := c.Timings; t != nil {
		out = append(out, Event{Type: EventTimings, At: f.at, Timings: Timings{
			"prompt_ms": t.PromptMS, "prompt_tokens": t.PromptN, "output_ms": t.PredictedMS, "output_tokens": t.PredictedN,
		}})
		if c.Usage == nil && !d.counted { // without include_usage these are the only counts
			out = append(out, Event{Type: EventUsage, At: f.at, Usage: &Usage{
				Input: int(t.CacheN + t.PromptN), Output: int(t.PredictedN), CacheRead: int(t.CacheN)}})
		}
	}
	return out
}

func (d *chatDecoder) takeDelta(delta *chatDelta, f frame, out []Event) []Event {
	out = d.takeReasoning(delta, f, out)
	if present(delta.Content) {
		out = d.takeContent(delta.Content, f, out)
	}
	if delta.Refusal != "" {
		out = d.seen.addText(delta.Refusal, f, out)
		d.seen.setFinish(FinishFilter)
	}
	if present(delta.ToolCalls) && string(delta.ToolCalls) != "[]" || present(delta.FunctionCall) {
		out = d.seen.addTools(f, out)
	}
	return out
}

// takeReasoning takes the first spelling that is not empty: gateways send the same text in several at once.
func (d *chatDecoder) takeReasoning(delta *chatDelta, f frame, out []Event) []Event {
	for _, raw := range []json.RawMessage{delta.ReasoningContent, delta.Reasoning} {
		var s string
		if isText(raw) && json.Unmarshal(raw, &s) == nil {
			return d.seen.addReasoning(s, f, out)
		}
	}
	for _, r := range delta.ReasoningDetails {
		switch {
		case r.Text != "":
			out = d.seen.addReasoning(r.Text, f, out)
		case r.Summary != "":
			out = d.seen.addReasoning(r.Summary, f, out)
		case r.Data != "":
			out = d.seen.addHidden(f, out)
		}
	}
	if len(delta.ReasoningDetails) > 0 {
		return out
	}
	for _, b := range delta.ContentBlocks {
		out = d.seen.addReasoning(b.Thinking+b.Delta.Thinking, f, out)
		if b.Data != "" {
			out = d.seen.addHidden(f, out)
		}
	}
	return out
}

// contentPart is an entry of Mistral's content arrays; its thinking is an array again.
type contentPart struct {
	Type     string          `json:"type"`
	Text     string          `json:"text"`
	Thinking json.RawMessage `json:"thinking"`
}

// takeContent reads a content that is a string or an array of parts.
func (d *chatDecoder) takeContent(raw json.RawMessage, f frame, out []Event) []Event {
	var s string
	if raw[0] == '"' {
		if json.Unmarshal(raw, &s) == nil {
			out = d.seen.addAnswer(s, f, out)
		}
		return out
	}
	var parts []contentPart
	_ = unmarshal(raw, &parts) // anything else is no text
	for _, p := range parts {
		switch p.Type {
		case "text":
			out = d.seen.addAnswer(p.Text, f, out)
		case "thinking":
			var inner []contentPart
			if json.Unmarshal(p.Thinking, &s) == nil {
				out = d.seen.addReasoning(s, f, out)
			} else if json.Unmarshal(p.Thinking, &inner) == nil {
				for _, q := range inner {
					out = d.seen.addReasoning(q.Text, f, out)
				}
			}
		}
	}
	return out
}

// events gives the usage, and the cost and times that some servers put beside it.
func (u *chatUsage) events(at time.Time, out []Event) []Event {
	n := &Usage{Input: u.PromptTokens, Output: u.CompletionTokens, CacheRead: u.CacheHit}
	if p := u.PromptDetails; p != nil {
		n.CacheRead, n.CacheWrite = max(p.Cached, n.CacheRead), p.CacheWrite
	}
	if c := u.CompletionDetails; c != nil {
		n.Reasoning = c.Reasoning
	}
	out = append(out, Event{Type: EventUsage, At: at, Usage: n})
	if usd, err := strconv.ParseFloat(string(u.Cost), 64); err == nil {
		out = append(out, Event{Type: EventCost, At: at, USD: usd})
	}
	if u.TotalTime > 0 {
		out = append(out, Event{Type: EventTimings, At: at, Timings: Timings{"queue_ms": u.QueueTime * 1e3,
			"prompt_ms": u.PromptTime * 1e3, "output_ms": u.CompletionTime * 1e3, "total_ms": u.TotalTime * 1e3}})
	}
	return out
}
