package wire

import (
	"bytes"
	"encoding/json"
	"slices"

	"lineup/providers"
)

// call is a call of a declared tool that a stream has begun.
type call struct {
	key   int    // the server's number for it, -1 where it gave none
	id    string // the server's id for it, or ""
	named bool
	begun bool   // arguments have come
	whole bool   // all of them have come at once
	empty string // the arguments if none come
}

// callPiece is what one frame says of a call. The arguments come in pieces of JSON text, or whole.
type callPiece struct {
	key       int // -1 where the server does not number its calls
	id, name  string
	arguments string
	whole     bool
}

// addCall appends a piece of a call. One that nobody asked for is only noted.
func (t *streamState) addCall(p callPiece, f frame, out []providers.Event) []providers.Event {
	if !t.declared {
		return t.addTools(f, out)
	}
	n := t.callOf(p)
	if n < 0 {
		t.calls = append(t.calls, &call{key: p.key, id: p.id})
		n = len(t.calls) - 1
	}
	c := t.calls[n]
	if c.id == "" {
		c.id = p.id
	}
	if c.whole || p.whole && c.begun { // said twice
		p.arguments = ""
	}
	c.begun = c.begun || p.arguments != ""
	c.whole = c.whole || p.whole
	name := ""
	if !c.named && p.name != "" {
		c.named, name = true, p.name
	}
	if name == "" && p.arguments == "" {
		return out
	}
	return append(out, providers.Event{Type: providers.EventCall, At: f.at, Text: p.arguments,
		Bytes: f.bytes, Call: &providers.ToolCall{Index: n, ID: c.id, Name: name}})
}

// callOf finds the call that a piece goes on with, -1 for a new one. Gemini gives the number 0 to
// each of several calls, and other gateways give none: an id of its own begins a call.
func (t *streamState) callOf(p callPiece) int {
	for i := len(t.calls) - 1; i >= 0; i-- {
		c := t.calls[i]
		switch {
		case p.id != "" && c.id != "":
			if p.id == c.id {
				return i
			}
		case p.key >= 0 && c.key >= 0:
			if p.key == c.key {
				return i
			}
		case p.name == "" || !c.named: // a bare piece goes on with the last call
			return i
		}
	}
	return -1
}

// calledAs reports whether a call with this id has come.
func (t *streamState) calledAs(id string) bool {
	return slices.ContainsFunc(t.calls, func(c *call) bool { return c.id == id })
}

// closeCalls gives arguments to calls that came without any.
func (t *streamState) closeCalls(f frame, out []providers.Event) []providers.Event {
	for i, c := range t.calls {
		if !c.begun && c.empty != "" {
			c.begun = true
			out = append(out, providers.Event{Type: providers.EventCall, At: f.at, Text: c.empty,
				Call: &providers.ToolCall{Index: i, ID: c.id}})
		}
	}
	return out
}

// emptyCall says which arguments the last call has if no piece of them comes.
func (t *streamState) emptyCall(arguments string) {
	if n := len(t.calls); n > 0 {
		t.calls[n-1].empty = arguments
	}
}

// toolCall is a call in Chat Completions and in Ollama's protocol.
type toolCall struct {
	Index    *int     `json:"index"`
	ID       string   `json:"id"`
	Function toolArgs `json:"function"`
}

// toolArgs has the arguments as JSON text (Chat Completions) or as an object (Ollama).
type toolArgs struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// text is the arguments as JSON text, and whether they are whole.
func (a *toolArgs) text() (arguments string, whole bool) {
	switch {
	case !present(a.Arguments):
		return "", false
	case a.Arguments[0] == '"':
		return textOf(a.Arguments), false
	}
	return compactJSON(a.Arguments), true
}

// compactJSON is a value without the white space of the server around it.
func compactJSON(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// takeCalls reads a list of calls, or the single one of a server that writes no list. entire says
// that each of them is whole.
func (t *streamState) takeCalls(raw json.RawMessage, entire bool, f frame,
	out []providers.Event) []providers.Event {
	if !t.declared {
		return t.addTools(f, out)
	}
	var list []toolCall
	if raw[0] == '{' {
		list = make([]toolCall, 1)
		_ = unmarshal(raw, &list[0]) // a field of another form is left out
	} else {
		_ = unmarshal(raw, &list)
	}
	for i := range list {
		c := &list[i]
		p := callPiece{key: -1, id: c.ID, name: c.Function.Name}
		if c.Index != nil && !entire {
			p.key = *c.Index
		}
		p.arguments, p.whole = c.Function.text()
		if entire {
			p.key, p.whole = len(t.calls), true
		}
		out = t.addCall(p, f, out)
	}
	return out
}
