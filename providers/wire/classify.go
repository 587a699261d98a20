package wire

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
)

// statusError makes the error of an answer that is no success.
func (p *Provider) statusError(model string, resp *http.Response, body []byte) *providers.Error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		message := "the server answers " + strconv.Itoa(resp.StatusCode) + " and not where to go"
		if loc := p.clean(resp.Header.Get("Location")); loc != "" {
			message = "the server redirects to " + loc + ", and a key is not sent along a redirect"
		}
		return &providers.Error{Kind: providers.Protocol, Status: resp.StatusCode,
			Message: message,
			Hint:    "set base_url of provider " + p.cfg.Name + " to where the API really is"}
	}
	e := p.classify(model, resp.StatusCode, parseErrorBody(body))
	if wait := retryAfter(resp.Header, time.Now()); wait > 0 {
		e.RetryAfter = wait
	}
	if v, err := strconv.ParseBool(resp.Header.Get("x-should-retry")); err == nil {
		e.Retry = &v
	}
	return e
}

// classify turns what a server said into an Error: by its words first, because gateways pass upstream errors on
// under their own status, then by the status.
func (p *Provider) classify(model string, status int, s serverError) *providers.Error {
	if s.status != 0 && (status == 0 || status == http.StatusOK) {
		status = s.status
	}
	e := &providers.Error{Kind: kindOfStatus(status), Status: status, Message: p.clean(s.message), Param: p.clean(s.param), RetryAfter: s.wait}
	if k := kindOfWords(s); k != "" {
		e.Kind = k
	}
	if e.Message == "" {
		e.Message = "the server answered " + strings.TrimSpace(strconv.Itoa(status)+" "+http.StatusText(status)) + " without a word"
	}
	if status == http.StatusServiceUnavailable && strings.Contains(strings.ToLower(s.message), "loading model") {
		e.Kind, e.Loading = providers.Overloaded, true
	}
	e.Hint = p.hint(e, model, s)
	return e
}

// words that decide a kind whatever the status: a part of the code, the type or the message.
type kindWords struct {
	kind  providers.Kind
	words []string
}

// errorVocabulary is searched from the top; the more special kind stands first. The Chinese words are those of
// one-api and its descendants.
func errorVocabulary() []kindWords {
	return []kindWords{
		{providers.Quota, []string{"insufficient_quota", "insufficient_user_quota", "quota_exceeded", "credit_balance", "credit balance",
			"insufficient balance", "insufficient_balance", "insufficient credits", "exceeded your current quota",
			"billing_hard_limit", "budget_exceeded", "budget has been exceeded", "exceededbudget", // LiteLLM's, with a 429 or a 400
			"key limit exceeded",                                          // OpenRouter's of a key, with a 403
			"used all available credits",                                  // xAI's, with a 403 or a 429
			"pre_consume_token_quota_failed", "token quota is not enough", // one-api's descendants, with a 403
			"arrearage", "额度不足", "余额不足", "额度已用尽", "欠费"}},
		{providers.ContextLength, []string{"context_length", "exceed_context_size", "maximum context length", "exceeds the maximum allowed length",
			"prompt is too long", "exceeds the context length", "available context size", "exceeds the context window",
			"context window exceeded", "exceed context limit", "maximum prompt length", "input is too long", "input token count",
			"reduce the length of the messages", "tokens to keep from the initial prompt", "when context the overflows",
			"`inputs` tokens + `max_new_tokens`", "`inputs` must have less than", "range of input length", "上下文长度"}},
		{providers.ContentFilter, []string{"content_filter", "content_policy", "responsibleaipolicy", "data_inspection_failed", "invalid_prompt", "敏感"}},
		{providers.Auth, []string{"authentication_error", "invalid_api_key", "invalidapikey", "api_key_invalid", "invalid api key",
			"incorrect api key", "api key not valid", "unauthorized", "unauthenticated", "invalid_token", "invalid token",
			"无效的令牌", "令牌已过期", "令牌状态不可用", "未提供令牌"}},
		{providers.NotFound, []string{"model_not_found", "not_found_error", "notfounderror", "is not a valid model", "model does not exist",
			"invalid_model", "model not exist", // Mistral and Perplexity, DeepSeek and DashScope: with a 400
			"unexpected endpoint", "模型不存在"}}, // LM Studio answers an unknown path with 200
		{providers.RateLimit, []string{"rate_limit", "ratelimit", "rate limit", "too many requests", "resource_exhausted", "请求过于频繁", "速率限制"}},
		{providers.Permission, []string{"permission_error", "permission_denied"}},
		{providers.Overloaded, []string{"overloaded", "no available channel", "无可用渠道", "负载已饱和"}},
	}
}

// kindOfWords looks into the code and the type first, which are made for programs, then into the message.
func kindOfWords(s serverError) providers.Kind {
	if strings.Contains(s.kind, "resource_exhausted") && s.code != "insufficient_quota" {
		return providers.RateLimit // Gemini says "exceeded your current quota" of its limits a minute
	}
	for _, text := range []string{s.code + " " + s.kind, strings.ToLower(s.message)} {
		for _, v := range errorVocabulary() {
			for _, w := range v.words {
				if strings.Contains(text, w) {
					return v.kind
				}
			}
		}
	}
	return ""
}

// keyError says why the key could not be got.
func (p *Provider) keyError(ctx context.Context, err error) *providers.Error {
	if ctx.Err() != nil {
		return providers.CauseOf(ctx)
	}
	return &providers.Error{Kind: providers.Auth, Message: "no key for provider " + p.cfg.Name + ": " + p.clean(err.Error()),
		Hint: p.cfg.Key.advice, Err: err}
}

// clean makes text from the server fit to show: one line, no control characters, no key.
func (p *Provider) clean(s string) string {
	secrets := p.secrets()
	return shorten(redactMasked(redact(providers.CleanLine(s), secrets), secrets))
}

// retryAfter reads how long the server asks to wait: retry-after-ms (OpenAI, Azure), Retry-After in seconds,
// whole or not, or as an HTTP date in any of its three forms (RFC 9110 §10.2.3, §5.6.7), then Anthropic's own headers.
// Azure has answered 0 and -1: no answer. A point in time is one of the server's clock, where it tells what that says.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if t, err := http.ParseTime(h.Get("date")); err == nil {
		now = t
	}
	for _, name := range []string{"retry-after-ms", "x-ms-retry-after-ms"} {
		if ms, err := strconv.ParseFloat(strings.TrimSpace(h.Get(name)), 64); err == nil && ms > 0 && ms < 1e12 {
			return time.Duration(ms * float64(time.Millisecond))
		}
	}
	v := strings.TrimSpace(h.Get("retry-after"))
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e9 {
		return time.Duration(s * float64(time.Second))
	}
	t, err := http.ParseTime(v)
	if err != nil {
		t, err = time.Parse(time.RFC3339, v)
	}
	if err == nil && t.After(now) {
		return t.Sub(now)
	}
	return anthropicReset(h, now)
}

// anthropicReset reads the times at which Anthropic's limits are lifted, in RFC 3339, where no other header says how
// long to wait. Only a limit of which nothing remains counts, and the last of those: each of them refuses.
// https://docs.anthropic.com/en/api/rate-limits#response-headers
func anthropicReset(h http.Header, now time.Time) time.Duration {
	var wait time.Duration
	for _, limit := range []string{"requests", "tokens", "input-tokens", "output-tokens"} {
		if h.Get("anthropic-ratelimit-"+limit+"-remaining") != "0" {
			continue
		}
		if t, err := time.Parse(time.RFC3339, h.Get("anthropic-ratelimit-"+limit+"-reset")); err == nil {
			wait = max(wait, t.Sub(now))
		}
	}
	return wait
}

// kindOfStatus gives the kind that an HTTP status means where the body says nothing better.
func kindOfStatus(status int) providers.Kind {
	switch status {
	case 401:
		return providers.Auth
	case 402:
		return providers.Quota
	case 403:
		return providers.Permission
	case 404:
		return providers.NotFound
	case 408, 409, 424, 425: // 424 is TGI's for a failed generation
		return providers.ServerError
	case 413:
		return providers.ContextLength
	case 429:
		return providers.RateLimit
	case 498, 503, 529:
		return providers.Overloaded
	}
	switch {
	case status >= 500:
		return providers.ServerError
	case status >= 400:
		return providers.BadRequest
	}
	return providers.ServerError
}
