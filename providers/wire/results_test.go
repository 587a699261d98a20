package wire_test

import (
	"net/http"
	"testing"

	"lineup/providers"
)

// A conversation with calls and their results, in each dialect's form.
func TestCallsAndResultsInAConversation(t *testing.T) {
	first := providers.ToolUse{ID: "a", Name: "weather", Arguments: ` {"city":"서울"}`}
	second := providers.ToolUse{ID: "b", Name: "now", Arguments: "no JSON"}
	messages := []providers.Message{{Role: providers.User, Content: "hi"},
		{Role: providers.Assistant, Content: "Let me look.", Calls: []providers.ToolUse{first, second}},
		{Role: providers.Tool, Content: "21 °C", Result: &first}, {Role: providers.Tool, Content: "noon", Result: &second}}
	for kind, want := range map[string]string{
		"openai": `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Let me look.","tool_calls":[` +
			`{"function":{"arguments":" {\"city\":\"서울\"}","name":"weather"},"id":"a","type":"function"},{"function":{"arguments":"no JSON","name":"now"},"id":"b","type":"function"}]},` +
			`{"role":"tool","content":"21 °C","tool_call_id":"a"},{"role":"tool","content":"noon","tool_call_id":"b"}]}`,
		"ollama": `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Let me look.","tool_calls":[` +
			`{"function":{"arguments":{"city":"서울"},"name":"weather"},"id":"a"},{"function":{"arguments":{"arguments":"no JSON"},"name":"now"},"id":"b"}]},` +
			`{"role":"tool","content":"21 °C","tool_call_id":"a","tool_name":"weather"},{"role":"tool","content":"noon","tool_call_id":"b","tool_name":"now"}]}`,
		"anthropic": `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"text":"Let me look.","type":"text"},` +
			`{"id":"a","input":{"city":"서울"},"name":"weather","type":"tool_use"},{"id":"b","input":{"arguments":"no JSON"},"name":"now","type":"tool_use"}]},` +
			`{"role":"user","content":[{"content":"21 °C","tool_use_id":"a","type":"tool_result"},{"content":"noon","tool_use_id":"b","type":"tool_result"}]}]}`,
		"responses": `{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Let me look."}]},` +
			`{"arguments":" {\"city\":\"서울\"}","call_id":"a","name":"weather","type":"function_call"},{"arguments":"no JSON","call_id":"b","name":"now","type":"function_call"},` +
			`{"call_id":"a","output":"21 °C","type":"function_call_output"},{"call_id":"b","output":"noon","type":"function_call_output"}]}`,
	} {
		s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(500, "") })
		askOf(t, s.model(t, kind), providers.Request{Messages: messages})
		_, bodies := s.seen()
		if got := compacted(t, bodies[0], "messages", "input"); got != want {
			t.Errorf("%s: %s\nwant %s", kind, got, want)
		}
	}
}
