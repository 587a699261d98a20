package session

import (
	"fmt"
	"slices"

	"lineup/jsoncheck"
	"lineup/providers"
)

// History gives the conversation of a slot for its next request: every prompt that the slot
// answered, with its answer, or with the one that was promoted into all panes. A turn without an
// answer text is left out, prompt and all, so that roles keep alternating. So are calls of tools
// that no result follows: servers demand one.
func (s *Session) History(slot int) []providers.Message { return s.talk(slot).said }

// Next gives the messages that a slot is sent for a turn after those of the session: its
// conversation, and the prompt without the slot's template. A tool's result answers all calls of
// the slot's last answer; it is nil for a slot that has made none.
func (s *Session) Next(slot int, t *Turn) []providers.Message {
	k := s.talk(slot)
	messages, ok := k.asked(t, t.Asked())
	if !ok {
		return nil
	}
	return messages
}

// sentTo is the prompt that a slot got. For a slot that was not asked it is that of the given
// reply. Servers reuse what they have read, so a conversation never changes before its end.
func (t *Turn) sentTo(slot int, r *Reply) providers.Message {
	if own := t.Reply(slot); own != nil {
		r = own
	}
	m := t.Asked()
	if r.Contender != nil && m.Role == providers.User {
		m.Content = r.Contender.Settings.Fill(m.Content)
	}
	return m
}

// CallsTools reports whether the last answer of a slot calls tools, so that a result can follow.
func (s *Session) CallsTools(slot int) bool { return len(s.talk(slot).calls) > 0 }

// Declared gives the schema and the tools of the last request of a slot itself, whatever it goes on
// from. It reports whether there was one.
func (s *Session) Declared(slot int) (schema *jsoncheck.Schema, tools []jsoncheck.Tool, ok bool) {
	for _, t := range slices.Backward(s.Turns) {
		if r := t.Reply(slot); r != nil && !r.Merge {
			return r.Schema, r.Tools, true
		}
	}
	return nil, nil, false
}

// Tools are those that were declared last in the conversation of a slot. Servers refuse a
// conversation with calls of tools that are not declared.
func (s *Session) Tools(slot int) []jsoncheck.Tool {
	for _, t := range slices.Backward(s.Turns) {
		if r := t.GoesOnFrom(slot); r != nil && len(r.Tools) > 0 {
			return r.Tools
		}
	}
	return nil
}

// talk is the conversation of a slot.
type talk struct {
	said  []providers.Message
	upTo  []providers.Message // as far as the calls, which stand last in it
	calls []providers.ToolUse // of the last answer
}

func (s *Session) talk(slot int) talk {
	var k talk
	for i, t := range s.Turns {
		r := t.GoesOnFrom(slot)
		if r == nil {
			continue
		}
		text, calls := r.VisibleText(), toolUses(i, r.Calls())
		messages, ok := k.asked(t, t.sentTo(slot, r))
		if !ok || text == "" && len(calls) == 0 {
			continue
		}
		k.upTo, k.calls = nil, nil
		if len(calls) > 0 {
			k.upTo = append(slices.Clip(messages), providers.Message{Role: providers.Assistant,
				Content: text, Calls: calls})
			k.calls = calls
		}
		if text != "" {
			k.said = append(messages, providers.Message{Role: providers.Assistant, Content: text})
		}
	}
	return k
}

// asked is the conversation with the prompt of a turn. A result needs calls before it.
func (k *talk) asked(t *Turn, prompt providers.Message) ([]providers.Message, bool) {
	if !t.ToolResult {
		return append(slices.Clip(k.said), prompt), true
	}
	messages := slices.Clip(k.upTo)
	for i := range k.calls {
		messages = append(messages, providers.Message{Role: providers.Tool, Content: t.Prompt,
			Result: &k.calls[i]})
	}
	return messages, len(k.calls) > 0
}

// toolUses are calls of a turn as a conversation has them. Those of a server that gives no ids get
// some, always the same.
func toolUses(turn int, calls []ToolCall) []providers.ToolUse {
	var out []providers.ToolUse
	for i, c := range calls {
		if c.ID == "" {
			c.ID = fmt.Sprintf("call_%d_%d", turn+1, i+1)
		}
		out = append(out, providers.ToolUse{ID: c.ID, Name: c.Name, Arguments: c.Arguments})
	}
	return out
}
