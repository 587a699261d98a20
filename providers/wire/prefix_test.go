package wire_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lineup/providers"
	"lineup/providers/wire"
	"lineup/session"
)

// A conversation grows only at its end: the bytes of a request up to the end of its last message are
// the beginning of the next one, so that a server can reuse what it has read of the prompt. A broken
// prefix costs a local server the whole prompt again with each turn (charmbracelet/crush#1249).
func TestARequestBeginsWithTheOneBefore(t *testing.T) {
	warm, k, limit, seed := 0.7, 40, 1000, int64(7)
	call := session.ToolCall{Name: "weather", Arguments: `{"city":"서울"}`}
	sess := &session.Session{Turns: []*session.Turn{
		{Prompt: "Hi \n", Replies: []*session.Reply{{Status: session.Done, Text: "안녕 \n", Reasoning: "Hm."}}},
		{Prompt: "<b> & more", Replies: []*session.Reply{{Status: session.Length, Text: "```\ncut"}}},
		{Prompt: "The weather?", Replies: []*session.Reply{{Status: session.Done, ToolCalls: []session.ToolCall{call, call}}}},
		{Prompt: "21 °C", ToolResult: true, Replies: []*session.Reply{{Status: session.Done, Text: "Warm.", ToolCalls: []session.ToolCall{call}}}},
		{Prompt: "And now?", ToolResult: true, Replies: []*session.Reply{{Status: session.Done, Text: "Warmer."}}},
		{Prompt: "Thanks", Replies: []*session.Reply{{Status: session.Done, Text: "You are welcome."}}},
	}}
	for _, kind := range wire.Kinds() {
		for _, params := range []providers.Params{{}, {Temperature: &warm, TopK: &k, MaxTokens: &limit, Seed: &seed, Stop: []string{"END"}, ReasoningEffort: "low"}} {
			s := serveRaw(t, func(c *rawConn, _ *http.Request) { c.reply(500, "") })
			m := s.provider(t, kind, nil).Model(wire.ModelConfig{Info: info("m"), Params: params, Body: map[string]any{"user": "me", "a": map[string]any{"z": 1, "b": 2}}})
			for n, turn := range sess.Turns {
				earlier := session.Session{Turns: sess.Turns[:n]}
				askOf(t, m, providers.Request{System: "Be brief.", Schema: schema(t, numberSchema), Tools: declaredTools(t), Messages: earlier.Next(0, turn)})
			}
			_, bodies := s.seen()
			if len(bodies) != len(sess.Turns) {
				t.Fatalf("%s: %d requests", kind, len(bodies))
			}
			for n := 1; n < len(bodies); n++ {
				if begin := uptoMessages(t, bodies[n-1]); !bytes.HasPrefix(bodies[n], begin) {
					t.Errorf("%s: turn %d sends\n%s\nand turn %d\n%s", kind, n, begin, n+1, bodies[n])
				}
			}
		}
	}
}

// uptoMessages is a request as far as the end of its last message.
func uptoMessages(t *testing.T, body []byte) []byte {
	t.Helper()
	for _, name := range []string{"messages", "input"} {
		at := strings.Index(string(body), fmt.Sprintf("%q:[", name))
		if at < 0 {
			continue
		}
		depth, quoted := 0, false
		for i := at; i < len(body); i++ {
			switch c := body[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '[':
				depth++
			case c == ']':
				if depth--; depth == 0 {
					return body[:i]
				}
			}
		}
	}
	t.Fatalf("no messages in %s", body)
	return nil
}
