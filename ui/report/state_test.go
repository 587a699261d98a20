package report

import (
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/session"
	"lineup/ui/theme"
)

// A reply that a fallback cut at max_tokens, or lost in the middle, hid who had given it.
func TestWhoServedIsNamedHoweverTheReplyEnded(t *testing.T) {
	for _, status := range []session.Status{session.Done, session.Length, session.Truncated, session.Interrupted, session.Filtered,
		session.Empty, session.Cancelled} {
		r := &session.Reply{Model: "a/x", ServedBy: "b/y", Status: status}
		if _, words, feel := finalState(r); !strings.Contains(words, "served by b/y") || feel == theme.Good {
			t.Errorf("%s: %q, tone %v", status, words, feel)
		}
		r.ServedBy = r.Model
		if _, words, _ := finalState(r); strings.Contains(words, "served") {
			t.Errorf("%s without a fallback: %q", status, words)
		}
	}
}

// In the title of a low pane a state ended in the middle of a word: "HTTP 429, ret…", "done, serv…".
func TestBriefStatesAreWholeWords(t *testing.T) {
	const cells = 13 // what 80 columns with two panes beside each other leave
	ended := func(status session.Status, served string, e *session.ErrorInfo) *session.Reply {
		return &session.Reply{Model: "a/x", ServedBy: served, Status: status, Error: e}
	}
	limited := &session.ErrorInfo{Kind: providers.RateLimit, Status: 429}
	for _, c := range []struct {
		reply *session.Reply
		want  string
	}{
		{nil, "ready"},
		{ended(session.Done, "a/x", nil), "done"},
		{ended(session.Done, "b/y", nil), "fallback"},
		{ended(session.Length, "a/x", nil), "cut"},
		{ended(session.Truncated, "a/x", nil), "truncated"},
		{ended(session.Filtered, "a/x", nil), "filtered"},
		{ended(session.Empty, "a/x", nil), "no answer"},
		{ended(session.Cancelled, "a/x", nil), "cancelled"},
		{ended(session.Failed, "b/y", limited), "HTTP 429"},
		{ended(session.Failed, "a/x", &session.ErrorInfo{Kind: providers.Unreachable}), "failed"},
		{ended(session.Interrupted, "a/x", &session.ErrorInfo{Kind: providers.ConnectionLost}),
			"interrupted"},
	} {
		if got := Brief(c.reply, time.Now()); got != c.want || len(got) > cells {
			t.Errorf("%+v: %q, want %q", c.reply, got, c.want)
		}
	}
}
