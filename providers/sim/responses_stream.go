package sim

import (
	"bytes"
	"strings"
	"time"
)

// response is the whole answer, and stands in the first and last events.
type response struct {
	ID                string          `json:"id"`
	Object            string          `json:"object"`
	CreatedAt         int64           `json:"created_at"`
	Status            string          `json:"status"`
	Error             *responseError  `json:"error"`
	IncompleteDetails *responseReason `json:"incomplete_details"`
	Model             string          `json:"model"`
	Output            []responseItem  `json:"output"`
	Store             bool            `json:"store"`
	Usage             *responseUsage  `json:"usage"`
}

type responseError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type responseReason struct {
	Reason string `json:"reason"`
}

// responseItem is a message or, with a summary, reasoning.
type responseItem struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Status  string          `json:"status,omitempty"`
	Role    string          `json:"role,omitempty"`
	Content *[]responsePart `json:"content,omitempty"`
	Summary *[]responsePart `json:"summary,omitempty"`

	// of function_call
	CallID    string  `json:"call_id,omitempty"`
	Name      string  `json:"name,omitempty"`
	Arguments *string `json:"arguments,omitempty"`
}

type responsePart struct {
	Type        string    `json:"type"`
	Text        string    `json:"text"`
	Annotations *[]string `json:"annotations,omitempty"`
}

type responseUsage struct {
	InputTokens  int `json:"input_tokens"`
	InputDetails struct {
		CachedTokens int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	OutputTokens  int `json:"output_tokens"`
	OutputDetails struct {
		ReasoningTokens int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	TotalTokens int `json:"total_tokens"`
}

// responseEvent is any event of the stream.
type responseEvent struct {
	Type         string        `json:"type"`
	Sequence     int           `json:"sequence_number"`
	ItemID       string        `json:"item_id,omitempty"`
	OutputIndex  *int          `json:"output_index,omitempty"`
	ContentIndex *int          `json:"content_index,omitempty"`
	SummaryIndex *int          `json:"summary_index,omitempty"`
	Delta        string        `json:"delta,omitempty"`
	Text         *string       `json:"text,omitempty"`
	Arguments    *string       `json:"arguments,omitempty"`
	Item         *responseItem `json:"item,omitempty"`
	Part         *responsePart `json:"part,omitempty"`
	Response     *response     `json:"response,omitempty"`
}

func (responses) encoder(id string, q query, now time.Time) encoder {
	return &responsesEncoder{id: id, answer: response{
		ID: "resp_" + id, Object: "response", CreatedAt: now.Unix(), Status: "in_progress",
		Model: q.model, Output: []responseItem{},
	}}
}

type responsesEncoder struct {
	id     string
	answer response
	events int
	kind   string          // sort of the open item: "reasoning", "message", "function_call" or ""
	called *toolCall       // that the open item is
	said   strings.Builder // text of the open item
}

// event appends one event; its name is its type.
func (e *responsesEncoder) event(to *bytes.Buffer, ev responseEvent) {
	ev.Sequence = e.events
	e.events++
	writeEvent(to, ev.Type, ev)
}

func (e *responsesEncoder) open(to *bytes.Buffer, _ int) {
	for _, name := range []string{"response.created", "response.in_progress"} {
		e.event(to, responseEvent{Type: name, Response: &e.answer})
	}
}

func (e *responsesEncoder) delta(to *bytes.Buffer, reasoning bool, text string, _ time.Time) {
	kind := "message"
	if reasoning {
		kind = "reasoning"
	}
	if e.kind != kind {
		e.closeItem(to)
		e.openItem(to, kind)
	}
	e.said.WriteString(text)
	ev := e.inPart("output_text.delta", "reasoning_summary_text.delta")
	ev.Delta = text
	e.event(to, ev)
}

// call opens an item with the first piece of the arguments.
func (e *responsesEncoder) call(to *bytes.Buffer, c *toolCall, piece string, first bool) {
	if first {
		e.closeItem(to)
		e.kind, e.called = "function_call", c
		place, it := len(e.answer.Output), e.callItem("in_progress", "")
		e.event(to, responseEvent{Type: "response.output_item.added", OutputIndex: &place,
			Item: &it})
	}
	e.said.WriteString(piece)
	place := len(e.answer.Output)
	e.event(to, responseEvent{Type: "response.function_call_arguments.delta",
		ItemID: "fc_" + e.id, OutputIndex: &place, Delta: piece})
}

func (e *responsesEncoder) callItem(status, arguments string) responseItem {
	return responseItem{ID: "fc_" + e.id, Type: "function_call", Status: status,
		CallID: e.called.id, Name: e.called.name, Arguments: &arguments}
}

// closeCall ends an item that is a call.
func (e *responsesEncoder) closeCall(to *bytes.Buffer) {
	arguments, place := e.said.String(), len(e.answer.Output)
	it := e.callItem("completed", arguments)
	e.event(to, responseEvent{Type: "response.function_call_arguments.done", ItemID: it.ID,
		OutputIndex: &place, Arguments: &arguments})
	e.event(to, responseEvent{Type: "response.output_item.done", OutputIndex: &place, Item: &it})
	e.answer.Output = append(e.answer.Output, it)
	e.kind = ""
	e.said.Reset()
}

// item is the open one with its text so far.
func (e *responsesEncoder) item(status string, parts ...responsePart) responseItem {
	if parts == nil {
		parts = []responsePart{}
	}
	if e.kind == "reasoning" {
		return responseItem{ID: "rs_" + e.id, Type: "reasoning", Summary: &parts}
	}
	return responseItem{ID: "msg_" + e.id, Type: "message", Status: status, Role: "assistant",
		Content: &parts}
}

// part is a part of the open item.
func (e *responsesEncoder) part(text string) responsePart {
	if e.kind == "reasoning" {
		return responsePart{Type: "summary_text", Text: text}
	}
	return responsePart{Type: "output_text", Text: text, Annotations: &[]string{}}
}

// inPart is an event about the part of the open item.
func (e *responsesEncoder) inPart(message, reasoning string) responseEvent {
	place, first := len(e.answer.Output), 0
	ev := responseEvent{Type: "response." + message, ItemID: e.item("").ID, OutputIndex: &place}
	if e.kind == "reasoning" {
		ev.Type, ev.SummaryIndex = "response."+reasoning, &first
	} else {
		ev.ContentIndex = &first
	}
	return ev
}

func (e *responsesEncoder) openItem(to *bytes.Buffer, kind string) {
	e.kind = kind
	place, it := len(e.answer.Output), e.item("in_progress")
	e.event(to, responseEvent{Type: "response.output_item.added", OutputIndex: &place, Item: &it})
	ev, part := e.inPart("content_part.added", "reasoning_summary_part.added"), e.part("")
	ev.Part = &part
	e.event(to, ev)
}

func (e *responsesEncoder) closeItem(to *bytes.Buffer) {
	switch e.kind {
	case "":
		return
	case "function_call":
		e.closeCall(to)
		return
	}
	text := e.said.String()
	ev, part := e.inPart("output_text.done", "reasoning_summary_text.done"), e.part(text)
	ev.Text = &text
	e.event(to, ev)
	ev = e.inPart("content_part.done", "reasoning_summary_part.done")
	ev.Part = &part
	e.event(to, ev)
	place, it := len(e.answer.Output), e.item("completed", part)
	e.event(to, responseEvent{Type: "response.output_item.done", OutputIndex: &place, Item: &it})
	e.answer.Output = append(e.answer.Output, it)
	e.kind = ""
	e.said.Reset()
}

func (e *responsesEncoder) end(to *bytes.Buffer, o outcome) {
	e.closeItem(to)
	e.finish(o)
	e.event(to, responseEvent{Type: "response." + e.answer.Status, Response: &e.answer})
}

// finish settles what the whole answer says of its end.
func (e *responsesEncoder) finish(o outcome) {
	e.answer.Status = "completed"
	if o.length {
		e.answer.Status, e.answer.IncompleteDetails = "incomplete",
			&responseReason{"max_output_tokens"}
	}
	u := &responseUsage{InputTokens: o.prompt, OutputTokens: o.output, TotalTokens: o.prompt +
		o.output}
	u.OutputDetails.ReasoningTokens = o.reasoning
	e.answer.Usage = u
}

func (e *responsesEncoder) whole(to *bytes.Buffer, reasoning, text string, o outcome) {
	for _, said := range []struct{ kind, text string }{{"reasoning", reasoning},
		{"message", text}} {
		if e.kind = said.kind; said.text != "" {
			e.answer.Output = append(e.answer.Output, e.item("completed", e.part(said.text)))
		}
	}
	if e.called = o.call; o.call != nil {
		e.answer.Output = append(e.answer.Output, e.callItem("completed", o.call.arguments))
	}
	e.finish(o)
	writeJSON(to, e.answer)
}

// ping is OpenAI's sign of life.
func (e *responsesEncoder) ping(to *bytes.Buffer) { e.event(to, responseEvent{Type: "keepalive"}) }

// fail ends the stream as OpenAI does: with an answer that failed.
func (e *responsesEncoder) fail(to *bytes.Buffer, f *failure) {
	code := f.code
	if code == "" {
		code = f.kind
	}
	e.answer.Status, e.answer.Error = "failed", &responseError{Code: code, Message: f.message}
	e.event(to, responseEvent{Type: "response.failed", Response: &e.answer})
}
