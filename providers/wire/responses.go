package wire

import (
	"io"
	"net/http"
	"time"

	"lineup/providers"
)

// responses is OpenAI's Responses API, which Azure, OpenRouter, vLLM, Ollama and llama-server serve too. It is asked
// without state: nothing is stored, and each request carries the whole conversation.
// https://developers.openai.com/api/reference/resources/responses/methods/create
type responses struct{ usual }

func (responses) path() string { return "/responses" }

func (responses) authorize(h http.Header, key string) { bearer(h, key) }

func (responses) frames(r io.Reader, came func() time.Time) frameReader {
	return newSSEReader(r, came)
}

func (responses) decoder() decoder { return &responseDecoder{} }

// body leaves out top_k, min_p, seed and stop: the API has no such parameters, and OpenAI refuses unknown ones.
// A summary of the reasoning comes only on request; to models that do not reason, the request is an error. It is
// therefore made along with an effort.
func (responses) body(model string, params providers.Params, req providers.Request) map[string]any {
	b := map[string]any{
		"model":  model,
		"input":  inputItems(req.Messages),
		"stream": true,
		"store":  false,
	}
	if req.System != "" {
		b["instructions"] = req.System
	}
	setParam(b, "temperature", params.Temperature)
	setParam(b, "top_p", params.TopP)
	setParam(b, "max_output_tokens", params.MaxTokens)
	switch effort := params.ReasoningEffort; effort {
	case "":
	case "none":
		b["reasoning"] = map[string]any{"effort": effort}
	default:
		b["reasoning"] = map[string]any{"effort": effort, "summary": "auto"}
	}
	return b
}

// inputItem is a message of the conversation. All servers take it in this long form; a shorter one, with a string for
// content, is not understood by llama-server for the assistant's messages (llama.cpp tools/server/server-chat.cpp).
type inputItem struct {
	Type    string         `json:"type"`
	Role    providers.Role `json:"role"`
	Content []inputPart    `json:"content"`
}

type inputPart struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// inputItems writes a conversation as the items of the API.
func inputItems(messages []providers.Message) []inputItem {
	items := make([]inputItem, 0, len(messages))
	for _, m := range messages {
		part := "input_text"
		if m.Role == providers.Assistant {
			part = "output_text"
		}
		items = append(items, inputItem{Type: "message", Role: m.Role, Content: []inputPart{{part, m.Content}}})
	}
	return items
}

// The list of models is the one that Chat Completions has.
func (responses) listPath() string { return openAI{}.listPath() }

func (responses) decodeList(body []byte) ([]providers.Listed, error) {
	return openAI{}.decodeList(body)
}

func (responses) continues(p *Provider) bool { return openAI{}.continues(p) }
