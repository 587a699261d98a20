package session

import (
	"context"
	"slices"
	"testing"
	"time"
)

// Money that no reply tells of was in no sum: that of runs without a session, and of a judgement that a later one replaced.
func TestSpentKnowsMoneyThatNoReplyTellsOf(t *testing.T) {
	ctx := context.Background()
	s, clock := newStore(t)
	day := clock.now().Truncate(24 * time.Hour)
	want := Spent{}
	check := func(what string) {
		t.Helper()
		if got, err := s.Spent(ctx, day); err != nil || got != want {
			t.Errorf("%s: spent %+v, %v; want %+v", what, got, err, want)
		}
	}
	for _, sum := range []Spent{{USD: 0.5, Known: 2}, {USD: 0.25, Known: 1, Estimated: true, Unknown: 3}} {
		if err := s.Spend(ctx, SpentOnRuns, sum); err != nil {
			t.Fatal(err)
		}
		want = want.Plus(sum)
	}
	check("two payments")
	if n := count(t, s, `SELECT count(*) FROM spendings`); n != 1 {
		t.Errorf("%d rows of one quarter of an hour", n)
	}

	sess := create(t, s, "t")
	turn := addTurn(t, s, sess.ID, "p", []*Reply{answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")})
	judge(t, s, turn.ID, judgement("p/judge", VerdictA))
	clock.pass(time.Second)
	judge(t, s, turn.ID, judgement("p/judge", VerdictB))
	paid, err := s.Spent(ctx, day)
	if err != nil {
		t.Fatal(err)
	}
	if known := paid.Known - want.Known; known < 2 {
		t.Errorf("%d judgements are in the sum, want both", known)
	}
	want = paid

	kept, err := s.Import(ctx, &Session{Title: "run", Origin: "run:1", CreatedAt: clock.now(), UpdatedAt: clock.now(), Turns: []*Turn{{
		Prompt: "p", CreatedAt: clock.now(), Replies: []*Reply{ofRun(clock.now())}}}})
	if err != nil {
		t.Fatal(err)
	}
	check("a run that is kept as a session too")
	if r := load1(t, s, kept.ID).Turns[0].Replies[0]; !r.Run {
		t.Error("the reply of a run does not say so")
	}

	if got, err := s.Spent(ctx, day.Add(24*time.Hour)); err != nil || got != (Spent{}) {
		t.Errorf("the next day has %+v, %v", got, err)
	}
	if !slices.Contains(salvaged(), "spendings") || !slices.Contains(salvaged(), "benches") {
		t.Error("a salvage loses spendings or measurements")
	}
}

func ofRun(at time.Time) *Reply {
	usd := 0.125
	r := answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")
	r.Cost, r.EndedAt, r.Run = Cost{USD: &usd, Source: "config"}, at, true
	return r
}

// A case that was opened from the results of a run counted beside the session of the run.
func TestStatsLeaveOutOpenedCases(t *testing.T) {
	ctx := context.Background()
	s, clock := newStore(t)
	for _, origin := range []string{"run:1", "case:1", "case:2"} {
		_, err := s.Import(ctx, &Session{Title: origin, Origin: origin, CreatedAt: clock.now(), UpdatedAt: clock.now(), Turns: []*Turn{{
			Prompt: "p", CreatedAt: clock.now(), Replies: []*Reply{ofRun(clock.now())}}}})
		if err != nil {
			t.Fatal(err)
		}
		clock.pass(time.Second)
	}
	for _, by := range []Grouping{ByModel, ByContender} {
		if list, err := s.Stats(ctx, StatsQuery{By: by}); err != nil || len(list) != 1 || list[0].Replies != 1 {
			t.Errorf("by %s: %+v, %v; want the reply once", by, list, err)
		}
	}
}
