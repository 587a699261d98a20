package sim

import (
	"bytes"
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
		Model     string    `json:"model"`
		Messages  []message `json:"messages"`
		Stream    *bool     `json:"stream"`
		Think     any       `json:"think"`
		KeepAlive any       `json:"keep_alive"`
		Options   struct {
			NumPredict int `json:"num_predict"`
		} `json:"options"`
	}
	if fail := decode(body, &req); fail != nil {
		return query{}, fail
	}
	if req.Model == "" {
		return query{}, badRequest("model is required")
	}
	q := query{
		model: req.Model, messages: req.Messages,
		stream: req.Stream == nil || *req.Stream,
		limit:  max(0, req.Options.NumPredict), // negative: no limit
		unload: req.KeepAlive == 0.0 || req.KeepAlive == "0" || req.KeepAlive == "0s",
	}
	if req.Think != nil {
		q.think = fmt.Sprint(req.Think)
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
// Durations are nanoseconds; zeros are left out.
type ollamaLine struct {
	Model      string        `json:"model"`
	CreatedAt  time.Time     `json:"created_at"`
	Message    ollamaMessage `json:"message"`
	Done       bool          `json:"done"`
	DoneReason string        `json:"done_reason,omitempty"`

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
}

func (e ollamaEncoder) open(*bytes.Buffer, int) {}

func (e ollamaEncoder) delta(to *bytes.Buffer, reasoning bool, text string, now time.Time) {
	line := ollamaLine{Model: e.model, CreatedAt: now.UTC(), Message: ollamaMessage{Role: "assistant"}}
	if reasoning {
		line.Message.Thinking = text
	} else {
		line.Message.Content = text
	}
	writeJSON(to, line)
}

func (e ollamaEncoder) end(to *bytes.Buffer, o outcome) { writeJSON(to, e.last("", "", o)) }

func (e ollamaEncoder) whole(to *bytes.Buffer, reasoning, text string, o outcome) {
	writeJSON(to, e.last(reasoning, text, o))
	to.Truncate(to.Len() - 1) // no newline behind a single object
}

func (e ollamaEncoder) last(reasoning, text string, o outcome) ollamaLine {
	reason := "stop"
	if o.length {
		reason = "length"
	}
	return ollamaLine{
		Model: e.model, CreatedAt: o.now.UTC(),
		Message: ollamaMessage{Role: "assistant", Content: text, Thinking: reasoning},
		Done:    true, DoneReason: reason,
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

// loadLine is the answer to a chat without messages.
func loadLine(q query, now time.Time) ollamaLine {
	reason := "load"
	if q.unload {
		reason = "unload"
	}
	return ollamaLine{
		Model: q.model, CreatedAt: now.UTC(),
		Message: ollamaMessage{Role: "assistant"}, Done: true, DoneReason: reason,
	}
}
