package sim

import (
	"bytes"
	"net/http"
	"time"
)

// generate is Ollama's POST /api/generate: one prompt instead of a conversation.
// Source: Ollama's docs/api.md and api/types.go.
type generate struct{ ollama }

func (generate) read(_ http.Header, body []byte, _ string) (query, *failure) {
	var req struct {
		ollamaRequest
		System string `json:"system"`
		Prompt string `json:"prompt"`
	}
	if fail := decode(body, &req); fail != nil {
		return query{}, fail
	}
	q, fail := req.query()
	if req.Prompt == "" { // which only loads the model
		return q, fail
	}
	if req.System != "" {
		q.messages = append(q.messages, message{Role: "system", Content: content(req.System)})
	}
	q.messages = append(q.messages, message{Role: "user", Content: content(req.Prompt)})
	return q, fail
}

func (generate) encoder(_ string, q query, _ time.Time) encoder {
	return generateEncoder{ollamaEncoder{q.model}}
}

type generateEncoder struct{ ollamaEncoder }

// generateLine is a line of the stream and, with done, the whole answer.
type generateLine struct {
	Model      string    `json:"model"`
	CreatedAt  time.Time `json:"created_at"`
	Response   string    `json:"response"`
	Thinking   string    `json:"thinking,omitempty"`
	Done       bool      `json:"done"`
	DoneReason string    `json:"done_reason,omitempty"`
	ollamaNumbers
}

func (e generateEncoder) delta(to *bytes.Buffer, reasoning bool, text string, now time.Time) {
	line := generateLine{Model: e.model, CreatedAt: now.UTC()}
	if reasoning {
		line.Thinking = text
	} else {
		line.Response = text
	}
	writeJSON(to, line)
}

func (e generateEncoder) end(to *bytes.Buffer, o outcome) { writeJSON(to, e.last("", "", o)) }

func (e generateEncoder) whole(to *bytes.Buffer, reasoning, text string, o outcome) {
	writeJSON(to, e.last(reasoning, text, o))
	to.Truncate(to.Len() - 1) // no newline after a single object
}

func (e generateEncoder) last(reasoning, text string, o outcome) generateLine {
	return generateLine{
		Model: e.model, CreatedAt: o.now.UTC(), Response: text, Thinking: reasoning,
		Done: true, DoneReason: *finish(o), ollamaNumbers: numbersOf(o),
	}
}

func (generate) loadLine(q query, now time.Time) any {
	return generateLine{Model: q.model, CreatedAt: now.UTC(), Done: true, DoneReason: loadReason(q)}
}
