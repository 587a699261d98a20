package turn_test

import (
	"testing"
	"time"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
)

// Regression guard: servers refuse calls of tools that a request does not declare, such as one of a
// session that was saved with tools and is continued without.
func TestAConversationWithCallsKeepsItsTools(t *testing.T) {
	tools, err := jsoncheck.ParseTools([]byte(`[{"type":"function","function":{"name":"now"}}]`))
	if err != nil {
		t.Fatal(err)
	}
	sess := &session.Session{Turns: []*session.Turn{
		{Prompt: "When?", Replies: []*session.Reply{{Status: session.Done, Tools: tools, ToolCalls: []session.ToolCall{{Name: "now", Arguments: "{}"}}}}},
		{Prompt: "noon", ToolResult: true, Replies: []*session.Reply{{Status: session.Done, Text: "At noon."}}}}}
	messages := func() []providers.Message { return sess.Next(0, &session.Turn{Prompt: "Thanks"}) }
	asked := turn.New(sess, "Thanks", time.Now())
	if r := asked.Ask(0, registry.Spec{}, messages(), nil, time.Now()); len(r.Tools) != 1 || r.Tools[0].Name != "now" {
		t.Errorf("declared: %v", r.Tools)
	}
	sess.Turns = sess.Turns[:0]
	if r := asked.Ask(1, registry.Spec{}, messages(), nil, time.Now()); len(r.Tools) != 0 {
		t.Errorf("declared without calls: %v", r.Tools)
	}
}
