package session

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func judgement(judge string, winner Verdict) *Judgement {
	usd := 0.25
	return &Judgement{Judge: judge, A: 0, B: 2, Winner: winner, Verdicts: []Verdict{winner, winner}, Self: true, Reason: "a < b",
		Usage: Usage{Input: 10, Output: 3, Source: Reported}, Cost: Cost{USD: &usd, Source: "config"},
		Judged: Judged{Contenders: []Candidate{BareCandidate("p/a"), BareCandidate("p/b")}, Lengths: []int{3, 5}, Fallback: true}}
}

func judge(t *testing.T, s *Store, turn string, list ...*Judgement) {
	t.Helper()
	if err := s.Judge(context.Background(), turn, list...); err != nil {
		t.Fatal(err)
	}
}

func TestJudgementsAreKeptWholeReplacedAndCopied(t *testing.T) {
	ctx := context.Background()
	s, clock := newStore(t)
	sess := create(t, s, "t")
	turn := addTurn(t, s, sess.ID, "p", []*Reply{answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")})
	judge(t, s, turn.ID, judgement("p/judge", VerdictA))
	clock.pass(time.Minute)
	other := judgement("p/other", NoVerdict)
	again := judgement("p/judge", VerdictTie)
	judge(t, s, turn.ID, other, again)
	got := load1(t, s, sess.ID).Turns[0]
	if d := cmp.Diff([]*Judgement{other, again}, got.Judgements); d != "" || len(got.Votes) > 0 {
		t.Errorf("(-kept +read)\n%s", d)
	}
	made, err := s.Judgements(ctx, "p/judge", VoteFilter{})
	if d := cmp.Diff([]MadeJudgement{{sess.ID, turn.ID, "p", *again}}, made); d != "" || err != nil {
		t.Errorf("%v (-kept +read)\n%s", err, d)
	}

	// A fork's count where they were made, and the money was spent once. Judges cost money beside the replies.
	fork, err := s.Fork(ctx, sess.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if j := load1(t, s, fork.ID).Turns[0].Judgements; len(j) != 2 || !j[0].Copied || !j[1].Copied {
		t.Errorf("the fork has %+v", j)
	}
	if made, err := s.Judgements(ctx, "p/judge", VoteFilter{}); len(made) != 1 || err != nil {
		t.Errorf("with a fork: %d judgements, %v", len(made), err)
	}
	if sum, err := s.Spent(ctx, clock.now().Add(-time.Second)); err != nil || sum.USD != 0.5 || sum.Known != 2 {
		t.Errorf("spent %+v, %v", sum, err)
	}
	if !slices.Contains(salvaged(), "judgements") {
		t.Error("a salvage loses the judgements")
	}
}

func TestWrongJudgementIsRefused(t *testing.T) {
	s, _ := newStore(t)
	turn := addTurn(t, s, create(t, s, "t").ID, "p", nil)
	for name, change := range map[string]func(*Judgement){
		"no judge":       func(j *Judgement) { j.Judge = "" },
		"one slot":       func(j *Judgement) { j.B = 0 },
		"a third winner": func(j *Judgement) { j.Winner = "c" },
		"one verdict":    func(j *Judgement) { j.Verdicts = j.Verdicts[:1] },
		"one contender":  func(j *Judgement) { j.Contenders = j.Contenders[:1] },
	} {
		j := judgement("p/judge", VerdictA)
		change(j)
		if err := s.Judge(context.Background(), turn.ID, j); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestTheCostOfBothQuestionsIsKnownOrNot(t *testing.T) {
	usd := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		first, second, want Cost
	}{
		"both":      {Cost{USD: usd(1), Source: "config"}, Cost{USD: usd(2), Source: "config"}, Cost{USD: usd(3), Source: "config"}},
		"estimated": {Cost{USD: usd(1), Source: "config"}, Cost{USD: usd(2), Source: "~config"}, Cost{USD: usd(3), Source: "~config"}},
		"the first": {Cost{USD: usd(1), Source: "gateway"}, Cost{Source: "unknown"}, Cost{Source: "unknown"}},
		"own":       {Cost{Source: "unknown", Own: true}, Cost{Source: "unknown", Own: true}, Cost{Source: "unknown", Own: true}},
	} {
		var j Judgement
		j.PayFor(&Reply{Cost: c.first, Usage: Usage{Input: 1, Source: Reported}}, true)
		j.PayFor(&Reply{Cost: c.second, Usage: Usage{Input: 2, Source: Estimated}}, false)
		if d := cmp.Diff(c.want, j.Cost); d != "" || j.Usage != (Usage{Input: 3, Source: Estimated}) {
			t.Errorf("%s: %+v %s", name, j.Usage, d)
		}
	}
}
