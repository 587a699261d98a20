package sim

import (
	"bytes"
	"encoding/json"
	"time"
)

// anthropicMessage is the whole answer, and the opening of a stream.
type anthropicMessage struct {
	ID           string           `json:"id"`
	Type         string           `json:"type"`
	Role         string           `json:"role"`
	Model        string           `json:"model"`
	Content      []anthropicBlock `json:"content"`
	StopReason   *string          `json:"stop_reason"`
	StopSequence *string          `json:"stop_sequence"`
	Usage        anthropicUsage   `json:"usage"`
}

// anthropicBlock is a block of the answer and a delta of one.
type anthropicBlock struct {
	Type      string  `json:"type"`
	Text      *string `json:"text,omitempty"`
	Thinking  *string `json:"thinking,omitempty"`
	Signature *string `json:"signature,omitempty"`

	// of tool_use and input_json_delta
	ID      string          `json:"id,omitempty"`
	Name    string          `json:"name,omitempty"`
	Input   json.RawMessage `json:"input,omitempty"`
	Partial *string         `json:"partial_json,omitempty"`
}

// anthropicUsage counts the cached part of the prompt beside input_tokens, not
// within; the simulator caches nothing.
type anthropicUsage struct {
	InputTokens   int `json:"input_tokens"`
	CacheCreation int `json:"cache_creation_input_tokens"`
	CacheRead     int `json:"cache_read_input_tokens"`
	OutputTokens  int `json:"output_tokens"`
}

func (anthropic) encoder(id string, q query, _ time.Time) encoder {
	return &anthropicEncoder{
		message: anthropicMessage{
			ID: "msg_" + id, Type: "message", Role: "assistant", Model: q.model,
			Content: []anthropicBlock{},
		},
		signature: "sim-" + id,
	}
}

type anthropicEncoder struct {
	message   anthropicMessage
	signature string
	block     string // type of the open block, "" if none is open
	index     int    // of the open block or the next one
}

func (e *anthropicEncoder) open(to *bytes.Buffer, promptTokens int) {
	start := e.message
	start.Usage = anthropicUsage{InputTokens: promptTokens, OutputTokens: 1}
	writeEvent(to, "message_start", struct {
		Type    string           `json:"type"`
		Message anthropicMessage `json:"message"`
	}{"message_start", start})
	e.ping(to)
}

// blockEvent is content_block_start, _delta and _stop.
type blockEvent struct {
	Type  string          `json:"type"`
	Index int             `json:"index"`
	Block *anthropicBlock `json:"content_block,omitempty"`
	Delta *anthropicBlock `json:"delta,omitempty"`
}

func (e *anthropicEncoder) event(to *bytes.Buffer, name string, block, delta *anthropicBlock) {
	writeEvent(to, name, blockEvent{name, e.index, block, delta})
}

func (e *anthropicEncoder) delta(to *bytes.Buffer, reasoning bool, text string, _ time.Time) {
	kind, empty, delta := "text", &anthropicBlock{Type: "text", Text: new(string)},
		&anthropicBlock{Type: "text_delta", Text: &text}
	if reasoning {
		kind = "thinking"
		empty = &anthropicBlock{Type: "thinking", Thinking: new(string), Signature: new(string)}
		delta = &anthropicBlock{Type: "thinking_delta", Thinking: &text}
	}
	if e.block != kind {
		e.closeBlock(to)
		e.event(to, "content_block_start", empty, nil)
		e.block = kind
	}
	e.event(to, "content_block_delta", nil, delta)
}

// call opens a block with the first piece of the arguments.
func (e *anthropicEncoder) call(to *bytes.Buffer, c *toolCall, piece string, first bool) {
	if first {
		e.closeBlock(to)
		e.event(to, "content_block_start", &anthropicBlock{Type: "tool_use", ID: "toolu_" + c.id,
			Name: c.name, Input: json.RawMessage("{}")}, nil)
		e.block = "tool_use"
	}
	e.event(to, "content_block_delta", nil,
		&anthropicBlock{Type: "input_json_delta", Partial: &piece})
}

func (e *anthropicEncoder) closeBlock(to *bytes.Buffer) {
	if e.block == "" {
		return
	}
	if e.block == "thinking" {
		e.event(to, "content_block_delta", nil,
			&anthropicBlock{Type: "signature_delta", Signature: &e.signature})
	}
	e.event(to, "content_block_stop", nil, nil)
	e.block = ""
	e.index++
}

func (e *anthropicEncoder) end(to *bytes.Buffer, o outcome) {
	e.closeBlock(to)
	var last struct {
		Type  string `json:"type"`
		Delta struct {
			StopReason   *string `json:"stop_reason"`
			StopSequence *string `json:"stop_sequence"`
		} `json:"delta"`
		Usage struct {
			OutputTokens int `json:"output_tokens"` // of the whole answer
		} `json:"usage"`
	}
	last.Type, last.Usage.OutputTokens = "message_delta", o.output
	last.Delta.StopReason, last.Delta.StopSequence = stopReason(o)
	writeEvent(to, "message_delta", last)
	writeEvent(to, "message_stop", map[string]string{"type": "message_stop"})
}

// stopReason says why an answer ended. The sequence is nil unless a stop sequence ended it.
func stopReason(o outcome) (reason, sequence *string) {
	switch {
	case o.length:
		return new("max_tokens"), nil
	case o.stop != "":
		return new("stop_sequence"), &o.stop
	case o.call != nil:
		return new("tool_use"), nil
	}
	return new("end_turn"), nil
}

func (e *anthropicEncoder) whole(to *bytes.Buffer, reasoning, text string, o outcome) {
	m := e.message
	if reasoning != "" {
		m.Content = append(m.Content, anthropicBlock{Type: "thinking", Thinking: &reasoning,
			Signature: &e.signature})
	}
	if text != "" {
		m.Content = append(m.Content, anthropicBlock{Type: "text", Text: &text})
	}
	if c := o.call; c != nil && json.Valid([]byte(c.arguments)) {
		m.Content = append(m.Content, anthropicBlock{Type: "tool_use", ID: "toolu_" + c.id,
			Name: c.name, Input: json.RawMessage(c.arguments)})
	}
	m.StopReason, m.StopSequence = stopReason(o)
	m.Usage = anthropicUsage{InputTokens: o.prompt, OutputTokens: o.output}
	writeJSON(to, m)
}

func (e *anthropicEncoder) ping(to *bytes.Buffer) {
	writeEvent(to, "ping", map[string]string{"type": "ping"})
}

func (e *anthropicEncoder) fail(to *bytes.Buffer, f *failure) {
	writeEvent(to, "error", newAnthropicError(f, ""))
}
