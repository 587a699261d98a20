package wire

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// testProvider is a provider that is never connected to.
func testProvider(t *testing.T, cfg Config) *Provider {
	t.Helper()
	if cfg.Name == "" {
		cfg.Name = "gate"
	}
	if cfg.Kind == "" {
		cfg.Kind = "openai"
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = "https://api.example.com/v1"
	}
	p, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func respond(status int, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h}
}

func TestKindsOfErrors(t *testing.T) {
	p := testProvider(t, Config{})
	for _, c := range []struct {
		status int
		body   string
		want   providers.Kind
		retry  bool
	}{
		{401, ``, providers.Auth, false},
		{400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]`, providers.Auth, false},
		{402, `{"error":{"message":"Insufficient Balance"}}`, providers.Quota, false},
		{403, `{"error":"no"}`, providers.Permission, false},
		{403, `{"code":"permission-denied","error":"Your team has either used all available credits or reached its monthly spending limit."}`, providers.Quota, false},
		{429, `{"code":"Some resource has been exhausted","error":"Your team has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits."}`, providers.Quota, false},
		{429, `{"error":{"message":"Budget has been exceeded! Current cost: 1.0, Max budget: 0.05","type":"budget_exceeded","param":null,"code":"429"}}`, providers.Quota, false},
		{400, `{"error":{"message":"Budget has been exceeded! Current cost: 0.0010747, Max budget: 0.0","type":"auth_error","param":null,"code":400}}`, providers.Quota, false},
		{403, `{"error":{"message":"Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys","code":403}}`, providers.Quota, false},
		{403, `{"error":{"message":"token quota is not enough, token remain quota: $0.1","type":"new_api_error","code":"pre_consume_token_quota_failed"}}`, providers.Quota, false},
		{404, `{"error":{"message":"model 'x' not found","type":"api_error"}}`, providers.NotFound, false},
		{500, `{"error":"model 'm' not found, try pulling it first"}`, providers.NotFound, false},
		{503, `{"error":{"message":"model m is not deployed"}}`, providers.NotFound, true},
		{400, `{"error":{"message":"foo is not a valid model ID","code":400}}`, providers.NotFound, false},
		{400, `{"object":"error","message":"Invalid model: m","type":"invalid_model","param":null,"code":"1500"}`, providers.NotFound, false},
		{400, `{"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`, providers.NotFound, false},
		{408, `{"error":{"message":"timeout","type":"timeout_error"}}`, providers.ServerError, true},
		{413, ``, providers.ContextLength, false},
		{429, `{"error":{"message":"no","code":"insufficient_quota","status":"RESOURCE_EXHAUSTED"}}`, providers.Quota, false},
		{409, ``, providers.ServerError, true},
		{425, ``, providers.ServerError, true},
		{424, `{"error":"Generation failed","error_type":"generation"}`, providers.ServerError, false},
		{400, `{"error":{"code":400,"message":"request (45020 tokens) exceeds the available context size (1024 tokens)","type":"exceed_context_size_error"}}`, providers.ContextLength, false},
		{400, `{"error":"the input length exceeds the context length"}`, providers.ContextLength, false},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 209 tokens > 200 maximum"}}`, providers.ContextLength, false},
		{400, `{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 9000"}`, providers.ContextLength, false},
		{400, `{"error":{"message":"Input length (5000 tokens) exceeds the maximum allowed length (4096 tokens).","type":"BAD_REQUEST","code":400}}`, providers.ContextLength, false},
		{400, `{"error":{"message":"Provider returned error","code":400,"metadata":{"error_type":"context_length_exceeded","provider_name":"X"}}}`, providers.ContextLength, false},
		{400, `[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]`, providers.ContextLength, false},
		{400, `{"error":"Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens"}`, providers.ContextLength, false},
		{422, "{\"error\":\"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000\",\"error_type\":\"validation\"}", providers.ContextLength, false},
		{400, `{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 200000 tokens."}`, providers.ContextLength, false},
		{403, `{"error":{"message":"x requires moderation on Y. Your input was flagged for \"hate\"","code":403,"metadata":{"reasons":["hate"],"flagged_input":"…"}}}`, providers.ContentFilter, false},
		{403, `<!DOCTYPE html><title>Attention Required! | Cloudflare</title>`, providers.Permission, false},
		{200, `{"error":"Unexpected endpoint or method. (POST /chat/completions)"}`, providers.NotFound, false},
		{422, `{"detail":"x"}`, providers.BadRequest, false},
		{429, `{"error":{"message":"Rate limit reached"}}`, providers.RateLimit, true},
		{429, `{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}`, providers.Quota, false},
		{429, `[{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED"}}]`, providers.RateLimit, true},
		{403, `{"error":{"message":"用户额度不足","type":"one_api_error"}}`, providers.Quota, false},
		{401, `{"error":{"message":"无效的令牌","type":"one_api_error"}}`, providers.Auth, false},
		{503, `{"error":{"message":"当前分组 default 下对于模型 m 无可用渠道","type":"one_api_error"}}`, providers.Overloaded, true},
		{500, `{"html-message":"Message: fetch failed"}`, providers.ServerError, true},
		{498, ``, providers.Overloaded, false},
		{503, `{"error":{"message":"Loading model","code":503}}`, providers.Overloaded, true},
		{524, `<html><title>a timeout occurred</title>`, providers.ServerError, true},
		{529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, providers.Overloaded, true},
		{400, `{"error":{"message":"blocked","code":"content_filter"}}`, providers.ContentFilter, false},
	} {
		e := p.statusError("m", respond(c.status), []byte(c.body))
		if e.Kind != c.want || e.Retryable() != c.retry || e.Status != c.status {
			t.Errorf("%d %s: %s, retryable %v, status %d; want %s, %v", c.status, c.body, e.Kind, e.Retryable(), e.Status, c.want, c.retry)
		}
		if e.Message == "" || e.Hint == "" && e.Kind != providers.BadRequest {
			t.Errorf("%d %s: message %q, hint %q; want both", c.status, c.body, e.Message, e.Hint)
		}
	}
}

// Each of these messages, of a server that says which, is known by its words alone.
func TestWordsDecideAKind(t *testing.T) {
	p := testProvider(t, Config{})
	for kind, bodies := range map[providers.Kind][]string{
		providers.Quota: {
			`{"error":{"code":"billing_hard_limit_reached","message":"Billing hard limit has been reached"}}`,    // OpenAI
			`{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing."}`, // DashScope
			`{"error":{"message":"Insufficient credits. Add more using …"}}`,                                     // OpenRouter
			`{"error":{"type":"credit_balance_exhausted","message":"no"}}`,
			`{"error":{"code":"insufficient_balance","message":"no"}}`, `{"error":{"code":"quota_exceeded","message":"no"}}`,
			`{"error":{"message":"ExceededBudget: User=x over budget"}}`, // LiteLLM
			`{"error":{"message":"余额不足"}}`, `{"error":{"message":"该令牌额度已用尽"}}`, `{"error":{"message":"账户欠费"}}`,
		},
		providers.ContextLength: {
			`{"error":{"message":"Your input exceeds the context window of this model."}}`, // OpenAI
			`{"error":{"message":"Context window exceeded"}}`,
			"{\"error\":{\"message\":\"input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000\"}}", // Anthropic
			`{"message":"Input is too long for requested model."}`,                                                      // Bedrock
			`{"error":{"message":"Please reduce the length of the messages or completion."}}`,                           // Groq
			`{"error":"The number of tokens to keep from the initial prompt is greater than what it holds"}`,            // LM Studio
			"{\"error\":\"Input validation error: `inputs` must have less than 1024 tokens. Given: 2000\"}",             // TGI
			`{"error":{"message":"Range of input length should be [1, 30720]"}}`,                                        // DashScope
			`{"error":{"message":"超过模型的上下文长度"}}`,
		},
		providers.ContentFilter: {
			`{"error":{"code":"content_policy_violation","message":"no"}}`,     // OpenAI
			`{"error":{"message":"no","code":"ResponsibleAIPolicyViolation"}}`, // Azure
			`{"code":"data_inspection_failed","message":"no"}`,                 // DashScope
			`{"error":{"message":"输入包含敏感内容"}}`,
		},
		providers.Auth: {
			`{"type":"error","error":{"type":"authentication_error","message":"no"}}`,                                        // Anthropic
			`{"code":"InvalidApiKey","message":"no"}`,                                                                        // DashScope
			`{"error":{"message":"no","status":"API_KEY_INVALID"}}`, `{"error":{"message":"no","status":"UNAUTHENTICATED"}}`, // Gemini
			`{"error":{"message":"Invalid API Key"}}`, `{"error":{"code":"invalid_token","message":"no"}}`, `{"error":{"message":"Invalid token"}}`,
			`{"error":{"message":"该令牌已过期"}}`, `{"error":{"message":"该令牌状态不可用"}}`, `{"error":{"message":"未提供令牌"}}`, // one-api
		},
		providers.NotFound:   {`{"error":{"message":"模型不存在"}}`},
		providers.RateLimit:  {`{"error":{"message":"请求过于频繁"}}`, `{"error":{"message":"触发速率限制"}}`, `{"error":{"message":"Too Many Requests"}}`, `{"error":{"type":"RateLimitError","message":"no"}}`},
		providers.Permission: {`{"error":{"type":"permission_error","message":"no"}}`, `{"error":{"message":"no","status":"PERMISSION_DENIED"}}`},
		providers.Overloaded: {`{"error":{"message":"no available channel for m"}}`, `{"error":{"message":"当前分组上游负载已饱和"}}`}, // one-api
		providers.BadRequest: {`{"error":{"message":"no"}}`},
	} {
		for _, body := range bodies {
			if e := p.statusError("m", respond(400), []byte(body)); e.Kind != kind {
				t.Errorf("%s is %s, want %s", body, e.Kind, kind)
			}
		}
	}
}

func TestOnlyLoadingModelIsLoading(t *testing.T) {
	p := testProvider(t, Config{})
	if e := p.statusError("m", respond(503), []byte(`{"error":{"message":"Loading model"}}`)); !e.Loading {
		t.Error("503 Loading model is not seen as loading")
	}
	if e := p.statusError("m", respond(503), []byte(`{"error":"server busy"}`)); e.Loading {
		t.Error("a busy server is taken for a loading one")
	}
}

func TestTheServersVerdictOnRetryCounts(t *testing.T) {
	p := testProvider(t, Config{})
	if e := p.statusError("m", respond(400, "x-should-retry", "true"), nil); !e.Retryable() {
		t.Error("x-should-retry: true on a 400 is not retried")
	}
	if e := p.statusError("m", respond(500, "x-should-retry", "false"), nil); e.Retryable() {
		t.Error("x-should-retry: false on a 500 is retried")
	}
	quota := []byte(`{"error":{"code":"insufficient_quota","message":"x"}}`)
	if e := p.statusError("m", respond(429, "x-should-retry", "true"), quota); e.Retryable() {
		t.Error("quota is retried")
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header []string
		want   time.Duration
	}{
		{[]string{"Retry-After", "2"}, 2 * time.Second},
		{[]string{"Retry-After", "1.5"}, 1500 * time.Millisecond},
		{[]string{"Retry-After", now.Add(90 * time.Second).Format(http.TimeFormat)}, 90 * time.Second},
		{[]string{"Retry-After", now.Add(90 * time.Second).Format("Monday, 02-Jan-06 15:04:05 GMT")}, 90 * time.Second},
		{[]string{"Retry-After", now.Add(90 * time.Second).Format(time.ANSIC)}, 90 * time.Second},
		{[]string{"Retry-After", now.Add(time.Hour).Format(http.TimeFormat), "Date", now.Add(time.Hour - 7*time.Second).Format(http.TimeFormat)}, 7 * time.Second}, // our clock is behind
		{[]string{"Retry-After", now.Add(-time.Hour).Format(http.TimeFormat), "Date", now.Add(-time.Hour - 7*time.Second).Format(http.TimeFormat)}, 7 * time.Second},
		{[]string{"Retry-After", now.Add(-time.Hour).Format(http.TimeFormat)}, 0},
		{[]string{"Retry-After", "-1"}, 0},
		{[]string{"Retry-After", "0"}, 0},
		{[]string{"Retry-After", "soon"}, 0},
		{[]string{"Retry-After", "NaN"}, 0},
		{[]string{"Retry-After", "1e300"}, 0},
		{[]string{"retry-after-ms", "250", "Retry-After", "9"}, 250 * time.Millisecond},
		{[]string{"x-ms-retry-after-ms", "250"}, 250 * time.Millisecond},
		{[]string{"retry-after-ms", "0", "Retry-After", "9"}, 9 * time.Second},
		{[]string{"retry-after-ms", "-1", "Retry-After", "-1"}, 0},
		{[]string{"Retry-After", now.Add(time.Minute).Format(time.RFC3339)}, time.Minute},
		{[]string{"anthropic-ratelimit-requests-remaining", "0", "anthropic-ratelimit-requests-reset", "2026-03-01T12:00:20Z",
			"anthropic-ratelimit-tokens-remaining", "0", "anthropic-ratelimit-tokens-reset", "2026-03-01T12:00:40Z"}, 40 * time.Second},
		{[]string{"anthropic-ratelimit-requests-remaining", "7", "anthropic-ratelimit-requests-reset", "2026-03-01T12:00:20Z"}, 0},
		{[]string{"anthropic-ratelimit-requests-remaining", "0", "anthropic-ratelimit-requests-reset", "2026-03-01T11:59:59Z"}, 0},
		{[]string{"Retry-After", "3", "anthropic-ratelimit-requests-remaining", "0", "anthropic-ratelimit-requests-reset", "2026-03-01T12:00:20Z"}, 3 * time.Second},
		{[]string{"anthropic-ratelimit-requests-remaining", "0", "anthropic-ratelimit-requests-reset", "2026-03-01T12:00:20Z"}, 20 * time.Second},
		{[]string{"anthropic-ratelimit-tokens-remaining", "0", "anthropic-ratelimit-tokens-reset", "2026-03-01T12:00:20Z"}, 20 * time.Second},
		{[]string{"anthropic-ratelimit-input-tokens-remaining", "0", "anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:00:20Z"}, 20 * time.Second},
		{[]string{"anthropic-ratelimit-output-tokens-remaining", "0", "anthropic-ratelimit-output-tokens-reset", "2026-03-01T12:00:20Z"}, 20 * time.Second},
		{nil, 0},
	} {
		if got := retryAfter(respond(429, c.header...).Header, now); got != c.want {
			t.Errorf("%v: %v, want %v", c.header, got, c.want)
		}
	}
}

// DESIGN.md §4 lists them.
func TestStatusesThatAreRetried(t *testing.T) {
	var got []int
	for status := 100; status < 700; status++ {
		if providers.RetryStatus(status) {
			got = append(got, status)
		}
	}
	if want := []int{408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAKeyIsKnownByItsFormAndItsHost(t *testing.T) {
	for prefix, owner := range map[string][2]string{"sk-ant-": {"Anthropic", "anthropic.com"}, "sk-or-": {"OpenRouter", "openrouter.ai"},
		"sk-proj-": {"OpenAI", "openai.com"}, "sk-svcacct-": {"OpenAI", "openai.com"}, "gsk_": {"Groq", "groq.com"}, "xai-": {"xAI", "x.ai"},
		"AIza": {"Google", "googleapis.com"}, "hf_": {"Hugging Face", "huggingface.co"}, "pplx-": {"Perplexity", "perplexity.ai"},
		"nvapi-": {"NVIDIA", "nvidia.com"}, "csk-": {"Cerebras", "cerebras.ai"}, "fw_": {"Fireworks", "fireworks.ai"}} {
		for host, told := range map[string]bool{"api." + owner[1]: false, owner[1]: false, "api.example.com": true, "not" + owner[1]: true} {
			p := testProvider(t, Config{BaseURL: "https://" + host + "/v1", Key: EnvKey("K", func(string) string { return prefix + "0123456789abcdef" })})
			if _, err := p.cfg.Key.get(t.Context()); err != nil {
				t.Fatal(err)
			}
			if hint := p.keyHint(); strings.Contains(hint, "the form of "+owner[0]+"'s keys") != told || strings.Contains(hint, "the form of") != told {
				t.Errorf("a key %s… at %s: %s", prefix, host, hint)
			}
		}
	}
}

func TestHintsNameTheNextStep(t *testing.T) {
	key := "sk-1234567890abcdefghijklmnopqrstuvwxyz"
	env := func(string) string { return key }
	for _, c := range []struct {
		name   string
		cfg    Config
		status int
		body   string
		want   []string
	}{
		{"auth names variable, length, start and URL", Config{Key: EnvKey("GATE_KEY", env)}, 401, "",
			[]string{"GATE_KEY", "39 characters", `"sk-12345"`, "https://api.example.com/v1"}},
		{"auth without a key", Config{}, 401, "", []string{"no key", "api_key_env"}},
		{"Ollama's 404", Config{Kind: "ollama", BaseURL: "http://127.0.0.1:11434"}, 404, `{"error":"model 'm' not found"}`, []string{"ollama pull m"}},
		{"Ollama's 404 through /v1", Config{BaseURL: "http://127.0.0.1:11434/v1", Local: true}, 404,
			`{"error":{"message":"model 'm' not found","type":"api_error"}}`, []string{"ollama pull m"}},
		{"a base URL without /v1", Config{BaseURL: "https://api.example.com"}, 404, "404 page not found", []string{"/v1"}},
		{"an unknown model", Config{}, 404, `{"error":{"message":"The model does not exist","code":"model_not_found"}}`, []string{"lineup models"}},
		{"a list that is not there", Config{BaseURL: "https://api.example.com"}, 404, `{"detail":"Not Found"}`, []string{"/v1"}},
		{"LM Studio without /v1", Config{BaseURL: "http://127.0.0.1:1234", Local: true}, 404, `{"error":"Unexpected endpoint or method. (POST /chat/completions)"}`, []string{"/v1"}},
		{"Gemini's base URL has a version", Config{BaseURL: "https://generativelanguage.googleapis.com/v1beta/openai"}, 404, "", []string{"check kind and base_url"}},
		{"Azure's older path", Config{BaseURL: "https://r.openai.azure.com/openai/deployments/d"}, 404, `{"error":{"code":"404","message":"Resource not found"}}`, []string{"write https://r.openai.azure.com/openai/v1"}},
		{"Azure's path", Config{BaseURL: "https://r.openai.azure.com/openai/v1"}, 404, `{"error":{"code":"404","message":"Resource not found"}}`, []string{"check kind and base_url"}},
		{"a firewall", Config{}, 403, "<title>Attention Required! | Cloudflare</title>", []string{"firewall", "base_url"}},
		{"a fault of the server", Config{}, 500, "", []string{"on the server's side"}},
		{"a rate limit", Config{}, 429, "", []string{"wait a moment"}},
		{"an overflow", Config{}, 413, "", []string{"shorten the prompt"}},
		{"an overload", Config{}, 529, "", []string{"try again in a moment"}},
		{"a model that is loaded", Config{}, 503, `{"error":{"message":"Loading model"}}`, []string{"being loaded"}},
		{"no credit", Config{}, 402, "", []string{"top up the account of gate"}},
		{"a method that is not allowed", Config{BaseURL: "https://api.example.com"}, 405, "", []string{"needs /v1"}},
		{"a bad request", Config{}, 400, "", []string{"check the settings of this model and of provider gate"}},
		{"a key that may not", Config{}, 403, `{"error":"no"}`, []string{"check the account of gate"}},
		{"an unknown model in few words", Config{}, 404, `{"detail":"no such model"}`, []string{"lineup models"}},
		{"a flagged prompt", Config{}, 403, `{"error":{"message":"flagged","code":403,"metadata":{"flagged_input":"x"}}}`, []string{"word the prompt differently"}},
		{"a proxy that wants a password", Config{}, 407, "", []string{"HTTP_PROXY"}},
		{"a gateway before a dead server", Config{}, 500, `{"html-message":"Message: fetch failed Cause: Error: connect ECONNREFUSED 127.0.0.1:65000 Name: TypeError"}`,
			[]string{"gateway at https://api.example.com/v1", "behind it"}},
	} {
		p := testProvider(t, c.cfg)
		if _, err := p.cfg.Key.get(t.Context()); err != nil {
			t.Fatal(err)
		}
		e := p.statusError("m", respond(c.status), []byte(c.body))
		for _, w := range c.want {
			if !strings.Contains(e.Hint, w) {
				t.Errorf("%s: hint %q lacks %q", c.name, e.Hint, w)
			}
		}
		if strings.Contains(e.Hint+e.Message, key[:10]) {
			t.Errorf("%s: the key shows: %q", c.name, e.Hint)
		}
	}
}

func TestWhyThereIsNoConnection(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	cert := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	for _, c := range []struct {
		name  string
		local bool
		err   error
		kind  providers.Kind
		want  []string
	}{
		{"no such host", false, dial(&net.DNSError{Err: "no such host", Name: "api.example.com", IsNotFound: true}), providers.Unreachable,
			[]string{"the host api.example.com is not known", "check the network, and base_url of provider gate"}},
		{"no name server", false, dial(&net.DNSError{Err: "server misbehaving", Name: "api.example.com"}), providers.Unreachable,
			[]string{"the host api.example.com cannot be looked up: server misbehaving", "the network"}},
		{"refused, far away", false, dial(errors.New("connection refused")), providers.Unreachable,
			[]string{"nothing answers at api.example.com: connection refused", "the network and the proxy"}},
		{"refused, here", true, dial(errors.New("connection refused")), providers.Unreachable, []string{"nothing answers", "start the server"}},
		{"a read that fails", false, &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, providers.ConnectionLost, []string{"lost before an answer came", "try again"}},
		{"another authority", false, cert(x509.UnknownAuthorityError{}), providers.Unreachable, []string{"not trusted", "set ca_file"}},
		{"an old certificate", false, cert(x509.CertificateInvalidError{Reason: x509.Expired}), providers.Unreachable, []string{"not trusted", "time is over"}},
		{"an odd certificate", false, cert(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}), providers.Unreachable, []string{"not trusted", "set ca_file"}},
		{"a fault of lineup", false, &url.Error{Err: &providers.Panic{In: "a request"}}, providers.Protocol, []string{"lineup made a mistake", "report it"}},
	} {
		e := testProvider(t, Config{Local: c.local}).transportError(t.Context(), c.err)
		for _, w := range c.want {
			if !strings.Contains(e.Message+"\n"+e.Hint, w) {
				t.Errorf("%s: message %q, hint %q; want %q", c.name, e.Message, e.Hint, w)
			}
		}
		if e.Kind != c.kind || !errors.Is(e, c.err) && !errors.Is(c.err, e.Err) {
			t.Errorf("%s: %s, of %v", c.name, e.Kind, e.Err)
		}
	}
}

func TestAnEchoedKeyIsCutOutOfErrors(t *testing.T) {
	key := "sk-1234567890abcdefghij"
	p := testProvider(t, Config{Key: EnvKey("K", func(string) string { return key })})
	if _, err := p.cfg.Key.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		`{"error":"bad key ` + key + ` here"}`,
		`{"error":"` + strings.Repeat("x", maxMessage-10) + key + `"}`, // across the cut
		`{"error":"bad <b></b>` + key[:8] + `\r` + key[8:] + `"}`,
		key,
	} {
		if e := p.statusError("m", respond(401), []byte(body)); strings.Contains(e.Error(), key[:9]) {
			t.Errorf("%s gives %q", body, e.Error())
		}
	}
}

// A key with characters that a URL escapes was shown where a redirect carried it.
func TestAKeyInAURLIsCutOutToo(t *testing.T) {
	key := "sk-ab+cd/ef==0123456789"
	p := testProvider(t, Config{Key: EnvKey("K", func(string) string { return key })})
	if _, err := p.cfg.Key.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, escaped := range []string{url.QueryEscape(key), url.PathEscape(key)} {
		for _, e := range []*providers.Error{
			p.statusError("m", respond(307, "Location", "https://x.example/?key="+escaped), nil),
			p.statusError("m", respond(401), []byte("no such key: "+escaped)),
		} {
			if strings.Contains(e.Message, "0123456789") || !strings.Contains(e.Message, "[key]") {
				t.Errorf("%s", e.Message)
			}
		}
	}
}

// OpenAI and LiteLLM name the key that they refuse by its two ends.
func TestAKeyThatTheServerMasksIsCutOut(t *testing.T) {
	key := "sk-proj-1234567890abcdef"
	p := testProvider(t, Config{Key: EnvKey("K", func(string) string { return key })})
	if _, err := p.cfg.Key.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{
		"Incorrect API key provided: sk-proj-********cdef. You can find it": "Incorrect API key provided: [key]. You can find it",
		"Received API Key = sk-...cdef, Key Hash =abc":                      "Received API Key = [key], Key Hash =abc",
		"bad key '****cdef'": "bad key '[key]'",
		"bad key (sk-p…)":    "bad key ([key])",
		"bad key sk-...1234": "bad key sk-...1234", // another one
		"wait... what":       "wait... what",
		"... or sk-... else": "... or sk-... else",
	} {
		body, _ := json.Marshal(map[string]string{"error": said})
		if e := p.statusError("m", respond(401), body); e.Message != want {
			t.Errorf("%q, want %q", e.Message, want)
		}
	}
}

func TestARedirectToNowhere(t *testing.T) {
	if e := testProvider(t, Config{}).statusError("m", respond(301), nil); e.Message != "the server answers 301 and not where to go" {
		t.Errorf("%q", e.Message)
	}
}

// The name of a refused parameter went into the hint as the server gave it.
func TestAParameterThatAServerNamesIsCleaned(t *testing.T) {
	e := testProvider(t, Config{}).statusError("m", respond(400), []byte(`{"error":{"message":"no","param":"top_\u001b[31mk\nx"}}`))
	if e.Param != "top_␛[31mk x" || strings.ContainsAny(e.Hint, "\x1b\n") {
		t.Errorf("param %q, hint %q", e.Param, e.Hint)
	}
}

func TestABaseURLWithCredentialsIsNotShown(t *testing.T) {
	p := testProvider(t, Config{BaseURL: "https://me:secret@api.example.com/v1?token=secret"})
	for _, e := range []*providers.Error{p.statusError("m", respond(401), nil), p.statusError("m", respond(404), nil), p.notAPI("x")} {
		if strings.Contains(e.Hint, "secret") || !strings.Contains(e.Hint, "api.example.com/v1") {
			t.Errorf("hint %q", e.Hint)
		}
	}
}
