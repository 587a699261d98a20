package wire

import (
	"strings"
	"testing"

	"lineup/providers"
)

// Regression: hints sent the user the wrong way where the server's words make plain what to do.
func TestHintsFollowTheServersWords(t *testing.T) {
	ollama := Config{Kind: "ollama", BaseURL: "http://127.0.0.1:11434", Local: true}
	for _, c := range []struct {
		name   string
		cfg    Config
		status int
		body   string
		want   string
		retry  bool
	}{
		{"Ollama's cloud", ollama, 401, `{"error":"unauthorized","signin_url":"https://ollama.com/connect?name=host&key=abc"}`, "ollama signin", false},
		{"the same through /v1", Config{Local: true}, 401, `{"error":{"message":"unauthorized","type":"api_error"},"signin_url":"https://ollama.com/connect?key=abc"}`, "ollama signin", false},
		{"Ollama without a key", ollama, 401, `{"error":"unauthorized"}`, "ollama signin", false},
		{"memory", ollama, 500, `{"error":"model requires more system memory (5.3 GiB) than is available (3.5 GiB)"}`, "a smaller model, or lower num_ctx", false},
		{"memory of the card", ollama, 500, `{"error":"llama runner process has terminated: cudaMalloc failed: out of memory"}`, "a smaller model", false},
		{"memory elsewhere", Config{}, 500, `{"error":{"message":"CUDA out of memory. Tried to allocate 2.00 GiB"}}`, "smaller", false},
		{"a buffer", ollama, 500, `{"error":"unable to allocate CUDA0 buffer"}`, "a smaller model", false},
		{"an old server", ollama, 500, `{"error":"this model requires a newer version of Ollama"}`, "update the server", false},
		{"a broken file", ollama, 500, `{"error":"unable to load model: /blobs/sha256-0"}`, "ollama pull m", false},
		{"a full queue", ollama, 503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`, "OLLAMA_MAX_QUEUE", true},
		{"a paid model", ollama, 403, `{"error":"this model requires a subscription, upgrade for access: https://ollama.com/upgrade"}`, "upgrade it", false},
		{"any other fault", ollama, 500, `{"error":"it broke"}`, "try again", true},
	} {
		e := testProvider(t, c.cfg).statusError("m", respond(c.status), []byte(c.body))
		if !strings.Contains(e.Hint, c.want) || e.Retryable() != c.retry {
			t.Errorf("%s: %s, hint %q, retry %v; want %q, %v", c.name, e.Kind, e.Hint, e.Retryable(), c.want, c.retry)
		}
	}
	key := Config{Kind: "ollama", BaseURL: "https://ollama.com", Key: EnvKey("K", func(string) string { return "0123456789abcdef" })}
	if e := testProvider(t, key).statusError("m", respond(401), nil); e.Kind != providers.Auth || !strings.Contains(e.Hint, "K") || strings.Contains(e.Hint, "signin") {
		t.Errorf("a key that Ollama refuses: %q", e.Hint)
	}
}
