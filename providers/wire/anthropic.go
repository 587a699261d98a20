package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"lineup/providers"
)

// anthropic is the Messages protocol, which Ollama and llama-server speak too.
// https://docs.anthropic.com/en/api/messages-streaming
type anthropic struct{ usual }

const (
	anthropicVersion = "2023-06-01"
	// anthropicMaxTokens goes out where the config sets no max_tokens, because the protocol demands
	// one.
	anthropicMaxTokens = 8192
)

func (anthropic) path() string { return "/v1/messages" }

func (anthropic) authorize(h http.Header, key string) {
	h.Set("anthropic-version", anthropicVersion)
	if key != "" {
		h.Set("x-api-key", key)
	}
}

func (anthropic) frames(r io.Reader, came func() time.Time) frameReader {
	return newSSEReader(r,
		came)
}

func (anthropic) decoder() decoder { return &messageDecoder{} }

func (anthropic) body(model string, params providers.Params, req providers.Request) map[string]any {
	messages := joinedResults(written(req.Messages, writeClaude))
	if n := len(messages); n > 0 && messages[n-1].Role == providers.Assistant {
		// A prefix for the answer must not end in white space.
		if text, ok := messages[n-1].Content.(string); ok {
			messages[n-1].Content = strings.TrimRight(text, " \t\r\n")
		}
	}
	maxTokens := anthropicMaxTokens
	if params.MaxTokens != nil {
		maxTokens = *params.MaxTokens
	}
	b := map[string]any{"model": model, "messages": messages, "stream": true}
	if req.System != "" {
		b["system"] = req.System
	}
	setParam(b, "temperature", params.Temperature)
	setParam(b, "top_p", params.TopP)
	setParam(b, "top_k", params.TopK)
	if len(params.Stop) > 0 {
		b["stop_sequences"] = params.Stop
	}
	switch effort := params.ReasoningEffort; effort {
	case "":
	case "none":
		b["thinking"] = map[string]any{"type": "disabled"}
	case "adaptive":
		thinkAdaptively(b, "")
	default:
		budget := thinkingBudget(effort)
		// max_tokens counts thinking too; the answer keeps what the user allows it
		maxTokens += budget
		b["thinking"] = map[string]any{"type": "enabled", "budget_tokens": budget}
	}
	b["max_tokens"] = maxTokens
	return b
}

// omits names what the API has no field for: whoever sets a seed has to know that none is sent.
func (anthropic) omits(params providers.Params) (names []string) {
	if params.MinP != nil {
		names = append(names, "min_p")
	}
	if params.Seed != nil {
		names = append(names, "seed")
	}
	if params.NumCtx != nil {
		names = append(names, "num_ctx")
	}
	return names
}

// basePath is without /v1: people write it, though the protocol's paths have it.
func (anthropic) basePath(path string) string { return strings.TrimSuffix(path, "/v1") }

// demands names max_tokens: it may be refused for its value, and cannot be left out.
func (anthropic) demands() []string { return []string{"max_tokens"} }

func (anthropic) trims() bool { return true }

// thinkAdaptively asks for adaptive thinking, which models have since Claude Opus 4.7. They decide
// on its length themselves, and show it on request alone. effort may be "".
// https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
func thinkAdaptively(b map[string]any, effort string) {
	b["thinking"] = map[string]any{"type": "adaptive", "display": "summarized"}
	switch effort {
	case "":
		return
	case "minimal":
		effort = "low" // the least that there is
	}
	b["output_config"] = map[string]any{"effort": effort}
}

// hasBudget reports whether a request sets a budget for thinking.
func hasBudget(b map[string]any) bool {
	thinking, _ := b["thinking"].(map[string]any)
	return thinking["budget_tokens"] != nil
}

// thinkingBudget is how many tokens a model may think for an effort; the protocol's least is 1024.
func thinkingBudget(effort string) int {
	switch effort {
	case "minimal":
		return 1024
	case "low":
		return 2048
	case "high", "max":
		return 16384
	}
	return 8192
}

// messageEvent is what lineup reads of an event, or of a whole message.
type messageEvent struct {
	Type         string          `json:"type"`
	Index        int             `json:"index"` // of the block
	Message      *messageHead    `json:"message"`
	ContentBlock *messageBlock   `json:"content_block"`
	Delta        *messageDelta   `json:"delta"`
	Usage        json.RawMessage `json:"usage"`
	Metrics      json.RawMessage `json:"amazon-bedrock-invocationMetrics"`
	Error        json.RawMessage `json:"error"`

	// of a whole message
	Model      string          `json:"model"`
	Content    json.RawMessage `json:"content"`
	StopReason json.RawMessage `json:"stop_reason"`
}

type messageHead struct {
	Model string          `json:"model"`
	Usage json.RawMessage `json:"usage"`
}

type messageBlock struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"`
	Thinking json.RawMessage `json:"thinking"`

	// of tool_use
	ID    string          `json:"id"`
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"` // {} where it follows in pieces
}

// messageDelta is that of content_block_delta, or of message_delta (stop_reason).
type messageDelta struct {
	Type       string          `json:"type"`
	Text       json.RawMessage `json:"text"`
	Thinking   json.RawMessage `json:"thinking"`
	Reasoning  json.RawMessage `json:"reasoning"` // of gateways, as the next
	Content    json.RawMessage `json:"content"`
	Partial    json.RawMessage `json:"partial_json"` // of input_json_delta
	StopReason json.RawMessage `json:"stop_reason"`
	Usage      json.RawMessage `json:"usage"`
}

// messageDecoder decodes the events of the Messages protocol. Blocks may overlap (llama-server):
// each delta says itself whether it is text or thinking, so that no block has to be remembered.
// input_tokens stands beside the cached ones, not around them. In message_delta the counts are
// cumulative, and those that are missing hold as message_start gave them.
type messageDecoder struct {
	seen        streamState
	foreignTool bool // the last block is of a tool that runs elsewhere

	text, reasoning *template // of the delta that came last with a piece of each
}

func (d *messageDecoder) state() *streamState { return &d.seen }

func (d *messageDecoder) decode(f frame, out []providers.Event) ([]providers.Event, error) {
	if signOfLife(f.event) {
		return out, nil
	}
	if s, simple, ok := d.text.match(f.data); ok {
		return d.seen.addPiece(s, simple, f, out), nil
	}
	if s, _, ok := d.reasoning.match(f.data); ok {
		return d.seen.addReasoning(s, f, out), nil
	}
	var ev messageEvent
	if err := unmarshal(f.data, &ev); err != nil {
		// gateways that translate from OpenAI's protocol
		if string(bytes.TrimSpace(f.data)) == "[DONE]" {
			d.seen.endNative()
			return out, errStreamEnd
		}
		if f.event == "error" { // in plain words
			return out, streamFailure(f.data)
		}
		return decodeLines(f, f.data, out, d.decode)
	}
	if ev.Type == "" {
		ev.Type = f.event
	}
	if ev.Type == "error" || tellsError(ev.Error) {
		return out, streamFailure(f.data)
	}
	return d.take(&ev, f, out)
}

// take reads an event by its type.
func (d *messageDecoder) take(ev *messageEvent, f frame, out []providers.Event) ([]providers.Event,
	error) {
	switch {
	case ev.Type == "":
		native, ok := d.seen.takeNative(f.data, f, out)
		if ok {
			return native, nil
		}
		d.seen.addForeign(f.data)
	case ev.Type == "message_start" && ev.Message != nil:
		d.seen.payload = true
		if m := providers.CleanLine(ev.Message.Model); m != "" {
			out = append(out, providers.Event{Type: providers.EventServed, At: f.at, Text: m})
		}
		out = d.seen.addUsage(ev.Message.Usage, f, out)
	case ev.Type == "content_block_start" && ev.ContentBlock != nil:
		out = d.takeBlock(ev.ContentBlock, ev.Index, f, out)
	case ev.Type == "content_block_delta" && ev.Delta != nil:
		out = d.takeDelta(ev.Delta, ev.Index, f, out)
	case ev.Type == "message_delta" && ev.Delta != nil:
		d.seen.setFinish(finishOf(ev.Delta.StopReason))
		out = d.seen.addUsage(ev.Delta.Usage, f, out)
	case strings.HasPrefix(ev.Type, "response."), ev.Type == "message" && present(ev.Content):
		d.seen.addForeign(f.data)
	}
	out = d.seen.addUsage(ev.Usage, f, out)
	out = d.seen.addUsage(ev.Metrics, f, out)
	if ev.Type != "message_stop" {
		return out, nil
	}
	if d.seen.finish == "" {
		d.seen.setFinish(providers.FinishStop)
	}
	return out, errStreamEnd
}

// takeDelta reads a piece of a block, and remembers the form of an event that carries nothing else.
func (d *messageDecoder) takeDelta(delta *messageDelta, block int, f frame,
	out []providers.Event) []providers.Event {
	if delta.Type == "input_json_delta" {
		if d.foreignTool { // of a tool that the server runs itself
			return out
		}
		return d.seen.addCall(callPiece{key: block, arguments: textOf(delta.Partial)}, f, out)
	}
	text, thinking := delta.Text, delta.Thinking
	if !isText(text) && present(delta.Content) {
		text = delta.Content
	}
	if !isText(thinking) && present(delta.Reasoning) {
		thinking = delta.Reasoning
	}
	switch {
	case quoted(text) && !present(thinking):
		d.text = learnTemplate(f.data, text)
	case quoted(thinking) && !present(text):
		d.reasoning = learnTemplate(f.data, thinking)
	}
	out, reasoned := d.seen.takeReasoning(thinking, f, out)
	return d.seen.takeContent(text, reasoned, f, out)
}

func (d *messageDecoder) whole(data []byte, out []providers.Event) ([]providers.Event, error) {
	var m messageEvent
	if err := unmarshal(data, &m); err != nil {
		return out, err
	}
	if m.Type != "message" {
		if out, ok := d.seen.takeNative(data, frame{bytes: len(data)}, out); ok {
			return out, nil
		}
		if f := streamFailure(data); !f.raw {
			return out, f
		}
		return out, &foreignError{data}
	}
	f := frame{bytes: len(data)}
	d.seen.payload = true
	if m.Model != "" {
		out = append(out, providers.Event{Type: providers.EventServed,
			Text: providers.CleanLine(m.Model)})
	}
	var blocks []messageBlock
	if quoted(m.Content) || !present(m.Content) || unmarshal(m.Content, &blocks) != nil ||
		len(blocks) == 0 {
		out = d.seen.takeContent(m.Content, false, f, out)
	}
	for i := range blocks {
		out = d.takeBlock(&blocks[i], i, f, out)
	}
	d.seen.setFinish(finishOf(m.StopReason))
	return d.seen.addUsage(data, f, out), nil
}

// takeBlock reads a block that begins, or one of a whole message.
func (d *messageDecoder) takeBlock(b *messageBlock, index int, f frame,
	out []providers.Event) []providers.Event {
	d.foreignTool = b.Type == "server_tool_use" || b.Type == "mcp_tool_use"
	switch b.Type {
	case "redacted_thinking":
		return d.seen.addHidden(f, out)
	case "tool_use":
		p := callPiece{key: index, id: b.ID, name: b.Name}
		if input := compactJSON(b.Input); present(b.Input) && input != "{}" {
			p.arguments, p.whole = input, true
		}
		out = d.seen.addCall(p, f, out)
		d.seen.emptyCall("{}")
		return out
	case "server_tool_use", "mcp_tool_use":
		return d.seen.addTools(f, out)
	case "text", "thinking", "reasoning", "output_text", "":
		thinking, text := b.Thinking, b.Text
		if b.Type == "reasoning" && !present(thinking) {
			thinking, text = text, nil
		}
		out, reasoned := d.seen.takeReasoning(thinking, f, out)
		return d.seen.takeContent(text, reasoned, f, out)
	}
	return out
}

func (anthropic) listPath() string { return "/v1/models?limit=1000" }

func (anthropic) decodeList(body []byte) ([]providers.Listed, error) {
	return openAI{}.decodeList(body)
}
