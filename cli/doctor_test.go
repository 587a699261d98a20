package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A list of models that anybody may read says nothing about the key, nor whether there is money left.
func TestDoctorAsksAboutTheKey(t *testing.T) {
	for _, c := range []struct {
		header, value, path, body string
		status, code              int
		want                      string
	}{
		{"Server", "llama.cpp", "/props", `{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}`, 401, 1,
			"✗ provider gate: auth: Invalid API Key (HTTP 401)\n  → the key from GATE_KEY"},
		{"Server", "llama.cpp", "/props", `{"default_generation_settings":{"n_ctx":8192},"total_slots":1,"build_info":"b6000\u001b[31m"}`, 200, 0,
			"/v1 (llama.cpp b6000␛[31m) lists 1 model; 1 request at a time, 8192 tokens each\n"},
		{"X-Litellm-Version", "1.80", "/key/info", `{"info":{"spend":1.25,"max_budget":5}}`, 200, 0,
			"(LiteLLM) lists 1 model; $1.25 spent with this key; $3.75 left\n"},
		{"X-Litellm-Version", "1.80", "/key/info", `{"info":{"spend":5.5,"max_budget":5}}`, 200, 1,
			"$5.50 spent with this key; $0.00 left\n  → requests will be refused: top the account up"},
		{"X-Litellm-Version", "1.80", "/key/info", `{"info":{"spend":0.5,"max_budget":null}}`, 200, 0,
			"$0.50 spent with this key; the key has no limit of its own\n"},
		{"X-Litellm-Version", "1.80", "/key/info", `{"error":"no database"}`, 500, 0, "(LiteLLM) lists 1 model\n"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(c.header, c.value)
			switch r.URL.Path {
			case "/v1/models":
				fmt.Fprint(w, `{"data":[{"id":"m"}]}`)
			case c.path:
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			default:
				http.NotFound(w, r)
			}
		}))
		out, errs, code := command(t, t.TempDir(), fmt.Sprintf("[providers.gate]\nbase_url = \"%s/v1\"\napi_key_env = \"GATE_KEY\"\n", s.URL), "doctor")
		s.Close()
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s %s: exit code %d, want %d, and in it %q:\n%s%s", c.path, c.body, code, c.code, c.want, out, errs)
		}
	}
}

// Regression: a provider without a list of models failed the check though its chat works, and an error in place of a
// list was a list of nothing.
func TestDoctorOfProvidersWithoutAList(t *testing.T) {
	for _, c := range []struct {
		name, list, chat       string
		listStatus, chatStatus int
		code                   int
		want                   string
	}{
		{"the chat answers", "404 page not found", `{"error":{"message":"[] is too short - 'messages'"}}`, 404, 400, 0, "! provider gate: "},
		{"the chat knows no such model", `{"detail":"Not Found"}`, `{"error":{"message":"model 'any' not found"}}`, 404, 404, 0, "answers, but lists no models"},
		{"nothing answers", "404 page not found", "404 page not found", 404, 404, 1, "not found"},
		{"a page answers", "404 page not found", "<html><title>hi</title></html>", 404, 200, 1, "not found"},
		{"an error in place of a list", `{"error":"Unexpected endpoint or method. (GET /models)"}`, `{"error":"Unexpected endpoint or method."}`, 200, 200, 1, "Unexpected endpoint"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status, body := c.chatStatus, c.chat
			if r.Method == http.MethodGet {
				status, body = c.listStatus, c.list
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		out, errs, code := command(t, t.TempDir(), fmt.Sprintf("[providers.gate]\nbase_url = \"%s/v1\"\napi_key_env = \"GATE_KEY\"\n", s.URL), "doctor")
		s.Close()
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit code %d, want %d, and in it %q:\n%s%s", c.name, code, c.code, c.want, out, errs)
		}
	}
}
