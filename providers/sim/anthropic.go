package sim

import (
	"encoding/json"
	"net/http"
)

// anthropic is the dialect of Anthropic's Messages: message_start, a block of
// thinking and one of text, message_delta, message_stop.
// Source: Anthropic's API reference, "Streaming messages" and "Errors".
type anthropic struct{}

func (anthropic) name() string { return "anthropic" }

// authorize checks the key and the version header, as the real server does.
func (anthropic) authorize(h http.Header, key string) *failure {
	switch got := h.Get("X-Api-Key"); {
	case key == "" || got == key:
	case got == "":
		return unauthorized("x-api-key header is required")
	default:
		return unauthorized("invalid x-api-key")
	}
	if h.Get("Anthropic-Version") == "" {
		return badRequest("anthropic-version: header is required")
	}
	return nil
}

func (d anthropic) read(h http.Header, body []byte, key string) (query, *failure) {
	if fail := d.authorize(h, key); fail != nil {
		return query{}, fail
	}
	var req struct {
		Model     string    `json:"model"`
		System    content   `json:"system"`
		Messages  []message `json:"messages"`
		MaxTokens int       `json:"max_tokens"`
		Stream    bool      `json:"stream"`
		Stop      texts     `json:"stop_sequences"`
		Thinking  struct {
			Type string `json:"type"`
		} `json:"thinking"`
		Tools        tools `json:"tools"`
		OutputConfig struct {
			Format struct {
				Schema json.RawMessage `json:"schema"`
			} `json:"format"`
		} `json:"output_config"`
	}
	if fail := decode(body, &req); fail != nil {
		return query{}, fail
	}
	switch {
	case req.Model == "":
		return query{}, badRequest("model: Field required")
	case req.MaxTokens <= 0:
		return query{}, badRequest("max_tokens is required and must be positive")
	case len(req.Messages) == 0:
		return query{}, badRequest("messages: at least one message is required")
	}
	q := query{model: req.Model, messages: req.Messages, stream: req.Stream, limit: req.MaxTokens,
		stop: req.Stop, tools: req.Tools, shape: req.OutputConfig.Format.Schema}
	if req.System != "" {
		q.messages = append([]message{{Role: "system", Content: req.System}}, q.messages...)
	}
	if req.Thinking.Type == "disabled" {
		q.think = "false"
	}
	return q, nil
}

func (anthropic) check(query, Model) *failure { return nil }

func (anthropic) headers(h http.Header, id string, stream bool) {
	h.Set("Request-Id", "req_"+id)
	if stream {
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-cache")
	} else {
		h.Set("Content-Type", "application/json")
	}
}

func (anthropic) refuse(w http.ResponseWriter, id string, f *failure) {
	w.Header().Set("Request-Id", "req_"+id)
	f.refuse(w, "application/json", jsonObject(newAnthropicError(f, "req_"+id)))
}

type anthropicError struct {
	Type  string `json:"type"`
	Error struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"error"`
	RequestID string `json:"request_id,omitempty"`
}

func newAnthropicError(f *failure, request string) anthropicError {
	e := anthropicError{Type: "error", RequestID: request}
	e.Error.Type, e.Error.Message = anthropicErrorType(f.status), f.message
	return e
}

func anthropicErrorType(status int) string {
	switch status {
	case 401:
		return "authentication_error"
	case 402:
		return "billing_error"
	case 403:
		return "permission_error"
	case 404:
		return "not_found_error"
	case 413:
		return "request_too_large"
	case 429:
		return "rate_limit_error"
	case 408, 504:
		return "timeout_error"
	case 503, 529:
		return "overloaded_error"
	}
	if status >= 500 {
		return "api_error"
	}
	return "invalid_request_error"
}
