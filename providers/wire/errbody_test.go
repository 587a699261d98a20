package wire

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestErrorBodiesOfAllServers(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       serverError
	}{
		{"OpenAI", `{"error":{"message":"Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`,
			serverError{message: "Incorrect API key", kind: "invalid_request_error", code: "invalid_api_key"}},
		{"OpenAI names a parameter", `{"error":{"message":"no","type":"x","param":"max_tokens","code":"unsupported_parameter"}}`,
			serverError{message: "no", kind: "x", code: "unsupported_parameter", param: "max_tokens"}},
		{"code as a number", `{"error":{"message":"gone","code":404,"type":"NotFoundError"}}`,
			serverError{message: "gone", kind: "notfounderror", status: 404}},
		{"code as a number in a string", `{"error":{"message":"slow down","code":"429"}}`,
			serverError{message: "slow down", code: "429", status: 429}},
		{"a code that is no status", `{"error":{"message":"m","code":600,"status_code":399}}`, serverError{message: "m"}},
		{"the last status", `{"error":{"message":"m","code":599}}`, serverError{message: "m", status: 599}},
		{"code null", `{"error":{"message":"m","code":null}}`, serverError{message: "m"}},
		{"Ollama", `{"error":"model 'x' not found"}`, serverError{message: "model 'x' not found"}},
		{"TGI", `{"error":"Input validation error","error_type":"validation"}`, serverError{message: "Input validation error", kind: "validation"}},
		{"Gemini", `[{"error":{"code":400,"message":"Unknown name \"reasoning\"","status":"INVALID_ARGUMENT","details":[{"a":"b"}]}}]`,
			serverError{message: `Unknown name "reasoning"`, kind: "invalid_argument", status: 400}},
		{"Gemini asks to wait", `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}`,
			serverError{message: "quota", kind: "resource_exhausted", status: 429, wait: 34500 * time.Millisecond}},
		{"older vLLM", `{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}`,
			serverError{message: "too long", kind: "badrequesterror", status: 400}},
		{"Mistral, message an object", `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted"}]}}`,
			serverError{message: "max_completion_tokens: Extra inputs are not permitted", kind: "extra_forbidden", param: "max_completion_tokens"}},
		{"Mistral, a field within one", `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options","include_usage"],"msg":"Extra inputs are not permitted"}]}}`,
			serverError{message: "stream_options.include_usage: Extra inputs are not permitted", kind: "extra_forbidden", param: "stream_options.include_usage"}},
		{"FastAPI, a message", `{"detail":[{"loc":["body","messages",0,"content"],"msg":"Field required","type":"missing"}]}`,
			serverError{message: "messages.0.content: Field required", kind: "missing", param: "messages.0.content"}},
		{"FastAPI, no body", `{"detail":[{"loc":["body"],"msg":"Field required","type":"missing"}]}`,
			serverError{message: "body: Field required", kind: "missing", param: "body"}},
		{"xAI", `{"code":"Client specified an invalid argument","error":"bad model"}`,
			serverError{message: "bad model", code: "client specified an invalid argument"}},
		{"FastAPI, a string", `{"detail":"Not authenticated"}`, serverError{message: "Not authenticated"}},
		{"FastAPI, a list", `{"detail":[{"loc":["body","top_k"],"msg":"Input should be less","type":"less_than"}]}`,
			serverError{message: "top_k: Input should be less", kind: "less_than", param: "top_k"}},
		{"Anthropic", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}`,
			serverError{message: "Overloaded", kind: "overloaded_error"}},
		{"Bifrost", `{"is_bifrost_error":true,"status_code":503,"error":{"message":"no provider","type":"x"}}`,
			serverError{message: "no provider", kind: "x", status: 503}},
		{"Portkey", `{"status":"failure","message":"bad config"}`, serverError{message: "bad config"}},
		{"Portkey, upstream down", `{"html-message":"Message: fetch failed"}`, serverError{message: "Message: fetch failed"}},
		{"OpenRouter, of an upstream", `{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"{\"error\":{\"message\":\"Rate limit reached for x\",\"code\":\"rate_limit_exceeded\"}}","provider_name":"Groq"}}}`,
			serverError{message: "Rate limit reached for x", code: "rate_limit_exceeded", status: 429}},
		{"OpenRouter, of an upstream in words", `{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"upstream gone","provider_name":"X"}}}`,
			serverError{message: "upstream gone", status: 502}},
		{"OpenRouter, refused", `{"error":{"message":"flagged","code":403,"metadata":{"reasons":["x"],"flagged_input":"y"}}}`,
			serverError{message: "flagged", kind: "content_filter", status: 403}},
		{"OpenRouter, of an upstream as an object", `{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":{"error":{"message":"no","param":"top_k","type":"t"}}}}}`,
			serverError{message: "no", kind: "t", param: "top_k", status: 400}},
		{"wrapped too deep", strings.Repeat(`{"error":`, 60) + "{}" + strings.Repeat("}", 60),
			serverError{message: strings.Repeat(`{"error":`, 60) + "{}" + strings.Repeat("}", 60), raw: true}},
		{"signs that JSON may escape", `{"foo":"a < b & c"}`, serverError{message: `{"foo":"a < b & c"}`, raw: true}},
		{"escapes that hide a key", `{"foo":"a\/b"}`, serverError{message: `{"foo":"a/b"}`, raw: true}},
		{"an SSE body", "event: error\ndata: {\"error\":{\"message\":\"inner\",\"code\":500}}\n\n", serverError{message: "inner", status: 500}},
		{"an SSE body behind a comment", ": hi\n\ndata: {\"error\":\"inner\"}\n\n", serverError{message: "inner"}},
		{"HTML", "<!DOCTYPE html><html><head><title>h | 520: Web server &amp; co</title></head><body>long</body></html>",
			serverError{message: "h | 520: Web server & co", kind: "html"}},
		{"HTML without a title", "<html><body>x</body></html>", serverError{message: "x", kind: "html"}},
		{"plain text", "404 page not found\n", serverError{message: "404 page not found", raw: true}},
		{"JSON of another kind", `{"foo":1}`, serverError{message: `{"foo":1}`, raw: true}},
		{"nothing", " \n", serverError{}},
		{"torn JSON", `{"error":{"mess`, serverError{message: `{"error":{"mess`, raw: true}},
		{"Chinese", `{"error":{"message":"无效的令牌","type":"one_api_error"}}`, serverError{message: "无效的令牌", kind: "one_api_error"}},
		{"markup and escapes in the message", "{\"error\":\"<b>no</b>\\u001b[31m way\\n at all\"}", serverError{message: "no ␛[31m way at all"}},
	} {
		if got := parseErrorBody([]byte(c.body)); got != c.want {
			t.Errorf("%s: %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestALongMessageIsCutBetweenCharacters(t *testing.T) {
	got := shorten("x" + strings.Repeat("한", 1000))
	if len(got) > maxMessage+len("…") || len(got) < maxMessage || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes, valid %v: %s", len(got), utf8.ValidString(got), got[len(got)-9:])
	}
}

// Regression: an error in a shape that was not known came as raw JSON, as "ok", or not at all.
func TestErrorWordsWhereverTheyStand(t *testing.T) {
	for body, want := range map[string]string{
		`{"base_resp":{"status_code":1004,"status_msg":"login fail"}}`:                                "login fail", // MiniMax
		`{"result":null,"success":false,"errors":[{"code":7003,"message":"no route"}],"messages":[]}`: "no route",   // Cloudflare
		`{"statusCode":401,"message":"Access denied due to invalid subscription key"}`:                "Access denied due to invalid subscription key",
		`{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"x"}}}`:                       "Invalid ApiKey", // Apigee
		`{"Message":"User is not authorized"}`:                                                        "User is not authorized",
		`{"Output":{"__type":"com.amazon#ValidationException","message":"bad"},"Version":"1.0"}`:      "bad",
		`{"type":"https://x/probs","title":"Forbidden","status":403,"detail":"not for you"}`:          "not for you", // RFC 9457
		`{"type":"about:blank","title":"Forbidden","status":403}`:                                     "Forbidden",
		`{"errors":[{"message":"bad field","extensions":{"code":"X"}}]}`:                              "bad field", // GraphQL
		`{"errors":["one thing"]}`: "one thing", `{"errors":{"model":["is unknown"]}}`: "model: is unknown",
		`{"error_code":336003,"error_msg":"the max length"}`:                             "the max length", // Baidu
		`{"errcode":40001,"errmsg":"invalid credential"}`:                                "invalid credential",
		`{"header":{"code":10013,"message":"not compliant"},"payload":{}}`:               "not compliant",                // Spark
		`{"Response":{"Error":{"Code":"AuthFailure","Message":"gone"},"RequestId":"r"}}`: "gone",                         // Tencent
		`{"errorMessage":"boom","errorType":"Runtime"}`:                                  "boom",                         // AWS Lambda
		`{"error":"invalid_client","error_description":"Client authentication failed"}`:  "Client authentication failed", // OAuth
		`{"detail":{"status":"quota_exceeded","message":"used up"}}`:                     "used up",                      // ElevenLabs
		`{"error":["Error in parameters"]}`:                                              "Error in parameters",          // Hugging Face
		`{"code":500,"msg":"fail","data":null}`:                                          "fail",
		`{"code":0,"msg":"ok","data":{"error":"inner"}}`:                                 "inner",
		`{"message":"{\"error\":{\"message\":\"nested\"}}"}`:                             "nested",
		`"{\"error\":\"in a string\"}"`:                                                  "in a string",
		`{"error":"first"}{"more":1}`:                                                    "first",
		"<Error><Code>NoSuchKey</Code><Message>gone away</Message></Error>":              "gone away",
		"<html><body><h1>403 Forbidden</h1><hr>nginx</body></html>":                      "403 Forbidden",
		"<html><head><style>x{}</style></head><body><p>Go away</p></body></html>":        "Go away",
	} {
		if got := parseErrorBody([]byte(body)); got.message != want {
			t.Errorf("%s: %q, want %q", body, got.message, want)
		}
	}
}
