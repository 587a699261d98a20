package wire

import (
	"io"
	"net/http"
	"time"

	"lineup/providers"
)

// openAI is the Chat Completions protocol: OpenAI itself, every gateway, vLLM, llama.cpp, LM Studio.
// https://platform.openai.com/docs/api-reference/chat-streaming
type openAI struct{}

func (openAI) path() string { return "/chat/completions" }

func (openAI) authorize(h http.Header, key string) { bearer(h, key) }

func (openAI) frames(r io.Reader, came func() time.Time) frameReader { return newSSEReader(r, came) }

func (openAI) decoder() decoder { return &chatDecoder{} }

func (openAI) body(model string, params providers.Params, req providers.Request) map[string]any {
	b := map[string]any{
		"model":          model,
		"messages":       withSystem(req),
		"stream":         true,
		"stream_options": map[string]any{"include_usage": true},
	}
	setParam(b, "temperature", params.Temperature)
	setParam(b, "top_p", params.TopP)
	setParam(b, "top_k", params.TopK)
	setParam(b, "min_p", params.MinP)
	setParam(b, "max_tokens", params.MaxTokens)
	setParam(b, "seed", params.Seed)
	if len(params.Stop) > 0 {
		b["stop"] = params.Stop
	}
	if params.ReasoningEffort != "" {
		b["reasoning_effort"] = params.ReasoningEffort
	}
	return b
}

// withSystem is a request's messages with its system prompt ahead of them.
func withSystem(req providers.Request) []providers.Message {
	messages := make([]providers.Message, 0, len(req.Messages)+1)
	if req.System != "" {
		messages = append(messages, providers.Message{Role: "system", Content: req.System})
	}
	return append(messages, req.Messages...)
}

// setParam sends a parameter only where it is set, because strict servers refuse what they do not know.
func setParam[T any](b map[string]any, name string, v *T) {
	if v != nil {
		b[name] = *v
	}
}
