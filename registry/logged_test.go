package registry_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// Regression: the log held the prompt where a server's error quoted it, although the log holds no
// prompts, answers or keys. A server may echo anything anywhere; the log has kind and status alone.
func TestTheLogHoldsNoWordsOfServers(t *testing.T) {
	const secret, key = "MYSECRET plan", "sk-0123456789abcdef"
	const echo = "Your prompt 'MYSECRET plan' of key sk-0123456789abcdef was refused"
	for _, kind := range []string{"openai", "responses", "anthropic", "ollama"} {
		for name, c := range map[string]struct {
			status int
			answer string // a body
			wants  string // in the log
		}{
			"a whole error":      {400, `{"error":{"message":"` + echo + `","code":"` + echo + `","type":"` + echo + `"}}`, "kind=bad_request"},
			"a string":           {422, `{"error":"` + echo + `"}`, "status=422"},
			"plain words":        {500, echo, "kind=server"},
			"a page":             {403, "<html><title>" + echo + "</title>" + echo + "</html>", "status=403"},
			"a refused key":      {401, `{"error":{"message":"` + echo + `"}}`, "kind=auth"},
			"a limit":            {429, `{"error":{"message":"` + echo + `"}}`, "kind=rate_limit"},
			"an unknown model":   {404, `{"error":{"message":"model 'MYSECRET plan' not found"}}`, "kind=not_found"},
			"within a stream":    {200, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"" + echo + "\",\"message\":\"" + echo + "\"}}\n\n", "msg=failed"},
			"lines of a stream":  {200, `{"error":"` + echo + `"}` + "\n", "msg=failed"},
			"words in a stream":  {200, "data: " + echo + "\n\n", "msg=failed"},
			"what is no answer":  {200, echo, "msg=failed"},
			"a filter's reason":  {200, "data: {\"choices\":[{\"delta\":{\"content\":\"" + echo + "\"},\"finish_reason\":\"" + echo + "\"}]}\n\ndata: [DONE]\n\n", "msg="},
			"a model's own name": {200, `{"model":"` + echo + `","choices":[{"message":{"content":"` + echo + `"},"finish_reason":"stop"}]}`, "msg="},
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("X-Request-Id", echo)
					w.Header().Set("Retry-After", echo)
					if strings.HasPrefix(c.answer, "data:") || strings.HasPrefix(c.answer, "event:") {
						w.Header().Set("Content-Type", "text/event-stream")
					}
					w.WriteHeader(c.status)
					io.WriteString(w, c.answer)
				}))
				defer server.Close()
				cfg, err := config.Parse("c.toml", fmt.Appendf(nil, "[retry]\nmax = 0\n[providers.p]\nkind = %q\nbase_url = %q\napi_key_env = \"KEY\"\n",
					kind, server.URL+"/v1"))
				if err != nil {
					t.Fatal(err)
				}
				var log strings.Builder
				spec, err := registry.New(cfg, registry.Options{Getenv: func(string) string { return key },
					Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}).Open("p/m")
				if err != nil {
					t.Fatal(err)
				}
				req := providers.Request{System: secret, Messages: []providers.Message{{Role: providers.User, Content: secret}}}
				for range spec.Model.Stream(t.Context(), req) {
				}
				for _, word := range []string{"MYSECRET", "0123456789", "refused", "prompt"} {
					if strings.Contains(log.String(), word) {
						t.Errorf("the log holds %q:\n%s", word, log.String())
					}
				}
				if !strings.Contains(log.String(), c.wants) {
					t.Errorf("the log lacks %q:\n%s", c.wants, log.String())
				}
				log.Reset() // a blind session's: neither who it was nor how it went
				for range spec.Model.Stream(registry.Unnamed(t.Context()), req) {
				}
				if got := log.String(); strings.Count(got, "msg=") != 1 || !strings.Contains(got, `msg="attempt in a blind session"`) {
					t.Errorf("the log tells of a blind session:\n%s", got)
				}
			})
		}
	}
}
