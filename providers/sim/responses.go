package sim

import (
	"encoding/json"
	"net/http"
)

// responses is the dialect of OpenAI's Responses API, without state: the
// request holds the whole conversation.
// Source: OpenAI's API reference, "Create a model response" and "Streaming
// events".
type responses struct{}

func (responses) name() string { return "responses" }

func (responses) read(h http.Header, body []byte, key string) (query, *failure) {
	if fail := (openai{}).authorize(h, key); fail != nil {
		return query{}, fail
	}
	var req struct {
		Model        string `json:"model"`
		Instructions string `json:"instructions"`
		Input        input  `json:"input"`
		Stream       bool   `json:"stream"`
		Limit        int    `json:"max_output_tokens"`
		Previous     string `json:"previous_response_id"`
		Tools        tools  `json:"tools"`
		Text         struct {
			Format struct {
				Schema json.RawMessage `json:"schema"`
			} `json:"format"`
		} `json:"text"`
		Reasoning struct {
			Effort string `json:"effort"`
		} `json:"reasoning"`
	}
	if fail := decode(body, &req); fail != nil {
		return query{}, fail
	}
	switch {
	case req.Model == "":
		return query{}, badRequest("Missing required parameter: 'model'.")
	case len(req.Input) == 0:
		return query{}, badRequest("Missing required parameter: 'input'.")
	case req.Limit < 0:
		return query{}, badRequest("Invalid 'max_output_tokens': integer below minimum value.")
	case req.Previous != "": // nothing is stored
		return query{}, &failure{
			status: http.StatusBadRequest, kind: "invalid_request_error",
			code:    "previous_response_not_found",
			message: "Previous response with id '" + req.Previous + "' not found.",
		}
	}
	q := query{model: req.Model, messages: req.Input, stream: req.Stream, limit: req.Limit,
		tools: req.Tools, shape: req.Text.Format.Schema}
	if req.Instructions != "" {
		q.messages = append([]message{{Role: "system", Content: content(req.Instructions)}},
			q.messages...)
	}
	if req.Reasoning.Effort == "none" {
		q.think = "false"
	}
	return q, nil
}

// input is a string, or a list of items of which only messages count.
type input []message

func (in *input) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		var text content
		err := json.Unmarshal(data, &text)
		*in = input{{Role: "user", Content: text}}
		return err
	}
	return json.Unmarshal(data, (*[]message)(in))
}

func (responses) check(query, Model) *failure { return nil }

func (responses) headers(h http.Header, id string, stream bool) { openai{}.headers(h, id, stream) }

func (responses) refuse(w http.ResponseWriter, id string, f *failure) { openai{}.refuse(w, id, f) }
