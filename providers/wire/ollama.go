package wire

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"lineup/providers"
)

// ollama is Ollama's native protocol. It samples with the model's own defaults and tells how long
// loading, reading the prompt and answering took, which its OpenAI route does not.
// https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
type ollama struct{ usual }

func (ollama) path() string { return "/api/chat" }

func (ollama) authorize(h http.Header, key string) { bearer(h, key) }

func (ollama) frames(r io.Reader, came func() time.Time) frameReader {
	return newNDJSONReader(r,
		came)
}

func (ollama) decoder() decoder { return &ollamaDecoder{} }

func (ollama) body(model string, params providers.Params, req providers.Request) map[string]any {
	b := map[string]any{
		"model":    model,
		"messages": withSystem(req, writeOllama),
		"stream":   true,
	}
	o := map[string]any{}
	setParam(o, "temperature", params.Temperature)
	setParam(o, "top_p", params.TopP)
	setParam(o, "top_k", params.TopK)
	setParam(o, "min_p", params.MinP)
	setParam(o, "num_predict", params.MaxTokens)
	setParam(o, "seed", params.Seed)
	setParam(o, "num_ctx", params.NumCtx)
	if len(params.Stop) > 0 {
		o["stop"] = params.Stop
	}
	if len(o) > 0 {
		b["options"] = o
	}
	switch params.ReasoningEffort {
	case "":
	case "none":
		b["think"] = false
	default:
		b["think"] = params.ReasoningEffort
	}
	return b
}

// ollamaLine is what lineup reads of a line. Durations are nanoseconds; zeros are left out by the
// server.
type ollamaLine struct {
	Model     string          `json:"model"`
	CreatedAt json.RawMessage `json:"created_at"` // never looked at: changes with each line
	Message   ollamaMessage   `json:"message"`
	Response  json.RawMessage `json:"response"` // of /api/generate, in place of the message
	Thinking  json.RawMessage `json:"thinking"` // the same

	Done               bool            `json:"done"`
	DoneReason         json.RawMessage `json:"done_reason"`
	TotalDuration      int64           `json:"total_duration"`
	LoadDuration       int64           `json:"load_duration"`
	PromptEvalDuration int64           `json:"prompt_eval_duration"`
	EvalDuration       int64           `json:"eval_duration"`
	PromptEvalCount    json.RawMessage `json:"prompt_eval_count"`
	EvalCount          json.RawMessage `json:"eval_count"`
	Usage              json.RawMessage `json:"usage"` // of gateways
	Cost               json.RawMessage `json:"cost"`
	Error              json.RawMessage `json:"error"`
}

type ollamaMessage struct {
	Content          json.RawMessage `json:"content"`
	Thinking         json.RawMessage `json:"thinking"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	ToolCalls        json.RawMessage `json:"tool_calls"`
}

// ollamaDecoder decodes the lines of /api/chat.
type ollamaDecoder struct {
	seen   streamState
	served string
	begun  bool // a line has come before
	ended  bool // one with done has come
	line   ollamaLine

	text, reasoning *template // of the line that came last with a piece of each
}

func (d *ollamaDecoder) state() *streamState { return &d.seen }

func (d *ollamaDecoder) whole(data []byte, out []providers.Event) ([]providers.Event, error) {
	return d.decode(frame{data: data, bytes: len(data)}, out)
}

// decode reads a line. The one with done is the end, for which nobody waits until the connection
// closes: a proxy may keep it open. Some servers write done into every line.
func (d *ollamaDecoder) decode(f frame, out []providers.Event) ([]providers.Event, error) {
	if s, simple, ok := d.text.match(f.data); ok {
		return d.seen.addPiece(s, simple, f, out), nil
	}
	if s, _, ok := d.reasoning.match(f.data); ok {
		return d.seen.addReasoning(s, f, out), nil
	}
	if string(f.data) == "[DONE]" { // of gateways
		d.seen.endNative()
		return out, errStreamEnd
	}
	d.line = ollamaLine{}
	if err := unmarshal(f.data, &d.line); err != nil {
		return out, err
	}
	l := &d.line
	if tellsError(l.Error) {
		return out, streamFailure(f.data)
	}
	if l.Message.Content == nil && l.Message.Thinking == nil {
		native, ok := d.seen.takeNative(f.data, f, out)
		if ok {
			d.seen.whole = !d.begun && d.seen.text && d.seen.finish != ""
			d.begun = true
			return native, nil
		}
		if r := l.Response; isText(r) || string(r) == `""` || isText(l.Thinking) {
			l.Message.Content, l.Message.Thinking = r, l.Thinking
		}
	}
	content := d.unsaid(l)
	ended := l.Done || finishReason(finishOf(l.DoneReason)) != ""
	if !ended && content == nil {
		d.seen.addForeign(f.data)
	}
	d.seen.payload = d.seen.payload || ended || content != nil || l.Model != "" &&
		d.seen.spoken == ""
	if l.Model != "" && l.Model != d.served {
		d.served = l.Model
		out = append(out, providers.Event{Type: providers.EventServed, At: f.at,
			Text: providers.CleanLine(l.Model)})
	}
	reasoned, tokens := false, len(out)
	for _, raw := range []json.RawMessage{l.Message.Thinking, l.Message.Reasoning,
		l.Message.ReasoningContent} {
		if out, reasoned = d.seen.takeReasoning(raw, f, out); reasoned {
			break
		}
	}
	out = d.seen.takeContent(content, reasoned, f, out)
	if present(l.Message.ToolCalls) && string(l.Message.ToolCalls) != "[]" {
		out = d.seen.takeCalls(l.Message.ToolCalls, true, f, out)
	}
	// the last line of a stream is empty
	d.seen.whole = !d.begun && len(out) > tokens && d.seen.text
	d.begun = true
	if present(l.PromptEvalCount) || present(l.EvalCount) || present(l.Usage) || present(l.Cost) {
		out = d.seen.addUsage(f.data, f, out)
	}
	if ended {
		out = d.done(f, out)
	}
	d.learn(f.data)
	d.ended = d.ended || l.Done
	switch {
	case l.Done && (!isText(content) || present(l.EvalCount) || l.TotalDuration > 0):
		d.seen.grace = drainTime
	case l.Done:
		d.seen.grace = doubtTime
	}
	return out, nil
}

// unsaid is the content of a line. In the last one some servers repeat the whole answer, of which
// only what has not come yet counts.
func (d *ollamaDecoder) unsaid(l *ollamaLine) json.RawMessage {
	content := l.Message.Content
	if !l.Done || d.ended || d.seen.answers.length < sureRepeat {
		return content
	}
	rest, whole := d.seen.answers.rest(textOf(content))
	if !whole {
		return content
	}
	content, _ = json.Marshal(rest) // a string always has a form in JSON
	return content
}

// learn remembers the form of a line that carries one piece of text, or of thinking, and nothing
// else.
func (d *ollamaDecoder) learn(data []byte) {
	l := &d.line
	if l.Done || present(l.DoneReason) || present(l.Message.ToolCalls) || l.Model != "" &&
		l.Model != d.served ||
		present(l.PromptEvalCount) || present(l.EvalCount) || present(l.Usage) || present(l.Cost) ||
		isText(l.Message.Reasoning) || isText(l.Message.ReasoningContent) {
		return
	}
	switch content, thinking := quoted(l.Message.Content), quoted(l.Message.Thinking); {
	case content && !thinking:
		d.text = learnTemplate(data, l.Message.Content, l.CreatedAt)
	case thinking && !content:
		d.reasoning = learnTemplate(data, l.Message.Thinking, l.CreatedAt)
	}
}

// done reads the last line.
func (d *ollamaDecoder) done(f frame, out []providers.Event) []providers.Event {
	l := &d.line
	reason := finishOf(l.DoneReason)
	if finishReason(reason) == "" {
		reason = providers.FinishStop
	}
	d.seen.setFinish(reason)
	if l.TotalDuration > 0 {
		out = append(out, providers.Event{Type: providers.EventTimings, At: f.at,
			Timings: providers.Timings{
				"total_ms":      float64(l.TotalDuration) / 1e6,
				"load_ms":       float64(l.LoadDuration) / 1e6,
				"prompt_ms":     float64(l.PromptEvalDuration) / 1e6,
				"prompt_tokens": float64(countOf(l.PromptEvalCount)),
				"output_ms":     float64(l.EvalDuration) / 1e6,
				"output_tokens": float64(countOf(l.EvalCount)),
			}})
	}
	return out
}

// contentOf wants a document on the first line: the protocol has nothing else.
func (ollama) contentOf(first byte, _ *bufio.Reader) content {
	if first != 0 && first != '{' && first != '[' {
		return contentForeign
	}
	return contentStream
}

func (ollama) contextSetting(*Provider) string { return "num_ctx" }

func (ollama) account(ctx context.Context, p *Provider) (Account,
	error) {
	return p.ollamaAccount(ctx)
}

func (ollama) addFacts(ctx context.Context, p *Provider, _ http.Header, list []providers.Listed) {
	p.addOllamaFacts(ctx, list)
}

func (ollama) runner(*Provider, http.Header, []providers.Listed) runner { return ollamaRunner{} }

func (ollama) pulls() bool { return true }

func (ollama) startHint() string { return "start it with: ollama serve" }

func (ollama) missingHint(_ *Provider, model, _ string) string { return pullHint(model) }

// pullHint says how to get a model of Ollama's library.
func pullHint(model string) string { return "get it with: " + pullCommand(model) }

func (ollama) addressHint(p *Provider) string {
	if path := p.base.Path; path != "" {
		return fmt.Sprintf("base_url of provider %s must be the bare host for kind ollama: "+
			"leave %s out", p.cfg.Name, path)
	}
	at := p.where()
	return fmt.Sprintf(`%s does not speak Ollama's protocol; set kind = "openai" and base_url = "%s/v1" of provider %s`,
		at, at, p.cfg.Name)
}
