package wire_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/session"
)

// wholeChat and wholeResponse are whole answers, in Chat Completions and in the Responses API.
const (
	wholeChat     = `{"object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}`
	wholeResponse = `{"object":"response","status":"completed","model":"m","output":[{"type":"message","content":[{"type":"output_text","text":"Hello"}]}],"usage":{"input_tokens":3,"output_tokens":1}}`
)

// refuseOnce answers the first request with an error and those after it with the answer.
func refuseOnce(t *testing.T, status int, refusal, answer string) *rawServer {
	t.Helper()
	return serveRaw(t, func(c *rawConn, _ *http.Request) {
		if c.n == 0 {
			c.reply(status, refusal)
			return
		}
		c.reply(200, answer)
	})
}

// Regression: a model that takes one value of a parameter alone failed wherever the config set another one.
func TestARefusedValueIsLeftOut(t *testing.T) {
	warm, p, k, seed := 0.7, 0.5, 40, int64(7)
	params := providers.Params{Temperature: &warm, TopP: &p, TopK: &k, Seed: &seed, ReasoningEffort: "medium"}
	for message, want := range map[string]string{
		"invalid temperature: only 1 is allowed for this model":                                     "temperature", // Kimi
		"temperature must be 1 for this model":                                                      "temperature",
		"Invalid value for temperature: only the default (1.0) is supported":                        "temperature",
		"`temperature` may only be set to 1 when thinking is enabled":                               "temperature", // Anthropic
		"The parameter temperature is fixed at 1 for reasoning models":                              "temperature",
		"temperature must be between 0 and 0.5":                                                     "temperature",
		"Temperature must be ≤ 0.5":                                                                 "temperature",
		"temperature: Input should be less than or equal to 0.5":                                    "temperature",
		"Invalid 'temperature': decimal above maximum value. Expected a value <= 0.5, but got 0.7.": "temperature",
		"temperature cannot be greater than 0.5":                                                    "temperature",
		"the value of top_p is out of range":                                                        "top_p",
		"top_k should be in the range [1, 20]":                                                      "top_k",
		"seed is not supported":                                                                     "seed", "Unsupported parameter(s): seed": "seed", "this model does not support seed": "seed",
		"reasoning_effort: Input should be 'low' or 'high'": "reasoning_effort", "reasoning_effort must be \"low\"": "reasoning_effort",
		"seed must be non-negative":                     "seed",
		"top_p must be set to 0.95":                     "top_p",
		"topP should be 0.95":                           "top_p",
		"top p: this model accepts only 1":              "top_p",
		"invalid seed: the model only supports 42":      "seed",
		"reasoning_effort must be one of 'low', 'high'": "reasoning_effort",
		"Invalid value: 'medium'. Supported values are: 'high' for reasoning effort with this model": "reasoning_effort",
	} {
		s := refuseOnce(t, 400, `{"error":{"message":"`+strings.ReplaceAll(message, `"`, `\"`)+`"}}`, wholeChat)
		m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m"), Params: params})
		r, _ := ask(t, m)
		if r.Status != session.Done || !slices.Equal(r.DroppedParams, []string{want}) {
			t.Errorf("%s: %s, dropped %v, %+v", message, r.Status, r.DroppedParams, r.Error)
		}
	}
	limit := 100
	for _, message := range []string{"max_tokens must be 50", "max_tokens: only values up to 50 are allowed",
		"max_tokens must be between 1 and 50", "max_tokens is out of range"} {
		s := refuseOnce(t, 400, `{"error":{"message":"`+message+`"}}`, wholeChat)
		m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{MaxTokens: &limit, Temperature: &warm}})
		if r, _ := ask(t, m); r.Error == nil || r.Error.Kind != providers.BadRequest || len(r.DroppedParams) != 0 {
			t.Errorf("%s: %s, dropped %v; want the error", message, r.Status, r.DroppedParams)
		}
	}
}

// Regression: a value out of the bounds of a model failed in each dialect, and Ollama's options were never found.
func TestAValueOutOfBoundsIsLeftOutInEachDialect(t *testing.T) {
	high, limit := 1.7, 100
	for dialect, answer := range map[string]string{
		"openai": wholeChat, "responses": wholeResponse,
		"ollama":    `{"model":"m","message":{"role":"assistant","content":"Hello"},"done":true,"done_reason":"stop"}`,
		"anthropic": `{"type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}`,
	} {
		for _, refusal := range []string{
			`{"error":{"message":"temperature: must be between 0 and 1"}}`,
			`{"error":{"message":"Invalid request","param":"temperature"}}`,
			`{"detail":[{"loc":["body","temperature"],"msg":"Input should be less than or equal to 1"}]}`,
			`{"type":"error","error":{"type":"invalid_request_error","message":"temperature: range: 0..1, must be ≤ 1"}}`,
		} {
			s := refuseOnce(t, 400, refusal, answer)
			m := s.provider(t, dialect, nil).Model(wire.ModelConfig{Info: info("m"),
				Params: providers.Params{Temperature: &high, MaxTokens: &limit}})
			r, _ := ask(t, m)
			if r.Status != session.Done || !slices.Equal(r.DroppedParams, []string{"temperature"}) {
				t.Errorf("%s, %s: %s, dropped %v, %+v", dialect, refusal, r.Status, r.DroppedParams, r.Error)
			}
			if _, bodies := s.seen(); len(bodies) != 2 || strings.Contains(string(bodies[1]), "temperature") ||
				!strings.Contains(string(bodies[1]), "100") {
				t.Errorf("%s, %s: requests %s", dialect, refusal, bodies)
			}
		}
	}
}

// Regression: "remove stream from the config", which no config holds.
func TestAModelThatDoesNotStreamIsAskedForAWholeAnswer(t *testing.T) {
	for _, refusal := range []string{
		`{"error":{"message":"Your organization must be verified to stream this model. Please go to: https://x","param":"stream","code":"unsupported_value"}}`,
		`{"error":{"message":"Streaming is not supported for this model"}}`,
		`{"error":{"message":"This model does not support streaming; set stream to false"}}`,
	} {
		s := refuseOnce(t, 400, refusal, wholeChat)
		m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m")})
		for i, attempts := range []int{2, 1} {
			r, _ := ask(t, m)
			if r.Status != session.Done || r.Text != "Hello" || len(r.Attempts) != attempts || len(r.DroppedParams) != 0 {
				t.Errorf("%s, question %d: %s, %d attempts, %+v", refusal, i, r.Status, len(r.Attempts), r.Error)
			}
		}
		_, bodies := s.seen()
		for _, body := range bodies[1:] {
			if !strings.Contains(string(body), `"stream":false`) || strings.Contains(string(body), "stream_options") {
				t.Errorf("%s: then %s", refusal, body)
			}
		}
	}
}

// Regression: a hint named a parameter that the user had never written.
func TestAHintNamesWhatTheUserWrote(t *testing.T) {
	k, n := 40, 10
	for _, c := range []struct {
		name, kind, refusal string
		params              providers.Params
		body                map[string]any
		system              string
		want, not           string
	}{
		{"the role of the system prompt", "openai", `{"message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","param":"messages[0].role","code":"unsupported_value"}`,
			providers.Params{}, nil, "be brief", "system", "messages"},
		{"an unverified organization", "openai", `{"message":"Your organization must be verified to use this.","param":"model","code":"x"}`, providers.Params{}, nil, "", "verify the organization", "config"},
		{"a parameter of the config", "openai", `{"message":"max_tokens is too large","param":"max_tokens"}`, providers.Params{MaxTokens: &n}, nil, "", "max_tokens; remove it from the config", ""},
		{"by the protocol's name", "responses", `{"message":"Invalid 'max_output_tokens': integer below minimum value.","param":"max_output_tokens"}`, providers.Params{MaxTokens: &n}, nil, "", "max_tokens; remove it from the config", "output"},
		{"what nobody wrote", "openai", `{"message":"bad","param":"messages[3].content"}`, providers.Params{TopK: &k}, nil, "", "messages[3].content", "remove"},
		{"a field of body", "openai", `{"message":"wrong type","param":"messages"}`, providers.Params{}, map[string]any{"messages": 1}, "", "remove it from body", ""},
	} {
		s := serveRaw(t, func(conn *rawConn, _ *http.Request) { conn.reply(400, `{"error":`+c.refusal+`}`) })
		m := s.provider(t, c.kind, nil).Model(wire.ModelConfig{Info: info("m"), Params: c.params, Body: c.body})
		var failed *providers.Error
		req := providers.Request{System: c.system, Messages: []providers.Message{{Role: providers.User, Content: "hi"}}}
		for _, err := range m.Stream(t.Context(), req) {
			if err != nil {
				failed = providers.AsError(err)
			}
		}
		if failed == nil || !strings.Contains(failed.Hint, c.want) || c.not != "" && strings.Contains(failed.Hint, c.not) {
			t.Errorf("%s: %+v", c.name, failed)
		}
	}
}

// A model that only the Responses API serves is asked that way, once its server has said so.
func TestAModelOfTheResponsesAPIAlone(t *testing.T) {
	seed := int64(7)
	for _, c := range []struct {
		status  int
		refusal string
	}{
		{404, `{"error":{"message":"This model is only supported in v1/responses and not in v1/chat/completions.","type":"invalid_request_error","param":"model","code":null}}`},
		{404, `{"error":{"message":"This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?","type":"invalid_request_error","param":"model","code":null}}`},
		{400, `{"error":{"message":"model \"gpt-5-codex\" is not accessible via the /chat/completions endpoint","code":"unsupported_api_for_model","type":"invalid_request_error"}}`},
		{400, `{"error":{"message":"The chatCompletion operation does not work with the specified model, o1-pro. Please choose different model and try again.","code":"OperationNotSupported"}}`},
		{400, `{"error":{"message":"Unsupported legacy protocol: /v1/chat/completions is not supported. Please use /v1/responses."}}`},
	} {
		s := serveRaw(t, func(conn *rawConn, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/chat/completions") {
				conn.reply(c.status, c.refusal)
				return
			}
			conn.reply(200, wholeResponse)
		})
		m := s.provider(t, "openai", func(cfg *wire.Config) { cfg.BaseURL += "/v1" }).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{Seed: &seed}})
		for i, attempts := range []int{2, 1} { // the second question knows already
			r, _ := ask(t, m)
			if r.Status != session.Done || r.Text != "Hello" || len(r.Attempts) != attempts || !slices.Contains(r.Notes, "asked through the Responses API, the only one that serves this model") ||
				!slices.Equal(r.DroppedParams, []string{"seed"}) || r.Usage.Input != 3 {
				t.Errorf("%s, question %d: %s %q, %d attempts, notes %q, dropped %v, %+v", c.refusal, i, r.Status, r.Text, len(r.Attempts), r.Notes, r.DroppedParams, r.Error)
			}
		}
		requests, bodies := s.seen()
		if len(requests) != 3 || requests[2].URL.Path != "/v1/responses" || !strings.Contains(string(bodies[2]), `"store":false`) {
			t.Errorf("%s: %d requests, the last %s with %s", c.refusal, len(requests), requests[len(requests)-1].URL, bodies[len(bodies)-1])
		}
	}
}

// A gateway may pass on what OpenAI says and have no such path itself: then the first refusal stands.
func TestAServerWithoutTheResponsesAPI(t *testing.T) {
	s := serveRaw(t, func(conn *rawConn, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/responses") {
			conn.reply(404, "404 page not found")
			return
		}
		conn.reply(404, `{"error":{"message":"This model is only supported in v1/responses and not in v1/chat/completions."}}`)
	})
	m := s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m")})
	for _, want := range []int{2, 1} {
		before, _ := s.seen()
		r, _ := ask(t, m)
		requests, _ := s.seen()
		if r.Error == nil || !strings.Contains(r.Error.Message, "only supported in v1/responses") || len(requests)-len(before) != want {
			t.Errorf("%d requests, want %d; %+v", len(requests)-len(before), want, r.Error)
		}
	}
}

// A key may not get summaries of the reasoning: the effort is asked for all the same.
func TestARefusedSummaryLeavesTheEffort(t *testing.T) {
	s := refuseOnce(t, 400, `{"error":{"message":"Your organization must be verified to generate reasoning summaries.","type":"invalid_request_error","param":"reasoning.summary","code":"unsupported_value"}}`, wholeResponse)
	m := s.provider(t, "responses", nil).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{ReasoningEffort: "low"}})
	if r, _ := ask(t, m); r.Status != session.Done || !slices.Equal(r.DroppedParams, []string{"reasoning.summary"}) {
		t.Errorf("%s, dropped %v, %+v", r.Status, r.DroppedParams, r.Error)
	}
	if _, bodies := s.seen(); len(bodies) != 2 || !strings.Contains(string(bodies[1]), `"reasoning":{"effort":"low"}`) {
		t.Errorf("requests %s", bodies)
	}
}

// Ollama and llama-server call an answer completed that max_output_tokens has cut.
func TestAnAnswerAsLongAsTheLimitIsCut(t *testing.T) {
	s := serveRaw(t, func(conn *rawConn, _ *http.Request) { conn.reply(200, wholeResponse) })
	for limit, want := range map[int]session.Status{1: session.Length, 2: session.Done} {
		m := s.provider(t, "responses", nil).Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{MaxTokens: &limit}})
		if r, _ := ask(t, m); r.Status != want || r.Text != "Hello" {
			t.Errorf("of at most %d tokens: %s %q, want %s", limit, r.Status, r.Text, want)
		}
	}
	one := 1
	far := s.provider(t, "responses", func(cfg *wire.Config) { cfg.Local = false })
	if r, _ := ask(t, far.Model(wire.ModelConfig{Info: info("m"), Params: providers.Params{MaxTokens: &one}})); r.Status != session.Done {
		t.Errorf("a server that says so itself: %s", r.Status)
	}
}

// Regression: what a gateway said behind the text of a cut answer was dropped, and a model that nobody serves was
// taken for a wrong address.
func TestTheWordsBesideAnAnswerAreKept(t *testing.T) {
	s := serveRaw(t, func(c *rawConn, _ *http.Request) {
		c.reply(200, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\ndata: {\"detail\":\"Model is at capacity\"}\n\n")
	})
	r, _ := ask(t, s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m")}))
	if r.Status != session.Truncated || r.Error == nil || !strings.Contains(r.Error.Message, `the server said "Model is at capacity"`) {
		t.Errorf("%s, %+v", r.Status, r.Error)
	}
	s = serveRaw(t, func(c *rawConn, _ *http.Request) {
		c.reply(404, `{"error":{"message":"No endpoints found for x/y.","code":404}}`)
	})
	r, _ = ask(t, s.provider(t, "openai", nil).Model(wire.ModelConfig{Info: info("m")}))
	if r.Error == nil || strings.Contains(r.Error.Hint, "base_url") {
		t.Errorf("hint %+v", r.Error)
	}
}
