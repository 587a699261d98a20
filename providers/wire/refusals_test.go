package wire

import (
	"strconv"
	"testing"
	"time"

	"lineup/providers"
)

// Regression: what another model, another key or money would cure was a bad request where the status was 400, and no
// fallback was asked.
func TestRefusalsUnderAnyStatus(t *testing.T) {
	p := testProvider(t, Config{})
	for want, bodies := range map[providers.Kind][]string{
		providers.NotFound: {
			`{"error":{"message":"The requested model 'm' is not supported by any provider you have enabled.","param":"model","code":"model_not_supported"}}`,
			"{\"error\":{\"message\":\"The model `m` has been decommissioned and is no longer supported.\",\"code\":\"model_decommissioned\"}}",
			"{\"error\":{\"message\":\"The model `m` has been decommissioned and is no longer supported. Please refer to the docs for a recommendation on which model to use instead.\"}}",
			`{"error":{"message":"The requested model is not supported.","code":"x"}}`,
			`{"error":{"message":"This model is no longer available. Please update your code to use a newer model."}}`,
			`{"error":{"message":"Model m was retired on 2026-05-01"}}`,
			`{"error":{"message":"Unknown model: m"}}`, `{"error":"unsupported model m"}`, `{"error":{"message":"No such model: m"}}`,
			`{"error":{"message":"model 'm' could not be found in the registry"}}`,
			`{"error":{"message":"The model m is not available for your plan"}}`,
			`{"error":{"message":"No allowed providers are available for the selected model."}}`,
			`{"error":{"message":"There are no healthy deployments for this model"}}`, `{"error":{"message":"No endpoints found for m."}}`,
			`{"error":{"message":"The API deployment for this resource does not exist","code":"DeploymentNotFound"}}`,
			`{"error":{"message":"Unable to find the model"}}`, `{"error":{"message":"m is not enabled","code":"model_not_enabled"}}`,
			`{"detail":"Model m is not loaded"}`, `{"error":{"message":"The deployment m doesn't exist"}}`,
			`{"message":"Model not found, inaccessible, and/or not deployed"}`, `{"error":{"message":"模型不存在"}}`,
			`{"error":{"message":"The model gpt-x does not exist or you do not have access to it."}}`, `{"error":{"message":"m: model is offline"}}`,
			`{"error":{"message":"There is no model named m"}}`, `{"error":{"message":"unknown provider for model m"}}`,
			`{"error":"\"m\" does not support chat"}`,
			`{"error":{"message":"Model m is disabled"}}`, `{"error":{"message":"模型 m 不存在"}}`,
		},
		providers.Quota: {
			`{"error":{"message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}`,
			`{"error":{"message":"Your account is suspended, please check your plan and billing details"}}`,
			`{"error":{"message":"Your organization has run out of credits"}}`, `{"error":{"message":"Payment required"}}`,
			`{"error":{"message":"no","code":"billing_not_active"}}`, `{"error":{"message":"Account balance is not enough"}}`,
			`{"error":{"message":"Your free trial has expired"}}`, `{"error":{"message":"Monthly spend limit reached"}}`,
			`{"error":{"message":"no","type":"insufficient_funds"}}`, `{"error":{"message":"Not enough credits to run this request"}}`,
			`{"error":{"message":"You have exceeded your monthly included credits for Inference Providers."}}`,
			`{"error":{"message":"Insufficient account balance"}}`, `{"error":{"message":"insufficient tokens in your wallet"}}`,
			`{"error":{"message":"Billing not enabled for this project"}}`, `{"error":{"message":"You've hit your usage limit"}}`,
			`{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`,
		},
		providers.Auth: {
			`[{"error":{"code":400,"message":"API key expired. Please renew the API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]`,
			`{"error":{"code":400,"message":"no","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}`,
			`{"error":{"message":"Token expired"}}`, `{"error":{"message":"no","code":"token_expired"}}`,
			`{"error":{"message":"Your API key has been revoked"}}`, `{"error":{"message":"The access token is expired"}}`,
			`{"error":{"message":"Missing API key"}}`, `{"message":"No API key found in request"}`,
			`{"error":{"message":"This API key is disabled"}}`, `{"error":{"message":"API key is suspended"}}`, `{"error":{"message":"Unable to verify your API key"}}`, `{"error":"invalid_client","error_description":"bad credentials"}`,
			`{"error":{"message":"no","code":"invalid_credentials"}}`, `{"error":{"message":"You didn't provide an API key."}}`,
			`{"base_resp":{"status_code":1004,"status_msg":"login fail: Please carry the API secret key"}}`,
			`{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}`,
			`{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"no"},"RequestId":"r"}}`,
		},
		providers.Permission: {
			`{"type":"error","error":{"type":"invalid_request_error","message":"This organization has been disabled."}}`,
			`{"error":{"message":"User location is not supported for the API use."}}`,
			`{"error":{"message":"You do not have access to this model"}}`, `{"error":{"message":"Access to this model is restricted"}}`,
		},
		providers.Overloaded: {
			`{"error":{"message":"The model m is currently unavailable"}}`,
		},
		providers.BadRequest: {
			`{"error":{"message":"Unsupported value: 'temperature' does not support 0.2 with this model.","param":"temperature","code":"unsupported_value"}}`,
			`{"error":{"message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","param":"messages[0].role","code":"unsupported_value"}}`,
			`{"error":{"message":"top_k is not supported with this model"}}`, `{"error":{"message":"For this model, seed is not supported"}}`,
			`{"error":{"message":"\"m\" does not support thinking"}}`, `{"error":{"message":"This model does not support image input"}}`,
			`{"error":{"message":"Your organization must be verified to stream this model.","param":"stream","code":"unsupported_value"}}`,
			`{"error":{"message":"invalid temperature: only 1 is allowed for this model"}}`,
			`{"error":{"message":"The response_format json_schema is not supported by model m"}}`, `{"error":{"message":"model is required"}}`,
			`{"error":{"message":"Function calling is not enabled for models/m"}}`, `{"error":{"message":"reasoning_effort 'x' is not valid for model m"}}`,
		},
	} {
		for _, body := range bodies {
			e := p.statusError("m", respond(400), []byte(body))
			if e.Kind != want {
				t.Errorf("%s, want %s: %s", e.Kind, want, body)
			}
			if e.Fallback() != (want != providers.BadRequest) || e.Retryable() {
				t.Errorf("%s: fallback %v, retry %v: %s", e.Kind, e.Fallback(), e.Retryable(), body)
			}
		}
	}
	for _, c := range []struct {
		status int
		body   string
		want   providers.Kind
	}{
		{429, `{"error":{"message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}`, providers.Quota},
		{429, `{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day","code":429}}`, providers.RateLimit},
		{503, `{"error":{"message":"The model is currently overloaded. Please try again later."}}`, providers.Overloaded},
		{503, `{"error":{"message":"The model m is temporarily unavailable"}}`, providers.Overloaded},
		{500, `{"error":{"message":"model m not found"}}`, providers.NotFound},
		{403, `{"error":{"message":"API key expired"}}`, providers.Auth},
		{401, `{"error":{"message":"model access needs a key"}}`, providers.Auth},
		{200, `{"code":401,"msg":"invalid token"}`, providers.Auth},
	} {
		if e := p.statusError("m", respond(c.status), []byte(c.body)); e.Kind != c.want {
			t.Errorf("%s, want %s: %d %s", e.Kind, c.want, c.status, c.body)
		}
	}
}

// A reset of a limit is read from wherever a server writes it.
func TestWhenToComeBack(t *testing.T) {
	p := testProvider(t, Config{})
	now := p.now()
	ms, s := now.Add(2*time.Hour).UnixMilli(), now.Add(2*time.Hour).Unix()
	for _, c := range []struct {
		name   string
		header []string
		body   string
		want   float64 // seconds
	}{
		{"OpenRouter, headers in the body", nil, `{"error":{"message":"Rate limit exceeded: free-models-per-day.","code":429,"metadata":{"headers":{"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"` + strconv.FormatInt(ms, 10) + `"}}}}`, 7200},
		{"in seconds", nil, `{"error":{"message":"no","metadata":{"headers":{"x-ratelimit-reset":` + strconv.FormatInt(s, 10) + `}}}}`, 7200},
		{"a limit that is not the one", nil, `{"error":{"message":"no","metadata":{"headers":{"X-RateLimit-Remaining":"7","X-RateLimit-Reset":"` + strconv.FormatInt(ms, 10) + `"}}}}`, 0},
		{"Retry-After with a unit", []string{"Retry-After", "2s"}, ``, 2},
		{"Retry-After in words", []string{"Retry-After", "2 minutes"}, ``, 120},
		{"Retry-After as a Unix time", []string{"Retry-After", strconv.FormatInt(s, 10)}, ``, 7200},
		{"X-RateLimit-Reset, Unix", []string{"X-RateLimit-Reset", strconv.FormatInt(s, 10)}, ``, 7200},
		{"X-RateLimit-Reset, milliseconds", []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", strconv.FormatInt(ms, 10)}, ``, 7200},
		{"x-ratelimit-reset-requests", []string{"x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "1m30s", "x-ratelimit-remaining-tokens", "5", "x-ratelimit-reset-tokens", "9m0s"}, ``, 90},
		{"RateLimit-Reset", []string{"RateLimit-Remaining", "0", "RateLimit-Reset", "50"}, ``, 50},
		{"RateLimit of the draft", []string{"RateLimit", `"default";r=0;t=30`}, ``, 30},
		{"RateLimit of the older draft", []string{"RateLimit", `limit=10, remaining=0, reset=40`}, ``, 40},
		{"OpenAI's words", nil, `{"error":{"message":"Rate limit reached for m on tokens per min. Please try again in 20s. Visit https://x."}}`, 20},
		{"Groq's words", nil, `{"error":{"message":"Rate limit reached. Please try again in 7m12.5s. Need more?","code":"rate_limit_exceeded"}}`, 432.5},
		{"Gemini's words", nil, `{"error":{"code":429,"message":"Resource exhausted.\nPlease retry in 38.2s.","status":"RESOURCE_EXHAUSTED"}}`, 38.2},
		{"milliseconds in words", nil, `{"error":{"message":"Rate limit: try again in 250ms"}}`, 0.25},
		{"minutes in words", nil, `{"error":"too many requests, wait for 5 minutes"}`, 300},
		{"a reset in words", nil, `{"error":{"message":"Rate limit exceeded. Limit resets in 2 hours and 5 minutes"}}`, 7500},
		{"a time in words", nil, `{"error":{"message":"Rate limit exceeded. Limit resets at: ` + now.Add(2*time.Hour).UTC().Format("2006-01-02 15:04:05") + ` UTC"}}`, 7200},
		{"retry_after", nil, `{"error":{"message":"slow down","retry_after":12.5}}`, 12.5},
		{"retry_after beside the error", nil, `{"error":"slow down","retryAfterSeconds":"9"}`, 9},
		{"retry_after_ms", nil, `{"detail":"slow down","retry_after_ms":1500}`, 1.5},
		{"resets_at", nil, `{"error":{"type":"usage_limit_reached","message":"no","resets_at":` + strconv.FormatInt(s, 10) + `}}`, 7200},
		{"reset_at as a date", nil, `{"error":{"message":"no","reset_at":"` + now.Add(2*time.Hour).UTC().Format("2006-01-02T15:04:05Z") + `"}}`, 7200},
		{"no number", nil, `{"error":{"message":"Too many requests, please wait a moment and try again"}}`, 0},
		{"a number of something else", nil, `{"error":{"message":"Rate limit reached: limit 3 requests a minute. Please try again later."}}`, 0},
	} {
		e := p.statusError("m", respond(429, c.header...), []byte(c.body))
		if got := e.RetryAfter.Seconds(); got < c.want-2 && c.want > 60 || got > c.want+2 || c.want <= 60 && got != c.want {
			t.Errorf("%s: %g s, want %g", c.name, got, c.want)
		}
	}
	// A timeout is no time to come back, and an ordinary failure is not held up by a limit that is far.
	if e := p.statusError("m", respond(500, "X-RateLimit-Reset", strconv.FormatInt(s, 10)), []byte(`{"error":"gave up waiting after 30 seconds"}`)); e.RetryAfter != 0 {
		t.Errorf("a failure asks to wait %s", e.RetryAfter)
	}
}
