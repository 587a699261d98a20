package wire

import (
	"context"
	"net/http"
	"strconv"
	"strings"

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
			Hint:    "set " + p.address() + " to where the API really is"}
	}
	said := parseErrorBody(body)
	said.addCode(awsType(resp.Header.Get("x-amzn-errortype")))
	e := p.classify(model, resp.StatusCode, said)
	if wait := retryAfter(resp.Header, p.now()); wait > 0 {
		e.RetryAfter = wait
	} else if wait := limitReset(resp.Header, p.now(), e.Kind == providers.RateLimit); wait > 0 &&
		e.RetryAfter == 0 {
		e.RetryAfter = wait
	}
	if e.RetryAfter > 0 {
		e.Retry = nil // the words knew the day alone
	}
	if v, err := strconv.ParseBool(resp.Header.Get("x-should-retry")); err == nil {
		e.Retry = &v
	}
	return e
}

// classify turns what a server said into an Error: by its words first, because gateways pass
// upstream errors on under their own status, then by the status.
func (p *Provider) classify(model string, status int, s serverError) *providers.Error {
	if s.status != 0 && (status == 0 || status == http.StatusOK) {
		status = s.status
	}
	e := &providers.Error{Kind: kindOfStatus(status), Status: status, Message: p.clean(s.message),
		Param: p.clean(s.param), Needs: s.need}
	if k := kindOfWords(status, s); k != "" {
		e.Kind = k
	}
	p.addWait(e, s)
	if e.Message == "" {
		e.Message = "the server answered " +
			strings.TrimSpace(strconv.Itoa(status)+" "+http.StatusText(status)) + " without a word"
	}
	if status == http.StatusServiceUnavailable &&
		strings.Contains(strings.ToLower(s.message), "loading model") {
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

// errorVocabulary is searched from the top; the more special kind stands first. The Chinese words
// are those of one-api and its descendants.
func errorVocabulary() []kindWords {
	return []kindWords{
		{providers.Quota, []string{"insufficient_quota", "insufficient_user_quota",
			"quota_exceeded", "credit_balance", "credit balance",
			"insufficient balance", "insufficient_balance", "insufficient credits",
			"exceeded your current quota",
			// LiteLLM's, with a 429 or a 400
			"billing_hard_limit", "budget_exceeded", "budget has been exceeded", "exceededbudget",
			// OpenRouter's of a key, with a 403
			"key limit exceeded",
			// xAI's, with a 403 or a 429
			"used all available credits",
			// one-api's descendants, with a 403
			"pre_consume_token_quota_failed", "token quota is not enough",
			"arrearage", "额度不足", "余额不足", "额度已用尽", "欠费"}},
		{providers.ContextLength, []string{"context_length", "exceed_context_size",
			"maximum context length", "exceeds the maximum allowed length",
			"prompt is too long", "exceeds the context length", "available context size",
			"exceeds the context window",
			"context window exceeded", "exceed context limit", "maximum prompt length",
			"input is too long", "input token count",
			"reduce the length of the messages", "tokens to keep from the initial prompt",
			"when context the overflows",
			"`inputs` tokens + `max_new_tokens`", "`inputs` must have less than",
			"range of input length", "上下文长度"}},
		{providers.ContentFilter, []string{"content_filter", "content_policy",
			"responsibleaipolicy", "data_inspection_failed", "invalid_prompt", "content is audited",
			"敏感", "审核", "违规"}},
		{providers.Auth, []string{"authentication_error", "invalid_api_key", "invalidapikey",
			"api_key_invalid", "invalid api key",
			"incorrect api key", "api key not valid", "unauthorized", "unauthenticated",
			"invalid_token", "invalid token",
			"无效的令牌", "令牌已过期", "令牌状态不可用", "未提供令牌"}},
		{providers.NotFound, []string{"model_not_found", "not_found_error", "notfounderror",
			"is not a valid model", "model does not exist",
			// Mistral and Perplexity, DeepSeek and DashScope: with a 400
			"invalid_model", "model not exist",
			"unexpected endpoint", "模型不存在"}}, // LM Studio answers an unknown path with 200
		{providers.RateLimit, []string{"rate_limit", "ratelimit", "rate limit", "too many requests",
			"resource_exhausted", "请求过于频繁", "速率限制",
			// AWS and DashScope
			"throttling", "throttled",
			// Spark
			"licc limit", "qps limit"}},
		{providers.Permission, []string{"permission_error", "permission_denied"}},
		{providers.Overloaded, []string{"overloaded", "serviceunavailableexception",
			"no available channel", "无可用渠道", "负载已饱和"}},
	}
}

// maxRead bounds what is read of a message to find out what it means, in bytes.
const maxRead = 2 << 10

// beginning is as much of the message as is read to find out what it means.
func (e *serverError) beginning() string { return e.message[:min(len(e.message), maxRead)] }

// kindOfWords looks into the codes and the type first, which are made for programs, then into the
// message. "" says that the status has to do.
func kindOfWords(status int, s serverError) providers.Kind {
	if strings.Contains(s.kind, "resource_exhausted") && s.code != "insufficient_quota" {
		// Gemini says "exceeded your current quota" of its limits a minute
		return providers.RateLimit
	}
	codes, message := s.code+" "+s.kind+" "+s.also, strings.ToLower(s.beginning())
	unjoined := strings.ReplaceAll(codes, "_", "")
	for _, v := range errorVocabulary() {
		for _, w := range v.words {
			if strings.Contains(codes, w) || strings.Contains(unjoined,
				strings.ReplaceAll(w, "_", "")) {
				return v.kind
			}
		}
	}
	for _, v := range errorVocabulary() {
		for _, w := range v.words {
			if strings.Contains(message, w) {
				return v.kind
			}
		}
	}
	return kindOfRefusal(status, codes, message, &s)
}

// addWait sets how long the error asks to wait, by its body or its words.
func (p *Provider) addWait(e *providers.Error, s serverError) {
	e.RetryAfter = s.wait
	if wait := s.until.Sub(p.now()); !s.until.IsZero() && wait > 0 && wait < maxComeback {
		e.RetryAfter = wait
	}
	switch e.Kind {
	case providers.RateLimit, providers.Overloaded, providers.Quota:
		if e.RetryAfter == 0 {
			e.RetryAfter = comebackWords(s.beginning(), p.now())
		}
		if e.RetryAfter == 0 && comebackDay.in(s.beginning()) {
			e.Retry = new(bool) // not today: asking again does not help
		}
	}
}

// keyError says why the key could not be got.
func (p *Provider) keyError(ctx context.Context, err error) *providers.Error {
	if ctx.Err() != nil {
		return providers.CauseOf(ctx)
	}
	return &providers.Error{Kind: providers.Auth, Message: "no key for provider " + p.cfg.Name +
		": " + p.clean(err.Error()),
		Hint: p.cfg.Key.advice, Err: err}
}

// clean makes text from the server fit to show: one line, no control characters, no key.
func (p *Provider) clean(s string) string {
	secrets := p.secrets()
	return shorten(redactMasked(redact(providers.CleanLine(s), secrets), secrets))
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
	case 404, 410:
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
