package wire

import (
	"bytes"
	"encoding/json"

	"lineup/providers"
)

// chatDecoder decodes Chat Completions chunks.
type chatDecoder struct {
	seen    streamState
	served  string
	counted bool // a usage has come
	entire  bool // the answer came in one piece
	chunk   chatChunk

	text, reasoning *template // of the chunk that came last with a piece of each
}

func (d *chatDecoder) state() *streamState { return &d.seen }

func (d *chatDecoder) decode(f frame, out []providers.Event) ([]providers.Event, error) {
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
		if f.event == "error" { // in plain words
			return out, streamFailure(data)
		}
		return decodeLines(f, data, out, d.decode)
	}
	if f.event == "error" || tellsError(d.chunk.Error) || d.choiceFailed() {
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

// choiceFailed reports whether the answer's own choice carries an error, or what Groq says beside it.
func (d *chatDecoder) choiceFailed() bool {
	for i := range d.chunk.Choices {
		if c := &d.chunk.Choices[i]; c.Index == 0 && tellsError(c.Error) {
			d.chunk.Error = c.Error
			return true
		}
	}
	if g := d.chunk.Groq; g != nil && tellsError(g.Error) {
		d.chunk.Error = g.Error
		return true
	}
	return false
}

// failure reads the error that a chunk reports.
func (d *chatDecoder) failure(data []byte) *failure {
	if f := streamFailure(data); !f.raw || !tellsError(d.chunk.Error) {
		return f
	}
	return streamFailure(d.chunk.Error)
}

func (d *chatDecoder) whole(data []byte, out []providers.Event) ([]providers.Event, error) {
	d.entire = true
	out, err := d.decode(frame{data: data, bytes: len(data)}, out)
	if err != nil || d.seen.payload {
		return out, err
	}
	if f := streamFailure(data); !f.raw { // an error in a shape of its own
		return out, f
	}
	return out, &foreignError{data}
}

// take reads the fields of a chunk.
func (d *chatDecoder) take(f frame, out []providers.Event) []providers.Event {
	c := &d.chunk
	if c.Model != "" && c.Model != d.served {
		d.served = c.Model
		out = append(out, providers.Event{Type: providers.EventServed, At: f.at, Text: providers.CleanLine(c.Model)})
	}
	for i := range c.Choices {
		if ch := &c.Choices[i]; ch.Index == 0 { // the first choice is the answer
			d.seen.payload = true
			if said := d.said(ch); said != nil {
				out = d.takeDelta(said, f, out)
			}
			d.seen.setFinish(ch.FinishReason)
		}
	}
	unknown := c.Usage == nil && c.Groq == nil && c.Model == ""
	if len(c.Choices) == 0 && (unknown || present(c.Base)) && f.event != "hook_results" { // Portkey's
		d.seen.addForeign(f.data)
	}
	if c.Usage == nil && c.Groq != nil {
		c.Usage = c.Groq.Usage
	}
	if u := c.Usage; u != nil && u.PromptTokens+u.CompletionTokens > 0 {
		d.counted = true
		out = u.events(f.at, out)
	}
	if t := c.Timings; t != nil {
		out = append(out, providers.Event{Type: providers.EventTimings, At: f.at, Timings: t.timings()})
		if c.Usage == nil && !d.counted { // without include_usage these are the only counts
			out = append(out, providers.Event{Type: providers.EventUsage, At: f.at, Usage: &providers.Usage{
				Input: int(t.CacheN + t.PromptN), Output: int(t.PredictedN), CacheRead: int(t.CacheN)}})
		}
	}
	return out
}

// said is where a choice has what is new. Perplexity sends a delta and, beside it, the message so far; with its whole
// answers comes a delta that is empty.
func (d *chatDecoder) said(c *chatChoice) *chatDelta {
	if c.Message != nil && (d.entire || c.Delta == nil) {
		return c.Message
	}
	return c.Delta
}

func (d *chatDecoder) takeDelta(delta *chatDelta, f frame, out []providers.Event) []providers.Event {
	out = d.takeReasoning(delta, f, out)
	if present(delta.Content) {
		out = d.takeContent(delta.Content, f, out)
	}
	if delta.Refusal != "" {
		out = d.seen.addText(delta.Refusal, f, out)
		d.seen.setFinish(providers.FinishFilter)
	}
	if present(delta.ToolCalls) && string(delta.ToolCalls) != "[]" || present(delta.FunctionCall) {
		out = d.seen.addTools(f, out)
	}
	return out
}

// takeReasoning takes the first spelling that is not empty: gateways send the same text in several at once.
func (d *chatDecoder) takeReasoning(delta *chatDelta, f frame, out []providers.Event) []providers.Event {
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
func (d *chatDecoder) takeContent(raw json.RawMessage, f frame, out []providers.Event) []providers.Event {
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
