package report

import (
	"strings"
	"testing"

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
