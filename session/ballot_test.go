package session

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lineup/providers"
)

// ballotTurn has answers of a, b, a again and c, and one of d that failed.
func ballotTurn() *Turn {
	t := &Turn{}
	for slot, model := range []string{"p/a", "p/b", "p/a", "p/c"} {
		t.Put(answer(NewReply(slot, info(model, priced()), ask(), enter()), "x"))
		t.Replies[slot].Model, t.Replies[slot].ServedBy = model, model
	}
	t.Put(&Reply{Slot: 4, Model: "p/d", Status: Failed})
	return t
}

func TestVotesOfATurn(t *testing.T) {
	for _, c := range []struct {
		vote  *Vote
		kind  VoteKind
		slots []int
		wins  []int
		order []int
	}{
		{ballotTurn().VoteFor(1), VoteBest, []int{0, 1, 3}, []int{1}, []int{}},
		{ballotTurn().VoteFor(2), VoteBest, []int{2, 1, 3}, []int{0}, []int{}},    // the better of the two panes of a stands
		{ballotTurn().VoteFor(0, 2), VoteBest, []int{0, 1, 3}, []int{0}, []int{}}, // both are the same contender
		{ballotTurn().VoteFor(3, 2), VoteTie, []int{2, 1, 3}, []int{0, 2}, []int{}},
		{ballotTurn().VoteFor(), VoteBad, []int{0, 1, 3}, []int{}, []int{}},
		{ballotTurn().VoteInOrder(3, 2, 1, 0), VoteRanking, []int{2, 1, 3}, []int{}, []int{2, 0, 1}},
	} {
		v := c.vote
		if err := v.Check(); err != nil {
			t.Errorf("%+v: %v", v, err)
		}
		got := []any{v.Kind, v.Slots, v.Winners, v.Order}
		if d := cmp.Diff([]any{c.kind, c.slots, c.wins, c.order}, got); d != "" {
			t.Error(d)
		}
		if v.VoteMarks != (VoteMarks{}) {
			t.Errorf("marks %+v", v.VoteMarks)
		}
	}
	if ballotTurn().VoteInOrder(3, 1).Check() == nil {
		t.Error("a ranking without all contenders is no ranking")
	}
	same := &Turn{Replies: ballotTurn().Replies[:1]}
	if same.VoteFor(0).Check() == nil {
		t.Error("one contender is no vote")
	}
}

func TestMarksHoldForTheWholeVote(t *testing.T) {
	for want, change := range map[VoteMarks]func(*Reply){
		{Fallback: true}:  func(r *Reply) { r.ServedBy = "p/other" },
		{Simulated: true}: func(r *Reply) { r.Simulated = true },
		{Partial: true}:   func(r *Reply) { r.Status = Length },
	} {
		turn := ballotTurn()
		change(turn.Replies[3]) // another answer than the one that is voted for
		if got := turn.VoteFor(0).VoteMarks; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	turn := ballotTurn()
	turn.Replies[1].Status = Streaming
	if !turn.VoteFor(0).Partial {
		t.Error("an answer that still streams leaves no mark")
	}
}

// Two panes of one model with other settings are two contenders, each with its label and settings.
func TestVotesNameContenders(t *testing.T) {
	zero := 0.0
	cold := providers.Contender{Ref: providers.RefOf("p/a"), Name: "cold", Settings: providers.Settings{Params: providers.Params{Temperature: &zero, Stop: []string{"<"}}}}
	turn := ballotTurn()
	turn.Replies[2].Contender = &cold
	v := turn.VoteFor(2)
	if err := v.Check(); err != nil || len(v.Contenders) != 4 {
		t.Fatalf("%v, %v", err, v.Contenders)
	}
	want := Candidate{ID: cold.ID(), Model: "p/a", Label: "cold", Settings: []byte(`{"temperature":0,"stop":["<"]}`)}
	if d := cmp.Diff(want, v.Contenders[2]); d != "" {
		t.Error(d)
	}
	bare := providers.Contender{Ref: providers.RefOf("p/b")}
	if got := BareCandidate("p/b"); got.ID != bare.ID() || v.Contenders[1].ID != bare.ID() {
		t.Errorf("%+v has another id than %s", got, bare.ID())
	}
}

// Fault: a turn in which models only call tools could not be voted on.
func TestCallsOfToolsStandInAVote(t *testing.T) {
	call := []ToolCall{{Name: "weather", Arguments: `{"city":"서울"}`}}
	turn := &Turn{Replies: []*Reply{
		{Slot: 0, Model: "x/a", Status: Done, ToolCalls: call},
		{Slot: 1, Model: "x/b", Status: Done, Text: "I do not know."},
		{Slot: 2, Model: "x/c", Status: Failed},
		{Slot: 3, Model: "x/d", Status: Done, ToolCalls: call, Merge: true}}}
	if got := turn.Votable(); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("slots %v stand in a vote, want 0 and 1", got)
	}
	vote := turn.VoteFor(0)
	if err := vote.Check(); err != nil || !slices.Equal(vote.Winners, []int{0}) || vote.Partial {
		t.Errorf("%+v, %v", vote, err)
	}
}
