package wire

import (
	"encoding/json"
	"testing"

	"lineup/providers"
)

// said is an error body in OpenAI's shape with nothing but words.
func said(message string) []byte {
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error"}})
	return body
}

// Regression: an overflow of the context was recognised in a list of sentences. Each of these is one more server's.
func TestOverflowsInAnyWords(t *testing.T) {
	p := testProvider(t, Config{})
	for _, message := range []string{
		"Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)",                                                                             // Kimi
		"The decoder prompt (length 16389) is longer than the maximum model length of 16384. Make sure that `max_model_len` is no smaller than the number of text tokens.", // vLLM
		"The input (400013 tokens) is longer than the model's context length (262144 tokens).",                                                                             // SGLang
		"too many tokens: size limit exceeded by 19296 tokens. Try using shorter or fewer inputs. The limit for this model is 132000 tokens.",                              // Cohere
		"prompt token count of 129000 exceeds the limit of 128000",                                                                                                         // GitHub Copilot
		"invalid params, context window exceeds limit (2013)",                                                                                                              // MiniMax
		"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",                                                           // Mistral
		"Prompt exceeds max length",                          // Z.ai
		"prompt too long; exceeded max context length by 12", // Ollama
		"Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 40000 tokens", // SGLang
		"Prompt length (9000) exceeds maximum input length (8192).",                                                               // TensorRT-LLM
		"Prompt length 5000 is greater than max_seq_len 4096",                                                                     // TabbyAPI
		"Prompt sequence length is greater than 4096, perhaps consider using `truncate_sequence`?",                                // mistral.rs
		"internal error happened, status code ResponseType.INPUT_LENGTH_ERROR",                                                    // LMDeploy
		"The max input length is 5000 tokens, but the prompt has 6200",                                                            // Baidu
		"The prompt is too long: 140000, model maximum context length: 131071",                                                    // Fireworks
		"Requested tokens (5000) exceed context window of 2048",                                                                   // llama-cpp-python
		"Request body too large for gpt-4o model. Max size: 8000 tokens.",                                                         // GitHub Models
		"Input is too long for this model, shorten your input or use 'parameters': {'truncation': 'only_first'}",                  // Hugging Face
		"Number of input tokens must be no more than 32768, got 40000",                                                            // Yandex
		"the request exceeds the available context size, try increasing it",                                                       // llama.cpp
		"The model's context limit is 8k tokens; the conversation does not fit",
		"Your messages have 12,345 tokens, which is over the limit of 8,192 tokens for this model",
		"This conversation is too long for the model. Start a new one.",
		"Total tokens 70000 > 65536 allowed by the model",
		"Cannot process 21000 tokens: only 16384 are available in the context",
		"context overflow: 9000/8192",
		"input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens. Please reduce the length of the messages.", // Azure
		"The text is too large for the model to read: 50000 tokens (maximum 32000).",
		"Invalid 'messages[0].content': string too long. Expected a string with maximum length 1048576, but got a string with length 2000000 instead.", // OpenAI
		"The request was rejected because the prompt has 41000 tokens, but this model only supports 32768.",
		"Total number of tokens in prompt (9000) + max_tokens (1000) exceeds 8192",
		"the sum of prompt tokens and max_tokens is too large: 70000 > 65536",
		"input tokens (5000) + output tokens (1000) > context length 4096",
		"message length exceeds the limit",
		"input is longer than what the model supports",
		"The number of tokens in your prompt (8500) is higher than the allowed 8192",
		"n_tokens 5000 > n_ctx 4096",
		"Payload too large: prompt must be under 100000 characters",
		"KV cache is full: cannot fit the prompt",
		"Request too long: 45k tokens over the 32k window",
		"requested 50000 tokens but only 32768 are supported",
		"The input you provided has 300000 tokens. The model can process up to 262144 tokens.",
		"プロンプトが長すぎます: 9000 トークン (最大 8192)",
		"프롬프트가 너무 깁니다: 9000 토큰, 최대 8192 토큰",
		"输入长度超过模型的最大长度",
		"请求的token数超过限制，最大长度8192",
	} {
		if e := p.statusError("m", respond(400), said(message)); e.Kind != providers.ContextLength {
			t.Errorf("%s: %s", e.Kind, message)
		}
	}
	for _, body := range []string{
		`{"error":{"message":"no","code":"model_max_prompt_tokens_exceeded"}}`,
		`{"error":{"message":"no","code":"tokens_limit_reached"}}`,
		`{"error":{"message":"no","code":"prompt_too_long"}}`,
		`{"error":{"message":"no","code":"ContextWindowExceeded"}}`,
		`{"error":{"message":"no","innererror":{"code":"context_window_exceeded"}}}`,
	} {
		if e := p.statusError("m", respond(400), []byte(body)); e.Kind != providers.ContextLength {
			t.Errorf("%s: %s", e.Kind, body)
		}
	}
}

// What speaks of tokens and of limits, and is no overflow of the context.
func TestNoOverflows(t *testing.T) {
	p := testProvider(t, Config{})
	for message, want := range map[string]providers.Kind{
		"max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.":                           providers.BadRequest,
		"`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model":       providers.BadRequest, // Groq
		"max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet":                                        providers.BadRequest, // Anthropic
		"The maximum tokens you requested exceeds the model limit of 10000. Try again with a maximum tokens value that is lower than 10000.":           providers.BadRequest, // Bedrock
		"Unable to submit request because it has a maxOutputTokens value of 100000 but the supported range is from 1 (inclusive) to 8193 (exclusive).": providers.BadRequest, // Gemini
		"Invalid value for 'temperature': 3 is greater than the maximum of 2":                                                                          providers.BadRequest,
		"Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 130 instead.":                        providers.BadRequest,
		"messages: at least one message is required":                                            providers.BadRequest,
		"messages.0.content.1.image: image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes": providers.BadRequest,
		"Invalid token": providers.Auth,
		"You exceeded your monthly token limit of 1000000 tokens. Upgrade your plan.": providers.Quota,
		"Daily token limit reached: 500000 of 500000 tokens used":                     providers.Quota,
		"max_tokens (100000) exceeds the model's maximum output of 8192":              providers.BadRequest,
		"Requested 100000 output tokens, but the model can generate at most 8192":     providers.BadRequest,
		"stop sequences: too many, at most 4 are allowed":                             providers.BadRequest,
		"You have used 100000 of 100000 tokens today":                                 providers.BadRequest,
		"model's maximum request rate exceeded":                                       providers.BadRequest,
		"messages must alternate between user and assistant":                          providers.BadRequest,
		"The request timed out after 60 seconds":                                      providers.BadRequest,
		"Request failed: maximum number of retries exceeded":                          providers.BadRequest,
		"number of images exceeds the maximum of 5":                                   providers.BadRequest,
		"n must be less than or equal to 1":                                           providers.BadRequest,
		"logit_bias must have fewer than 1024 entries":                                providers.BadRequest,
		"Invalid prompt: the text of the request is empty":                            providers.BadRequest,
	} {
		if e := p.statusError("m", respond(400), said(message)); e.Kind != want {
			t.Errorf("%s, want %s: %s", e.Kind, want, message)
		}
	}
	for _, message := range []string{"Too many tokens, please wait before trying again.", "Too many tokens", // Bedrock, Anthropic
		"Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 45000. The input or output tokens must be reduced."} {
		if e := p.statusError("m", respond(429), said(message)); e.Kind != providers.RateLimit {
			t.Errorf("429, %s: %s", e.Kind, message)
		}
	}
}
