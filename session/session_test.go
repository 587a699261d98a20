package session

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lineup/providers"
)

func TestTitleOf(t *testing.T) {
	long := strings.Repeat("토큰 ", 50)
	for prompt, want := range map[string]string{
		"":                                "untitled",
		" \n\t\n ":                        "untitled",
		"What is a token?":                "What is a token?",
		"\n\n  First \t line \nsecond":    "First line",
		"red \x1b[31malert\x07":           "red ␛[31malert␇",
		long:                              string([]rune(long)[:59]) + "…",
		strings.Repeat("a", 60):           strings.Repeat("a", 60),
		strings.Repeat("a", 61) + "\nend": strings.Repeat("a", 59) + "…",
	} {
		got := TitleOf(prompt)
		if got != want {
			t.Errorf("TitleOf(%q) = %q, want %q", prompt, got, want)
		}
		if utf8.RuneCountInString(got) > titleRunes || strings.ContainsAny(got, "\n\x1b") {
			t.Errorf("TitleOf(%q) = %q is no title", prompt, got)
		}
	}
}

func TestHistory(t *testing.T) {
	answer := func(s Status, text string) *Reply { return &Reply{Status: s, Text: text} }
	s := &Session{Turns: []*Turn{
		{Prompt: "one", Replies: []*Reply{answer(Done, "1a"), answer(Failed, "")}},
		{Prompt: "two", Replies: []*Reply{answer(Interrupted, "2a"), nil}},
		{Prompt: "three", Replies: []*Reply{answer(Done, "3a"), answer(Length, "3b"), answer(Done, "3c")}},
		{Prompt: "four", Replies: []*Reply{NewReply(0, providers.Info{}, providers.Request{}, enter())}},
	}}
	for slot, want := range [][]string{
		{"one", "1a", "two", "2a", "three", "3a"},
		{"three", "3b"},
		{"three", "3c"},
		nil,
	} {
		var got []string
		for n, m := range s.History(slot) {
			if want := []providers.Role{providers.User, providers.Assistant}[n%2]; m.Role != want {
				t.Errorf("slot %d: message %d is of the %s", slot, n, m.Role)
			}
			got = append(got, m.Content)
		}
		if !slices.Equal(got, want) {
			t.Errorf("slot %d: %q, want %q", slot, got, want)
		}
	}
}

// TestHistoryOfRunningReply: what has come so far is what a next prompt would refer to.
func TestHistoryOfRunningReply(t *testing.T) {
	i := info("p/m", providers.Quote{})
	r := apply(newReply(i), start(0, i), text(1, "so "), text(2, "far"))
	s := &Session{Turns: []*Turn{{Prompt: "go", Replies: []*Reply{r}}}}
	if h := s.History(0); len(h) != 2 || h[1].Content != "so far" {
		t.Errorf("%v", h)
	}
}

// The reply of a pane was no part of the conversation any more where a pane before it had not been asked: a closed one, or
// one whose answer called no tool. It came back as an alternative to nothing.
func TestAReplyIsInForceWhereEarlierPanesAreNotAsked(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	r := NewReply(2, info("p/m", priced()), ask(), enter())
	turn := addTurn(t, s, sess.ID, "p", []*Reply{r})
	if err := s.FinishReply(context.Background(), turn.ID, answer(r, "an answer")); err != nil {
		t.Fatal(err)
	}
	got := load1(t, s, sess.ID).Turns[0]
	if r := got.Reply(2); r == nil || r.Text != "an answer" || len(got.Alternatives) != 0 {
		t.Errorf("in force %+v, alternatives %+v", got.Replies, got.Alternatives)
	}
}
