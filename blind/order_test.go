package blind

import (
	"encoding/json"
	"strings"
	"testing"

	"lineup/session"
)

// In another order a turn has other letters, and nothing in it says which slot had which.
func TestTurnInAnotherOrder(t *testing.T) {
	one := 1
	turn := &session.Turn{ID: "t", Prompt: "why?", Promoted: &one, Replies: []*session.Reply{
		{Slot: 0, Model: "p/mistral", ServedBy: "p/mistral", Status: session.Done, Text: "Mistral says a"}, nil,
		{Slot: 2, Model: "p/qwen", ServedBy: "p/other", Status: session.Done, Text: "c"}}}
	turn.SetVote(turn.VoteFor(2))
	got := New("p/mistral", "p/qwen", "p/other").InOrder(turn, []int{2, 0, 1})
	if len(got.Replies) != 3 || got.Replies[0].Text != "c" || got.Replies[1].Text != "▒▒▒ says a" || got.Replies[2] != nil {
		t.Fatalf("%+v", got.Replies)
	}
	for i, r := range got.Replies[:2] {
		if r.Slot != i || r.Model != session.Letter(i) {
			t.Errorf("reply %d is that of slot %d, %s", i, r.Slot, r.Model)
		}
	}
	if got.Promoted != nil || len(got.Votes) != 0 || turn.Replies[0].Slot != 0 || turn.Replies[2].Model != "p/qwen" {
		t.Errorf("%+v; the turn itself %+v", got, turn)
	}
	b, err := json.Marshal(got.Replies)
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"istral", "qwen", "other"} {
		if strings.Contains(string(b), leak) {
			t.Errorf("%s is in %s", leak, b)
		}
	}
}
