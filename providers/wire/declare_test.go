package wire_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/providers/wire"
	"lineup/session"
)

const numberSchema = `{"type":"object","properties":{"n":{"type":"number"}},"required":["n"],"additionalProperties":false}`

func schema(t testing.TB, source string) *jsoncheck.Schema {
	t.Helper()
	s, err := jsoncheck.Parse("shape.json", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func declaredTools(t testing.TB) []jsoncheck.Tool {
	t.Helper()
	tools, err := jsoncheck.ParseTools([]byte(`[{"type":"function","function":{"name":"weather","description":"of a city","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},
		{"type":"function","function":{"name":"now"}}]`))
	if err != nil {
		t.Fatal(err)
	}
	return tools
}

// askFor is ask with a request of the test's own.
func askFor(t testing.TB, m providers.Model, req providers.Request) *session.Reply {
	t.Helper()
	req.Messages = []providers.Message{{Role: providers.User, Content: "hello"}}
	return askOf(t, m, req)
}

// askOf asks and folds the events into a reply.
func askOf(t testing.TB, m providers.Model, req providers.Request) *session.Reply {
	t.Helper()
	r := session.NewReply(0, info("m"), req, time.Now())
	run := providers.Start(t.Context(), []providers.Call{{Model: m, Request: req}})
	<-run.Done()
	for _, ev := range run.Take(0, nil) {
		r.Apply(ev)
	}
	return r
}

// compacted are some fields of a request, without white space.
func compacted(t *testing.T, body []byte, names ...string) string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		t.Fatal(err)
	}
	out := map[string]json.RawMessage{}
	for _, name := range names {
		if v, ok := fields[name]; ok {
			out[name] = v
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatIsDeclaredInEachDialect(t *testing.T) {
	loose := `{"type":"object","properties":{"n":{"type":"number"}}}`
	const effort = "adaptive"
	for _, c := range []struct {
		kind, schema string
		params       providers.Params
		want         string
	}{
		{"openai", numberSchema, providers.Params{}, `{"response_format":{"json_schema":{"name":"shape","schema":` + numberSchema + `,"strict":true},"type":"json_schema"}}`},
		{"openai", loose, providers.Params{}, `{"response_format":{"json_schema":{"name":"shape","schema":` + loose + `,"strict":false},"type":"json_schema"}}`},
		{"ollama", loose, providers.Params{}, `{"format":` + loose + `}`},
		{"anthropic", numberSchema, providers.Params{}, `{"output_config":{"format":{"schema":` + numberSchema + `,"type":"json_schema"}}}`},
		{"anthropic", numberSchema, providers.Params{ReasoningEffort: effort}, `{"output_config":{"format":{"schema":` + numberSchema + `,"type":"json_schema"}}}`},
		{"responses", numberSchema, providers.Params{}, `{"text":{"format":{"name":"shape","schema":` + numberSchema + `,"strict":true,"type":"json_schema"}}}`},
	} {
		s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(500, "") })
		m := s.provider(t, c.kind, nil).Model(wire.ModelConfig{Info: info("m"), Params: c.params})
		askFor(t, m, providers.Request{Schema: schema(t, c.schema)})
		_, bodies := s.seen()
		if got := compacted(t, bodies[0], "response_format", "format", "output_config", "text", "tools"); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.kind, got, c.want)
		}
	}
	const parameters = `{"type":"object","properties":{"city":{"type":"string"}}}`
	const none = `{"type":"object","properties":{}}`
	chat := `{"tools":[{"type":"function","function":{"name":"weather","description":"of a city","parameters":` + parameters + `}},{"type":"function","function":{"name":"now"}}]}`
	for kind, want := range map[string]string{
		"openai":    chat,
		"ollama":    chat,
		"anthropic": `{"tools":[{"description":"of a city","input_schema":` + parameters + `,"name":"weather"},{"input_schema":` + none + `,"name":"now"}]}`,
		"responses": `{"tools":[{"description":"of a city","name":"weather","parameters":` + parameters + `,"strict":false,"type":"function"},{"name":"now","parameters":` + none + `,"strict":false,"type":"function"}]}`,
	} {
		s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(500, "") })
		askFor(t, s.model(t, kind), providers.Request{Tools: declaredTools(t)})
		_, bodies := s.seen()
		if got := compacted(t, bodies[0], "response_format", "format", "output_config", "text", "tools"); got != want {
			t.Errorf("%s: %s\nwant %s", kind, got, want)
		}
	}
}

// A request that asks for nothing of the kind has the bytes that it had before there were schemas.
func TestWithoutASchemaARequestStaysAsItWas(t *testing.T) {
	for kind, want := range map[string]string{
		"openai":    `{"messages":[{"role":"user","content":"hello"}],"model":"m","stream":true,"stream_options":{"include_usage":true}}`,
		"ollama":    `{"messages":[{"role":"user","content":"hello"}],"model":"m","stream":true}`,
		"anthropic": `{"max_tokens":8192,"messages":[{"role":"user","content":"hello"}],"model":"m","stream":true}`,
		"responses": `{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}],"model":"m","store":false,"stream":true}`,
	} {
		s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(500, "") })
		askFor(t, s.model(t, kind), providers.Request{})
		if _, bodies := s.seen(); string(bytes.TrimSpace(bodies[0])) != want {
			t.Errorf("%s: %s", kind, bodies[0])
		}
	}
}

// whole answers a question in each dialect.
func wholeAnswer(kind, text string) string {
	b, _ := json.Marshal(text)
	switch kind {
	case "ollama":
		return `{"model":"m","message":{"content":` + string(b) + `},"done":true,"done_reason":"stop"}`
	case "anthropic":
		return `{"type":"message","model":"m","content":[{"type":"text","text":` + string(b) + `}],"stop_reason":"end_turn"}`
	case "responses":
		return `{"object":"response","status":"completed","model":"m","output":[{"type":"message","content":[{"type":"output_text","text":` + string(b) + `}]}]}`
	}
	return `{"object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":` + string(b) + `},"finish_reason":"stop"}]}`
}

// What servers say when they take no schema. The answer comes without it, and is checked all the same.
func TestARefusedSchemaIsLeftOutAndTheAnswerChecked(t *testing.T) {
	for _, c := range []struct {
		kind   string
		status int
		body   string
	}{
		{"openai", 400, `{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","type":"invalid_request_error","param":null,"code":null}}`},
		{"openai", 400, `{"error":{"message":"Invalid schema for response_format 'shape': In context=(), 'additionalProperties' is required to be supplied and to be false.","type":"invalid_request_error","param":"response_format","code":null}}`},
		{"openai", 400, `{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error"}}`},
		{"openai", 400, `{"error":{"message":"This model does not support response format ` + "`json_schema`" + `. See supported models.","type":"invalid_request_error","param":"response_format"}}`},
		{"openai", 422, `{"detail":[{"type":"extra_forbidden","loc":["body","response_format"],"msg":"Extra inputs are not permitted"}]}`},
		{"openai", 404, `{"error":{"message":"No endpoints found that support the requested structured outputs","code":404}}`},
		{"openai", 400, `[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"$defs\" at 'generation_config.response_schema': Cannot find field.","status":"INVALID_ARGUMENT"}}]`},
		{"openai", 400, `{"error":{"code":400,"message":"JSON schema conversion failed:\nUnrecognized schema","type":"invalid_request_error"}}`},
		{"openai", 500, `{"error":{"code":500,"message":"Failed to initialize samplers: failed to parse grammar","type":"server_error"}}`},
		{"ollama", 400, `{"error":"invalid format: \"x\"; expected \"json\" or a valid JSON schema object"}`},
		{"ollama", 500, `{"error":"failed to load model vocabulary required for format: unsupported"}`},
		{"anthropic", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"'m' does not support output format."}}`},
		{"anthropic", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"output_config: Extra inputs are not permitted"}}`},
		{"anthropic", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"}}`},
		{"responses", 400, `{"error":{"message":"Unknown parameter: 'text'.","type":"invalid_request_error","param":"text","code":"unknown_parameter"}}`},
		{"responses", 400, `{"error":{"message":"Invalid schema for response_format 'shape'","type":"invalid_request_error","param":"text.format.schema","code":"invalid_json_schema"}}`},
	} {
		s := refuseOnce(t, c.status, c.body, wholeAnswer(c.kind, `{"n":"1"}`))
		p := s.provider(t, c.kind, nil)
		effort := providers.Params{}
		if c.kind == "anthropic" {
			effort.ReasoningEffort = "none"
		}
		m := p.Model(wire.ModelConfig{Info: info("m"), Params: effort})
		r := askFor(t, m, providers.Request{Schema: schema(t, numberSchema)})
		if r.Status != session.Done || !slices.Equal(r.DroppedParams, []string{"schema"}) || !r.FailsSchema() {
			t.Errorf("%s: %s, dropped %v, %+v, %+v", c.body, r.Status, r.DroppedParams, r.JSON, r.Error)
		}
		_, bodies := s.seen()
		if last := string(bodies[len(bodies)-1]); len(bodies) != 2 || strings.Contains(last, "additionalProperties") {
			t.Errorf("%s: %d requests, then %s", c.body, len(bodies), last)
		}
	}
}

// An effort stands in the same field as Anthropic's schema, and stays.
func TestADroppedSchemaLeavesItsNeighbour(t *testing.T) {
	s := refuseOnce(t, 400, `{"type":"error","error":{"type":"invalid_request_error","message":"output_config.format: not supported by this model"}}`, wholeAnswer("anthropic", `{"n":1}`))
	m := s.provider(t, "anthropic", nil).Model(wire.ModelConfig{Info: info("m"), Body: map[string]any{"output_config": map[string]any{"effort": "low"}}})
	r := askFor(t, m, providers.Request{Schema: schema(t, numberSchema)})
	_, bodies := s.seen()
	if r.Status != session.Done || r.FailsSchema() || len(bodies) != 2 || compacted(t, bodies[1], "output_config") != `{"output_config":{"effort":"low"}}` {
		t.Errorf("%s %+v; %s", r.Status, r.Error, bodies[len(bodies)-1])
	}
}

func TestRefusedToolsAreLeftOut(t *testing.T) {
	for _, c := range []struct {
		kind   string
		status int
		body   string
	}{
		{"ollama", 400, `{"error":"registry.ollama.ai/library/tiny:latest does not support tools"}`},
		{"openai", 400, `{"error":{"message":"registry.ollama.ai/library/tiny:latest does not support tools","type":"api_error"}}`},
		{"openai", 404, `{"error":{"message":"No endpoints found that support tool use. Try disabling \"weather\".","code":404}}`},
		{"openai", 500, `{"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}}`},
		{"openai", 400, `{"error":{"message":"` + "`tool calling`" + ` is not supported with this model","type":"invalid_request_error"}}`},
		{"openai", 422, `{"detail":[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted"}]}`},
		{"anthropic", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"'m' does not support tools."}}`},
		{"responses", 400, `{"error":{"message":"Unsupported parameter: 'tools' is not supported with this model.","param":"tools","code":"unsupported_parameter"}}`},
	} {
		s := refuseOnce(t, c.status, c.body, wholeAnswer(c.kind, "Hello"))
		r := askFor(t, s.model(t, c.kind), providers.Request{Tools: declaredTools(t)})
		if r.Status != session.Done || !slices.Equal(r.DroppedParams, []string{"tools"}) || r.Text != "Hello" {
			t.Errorf("%s: %s, dropped %v, %+v", c.body, r.Status, r.DroppedParams, r.Error)
		}
	}
}

// An error that is about something else does not cost the schema.
func TestOtherErrorsKeepTheSchema(t *testing.T) {
	for status, body := range map[int]string{
		401: `{"error":{"message":"Incorrect API key provided"}}`,
		429: `{"error":{"message":"too many requests with response_format"}}`,
		400: `{"error":{"message":"This model's maximum context length is 10 tokens. However, you requested 20 tokens","code":"context_length_exceeded"}}`,
		404: `{"error":{"message":"model 'json_schema' not found, try pulling it first"}}`,
	} {
		s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(status, body) })
		r := askFor(t, s.model(t, "openai"), providers.Request{Schema: schema(t, numberSchema), Tools: declaredTools(t)})
		if r.Error == nil || len(r.DroppedParams) != 0 {
			t.Errorf("%s: %s, dropped %v", body, r.Status, r.DroppedParams)
		}
	}
}
