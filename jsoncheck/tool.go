package jsoncheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
)

// Tool is a function that a model is told of. lineup never runs it.
type Tool struct {
	Name        string
	Description string
	Parameters  json.RawMessage // a JSON Schema; nil for a function without parameters

	declared json.RawMessage // as it was written, in the form of Chat Completions
}

// Declared is the tool in the form of Chat Completions, as it was written.
func (t Tool) Declared() json.RawMessage { return t.declared }

// MarshalJSON writes the tool in the form of Chat Completions.
func (t Tool) MarshalJSON() ([]byte, error) { return t.declared, nil }

// toolRecord is a tool of Chat Completions.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
type toolRecord struct {
	Type     string `json:"type"`
	Function struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		Parameters  json.RawMessage `json:"parameters"`
	} `json:"function"`
}

// UnmarshalJSON takes back what MarshalJSON writes.
func (t *Tool) UnmarshalJSON(data []byte) error {
	var r toolRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	f := r.Function
	*t = Tool{Name: f.Name, Description: f.Description, Parameters: f.Parameters,
		declared: bytes.Clone(data)}
	if string(f.Parameters) == "null" {
		t.Parameters = nil
	}
	return nil
}

// ParseTools reads a list of tools in the form of Chat Completions, bare or under the key "tools".
// The error is a *SchemaError.
func ParseTools(source []byte) ([]Tool, error) {
	source = bytes.TrimPrefix(source, []byte("\uFEFF"))
	doc, err := read(source)
	if err != nil {
		return nil, syntaxError(source, err)
	}
	doc = doc.placed()
	at, list := "", doc.value
	if object, ok := list.(map[string]any); ok && object["tools"] != nil {
		at, list = "/tools", object["tools"]
	}
	entries, ok := list.([]any)
	switch {
	case !ok:
		return nil, doc.errorAt(at, `a list of tools is wanted, as in [{"type":"function",`+
			`"function":{"name":…}}]`)
	case len(entries) == 0:
		return nil, doc.errorAt(at, "the list of tools is empty")
	}
	var tools []Tool
	seen := map[string]bool{}
	for i := range entries {
		t, err := doc.tool(at + "/" + strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		if seen[t.Name] {
			return nil, doc.errorAt(at+"/"+strconv.Itoa(i), "a second tool is called "+t.Name)
		}
		seen[t.Name] = true
		tools = append(tools, t)
	}
	return tools, nil
}

// toolName is what OpenAI and Anthropic take for the name of a function.
var toolName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// tool reads the tool at a JSON Pointer.
func (d *document) tool(at string) (Tool, error) {
	raw := d.raw(at)
	var t Tool
	var r toolRecord
	if err := json.Unmarshal(raw, &r); err != nil {
		return t, d.errorAt(at, "this is no tool: "+err.Error())
	}
	switch {
	case r.Type != "" && r.Type != "function":
		return t, d.errorAt(at+"/type", fmt.Sprintf("tools of the type %q are not supported; "+
			`"function" is`, r.Type))
	case d.places[at+"/function"] == 0:
		return t, d.errorAt(at, `this is no tool: the key "function" is missing`)
	case !toolName.MatchString(r.Function.Name):
		return t, d.errorAt(at+"/function/name",
			"the name of a tool has 1 to 64 letters, digits, _ and -")
	}
	if err := t.UnmarshalJSON(raw); err != nil {
		return t, d.errorAt(at, err.Error())
	}
	if t.Parameters == nil {
		return t, nil
	}
	if _, err := Parse(t.Name, t.Parameters); err != nil {
		return t, d.errorAt(at+"/function/parameters", "the parameters of "+t.Name+": "+
			err.(*SchemaError).Message)
	}
	return t, nil
}

// raw is the source of the value at a JSON Pointer.
func (d *document) raw(at string) json.RawMessage {
	var raw json.RawMessage
	// it was read before
	_ = json.NewDecoder(bytes.NewReader(d.source[d.places[at]:])).Decode(&raw)
	return raw
}
