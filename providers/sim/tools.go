package sim

import (
	"bytes"
	"encoding/json"
	"strings"
)

// tool is a function that a request declares.
type tool struct {
	name       string
	parameters json.RawMessage // a JSON Schema
	declared   json.RawMessage // as the request has it
}

// tools are those of a request, in any dialect: Chat Completions and Ollama have them within
// function, OpenAI's Responses API has them bare, Anthropic calls the parameters input_schema.
type tools []tool

func (t *tools) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for _, raw := range list {
		type bare struct {
			Name        string          `json:"name"`
			Parameters  json.RawMessage `json:"parameters"`
			InputSchema json.RawMessage `json:"input_schema"`
		}
		var one struct {
			bare
			Function *bare `json:"function"`
		}
		if err := json.Unmarshal(raw, &one); err != nil {
			return err
		}
		if one.Function != nil {
			one.bare = *one.Function
		}
		if one.Parameters == nil {
			one.Parameters = one.InputSchema
		}
		*t = append(*t, tool{one.Name, one.Parameters, raw})
	}
	return nil
}

// toolCall is a call in an answer.
type toolCall struct{ id, name, arguments string }

// called is the tool that the last prompt asks for: the one that it names, or the first where it
// speaks of a tool. It is nil where the last message is the result of one.
func (q query) called() *tool {
	if len(q.tools) == 0 || q.result {
		return nil
	}
	prompts := q.prompts()
	prompt := strings.ToLower(prompts[len(prompts)-1])
	for i := range q.tools {
		if strings.Contains(prompt, strings.ToLower(q.tools[i].name)) {
			return &q.tools[i]
		}
	}
	for _, word := range []string{"tool", "도구"} {
		if strings.Contains(prompt, word) {
			return &q.tools[0]
		}
	}
	return nil
}

// endsInResult reports whether the last message of a request is the result of a tool, in any
// dialect.
func endsInResult(body []byte) bool {
	type entry struct {
		Role    string          `json:"role"`
		Type    string          `json:"type"`
		Content json.RawMessage `json:"content"`
	}
	var req struct {
		Messages []entry         `json:"messages"`
		Input    json.RawMessage `json:"input"`
	}
	if json.Unmarshal(body, &req) != nil {
		return false
	}
	list := req.Messages
	if len(list) == 0 && len(req.Input) > 0 && req.Input[0] == '[' &&
		json.Unmarshal(req.Input, &list) != nil {
		return false
	}
	if len(list) == 0 {
		return false
	}
	last := list[len(list)-1]
	return last.Role == "tool" || last.Type == "function_call_output" ||
		strings.Contains(string(last.Content), `"tool_result"`)
}

// caller is an encoder whose answers can be calls of tools.
type caller interface {
	// call appends a piece of a call's arguments; first says that nothing of it has been sent.
	call(to *bytes.Buffer, c *toolCall, piece string, first bool)
}
