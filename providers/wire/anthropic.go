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
	// anthropicMaxTokens goes out where the config sets no max_tokens, because the protocol demands one.
	anthropicMaxTokens = 8192
)

func (anthropic) path() string { return "/v1/messages" }

func (anthropic) authorize(h http.Header, key string) {
	h.Set("anthropic-version", anthropicVersion)
	if key != "" {
		h.Set("x-api-key", key)
	}
}

func (anthropic) frames(r io.Reader, came func() time.Time) frameReader { return newSSEReader(r, came) }

func (anthropic) decoder() decoder { return &messageDecoder{} }

func (anthropic) body(model string, params providers.Params, req providers.Request) map[string]any {
	messages := append([]providers.Message(nil), req.Messages...)
	if n := len(messages); n > 0 && messages[n-1].Role == providers.Assistant {
		// A prefix for the answer must not end in white space.
		messages[n-1].Content = strings.TrimRight(messages[n-1].Content, " \t\r\n")
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
		maxTokens += budget // max_tokens counts thinking too; the answer keeps what the user allows it
		b["thinking"] = map[string]any{"type": "enabled", "budget_tokens": budget}
	}
	b["max_tokens"] = maxTokens
	return b
}

// basePath is without /v1: people write it, though the protocol's paths have it.
func (anthropic) basePath(path string) string { return strings.TrimSuffix(path, "/v1") }

// demands names max_tokens: it may be refused for its value, and cannot be left out.
func (anthropic) demands() []string { return []string{"max_tokens"} }

func (anthropic) trims() bool { return true }

// thinkAdaptively asks for thinking as the models since Claude Opus 4.7 have it: they decide themselves how long, and
// show it on request alone. effort may be "".
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
	Message      *messageHead    `json:"message"`
	ContentBlock *messageBlock   `json:"content_block"`
	Delta        *messageDelta   `json:"delta"`
	Usage        *messageUsage   `json:"usage"`
	Error        json.RawMessage `json:"error"`

	// of a whole message
	Model      string         `json:"model"`
	Content    []messageBlock `json:"content"`
	StopReason string         `json:"stop_reason"`
}

type messageHead struct {
	Model string        `json:"model"`
	Usage *messageUsage `json:"usage"`
}

type messageBlock struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Thinking string `json:"thinking"`
}

// messageDelta is that of content_block_delta, or of message_delta (stop_reason).
type messageDelta struct {
	Type       string          `json:"type"`
	Text       json.RawMessage `json:"text"`
	Thinking   json.RawMessage `json:"thinking"`
	StopReason string          `json:"stop_reason"`
}

// messageUsage has input_tokens beside the cached ones, not around them. In message_delta the counts are cumulative,
// and those that are missing hold as message_start gave them.
type messageUsage struct {
	Input      *tokenCount `json:"input_tokens"`
	Output     *tokenCount `json:"output_tokens"`
	CacheRead  *tokenCount `json:"cache_read_input_tokens"`
	CacheWrite *tokenCount `json:"cache_creation_input_tokens"`
	Creation   *struct {
		OneHour tokenCount `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
}

// messageDecoder decodes the events of the Messages protocol. Blocks may overlap (llama-server): each delta says
// itself whether it is text or thinking, so that no block has to be remembered.
type messageDecoder struct {
	seen  streamState
	usage messageUsage

	text, reasoning *template // of the delta that came last with a piece of each
}

func (d *messageDecoder) state() *streamState { return &d.seen }

func (d *messageDecoder) decode(f frame, out []providers.Event) ([]providers.Event, error) {
	if s, ok := d.text.match(f.data); ok {
		return d.seen.addAnswer(s, f, out), nil
	}
	if s, ok := d.reasoning.match(f.data); ok {
		return d.seen.addReasoning(s, f, out), nil
	}
	var ev messageEvent
	if err := unmarshal(f.data, &ev); err != nil {
		if string(bytes.TrimSpace(f.data)) == "[DONE]" { // gateways that translate from OpenAI's protocol
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
	switch {
	case ev.Type == "" && !tellsError(ev.Error):
		d.seen.addForeign(f.data)
	case ev.Type == "error" || tellsError(ev.Error):
		return out, streamFailure(f.data)
	case ev.Type == "message_start" && ev.Message != nil:
		d.seen.payload = true
		if m := providers.CleanLine(ev.Message.Model); m != "" {
			out = append(out, providers.Event{Type: providers.EventServed, At: f.at, Text: m})
		}
		d.usage.merge(ev.Message.Usage)
	case ev.Type == "content_block_start" && ev.ContentBlock != nil:
		out = d.takeBlock(ev.ContentBlock, f, out)
	case ev.Type == "content_block_delta" && ev.Delta != nil:
		out = d.takeDelta(ev.Delta, f, out)
	case ev.Type == "message_delta":
		if ev.Delta != nil {
			d.seen.setFinish(ev.Delta.StopReason)
		}
		if ev.Usage != nil { // counts before the last ones are estimates
			d.usage.merge(ev.Usage)
			out = append(out, d.usage.event(f.at))
		}
	case ev.Type == "message_stop":
		if d.seen.finish == "" {
			d.seen.setFinish(providers.FinishStop)
		}
		return out, errStreamEnd
	}
	return out, nil
}

// takeDelta reads a piece of a block, and remembers the form of an event that carries nothing else.
func (d *messageDecoder) takeDelta(delta *messageDelta, f frame, out []providers.Event) []providers.Event {
	if delta.Type == "input_json_delta" {
		return d.seen.addTools(f, out)
	}
	var thinking, text string
	_, _ = json.Unmarshal(delta.Thinking, &thinking), json.Unmarshal(delta.Text, &text) // what is no string is no text
	switch {
	case text != "" && thinking == "":
		d.text = learnTemplate(f.data, delta.Text)
	case thinking != "" && text == "":
		d.reasoning = learnTemplate(f.data, delta.Thinking)
	}
	return d.seen.addAnswer(text, f, d.seen.addReasoning(thinking, f, out))
}

func (d *messageDecoder) whole(data []byte, out []providers.Event) ([]providers.Event, error) {
	var m messageEvent
	if err := unmarshal(data, &m); err != nil {
		return out, err
	}
	if m.Type != "message" {
		if f := streamFailure(data); !f.raw {
			return out, f
		}
		return out, &foreignError{data}
	}
	f := frame{bytes: len(data)}
	d.seen.payload = true
	if m.Model != "" {
		out = append(out, providers.Event{Type: providers.EventServed, Text: providers.CleanLine(m.Model)})
	}
	for i := range m.Content {
		out = d.takeBlock(&m.Content[i], f, out)
	}
	d.seen.setFinish(m.StopReason)
	if m.Usage != nil {
		d.usage.merge(m.Usage)
		out = append(out, d.usage.event(f.at))
	}
	return out, nil
}

// takeBlock reads a block that begins, or one of a whole message.
func (d *messageDecoder) takeBlock(b *messageBlock, f frame, out []providers.Event) []providers.Event {
	switch b.Type {
	case "text", "thinking":
		return d.seen.addAnswer(b.Text, f, d.seen.addReasoning(b.Thinking, f, out))
	case "redacted_thinking":
		return d.seen.addHidden(f, out)
	case "tool_use", "server_tool_use", "mcp_tool_use":
		return d.seen.addTools(f, out)
	}
	return out
}

// merge takes the counts that are there.
func (u *messageUsage) merge(n *messageUsage) {
	if n == nil {
		return
	}
	for _, c := range []struct{ dst, src **tokenCount }{{&u.Input, &n.Input}, {&u.Output, &n.Output},
		{&u.CacheRead, &n.CacheRead}, {&u.CacheWrite, &n.CacheWrite}} {
		if *c.src != nil {
			*c.dst = *c.src
		}
	}
	if n.Creation != nil {
		u.Creation = n.Creation
	}
}

// event normalises the counts.
func (u *messageUsage) event(at time.Time) providers.Event {
	count := func(n *tokenCount) int {
		if n == nil {
			return 0
		}
		return int(*n)
	}
	n := &providers.Usage{Output: count(u.Output), CacheRead: count(u.CacheRead), CacheWrite: count(u.CacheWrite)}
	n.Input = count(u.Input) + n.CacheRead + n.CacheWrite
	if u.Creation != nil {
		n.CacheWrite1h = int(u.Creation.OneHour)
	}
	return providers.Event{Type: providers.EventUsage, At: at, Usage: n}
}

func (anthropic) listPath() string { return "/v1/models?limit=1000" }

func (anthropic) decodeList(body []byte) ([]providers.Listed, error) {
	return openAI{}.decodeList(body)
}
