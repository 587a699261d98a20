package session

import (
	"fmt"
	"strings"
	"testing"

	"lineup/providers"
)

// talkOf is a conversation in short.
func talkOf(messages []providers.Message) string {
	var parts []string
	for _, m := range messages {
		s := string(m.Role[:1]) + ":" + m.Content
		for _, c := range m.Calls {
			s += fmt.Sprintf("+%s(%s)", c.Name, c.ID)
		}
		if m.Result != nil {
			s += "=" + m.Result.ID
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " | ")
}

func TestResultsAnswerTheCallsBeforeThem(t *testing.T) {
	says := func(text string, calls ...ToolCall) []*Reply {
		return []*Reply{{Status: Done, Text: text, ToolCalls: calls}}
	}
	f, g := ToolCall{ID: "x", Name: "f"}, ToolCall{Name: "g"}
	for name, c := range map[string]struct {
		turns      []*Turn
		want, next string // next: with a further result
	}{
		"none":                          {[]*Turn{{Prompt: "a", Replies: says("b")}}, "u:a | a:b", ""},
		"calls that nobody answers":     {[]*Turn{{Prompt: "a", Replies: says("", f)}}, "", "u:a | a:+f(x) | t:r=x"},
		"with text":                     {[]*Turn{{Prompt: "a", Replies: says("b", f, g)}}, "u:a | a:b", "u:a | a:b+f(x)+g(call_1_2) | t:r=x | t:r=call_1_2"},
		"a prompt in place of a result": {[]*Turn{{Prompt: "a", Replies: says("", f)}, {Prompt: "c", Replies: says("d")}}, "u:c | a:d", ""},
		"a result":                      {[]*Turn{{Prompt: "a", Replies: says("", f)}, {Prompt: "1", ToolResult: true, Replies: says("d")}}, "u:a | a:+f(x) | t:1=x | a:d", ""},
		"a result that leads to calls": {[]*Turn{{Prompt: "a", Replies: says("", f)}, {Prompt: "1", ToolResult: true, Replies: says("", g)}},
			"", "u:a | a:+f(x) | t:1=x | a:+g(call_2_1) | t:r=call_2_1"},
		"a result whose answer failed": {[]*Turn{{Prompt: "a", Replies: says("", f)}, {Prompt: "1", ToolResult: true, Replies: []*Reply{{Status: Failed}}}},
			"", "u:a | a:+f(x) | t:r=x"},
		"a result without a call": {[]*Turn{{Prompt: "1", ToolResult: true, Replies: says("d")}, {Prompt: "a", Replies: says("b")}}, "u:a | a:b", ""},
	} {
		s := &Session{Turns: c.turns}
		if got := talkOf(s.History(0)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got := talkOf(s.Next(0, &Turn{Prompt: "r", ToolResult: true})); got != c.next || s.CallsTools(0) != (c.next != "") {
			t.Errorf("%s, then a result: %s, want %s", name, got, c.next)
		}
	}
}

// What a turn sends is the beginning of what the next one sends: servers reuse what they have read.
func TestAConversationGrowsAtItsEnd(t *testing.T) {
	f := ToolCall{Name: "f"}
	full := &Session{Turns: []*Turn{{Prompt: "a", Replies: []*Reply{{Status: Done, Text: "b"}}}, {Prompt: "c", Replies: []*Reply{{Status: Length, Text: "d "}}},
		{Prompt: "e", Replies: []*Reply{{Status: Done, ToolCalls: []ToolCall{f}}}}, {Prompt: "g", ToolResult: true, Replies: []*Reply{{Status: Done, Text: "h"}}},
		{Prompt: "i", Replies: []*Reply{{Status: Done, Text: "j"}}}}}
	before := ""
	for n := range full.Turns {
		s := &Session{Turns: full.Turns[:n]}
		sent := talkOf(s.Next(0, full.Turns[n]))
		if !strings.HasPrefix(sent, before) || sent == before {
			t.Errorf("turn %d sends\n%s\nwhich does not begin with\n%s", n+1, sent, before)
		}
		before = sent
	}
}

// A session that is opened without its tools declares them as before: the calls in it need them.
func TestAConversationKnowsItsTools(t *testing.T) {
	list := tools()
	s := &Session{Turns: []*Turn{{Prompt: "a", Replies: []*Reply{{Status: Done, Text: "x", Tools: list[:1]}, {Status: Done, Text: "y"}}},
		{Prompt: "b", Replies: []*Reply{{Status: Done, Text: "x", Tools: list}}}, {Prompt: "c", Replies: []*Reply{{Status: Done, Text: "x"}}}}}
	if got := s.Tools(0); len(got) != 2 {
		t.Errorf("%v", got)
	}
	if got := s.Tools(1); got != nil {
		t.Errorf("%v", got)
	}
}
