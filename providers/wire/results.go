package wire

import (
	"bytes"
	"encoding/json"

	"lineup/providers"
)

// How the dialects write calls of tools in a conversation, and their results.

// writeChatUse writes for Chat Completions.
// https://platform.openai.com/docs/guides/function-calling
func writeChatUse(m providers.Message) message {
	out := message{Role: m.Role, Content: m.Text()}
	if m.Result != nil {
		out.ToolCallID = m.Result.ID
	}
	for _, c := range m.Calls {
		out.ToolCalls = append(out.ToolCalls, part{"id": c.ID, "type": "function",
			"function": part{"name": c.Name, "arguments": c.Arguments}})
	}
	return out
}

// writeOllamaUse writes for Ollama, which takes arguments as an object.
// https://github.com/ollama/ollama/blob/main/docs/api.md#chat-request-with-tools
func writeOllamaUse(m providers.Message) message {
	out := message{Role: m.Role, Content: m.Text()}
	if m.Result != nil {
		out.ToolName, out.ToolCallID = m.Result.Name, m.Result.ID
	}
	for _, c := range m.Calls {
		out.ToolCalls = append(out.ToolCalls, part{"id": c.ID,
			"function": part{"name": c.Name, "arguments": objectOf(c.Arguments)}})
	}
	return out
}

// writeClaudeUse writes for Anthropic's Messages, where results are the user's.
// https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
func writeClaudeUse(m providers.Message) message {
	if r := m.Result; r != nil {
		return message{Role: providers.User, Content: []part{{"type": "tool_result",
			"tool_use_id": r.ID, "content": m.Text()}}}
	}
	var parts []part
	if text := m.Text(); text != "" { // an empty part is refused
		parts = append(parts, part{"type": "text", "text": text})
	}
	for _, c := range m.Calls {
		parts = append(parts, part{"type": "tool_use", "id": c.ID, "name": c.Name,
			"input": objectOf(c.Arguments)})
	}
	return message{Role: m.Role, Content: parts}
}

// joinedResults puts the results of one answer's calls into one message, as Anthropic wants them.
func joinedResults(messages []message) []message {
	var out []message
	for _, m := range messages {
		if n := len(out) - 1; n >= 0 && isResult(m) && isResult(out[n]) {
			out[n].Content = append(out[n].Content.([]part), m.Content.([]part)...)
			continue
		}
		out = append(out, m)
	}
	return out
}

func isResult(m message) bool {
	parts, _ := m.Content.([]part)
	return len(parts) > 0 && parts[0]["type"] == "tool_result"
}

// callItems and resultItem write for the Responses API.
// https://developers.openai.com/api/docs/guides/function-calling
func callItems(m providers.Message) []any {
	var items []any
	for _, c := range m.Calls {
		items = append(items, part{"type": "function_call", "call_id": c.ID, "name": c.Name,
			"arguments": c.Arguments})
	}
	return items
}

func resultItem(m providers.Message) any {
	return part{"type": "function_call_output", "call_id": m.Result.ID, "output": m.Text()}
}

// objectOf is the arguments of a call for a protocol that takes an object alone. Other arguments
// stand within one.
func objectOf(arguments string) any {
	text := bytes.TrimSpace([]byte(arguments))
	switch {
	case len(text) == 0:
		return part{}
	case text[0] == '{' && json.Valid(text):
		return json.RawMessage(text)
	}
	return part{"arguments": arguments}
}
