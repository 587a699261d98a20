package wire_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/providers/wire"
)

// A consumer may leave at any event, and nothing may come behind that; the run-time panics where it does.
func TestLeavingAtAnyEventEndsTheStream(t *testing.T) {
	const key = "sk-0123456789abcdefghijklmnop"
	chunk := func(delta, rest string) string {
		return `data: {"model":"other","choices":[{"index":0,"delta":{` + delta + `}` + rest + `}` + "\n\n"
	}
	asked := providers.Message{Role: providers.User, Content: "hello"}
	for _, c := range []struct {
		name, kind string
		messages   []providers.Message
		answers    []string // the bodies of one answer after the other; one that is a number and a space fails with that status
		least      int      // events
	}{
		{"everything in a stream", "openai", []providers.Message{asked, {Role: providers.Assistant, Content: "So far I said this"}}, []string{
			": hi\n\n" + chunk(`"role":"assistant","content":""`, `}]`) + chunk(`"reasoning":"my key is `+key[:20]+`"`, `}]`) +
				chunk(`"content":"So far"`, `}]`) + chunk(`"content":" I said this, and `+key[:20]+`"`, `}]`) +
				chunk(``, `,"finish_reason":"stop"}],"usage":{"prompt_tokens":2048,"completion_tokens":2,"cost":0.1}`) + "data: [DONE]\n\n"}, 18},
		{"what is held back ahead of an error", "openai", []providers.Message{asked, {Role: providers.Assistant, Content: "So far I said this"}}, []string{
			chunk(`"reasoning":"`+key[:20]+`"`, `}]`) + chunk(`"content":"So far"`, `}]`) + `data: {"error":"no"}` + "\n\n"}, 10},
		{"an error where an echo was awaited", "openai", []providers.Message{asked, {Role: providers.Assistant, Content: "So far I said this"}}, []string{
			`data: {"error":"no"}` + "\n\n"}, 8},
		{"a prompt that was cut", "ollama", []providers.Message{{Role: providers.User, Content: strings.Repeat("word ", 9000)}}, []string{
			"\n\n" + `{"model":"other","message":{"content":"<think>hm"},"done":true,"done_reason":"stop","prompt_eval_count":2048,"total_duration":5}`}, 12},
		{"one piece", "openai", []providers.Message{asked}, []string{
			`{"model":"other","choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}]}`}, 9},
		{"loading, failing, refusing a parameter", "openai", []providers.Message{asked}, []string{"503 Loading model", "500 no", "400 Unknown parameter: 'top_k'",
			chunk(`"content":"Hello"`, `,"finish_reason":"stop"}]`)}, 24},
		{"a web page", "openai", []providers.Message{asked}, []string{"<title>hi</title>"}, 6},
		{"words", "openai", []providers.Message{asked}, []string{"hello"}, 6},
	} {
		leave := func(after int) (n int) {
			s := serveRaw(t, func(conn *rawConn, _ *http.Request) {
				body := c.answers[min(conn.n, len(c.answers)-1)]
				var status int
				if _, err := fmt.Sscanf(body, "%d ", &status); err == nil {
					conn.reply(status, body, "retry-after-ms", "1")
					return
				}
				conn.reply(200, body, "Server", "lineup-sim", "x-litellm-attempted-fallbacks", "1", "x-litellm-response-cost", "0.1",
					"x-portkey-last-used-option-index", "config.targets[1]")
			})
			k := 40
			p := s.provider(t, c.kind, func(cfg *wire.Config) { withKey(key)(cfg); cfg.MaxConcurrent = 1 })
			second := p.Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{TopK: &k}, Retry: policy.Retry{Max: 2, Base: time.Millisecond}})
			down := rawServer{url: "http://127.0.0.1:1"}
			first := down.model(t, c.kind)
			ask(t, first) // from here on a chain leaves it out, and says so
			chain := policy.WithFallback(policy.Link{Model: first}, policy.Link{Model: second})
			for ev, err := range chain.Stream(t.Context(), providers.Request{Messages: c.messages}) {
				if err == nil && ev.Type == 0 || ev.Type == providers.EventText && ev.Text == "" {
					t.Errorf("%s: an event that says nothing: %+v", c.name, ev)
				}
				if n++; n == after {
					break
				}
			}
			return n
		}
		all := leave(0)
		if all < c.least {
			t.Errorf("%s: %d events, want %d at least", c.name, all, c.least)
		}
		for n := 1; n <= all; n++ {
			leave(n)
		}
	}
}
