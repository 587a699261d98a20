package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// openai is the dialect of Chat Completions as OpenAI and most gateways speak
// it: a role chunk, deltas, a finish chunk, the usage if asked for, [DONE].
// Source: OpenAI's API reference; reasoning_content as DeepSeek documents it.
type openai struct{}

func (openai) name() string { return "openai" }

// authorize checks the bearer token.
func (openai) authorize(h http.Header, key string) *failure {
	if key == "" {
		return nil
	}
	got, bearer := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
	switch {
	case !bearer || got == "":
		return unauthorized("You didn't provide an API key. Provide it in an Authorization " +
			"header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
	case got != key:
		return unauthorized("Incorrect API key provided.")
	}
	return nil
}

// openaiRequest is what requests for chats and for completions have in common.
type openaiRequest struct {
	Model         string `json:"model"`
	Stream        bool   `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	MaxTokens int   `json:"max_tokens"`
	Stop      texts `json:"stop"`
	N         *int  `json:"n"`
}

// mostChoices is OpenAI's limit of n.
const mostChoices = 128

func (r openaiRequest) query() (query, *failure) {
	q := query{model: r.Model, stream: r.Stream, usage: r.StreamOptions.IncludeUsage,
		limit: r.MaxTokens, stop: r.Stop}
	if r.N != nil {
		q.n = *r.N
	}
	switch {
	case r.Model == "":
		return q, badRequest("you must provide a model parameter")
	case r.MaxTokens < 0:
		return q, badRequest("max_tokens must be at least 1")
	case r.N != nil && q.n < 1:
		return q, badRequest(fmt.Sprintf("%d is less than the minimum of 1 - 'n'", q.n))
	case q.n > mostChoices:
		return q, badRequest(fmt.Sprintf("%d is greater than the maximum of %d - 'n'", q.n,
			mostChoices))
	}
	return q, nil
}

func (d openai) read(h http.Header, body []byte, key string) (query, *failure) {
	if fail := d.authorize(h, key); fail != nil {
		return query{}, fail
	}
	var req struct {
		openaiRequest
		Messages            []message `json:"messages"`
		MaxCompletionTokens int       `json:"max_completion_tokens"`
		ReasoningEffort     string    `json:"reasoning_effort"`
		Tools               tools     `json:"tools"`
		ResponseFormat      struct {
			JSONSchema struct {
				Schema json.RawMessage `json:"schema"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if fail := decode(body, &req); fail != nil {
		return query{}, fail
	}
	q, fail := req.query()
	switch {
	case fail != nil:
		return query{}, fail
	case len(req.Messages) == 0:
		return query{}, badRequest("[] is too short - 'messages'")
	case req.MaxCompletionTokens < 0:
		return query{}, badRequest("max_tokens must be at least 1")
	}
	q.messages, q.tools, q.shape = req.Messages, req.Tools, req.ResponseFormat.JSONSchema.Schema
	if req.MaxCompletionTokens > 0 {
		q.limit = req.MaxCompletionTokens
	}
	if req.ReasoningEffort == "none" {
		q.think = "false"
	}
	return q, nil
}

func (openai) check(query, Model) *failure { return nil }

func (openai) headers(h http.Header, id string, stream bool) {
	h.Set("X-Request-Id", "req_"+id)
	if stream {
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-cache")
	} else {
		h.Set("Content-Type", "application/json")
	}
}

func (openai) refuse(w http.ResponseWriter, id string, f *failure) {
	w.Header().Set("X-Request-Id", "req_"+id)
	f.refuse(w, "application/json", jsonObject(newOpenAIError(f)))
}

type openaiError struct {
	Error struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	} `json:"error"`
}

func newOpenAIError(f *failure) (e openaiError) {
	e.Error.Message, e.Error.Type = f.message, f.kind
	if f.code != "" {
		e.Error.Code = &f.code
	}
	return e
}
