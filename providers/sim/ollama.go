package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// ollama is the dialect of Ollama's /api/chat: a JSON object a line.
// Source: responses of Ollama 0.17.4, and its api/types.go.
type ollama struct{}

func (ollama) name() string { return "ollama" }

func (ollama) read(_ http.Header, body []byte, _ string) (query, *failure) {
	var req struct {
		ollamaRequest
		Messages []message       `json:"messages"`
		Format   json.RawMessage `json:"format"`
		Tools    tools           `json:"tools"`
	}
	if fail := decode(body, &req); fail != nil {
		return query{}, fail
	}
	q, fail := req.query()
	q.messages, q.tools = req.Messages, req.Tools
	if len(req.Format) > 0 && req.Format[0] == '{' {
		q.shape = req.Format
	}
	return q, fail
}

// ollamaRequest is what requests for chats and for completions have in common.
type ollamaRequest struct {
	Model     string `json:"model"`
	Stream    *bool  `json:"stream"`
	Think     any    `json:"think"`
	KeepAlive any    `json:"keep_alive"`
	Options   struct {
		NumPredict int   `json:"num_predict"`
		Stop       texts `json:"stop"`
	} `json:"options"`
}

func (r ollamaRequest) query() (query, *failure) {
	if r.Model == "" {
		return query{}, badRequest("model is required")
	}
	q := query{
		model:  r.Model,
		stream: r.Stream == nil || *r.Stream,
		limit:  max(0, r.Options.NumPredict), // negative: no limit
		stop:   r.Options.Stop,
	}
	if d, ok := keepAlive(r.KeepAlive); ok {
		q.keep, q.unload = &d, d == 0
	}
	if r.Think != nil {
		q.think = fmt.Sprint(r.Think)
	}
	return q, nil
}

func (ollama) check(q query, m Model) *failure {
	switch {
	case q.think == "" || q.think == "false":
		return nil
	case m.Think == 0:
		return badRequest(fmt.Sprintf("%q does not support thinking", q.model))
	case q.think != "true":
		return badRequest(fmt.Sprintf("think value %q is not supported for this model", q.think))
	}
	return nil
}

func (ollama) headers(h http.Header, _ string, stream bool) {
	if stream {
		h.Set("Content-Type", "application/x-ndjson")
	} else {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
}

func (ollama) refuse(w http.ResponseWriter, _ string, f *failure) {
	message := f.message
	if f.status == http.StatusServiceUnavailable { // Ollama's only 503 is its full queue
		message = "server busy, please try again.  maximum pending requests exceeded"
	}
	body := jsonObject(ollamaError{message})
	f.refuse(w, "application/json; charset=utf-8", bytes.TrimSpace(body))
}

type ollamaError struct {
	Error string `json:"error"`
}

func (ollama) encoder(_ string, q query, _ time.Time) encoder { return ollamaEncoder{q.model} }

type ollamaEncoder struct{ model string }

// ollamaLine is a line of the stream and, with done, the whole answer.
// Zeros are left out.
type ollamaLine struct {
	Model      string        `json:"model"`
	CreatedAt  time.Time     `json:"created_at"`
	Message    ollamaMessage `json:"message"`
	Done       bool          `json:"done"`
	DoneReason string        `json:"done_reason,omitempty"`
	ollamaNumbers
}

// ollamaNumbers close an answer. Durations are nanoseconds.
type ollamaNumbers struct {
	TotalDuration      time.Duration `json:"total_duration,omitempty"`
	LoadDuration       time.Duration `json:"load_duration,omitempty"`
	PromptEvalCount    int           `json:"prompt_eval_count,omitempty"`
	PromptEvalDuration time.Duration `json:"prompt_eval_duration,omitempty"`
	EvalCount          int           `json:"eval_count,omitempty"`
	EvalDuration       time.Duration `json:"eval_duration,omitempty"`
}

type ollamaMessage struct {
	Role     string `json:"role"`
	Content  string `json:"content"`
	Thinking string `json:"thinking,omitempty"`

	ToolCalls []ollamaCall `json:"tool_calls,omitempty"`
}

// ollamaCall is a whole call of a tool.
type ollamaCall struct {
	ID       string `json:"id"`
	Function struct {
		Index     int             `json:"index"`
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"function"`
}

func newOllamaCalls(c *toolCall) []ollamaCall {
	if c == nil || !json.Valid([]byte(c.arguments)) { // cut by the limit
		return nil
	}
	var call ollamaCall
	call.ID, call.Function.Name = c.id, c.name
	call.Function.Arguments = json.RawMessage(c.arguments)
	return []ollamaCall{call}
}

func (e ollamaEncoder) open(*bytes.Buffer, int) {}

func (e ollamaEncoder) delta(to *bytes.Buffer, reasoning bool, text string, now time.Time) {
	line := ollamaLine{Model: e.model, CreatedAt: now.UTC(),
		Message: ollamaMessage{Role: "assistant"}}
	if reasoning {
		line.Message.Thinking = text
	} else {
		line.Message.Content = text
	}
	writeJSON(to, line)
}

// call gathers the arguments: Ollama sends a call as a whole.
func (e ollamaEncoder) call(_ *bytes.Buffer, c *toolCall, piece string, _ bool) {
	c.arguments += piece
}

func (e ollamaEncoder) end(to *bytes.Buffer, o outcome) {
	if calls := newOllamaCalls(o.call); calls != nil {
		writeJSON(to, ollamaLine{Model: e.model, CreatedAt: o.now.UTC(),
			Message: ollamaMessage{Role: "assistant", ToolCalls: calls}})
		o.call = nil
	}
	writeJSON(to, e.last("", "", o))
}

func (e ollamaEncoder) whole(to *bytes.Buffer, reasoning, text string, o outcome) {
	writeJSON(to, e.last(reasoning, text, o))
	to.Truncate(to.Len() - 1) // no newline after a single object
}

func (e ollamaEncoder) last(reasoning, text string, o outcome) ollamaLine {
	return ollamaLine{
		Model: e.model, CreatedAt: o.now.UTC(),
		Message: ollamaMessage{Role: "assistant", Content: text, Thinking: reasoning,
			ToolCalls: newOllamaCalls(o.call)},
		Done: true, DoneReason: *finish(o), ollamaNumbers: numbersOf(o),
	}
}

func numbersOf(o outcome) ollamaNumbers {
	return ollamaNumbers{
		TotalDuration: o.total, LoadDuration: o.load,
		PromptEvalCount: o.prompt, PromptEvalDuration: o.promptTime,
		EvalCount: o.output, EvalDuration: o.outputTime,
	}
}

func (ollamaEncoder) ping(to *bytes.Buffer) { to.WriteByte('\n') }

// fail tells what Ollama tells when a model's process dies.
func (ollamaEncoder) fail(to *bytes.Buffer, _ *failure) {
	writeJSON(to, ollamaError{"an error was encountered while running the model: unexpected EOF"})
}

// loader is a dialect whose requests may only load a model.
type loader interface {
	// loadLine is the answer to a request without a prompt.
	loadLine(q query, now time.Time) any
}

func (ollama) loadLine(q query, now time.Time) any {
	return ollamaLine{
		Model: q.model, CreatedAt: now.UTC(),
		Message: ollamaMessage{Role: "assistant"}, Done: true, DoneReason: loadReason(q),
	}
}

func loadReason(q query) string {
	if q.unload {
		return "unload"
	}
	return "load"
}
