package wire

import (
	"encoding/json"
	"strings"

	"lineup/providers"
)

// contentPart is an entry of a list of content, as all dialects and their gateways have it. Any of
// its fields may hold a string, or parts again.
type contentPart struct {
	Type      string          `json:"type"`
	Text      json.RawMessage `json:"text"`
	Content   json.RawMessage `json:"content"`
	Value     json.RawMessage `json:"value"`
	Parts     json.RawMessage `json:"parts"` // Gemini's
	Thinking  json.RawMessage `json:"thinking"`
	Reasoning json.RawMessage `json:"reasoning"`
	Summary   json.RawMessage `json:"summary"`
	Refusal   json.RawMessage `json:"refusal"`
	Delta     json.RawMessage `json:"delta"` // of Portkey's content_blocks
	Data      json.RawMessage `json:"data"`  // of what is encrypted
	Thought   bool            `json:"thought"`
}

// partKind is what a part of content holds.
type partKind uint8

const (
	answerPart partKind = iota
	reasoningPart
	refusalPart
	hiddenPart // encrypted reasoning
	toolPart
	otherPart // pictures, references: nothing that is shown
)

// kind goes by the part's type, and by its fields where it has none.
func (p *contentPart) kind() partKind {
	t := strings.ToLower(p.Type)
	switch {
	case strings.Contains(t, "redacted") || strings.Contains(t, "encrypted"):
		return hiddenPart
	case p.Thought || strings.Contains(t, "thinking") || strings.Contains(t, "reasoning") ||
		strings.Contains(t, "thought") ||
		strings.Contains(t, "summary"):
		return reasoningPart
	case t == "refusal":
		return refusalPart
	case t == "tool_use" || t == "tool_call" || t == "function_call" || t == "function" ||
		t == "toolcall":
		return toolPart
	case t == "text" || t == "output_text" || t == "text_delta" || t == "message" ||
		t == "markdown" || t == "content":
		return answerPart
	case t != "":
		return otherPart
	case isText(p.Data) && !present(p.Text):
		return hiddenPart
	case present(p.Thinking) || present(p.Reasoning) || present(p.Summary):
		return reasoningPart
	}
	return answerPart
}

// takeContent reads a content in any form: text, a part, or a list of them. reasoned says that the
// reasoning has come in another field already.
func (t *streamState) takeContent(raw json.RawMessage, reasoned bool, f frame,
	out []providers.Event) []providers.Event {
	if !present(raw) {
		return out
	}
	if raw[0] != '{' && raw[0] != '[' {
		return t.addAnswer(textOf(raw), f, out)
	}
	for _, p := range partsIn(raw) {
		switch p.kind() {
		case answerPart:
			out = t.addAnswer(p.words(p.Text, p.Content, p.Value, p.Parts, p.Delta), f, out)
		case reasoningPart:
			if !reasoned {
				out = t.addReasoning(p.reasoning(), f, out)
			}
		case refusalPart:
			out = t.addRefusal(p.words(p.Refusal, p.Text), f, out)
		case hiddenPart:
			out = t.addHidden(f, out)
		case toolPart:
			out = t.addTools(f, out)
		case otherPart:
		}
	}
	return out
}

// takeReasoning reads a reasoning in any form. It reports whether there was any.
func (t *streamState) takeReasoning(raw json.RawMessage, f frame,
	out []providers.Event) ([]providers.Event, bool) {
	if !present(raw) {
		return out, false
	}
	if raw[0] != '{' && raw[0] != '[' {
		s := textOf(raw)
		return t.addReasoning(s, f, out), s != ""
	}
	some := false
	for _, p := range partsIn(raw) {
		if s := p.reasoning(); s != "" {
			out, some = t.addReasoning(s, f, out), true
		} else if p.kind() == hiddenPart && isText(p.Data) {
			out, some = t.addHidden(f, out), true
		}
	}
	return out, some
}

// addRefusal appends a refusal, which is shown and filters the answer.
func (t *streamState) addRefusal(s string, f frame, out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	t.setFinish(providers.FinishFilter)
	return t.addAnswer(s, f, out)
}

// partsIn reads a part or a list of them, in which bare strings may stand.
func partsIn(raw json.RawMessage) []contentPart {
	if raw[0] == '{' {
		var p contentPart
		_ = unmarshal(raw, &p) // a field of another form is left out
		return []contentPart{p}
	}
	var list []json.RawMessage
	_ = unmarshal(raw, &list)
	parts := make([]contentPart, 0, len(list))
	for _, item := range list {
		switch {
		case !present(item):
		case item[0] == '{':
			parts = append(parts, partsIn(item)...)
		case item[0] != '[':
			parts = append(parts, contentPart{Text: item})
		}
	}
	return parts
}

// reasoning is the text of a part that holds some. A text beside a summary is what it sums up.
func (p *contentPart) reasoning() string {
	return p.words(p.Thinking, p.Reasoning, p.Text, p.Content, p.Summary, p.Delta, p.Value)
}

// words is the first of some fields that holds text, itself or in parts of its own.
func (p *contentPart) words(fields ...json.RawMessage) string {
	for _, raw := range fields {
		if s := textWithin(raw, 0); s != "" {
			return s
		}
	}
	return ""
}

// textWithin is all text of a value that may be nested.
func textWithin(raw json.RawMessage, depth int) string {
	if !present(raw) || depth > 4 {
		return ""
	}
	if raw[0] != '{' && raw[0] != '[' {
		return textOf(raw)
	}
	var b strings.Builder
	for _, p := range partsIn(raw) {
		for _, field := range []json.RawMessage{p.Thinking, p.Reasoning, p.Text, p.Content,
			p.Summary, p.Delta, p.Value, p.Parts} {
			if s := textWithin(field, depth+1); s != "" {
				b.WriteString(s)
				break
			}
		}
	}
	return b.String()
}
