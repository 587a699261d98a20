package wire_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lineup/providers"
	"lineup/providers/wire"
)

func TestAccount(t *testing.T) {
	usd := func(v float64) *float64 { return &v }
	const list = `{"object":"list","data":[{"id":"m","object":"model"}]}`
	for _, c := range []struct {
		name, kind, base string // base: in the place of the server's own
		pages            map[string]string
		header           string // of the list of models
		want             wire.Account
	}{
		{"Ollama", "ollama", "", map[string]string{"/api/version": `{"version":"0.17.4"}`}, "", wire.Account{Server: "Ollama 0.17.4"}},
		{"llama.cpp", "openai", "", map[string]string{"/v1/models": list, "/props": `{"default_generation_settings":{"n_ctx":8192},"total_slots":4,"build_info":"b6000-abc"}`},
			"Server: llama.cpp", wire.Account{Server: "llama.cpp b6000-abc", Slots: 4, Context: 8192}},
		{"llama.cpp that keeps it to itself", "openai", "", map[string]string{"/v1/models": list}, "Server: llama.cpp", wire.Account{}},
		{"OpenRouter", "openai", "http://openrouter.ai/api/v1", map[string]string{"/api/v1/key": `{"data":{"label":"x","limit":10,"limit_remaining":7.5,"usage":2.5,"usage_daily":0.1,"is_free_tier":false}}`},
			"", wire.Account{Spent: usd(2.5), Limit: usd(10), Left: []wire.Money{{Amount: 7.5, Currency: "USD"}}}},
		{"OpenRouter without a limit", "openai", "http://openrouter.ai/api/v1", map[string]string{"/api/v1/key": `{"data":{"limit":null,"limit_remaining":null,"usage":2.5}}`},
			"", wire.Account{Spent: usd(2.5)}},
		{"OpenRouter, all spent", "openai", "http://openrouter.ai/api/v1", map[string]string{"/api/v1/key": `{"data":{"limit":10,"limit_remaining":0,"usage":10}}`},
			"", wire.Account{Spent: usd(10), Limit: usd(10), Left: []wire.Money{{Currency: "USD"}}, Empty: true}},
		{"DeepSeek", "openai", "http://api.deepseek.com/beta", map[string]string{"/user/balance": `{"is_available":false,"balance_infos":[{"currency":"CNY","total_balance":"0.40","granted_balance":"0.00","topped_up_balance":"0.40"}]}`},
			"", wire.Account{Left: []wire.Money{{Amount: 0.4, Currency: "CNY"}}, Empty: true}},
		{"LiteLLM", "openai", "", map[string]string{"/v1/models": list, "/key/info": `{"key":"x","info":{"spend":1.25,"max_budget":5}}`},
			"X-Litellm-Version: 1.80", wire.Account{Server: "LiteLLM", Spent: usd(1.25), Limit: usd(5), Left: []wire.Money{{Amount: 3.75, Currency: "USD"}}}},
		{"LiteLLM without a database", "openai", "", map[string]string{"/v1/models": list}, "X-Litellm-Version: 1.80", wire.Account{Server: "LiteLLM"}},
		{"another gateway", "openai", "", map[string]string{"/v1/models": list}, "", wire.Account{}},
		{"Anthropic, which is not asked", "anthropic", "", nil, "", wire.Account{}},
		{"nonsense", "openai", "http://openrouter.ai/api/v1", map[string]string{"/api/v1/key": `["\u001b[31m"]`}, "", wire.Account{}},
	} {
		s := serveRaw(t, func(conn *rawConn, r *http.Request) {
			page, ok := c.pages[r.URL.Path]
			if r.Header.Get("Authorization") != "Bearer sk-0123456789abcdef" {
				t.Errorf("%s: %s is asked without the key", c.name, r.URL)
			}
			name, value, _ := strings.Cut(c.header, ": ")
			switch {
			case !ok:
				conn.reply(404, `{"error":{"message":"no such page"}}`)
			case name != "":
				conn.reply(200, page, name, value)
			default:
				conn.reply(200, page)
			}
		})
		p := s.provider(t, c.kind, func(cfg *wire.Config) {
			cfg.Key = wire.EnvKey("KEY", func(string) string { return "sk-0123456789abcdef" })
			switch {
			case c.base != "":
				cfg.BaseURL = c.base
			case c.kind != "ollama":
				cfg.BaseURL += "/v1"
			}
		})
		p.DialWith(func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(s.url, "http://"))
		})
		got, err := p.Account(t.Context())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

// OpenRouter and llama.cpp list their models to whoever asks, so that the list says nothing about the key.
func TestAWrongKeyIsFoundWhereTheListIsPublic(t *testing.T) {
	for name, base := range map[string]string{"OpenRouter": "http://openrouter.ai/api/v1", "llama.cpp": ""} {
		s := serveRaw(t, func(conn *rawConn, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/models") {
				conn.reply(200, `{"data":[{"id":"m"}]}`, "Server", "llama.cpp")
				return
			}
			conn.reply(401, `{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}`)
		})
		p := s.provider(t, "openai", func(cfg *wire.Config) {
			if cfg.BaseURL += "/v1"; base != "" {
				cfg.BaseURL = base
			}
		})
		p.DialWith(func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(s.url, "http://"))
		})
		if _, err := p.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := p.Account(t.Context())
		if e, ok := err.(*providers.Error); !ok || e.Kind != providers.Auth {
			t.Errorf("%s: %v, want auth", name, err)
		}
	}
}
