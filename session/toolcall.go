package session

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"lineup/providers"
)

// ToolCall is a call of a declared tool that a model asked for. Nobody runs it.
type ToolCall struct {
	ID        string // as the server calls it, or ""
	Name      string
	Arguments string // JSON text as the model wrote it; models write other text too
}

// toolCallRecord is a call in a record. Its arguments are the JSON value, or a string with the text
// where it is none. Text is what the model wrote, where white space was in it. A conversation is
// sent again with the same bytes.
type toolCallRecord struct {
	ID        string          `json:"id,omitempty"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Text      string          `json:"text,omitempty"`
}

// Value is the arguments as compact JSON: themselves, or a string with the text where they are
// none.
func (c ToolCall) Value() json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, []byte(c.Arguments)) == nil {
		return b.Bytes()
	}
	s, _ := jsonText(c.Arguments) // a string always can be
	return json.RawMessage(s)
}

// Line is the arguments in one line: compact JSON, or the text where they are none.
func (c ToolCall) Line() string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(c.Arguments)) != nil {
		return providers.CleanLine(c.Arguments)
	}
	return providers.CleanLine(b.String())
}

// MarshalJSON writes {"id", "name", "arguments", "text"}.
func (c ToolCall) MarshalJSON() ([]byte, error) {
	rec := toolCallRecord{ID: c.ID, Name: c.Name, Arguments: c.Value()}
	// a JSON string would be read back as plain text
	exact := string(rec.Arguments) == c.Arguments && c.Arguments[0] != '"'
	if json.Valid([]byte(c.Arguments)) && !exact {
		rec.Text = c.Arguments
	}
	s, err := jsonText(rec)
	return []byte(s), err
}

// UnmarshalJSON takes back what MarshalJSON writes.
func (c *ToolCall) UnmarshalJSON(data []byte) error {
	var r toolCallRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	var value bytes.Buffer
	if err := json.Compact(&value, r.Arguments); err != nil { // there are none
		value.Reset()
	}
	*c = ToolCall{ID: r.ID, Name: r.Name, Arguments: cmp.Or(r.Text, value.String())}
	var text string
	if r.Text == "" && len(r.Arguments) > 0 && r.Arguments[0] == '"' &&
		json.Unmarshal(r.Arguments, &text) == nil && !json.Valid([]byte(text)) {
		c.Arguments = text
	}
	return nil
}

// liveCall is a call of a tool while its pieces come in.
type liveCall struct {
	id, name  string
	arguments strings.Builder
}

// addCall adds a piece of a call to what has come.
func (l *live) addCall(ev providers.Event) {
	for len(l.calls) <= ev.Call.Index {
		l.calls = append(l.calls, &liveCall{})
	}
	c := l.calls[ev.Call.Index]
	if ev.Call.ID != "" {
		c.id = ev.Call.ID
	}
	if ev.Call.Name != "" {
		c.name = ev.Call.Name
	}
	c.arguments.WriteString(ev.Text)
}

// Calls are the calls of tools so far.
func (r *Reply) Calls() []ToolCall {
	if r.Status.Final() || len(r.live.calls) == 0 { // a snapshot has the field alone
		return r.ToolCalls
	}
	return r.live.toolCalls()
}

// callBytes is how much of calls has come: it grows with each piece, an empty name among them.
func (l *live) callBytes() (n int) {
	for _, c := range l.calls {
		n += 1 + len(c.id) + len(c.name) + c.arguments.Len()
	}
	return n
}

func (l *live) toolCalls() []ToolCall {
	calls := make([]ToolCall, len(l.calls))
	for i, c := range l.calls {
		calls[i] = ToolCall{c.id, c.name, c.arguments.String()}
	}
	return calls
}

// check checks the answer against the schema that it was asked to fit. A reply without text has
// nothing to check: it failed, or calls tools. What has been checked already is not checked again.
func (r *Reply) check(done *providers.Checked) {
	if r.Schema == nil || r.Text == "" {
		return
	}
	if done != nil && done.Text == r.Text {
		r.JSON = &done.Result
		return
	}
	result := r.Schema.Check(r.Text)
	r.JSON = &result
}

// FailsSchema reports whether the text of the reply does not fit the schema.
func (r *Reply) FailsSchema() bool { return r.JSON != nil && !r.JSON.Valid }
