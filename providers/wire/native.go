package wire

import (
	"encoding/json"

	"lineup/providers"
)

// takeNative reads a document that has the answer, or a piece of it, in a field response, as
// Cloudflare's Workers AI writes where no protocol is asked for: {"response":"Hi"} in a stream that
// ends with [DONE], or {"result":{"response":"Hi"},"success":true}. ok says that it is one.
// https://developers.cloudflare.com/workers-ai/get-started/rest-api/
func (t *streamState) takeNative(data []byte, f frame,
	out []providers.Event) (events []providers.Event, ok bool) {
	var doc map[string]json.RawMessage
	if json.Unmarshal(data, &doc) != nil {
		return out, false
	}
	fields, whole := nativeFields(doc)
	raw, ok := fields["response"]
	if !ok {
		return out, false
	}
	switch {
	case present(raw) && raw[0] != '{' && raw[0] != '[':
		out = t.takeContent(raw, false, f, out)
	case present(raw) && whole: // JSON was asked for, and stands there as it is
		out = t.addAnswer(string(raw), f, out)
	case present(raw) || !present(fields["usage"]) && !whole:
		return out, false
	}
	t.native, t.payload = true, true
	if list := fields["tool_calls"]; present(list) && string(list) != "[]" {
		out = t.addTools(f, out)
	}
	out = t.addUsage(data, f, out)
	if counts := fields["usage"]; whole {
		out = t.addUsage(counts, f, out)
		t.endNative()
	} else if present(counts) && !isText(raw) {
		t.endNative()
	}
	return out, true
}

// nativeFields are the fields among which the answer stands: those of a result, which is whole, or
// those of the document. A document with the fields of another protocol has none.
func nativeFields(doc map[string]json.RawMessage) (fields map[string]json.RawMessage, whole bool) {
	var result map[string]json.RawMessage
	if json.Unmarshal(doc["result"], &result) == nil && result != nil {
		if string(doc["success"]) == "false" {
			return nil, false
		}
		return result, true
	}
	for _, name := range []string{"choices", "done", "done_reason", "message", "object", "type",
		"error", "errors", "code"} {
		if present(doc[name]) {
			return nil, false
		}
	}
	return doc, false
}

// endNative notes the end of an answer in that form, which has no reason for it.
func (t *streamState) endNative() {
	if t.native && t.finish == "" {
		t.setFinish(providers.FinishStop)
	}
}
