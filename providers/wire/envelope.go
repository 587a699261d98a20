package wire

import (
	"bytes"
	"encoding/json"
	"slices"
)

// openEnvelope takes an answer out of a gateway's own envelope, such as
// {"code":0,"msg":"ok","data":{…}}. A document without one stays as it is.
func openEnvelope(data []byte) []byte { return openTo(data, 2) }

func openTo(data []byte, depth int) []byte {
	var o map[string]json.RawMessage
	if json.Unmarshal(data, &o) != nil || isAnswer(o) {
		return data
	}
	for _, name := range []string{"data", "result", "response", "body", "payload", "output",
		"completion", "chat_completion"} {
		inner := o[name]
		var text string
		if json.Unmarshal(inner, &text) == nil && text != "" { // JSON written into a string
			inner = json.RawMessage(text)
		}
		var in map[string]json.RawMessage
		if json.Unmarshal(inner, &in) != nil {
			continue
		}
		found := []byte(inner)
		if !isAnswer(in) {
			if depth == 1 {
				continue
			}
			if found = openTo(inner, depth-1); len(found) == len(inner) {
				continue
			}
		}
		if counts := o["usage"]; present(counts) && !present(in["usage"]) {
			return withUsage(found, counts)
		}
		return found
	}
	return data
}

// withUsage puts the counts that stood beside an answer, as DashScope writes them, into it.
func withUsage(answer []byte, usage json.RawMessage) []byte {
	rest := bytes.TrimLeft(bytes.TrimSpace(answer)[1:], " \t\r\n") // after the brace
	comma := ","
	if rest[0] == '}' {
		comma = ""
	}
	return slices.Concat([]byte(`{"usage":`), usage, []byte(comma), rest)
}

// isAnswer reports whether an object has what an answer of one of the protocols has.
func isAnswer(o map[string]json.RawMessage) bool {
	return present(o["choices"]) || present(o["output"]) && present(o["status"]) ||
		present(o["content"]) && present(o["role"]) ||
		present(o["message"]) && present(o["done"])
}
