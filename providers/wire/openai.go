package wire

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"lineup/providers"
)

// openAI is the Chat Completions protocol: OpenAI itself, every gateway, vLLM, llama.cpp, LM
// Studio. https://platform.openai.com/docs/api-reference/chat-streaming
type openAI struct{ usual }

func (openAI) path() string { return "/chat/completions" }

func (openAI) authorize(h http.Header, key string) { bearer(h, key) }

func (openAI) frames(r io.Reader, came func() time.Time) frameReader {
	return newSSEReader(r,
		came)
}

func (openAI) decoder() decoder {
	d := &chatDecoder{}
	d.seen.release = d.release
	return d
}

func (openAI) body(model string, params providers.Params, req providers.Request) map[string]any {
	b := map[string]any{
		"model":          model,
		"messages":       withSystem(req, writeChat),
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

// setParam sends a parameter only if it is set: strict servers refuse unknown ones.
func setParam[T any](b map[string]any, name string, v *T) {
	if v != nil {
		b[name] = *v
	}
}

// omits names num_ctx: the server alone knows how long its context is.
func (openAI) omits(params providers.Params) (names []string) {
	if params.NumCtx != nil {
		names = append(names, "num_ctx")
	}
	return names
}

func (openAI) continues(p *Provider) bool {
	return p.cfg.Local || p.at("mistral.ai", "openrouter.ai") ||
		p.at("deepseek.com") && strings.HasSuffix(p.base.Path, "/beta")
}

// lacksVersion wants /v1, or another version of it (Gemini's /v1beta/openai, Zhipu's /v4).
func (openAI) lacksVersion(p *Provider) bool {
	return !p.azure() && !versionPath.MatchString(p.base.Path)
}

var versionPath = regexp.MustCompile(`/v\d`)

// account asks OpenRouter, DeepSeek and LiteLLM about the key, and llama.cpp about itself.
func (openAI) account(ctx context.Context, p *Provider) (Account, error) {
	switch {
	case p.at("openrouter.ai"):
		return p.openRouterAccount(ctx)
	case p.at("deepseek.com"):
		return p.deepSeekAccount(ctx)
	}
	_, header, err := p.get(ctx, p.url(p.dialect.listPath()))
	switch {
	case err != nil:
		return Account{}, err
	case isLiteLLM(header):
		return p.liteLLMAccount(ctx), nil
	case strings.HasPrefix(header.Get("Server"), "llama.cpp"):
		return p.llamaAccount(ctx)
	}
	return Account{}, nil
}

// settle knows what single hosts call otherwise than OpenAI.
func (openAI) settle(p *Provider, b map[string]any) {
	effort, _ := b["reasoning_effort"].(string)
	switch {
	case p.at("api.openai.com"):
		rename(b, "max_tokens", "max_completion_tokens") // its reasoning models take no other
	case p.at("mistral.ai"):
		rename(b, "seed", "random_seed")
		// the last chunk has the usage anyway, and this is a 422 (openai/openai-agents-python#442)
		delete(b, "stream_options")
		markPrefix(b)
	case p.at("deepseek.com"):
		if strings.HasSuffix(p.base.Path, "/beta") {
			markPrefix(b)
		}
		switch effort { // https://api-docs.deepseek.com/guides/thinking_mode
		case "":
		case "none":
			delete(b, "reasoning_effort")
			b["thinking"] = map[string]any{"type": "disabled"}
		default:
			b["thinking"] = map[string]any{"type": "enabled"}
		}
	case p.at("openrouter.ai"):
		if effort != "" {
			delete(b, "reasoning_effort")
			b["reasoning"] = map[string]any{"effort": effort}
		}
		// models of up to 8k context would otherwise get a prompt with its middle cut out
		if b["plugins"] == nil {
			b["plugins"] = []any{map[string]any{"id": "context-compression", "enabled": false}}
		}
	case p.cfg.Local:
		// vLLM and SGLang would begin an answer of their own; llama-server and Ollama go on in any
		// case
		if prefixed(b) {
			b["continue_final_message"], b["add_generation_prompt"] = true, false
		}
	}
}
