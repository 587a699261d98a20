package wire_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lineup/providers"
)

// Regression: lists in other envelopes, and contexts by other names, were lost.
func TestListsOfModelsInAnyShape(t *testing.T) {
	for _, c := range []struct{ name, kind, body, want string }{
		{"a bare array", "openai", `[{"id":"m","type":"chat","context_length":131072}]`, "m 131072"},
		{"other names of a context", "openai", `{"data":[{"id":"m","context_window":131072},{"id":"n","max_context_length":32768}]}`, "m 131072; n 32768"},
		{"vLLM and llama.cpp", "openai", `{"data":[{"id":"m","max_model_len":8192},{"id":"n","meta":{"n_ctx":4096,"n_ctx_train":131072}}]}`, "m 8192; n 4096"},
		{"GitHub Copilot", "openai", `{"data":[{"id":"m","capabilities":{"limits":{"max_context_window_tokens":128000,"max_output_tokens":16384}}}]}`, "m 128000"},
		{"Venice", "openai", `{"data":[{"id":"m","type":"text","model_spec":{"availableContextTokens":65536}}]}`, "m 65536"},
		{"Gemini", "openai", `{"models":[{"name":"models/gemini","displayName":"Gemini","inputTokenLimit":1048576}]}`, "models/gemini 1048576"},
		{"text for a number", "openai", `{"data":[{"id":"m","context_length":"131072"},{"id":"n","context_length":"128k"}]}`, "m 131072; n 131072"},
		{"ids alone", "openai", `{"models":["b","a"]}`, "a 0; b 0"},
		{"in an envelope", "openai", `{"code":0,"msg":"ok","data":{"models":[{"id":"m"}]}}`, "m 0"},
		{"Cloudflare", "openai", `{"success":true,"result":[{"id":"5d","name":"@cf/m"}],"errors":[]}`, "5d 0"},
		{"keyed by id", "openai", `{"models":{"m":{"max_input_tokens":1000}}}`, "m 1000"},
		{"nothing", "openai", `{"object":"list","data":[]}`, ""},
		{"nothing at all", "openai", `[]`, ""},
		{"both lists of llama.cpp", "openai", `{"models":[{"name":"x"}],"data":[{"id":"m"}]}`, "m 0"},
		{"an embedding model among them", "openai", `{"data":[{"id":"e","type":"embedding"},{"id":"m","type":"chat"}]}`, "e 0 (no chat); m 0"},
		{"an id with spaces", "openai", `{"data":[{"id":"Meta  Llama 3.1 8B"},{"id":"m"}]}`, "Meta  Llama 3.1 8B 0; m 0"},
		{"an id that a terminal would obey", "openai", `{"data":[{"id":"m\u001b[31m"}]}`, "m␛[31m 0"},
		{"Ollama, in OpenAI's shape", "ollama", `{"data":[{"id":"m","context_length":2048}]}`, "m 2048"},
		{"Ollama, nothing", "ollama", `{"models":null}`, ""},
		{"Anthropic", "anthropic", `{"data":[{"type":"model","id":"c","display_name":"C","max_input_tokens":200000}]}`, "c 200000"},
		{"the Responses API", "responses", `{"data":[{"id":"m","context_length":5000}]}`, "m 5000"},
	} {
		s := serveRaw(t, func(conn *rawConn, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/models") || strings.HasSuffix(r.URL.Path, "/tags") {
				conn.reply(200, c.body)
				return
			}
			conn.reply(404, "404 page not found")
		})
		list, err := s.provider(t, c.kind, nil).List(t.Context())
		var got []string
		for _, m := range list {
			line := fmt.Sprint(m.ID, " ", m.Context)
			if !m.Chat {
				line += " (no chat)"
			}
			got = append(got, line)
		}
		if err != nil || strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, strings.Join(got, "; "), err, c.want)
		}
	}
}

// Regression: any JSON was a list of nothing.
func TestWhatIsNoListOfModels(t *testing.T) {
	for body, want := range map[string]struct {
		kind    providers.Kind
		message string
		hint    string
	}{
		`{"error":"Unexpected endpoint or method. (GET /models)"}`: {providers.NotFound, "Unexpected endpoint", "/v1"},
		`{"status":"ok"}`:                  {providers.Protocol, `{\"status\":\"ok\"}`, "/v1"},
		`{"message":"Welcome to the API"}`: {providers.Protocol, "Welcome to the API", "/v1"},
		`{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}`: {providers.Auth, "Authentication error", ""},
		`{"data":"soon"}`:                     {providers.Protocol, "soon", "/v1"},
		`[{"a":1}]`:                           {providers.Protocol, "a", "/v1"},
		`"ok"`:                                {providers.Protocol, "ok", "/v1"},
		`<html><title>one-api</title></html>`: {providers.Protocol, "a web page", "/v1"},
	} {
		s := serveRaw(t, func(conn *rawConn, _ *http.Request) { conn.reply(200, body) })
		list, err := s.provider(t, "openai", nil).List(t.Context())
		e := providers.AsError(err)
		if err == nil || list != nil || e.Kind != want.kind || !strings.Contains(e.Message, want.message) || !strings.Contains(e.Hint, want.hint) {
			t.Errorf("%s: %d models, %+v", body, len(list), e)
		}
	}
}
