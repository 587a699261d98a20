package session

import (
	"context"
	"testing"
	"time"
)

// What judges cost stood in no statistics. It stands apart from the replies, for the model, the provider and the day of the judge.
func TestStatsShowWhatJudgesCost(t *testing.T) {
	ctx := context.Background()
	s, clock := newStore(t)
	add := func(sess *Session, judgements ...*Judgement) string {
		turn := addTurn(t, s, sess.ID, "p", []*Reply{answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")})
		judge(t, s, turn.ID, judgements...)
		return sess.ID
	}
	second := func(change func(*Judgement)) *Judgement {
		j := judgement("q/judge", VerdictA)
		j.B = 3
		change(j)
		return j
	}
	id := add(create(t, s, "t"), judgement("q/judge", VerdictA), second(func(j *Judgement) { j.Cost.Source = "~config" }))
	add(create(t, s, "unknown"), second(func(j *Judgement) { j.Cost = Cost{Source: "unknown"} }), judgement("p/m", NoVerdict))
	add(create(t, s, "own"), second(func(j *Judgement) { j.Cost = Cost{Source: "unknown", Own: true} }))
	add(create(t, s, "pretended"), second(func(j *Judgement) { j.Simulated = true }))
	hidden := create(t, s, "hidden")
	if err := s.SetBlind(ctx, hidden.ID, true, false); err != nil {
		t.Fatal(err)
	}
	add(hidden, judgement("q/judge", VerdictA))
	if _, err := s.Fork(ctx, id, ""); err != nil {
		t.Fatal(err)
	}

	usd := func(v float64) *float64 { return &v }
	judged := Judging{Judgements: 4, CostUSD: usd(0.5), CostKnown: 2, CostEstimated: 1, CostUnknown: 1}
	own := Judging{Judgements: 1, CostUSD: usd(0.25), CostKnown: 1}
	all := Judging{Judgements: 5, CostUSD: usd(0.75), CostKnown: 3, CostEstimated: 1, CostUnknown: 1}
	day := clock.now().Format(time.DateOnly)
	for name, c := range map[string]struct {
		q    StatsQuery
		want map[string]Judging
	}{
		"by model":      {StatsQuery{}, map[string]Judging{"q/judge": judged, "p/m": own}},
		"by provider":   {StatsQuery{By: ByProvider}, map[string]Judging{"q": judged, "p": own}},
		"by day":        {StatsQuery{By: ByDay, Location: time.UTC}, map[string]Judging{day: all}},
		"by contender":  {StatsQuery{By: ByContender}, map[string]Judging{}},
		"one provider":  {StatsQuery{Provider: "p"}, map[string]Judging{"p/m": own}},
		"later":         {StatsQuery{Since: clock.now().Add(time.Hour)}, map[string]Judging{}},
		"the simulated": {StatsQuery{Simulated: true}, map[string]Judging{"q/judge": judged, "p/m": own, "q/judge SIM": {Judgements: 1, CostUSD: usd(0.25), CostKnown: 1}}},
	} {
		list, err := s.Stats(ctx, c.q)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range list {
			name := g.Group
			if g.Simulated {
				name += " SIM"
			}
			checkJudging(t, name, g.Judging, c.want[name])
			delete(c.want, name)
			if g.Judging.Judgements > 0 && (g.First.Year() < 2000 || g.Last.Before(g.First)) {
				t.Errorf("%s is of %v to %v", name, g.First, g.Last)
			}
		}
		if len(c.want) > 0 {
			t.Errorf("%s: %v is missing", name, c.want)
		}
	}
}

func checkJudging(t *testing.T, name string, got, want Judging) {
	t.Helper()
	same := (got.CostUSD == nil) == (want.CostUSD == nil) && (got.CostUSD == nil || *got.CostUSD == *want.CostUSD)
	if got.CostUSD, want.CostUSD = nil, nil; got != want || !same {
		t.Errorf("%s: %+v, want %+v", name, got, want)
	}
}
