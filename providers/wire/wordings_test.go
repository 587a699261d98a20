package wire

import (
	"testing"
	"time"

	"lineup/providers"
)

// Regression: each of these was a bad request, or the wrong kind, in the one wording that no list had. The last group has
// the same words and says something else.
func TestWordingsUnderABadRequest(t *testing.T) {
	p := testProvider(t, Config{})
	for want, messages := range map[providers.Kind][]string{
		providers.NotFound: {
			"Not a valid model name: m", "m is not a known model", "m is not a model", "bad model name", "not a recognized model",
			"The supported API model names are a or b, but you passed m.", "Your model is not one of the supported models: a, b",
			"model must be one of: a, b", "model: value is not a valid enumeration member", "We don't have a model named m",
			"model 'm:1.5' is not available", "The model m-4.1 is not supported", "model m-4.1-mini is not available in your region yet",
			"Model: 'm' is unavailable", "Model: m - not found", "model_name m invalid", "model m isn't supported",
			"Model 'm' is currently not supported", "Sorry, model m v1.2 is not available.",
		},
		providers.ContextLength: {
			"tokens in request more than max tokens allowed", "tokens in request exceed the maximum tokens allowed",
			"prompt has more tokens than the model allows", "The request contains more tokens than allowed",
			"Prompt tokens: 5000, maximum tokens: 4096", "Total tokens of the request exceed max tokens", "token count over limit",
			"Request too large for model", "message tokens exceed the allowed maximum", "Your prompt exceeds max tokens",
			"Token count exceeds the model's maximum", "The total tokens requested exceed the maximum allowed",
		},
		providers.Overloaded: {"Model m is currently unavailable", "The model m is not currently available"},
		providers.Auth:       {"AppIdNoAuthError", "app has no license", "The subscription key is invalid"},
		providers.BadRequest: {
			"temperature is not supported for model m-4.1", "'top_k' is not a supported model parameter",
			"model m does not support streaming with temperature", "Invalid value 0.7 for model m-5.1",
			"The model produced invalid content. Consider modifying your prompt", "Model m: temperature must be 1",
			"image input is unsupported; the model is text only", "max_tokens in request more than allowed 4096",
			"The requested max tokens 5000 is more than allowed 4096", "The number of output tokens requested exceeds the maximum",
			"max_tokens must be less than max_model_len",
		},
	} {
		for _, message := range messages {
			if e := p.classify("m", 400, parseErrorBody(said(message))); e.Kind != want {
				t.Errorf("%s: %s, want %s", message, e.Kind, want)
			}
		}
	}
}

// Regression: only spans with units and dates with times were read, and "20 more seconds" was 20 minutes.
func TestComebackWords(t *testing.T) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC)
	for words, want := range map[string]time.Duration{
		"try again in 7.66s": 7660 * time.Millisecond, "in 2h3m": 2*time.Hour + 3*time.Minute, "Rate limit reached. in 20s": 20 * time.Second,
		"Please wait for 20 more seconds": 20 * time.Second, "retry after PT30S": 30 * time.Second, "try again in P1DT2H": 26 * time.Hour,
		"Try again after 00:01:30": 90 * time.Second, "retry_after: 30": 30 * time.Second, "Retry after: 30.": 30 * time.Second,
		"try again in a minute": time.Minute, "try again in an hour": time.Hour, "next request allowed in 12s": 12 * time.Second,
		"resets in 2 weeks": 14 * 24 * time.Hour, "resets at 15:30 UTC": 90 * time.Minute, "resets at 13:00 GMT": 23 * time.Hour,
		"resets tomorrow at 15:30 UTC": 25*time.Hour + 30*time.Minute, "请在20秒后重试": 20 * time.Second, "2시간 30분 후에 다시 시도하세요.": 150 * time.Minute, "45초 뒤에 다시": 45 * time.Second,
		"1時間30分後に再試行してください": 90 * time.Minute, "請 20 秒後再試": 20 * time.Second, "잠시 후 다시 시도하세요": 0, "请 1.5 小时后再试": 90 * time.Minute,
		"available in 7 minutes, 30 seconds.": 7*time.Minute + 30*time.Second, "wait until 2026-11-28T14:00:30Z": 30 * time.Second,
		// none of these tells how long
		"resets tomorrow": 0, "try again later": 0, "try again in a few seconds": 0, "resets at 3pm": 0, "resets at 15:30": 0,
		"resets at 15:30 UTC+2": 0, "Limit: 5 requests per 10s. try again later": 0, "You made 20 requests in 10s. Retry later": 0,
		"resets on December 1": 0, "retry 3 times": 0, "waiting for 5 models": 0, "limit 60 requests in 1 minute": 0,
	} {
		if got := comebackWords(words, now); got != want {
			t.Errorf("%s: %s, want %s", words, got, want)
		}
	}
	for header, want := range map[string]time.Duration{
		"PT2H": 2 * time.Hour, "PT1M30S": 90 * time.Second, "P1D": 24 * time.Hour, "P2W": 14 * 24 * time.Hour, "00:01:30": 90 * time.Second,
		"in 2h3m": 2*time.Hour + 3*time.Minute, `"120"`: 2 * time.Minute, "Sat, 28 Nov 2026 15:00:00 +0000": time.Hour, "30 sec.": 30 * time.Second,
		"1:30": 0, "P1Y": 0, "P1M": 0, "P": 0, "PT": 0, "tomorrow": 0, "~30": 0,
	} {
		if got := comeback(header, now); got != want {
			t.Errorf("Retry-After %s: %s, want %s", header, got, want)
		}
	}
}

// Regression: a key that a gateway refuses with a 503 was sent three times.
func TestARefusedKeyIsNeverRetried(t *testing.T) {
	again := true
	for _, kind := range []providers.Kind{providers.Auth, providers.Permission} {
		for _, status := range []int{0, 200, 401, 429, 500, 503} {
			if (&providers.Error{Kind: kind, Status: status}).Retryable() {
				t.Errorf("%s %d is retried", kind, status)
			}
		}
		if !(&providers.Error{Kind: kind, Status: 503, Retry: &again}).Retryable() {
			t.Errorf("%s is not retried where the server wants it", kind)
		}
	}
}
