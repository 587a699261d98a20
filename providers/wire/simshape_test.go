package wire_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/providers/sim"
	"lineup/providers/wire"
	"lineup/session"
)

// simulated is a model of a simulated server in a dialect.
func simulated(t testing.TB, url, kind, model string) providers.Model {
	t.Helper()
	if kind == "openai" || kind == "responses" {
		url += "/v1"
	}
	p, err := wire.New(wire.Config{Name: "test", Kind: kind, BaseURL: url, Local: true})
	if err != nil {
		t.Fatal(err)
	}
	return p.Model(wire.ModelConfig{Info: info(model)})
}

// The simulator makes JSON that fits a schema, and with a fault some that does not, in all dialects.
func TestSimulatedJSON(t *testing.T) {
	server := httptest.NewServer(sim.New(sim.Config{Models: []sim.Model{{Name: "m", Think: 4}}}))
	defer server.Close()
	for _, source := range []string{
		`{"type":"object","properties":{"name":{"type":"string","minLength":12},"n":{"type":"integer","minimum":3,"maximum":5},"ok":{"type":"boolean"},"when":{"type":"string","format":"date"},"none":{"type":"null"}},"required":["name","n","ok"],"additionalProperties":false}`,
		`{"type":"array","minItems":3,"items":{"anyOf":[{"$ref":"#/$defs/a"},{"type":"null"}]},"$defs":{"a":{"type":"object","properties":{"kind":{"enum":["x","y"]},"next":{"$ref":"#/$defs/a"}},"required":["kind"]}}}`,
		`{"allOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":{"type":["number","null"],"multipleOf":0.5}},"required":["b"]}]}`,
		`{"type":"number","exclusiveMinimum":10}`,
	} {
		s := schema(t, source)
		for _, kind := range wire.Kinds() {
			r := askFor(t, simulated(t, server.URL, kind, "m"), providers.Request{Schema: s})
			if r.Status != session.Done || r.JSON == nil || !r.JSON.Valid || len(r.DroppedParams) != 0 {
				t.Errorf("%s, %s: %s %v %s", kind, source, r.Status, r.JSON, r.Text)
			}
			r = askFor(t, simulated(t, server.URL, kind, "m@fault=json"), providers.Request{Schema: s})
			if r.Status != session.Done || !r.FailsSchema() {
				t.Errorf("%s, fault, %s: %s %v %s", kind, source, r.Status, r.JSON, r.Text)
			}
		}
	}
}

// The simulator calls the tool that a prompt names, in all dialects, and only there.
func TestSimulatedCalls(t *testing.T) {
	server := httptest.NewServer(sim.New(sim.Config{Models: []sim.Model{{Name: "m", Think: 4}}}))
	defer server.Close()
	tools, err := jsoncheck.ParseTools([]byte(`[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}}},{"type":"function","function":{"name":"hello_tool"}}]`))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range wire.Kinds() {
		m := simulated(t, server.URL, kind, "m")
		call := func(prompt string) *session.Reply {
			return askOf(t, m, providers.Request{Tools: tools, Messages: []providers.Message{{Role: providers.User, Content: prompt}}})
		}
		r := call("Use get_weather")
		if r.Status != session.Done || r.Text != "" || len(r.ToolCalls) != 1 || r.ToolCalls[0].Name != "get_weather" || r.ToolCalls[0].ID == "" ||
			r.Reasoning == "" || len(r.Notes) != 0 || r.Metrics.TTFT == nil || r.Usage.Output == 0 {
			t.Errorf("%s: %s %+v, notes %v, %+v", kind, r.Status, r.ToolCalls, r.Notes, r.Error)
			continue
		}
		if p := schema(t, string(tools[0].Parameters)).Check(r.ToolCalls[0].Arguments); !p.Valid {
			t.Errorf("%s: %v in %s", kind, p.Errors, r.ToolCalls[0].Arguments)
		}
		finish := map[string]string{"openai": "tool_calls", "anthropic": "tool_calls", "responses": "tool_calls", "ollama": "stop"}[kind]
		if r.FinishReason != finish {
			t.Errorf("%s: finish %s", kind, r.FinishReason)
		}
		if r := call("hello_tool, please"); len(r.ToolCalls) != 1 || r.ToolCalls[0].Arguments != "{}" {
			t.Errorf("%s: %+v", kind, r.ToolCalls)
		}
		if r := call("hello"); r.Text == "" || r.ToolCalls != nil {
			t.Errorf("%s: %+v", kind, r.ToolCalls)
		}
		if r := askOf(t, m, providers.Request{Messages: []providers.Message{{Role: providers.User, Content: "get_weather"}}}); r.Text == "" || r.ToolCalls != nil || slices.Contains(r.Notes, "tool call suppressed") {
			t.Errorf("%s, none declared: %+v", kind, r.ToolCalls)
		}
	}
}
