package wire

import (
	"bytes"
	"encoding/json"
)

// responseEvent is what lineup reads of an event of the Responses API.
// https://developers.openai.com/api/reference/resources/responses/streaming-events
type responseEvent struct {
	Type    string          `json:"type"`
	Delta   json.RawMessage `json:"delta"`
	Text    json.RawMessage `json:"text"`    // of *_text.done
	Refusal json.RawMessage `json:"refusal"` // of refusal.done

	Arguments json.RawMessage `json:"arguments"` // of function_call_arguments.done

	Item *responseItem `json:"item"`
	Part *responsePart `json:"part"`

	ItemID       string `json:"item_id"`
	OutputIndex  *int   `json:"output_index"`
	ContentIndex int    `json:"content_index"`
	SummaryIndex int    `json:"summary_index"`
	// never looked at: padding of random length
	Obfuscation json.RawMessage `json:"obfuscation"`
	Sequence    json.RawMessage `json:"sequence_number"` // the same: counts the events

	Response json.RawMessage `json:"response"`
	Error    json.RawMessage `json:"error"`
	Timings  *llamaTimings   `json:"timings"`
	Usage    json.RawMessage `json:"usage"` // of gateways that put it beside the answer
	// "response" where a whole answer stands in place of an event
	Object string `json:"object"`
}

// place is where the event's piece belongs: an item of the output and a part of it. Not every
// server numbers the items (llama-server does not), and not every server keeps the ids (GitHub
// Copilot writes new ones with each event).
func (ev *responseEvent) place(part int) partPlace {
	if ev.OutputIndex != nil {
		return partPlace{item: *ev.OutputIndex, part: part}
	}
	id := ev.ItemID
	if id == "" && ev.Item != nil {
		id = ev.Item.ID
	}
	return partPlace{id: id, part: part}
}

// form is the form of an event that brings a piece of text, by which those after it are recognised.
func (ev *responseEvent) form(data []byte) *template {
	number := json.RawMessage(`"sequence_number":`)
	if !bytes.Contains(data, append(number, ev.Sequence...)) {
		number = append(number, ' ') // as Python writes it
	}
	return learnTemplate(data, ev.Delta, ev.Obfuscation, append(number, ev.Sequence...))
}

// partPlace names a part of an item.
type partPlace struct {
	item int
	id   string // in place of item
	part int
}

// response is the answer as a whole: the end of a stream holds it, and so does an answer that is
// not streamed.
type response struct {
	Object     string          `json:"object"`
	Status     string          `json:"status"`
	Model      string          `json:"model"`
	Output     []responseItem  `json:"output"`
	Error      json.RawMessage `json:"error"`
	Incomplete struct {
		Reason string `json:"reason"`
	} `json:"incomplete_details"`
	Usage   json.RawMessage `json:"usage"`
	Timings *llamaTimings   `json:"timings"`
}

// responseItem is an entry of the output: a message, reasoning, or a call of a tool.
type responseItem struct {
	Type      string          `json:"type"`
	ID        string          `json:"id"`
	Content   json.RawMessage `json:"content"` // parts
	Summary   json.RawMessage `json:"summary"` // parts
	Encrypted json.RawMessage `json:"encrypted_content"`

	// of function_call
	CallID    string          `json:"call_id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// responsePart is a piece of an item: output_text, refusal, reasoning_text or summary_text.
type responsePart struct {
	Type    string          `json:"type"`
	Text    json.RawMessage `json:"text"`
	Refusal json.RawMessage `json:"refusal"`
}

// isToolCall reports whether an item asks the client to run something. What the server runs itself,
// such as a search of the web, is not of them.
func (it *responseItem) isToolCall() bool {
	switch it.Type {
	case "function_call", "custom_tool_call", "computer_call", "local_shell_call", "shell_call",
		"apply_patch_call",
		"mcp_approval_request":
		return true
	}
	return false
}
