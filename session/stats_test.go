package session

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"lineup/providers"

	"github.com/google/go-cmp/cmp"
)

// past is a reply that ended as given, of a model that was asked itself.
func past(model string, status Status, ttft, tps float64) *Reply {
	duration := 2000.0
	r := &Reply{Type: "reply", Model: model, ServedBy: model, Status: status, Usage: Usage{Source: Reported}}
	if ttft > 0 {
		r.Metrics.TTFT, r.Metrics.Duration = &ttft, &duration
	}
	if tps > 0 {
		r.Metrics.TokensPerSecond = &tps
	}
	return r
}

func (r *Reply) withUsage(in, out int, source string) *Reply {
	r.Usage = Usage{Input: in, Output: out, Source: source}
	return r
}

func (r *Reply) withCost(usd float64, source string) *Reply {
	r.Cost = Cost{USD: &usd, Source: source}
	return r
}

func failed(model string, kind providers.Kind) *Reply {
	r := past(model, Failed, 0, 0)
	r.Usage = Usage{Input: 30, Source: Estimated}
	r.Error = &ErrorInfo{Kind: kind, Status: 429, Message: "no"}
	r.Attempts = []Attempt{{Model: model, Outcome: string(kind), Status: 429}}
	r.Cost = Cost{Source: string(providers.CostUnknown)}
	return r
}

// keep stores finished replies, one turn each.
func keep(t testing.TB, s *Store, replies ...*Reply) {
	t.Helper()
	sess := &Session{Title: "t"}
	for _, r := range replies {
		sess.Turns = append(sess.Turns, &Turn{Prompt: "p", Replies: []*Reply{r}})
	}
	if err := s.Insert(context.Background(), sess); err != nil {
		t.Fatal(err)
	}
}

func stats(t testing.TB, s *Store, q StatsQuery) map[string]Stats {
	t.Helper()
	q.Location = time.UTC
	list, err := s.Stats(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Stats{}
	for _, g := range list {
		name := g.Group
		if g.Simulated {
			name += " (simulated)"
		}
		out[name] = g
	}
	return out
}

func TestStatsCountReplies(t *testing.T) {
	s, _ := newStore(t)
	keep(t, s,
		past("gate/a", Done, 100, 50).withUsage(10, 100, Reported).withCost(0.25, "config"),
		past("gate/a", Length, 300, 70).withUsage(20, 200, Reported).withCost(0.5, "~config"),
		past("gate/a", Cancelled, 200, 0).withUsage(5, 7, Estimated),
		failed("gate/a", providers.RateLimit), failed("gate/a", providers.RateLimit), failed("gate/a", providers.Auth),
		past("gate/a", Truncated, 500, 0).withUsage(1, 2, Estimated),
		past("local/b", Done, 40, 20).withUsage(3, 4, Reported),
	)
	got := stats(t, s, StatsQuery{})
	if len(got) != 2 {
		t.Fatalf("%d groups, want 2", len(got))
	}
	a := got["gate/a"]
	if a.Replies != 7 || a.Answers != 2 || a.Stopped != 1 || a.Failed != 4 {
		t.Errorf("%d replies, %d answers, %d stopped, %d failed; want 7, 2, 1, 4", a.Replies, a.Answers, a.Stopped, a.Failed)
	}
	if d := cmp.Diff(map[string]int{"rate_limit": 2, "auth": 1, "truncated": 1}, a.Failures); d != "" {
		t.Errorf("failures (-want +got):\n%s", d)
	}
	// Of the failed ones nothing came: their estimated prompts are no tokens spent.
	if a.Counted != 4 || a.Input != 36 || a.Output != 309 || a.EstimatedTokens != 2 {
		t.Errorf("%d tokens in, %d out, %d replies estimated; want 36, 309, 2", a.Input, a.Output, a.EstimatedTokens)
	}
	// One stopped and one truncated reply have no cost: unknown, and never 0. What a server refuses it does not bill.
	if *a.CostUSD != 0.75 || a.CostKnown != 2 || a.CostEstimated != 1 || a.CostUnknown != 2 {
		t.Errorf("$%v of %d replies, %d estimated, %d unknown; want $0.75 of 2, 1, 2", *a.CostUSD, a.CostKnown, a.CostEstimated, a.CostUnknown)
	}
	// TTFT of 100, 200, 300, 500: rank 0.5·3 = 1.5 → 250; rank 0.9·3 = 2.7 → 300 + 0.7·200 = 440.
	if a.TTFT.N != 4 || *a.TTFT.P50 != 250 || math.Abs(*a.TTFT.P90-440) > 1e-9 || a.TTFT.P99 != nil {
		t.Errorf("TTFT %+v", a.TTFT)
	}
	if a.TokensPerSecond.N != 2 || *a.TokensPerSecond.P50 != 60 || a.SpeedEstimated {
		t.Errorf("tok/s %+v, estimated %v", a.TokensPerSecond, a.SpeedEstimated)
	}
	if a.BusyMS != 8000 { // four replies of 2 s each had tokens
		t.Errorf("busy %v ms, want 8000", a.BusyMS)
	}
	if b := got["local/b"]; b.CostUSD != nil || b.CostKnown != 0 || b.CostUnknown != 1 {
		t.Errorf("a model without a price: $%v of %d, %d unknown", b.CostUSD, b.CostKnown, b.CostUnknown)
	}
}

func TestStatsCountForTheModelThatServed(t *testing.T) {
	s, _ := newStore(t)
	r := past("gate/b", Done, 100, 50)
	r.Model = "gate/a"
	keep(t, s, r, past("gate/b", Done, 300, 70))
	got := stats(t, s, StatsQuery{})
	if b := got["gate/b"]; b.Replies != 2 || b.FellBack != 0 || *b.TTFT.P50 != 200 {
		t.Errorf("the model that served: %d replies, %d fell back", b.Replies, b.FellBack)
	}
	if a := got["gate/a"]; a.Replies != 0 || a.FellBack != 1 || a.TTFT.P50 != nil {
		t.Errorf("the model that was asked: %d replies, %d fell back", a.Replies, a.FellBack)
	}
	// Within one provider the fallback is no loss of the provider's.
	if g := stats(t, s, StatsQuery{By: ByProvider})["gate"]; g.Replies != 2 || g.FellBack != 0 {
		t.Errorf("by provider: %d replies, %d fell back", g.Replies, g.FellBack)
	}
	if got := stats(t, s, StatsQuery{Model: "gate/a"}); len(got) != 1 || got["gate/a"].FellBack != 1 {
		t.Errorf("of the model that was asked: %+v", got)
	}
}

func TestStatsSpeedPrefersReportedTokens(t *testing.T) {
	s, _ := newStore(t)
	keep(t, s,
		past("x/both", Done, 1, 10).withUsage(1, 1, Reported), past("x/both", Done, 1, 9000).withUsage(1, 1, Estimated),
		past("x/guess", Done, 1, 30).withUsage(1, 1, Estimated))
	got := stats(t, s, StatsQuery{})
	if b := got["x/both"]; b.TokensPerSecond.N != 1 || *b.TokensPerSecond.P50 != 10 || b.SpeedEstimated {
		t.Errorf("reported and estimated: %+v", b.TokensPerSecond)
	}
	if g := got["x/guess"]; g.TokensPerSecond.N != 1 || !g.SpeedEstimated {
		t.Errorf("estimated alone: %+v, marked %v", g.TokensPerSecond, g.SpeedEstimated)
	}
}

func TestStatsKeepSimulatedRepliesOut(t *testing.T) {
	s, _ := newStore(t)
	r := past("x/m", Done, 5, 5)
	r.Simulated = true
	keep(t, s, r, past("x/m", Done, 500, 5))
	if got := stats(t, s, StatsQuery{}); len(got) != 1 || got["x/m"].Replies != 1 || *got["x/m"].TTFT.P50 != 500 {
		t.Errorf("not asked for simulated ones: %+v", got)
	}
	got := stats(t, s, StatsQuery{Simulated: true})
	if len(got) != 2 || got["x/m"].Replies != 1 || got["x/m (simulated)"].Replies != 1 {
		t.Errorf("asked for: %+v", got)
	}
}

func TestStatsByDayGoByTheGivenPlace(t *testing.T) {
	s, clock := newStore(t)
	clock.t = time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC)
	keep(t, s, past("x/m", Done, 1, 1))
	clock.pass(time.Hour) // 00:30 the day after, in UTC
	keep(t, s, past("x/m", Done, 1, 1), past("y/m", Done, 1, 1))
	if got := stats(t, s, StatsQuery{By: ByDay}); got["2026-11-23"].Replies != 1 || got["2026-11-24"].Replies != 2 {
		t.Errorf("in UTC: %+v", got)
	}
	list, err := s.Stats(context.Background(), StatsQuery{By: ByDay, Location: time.FixedZone("KST", 9*3600)})
	if err != nil || len(list) != 1 || list[0].Group != "2026-11-24" || list[0].Replies != 3 {
		t.Errorf("in Seoul: %+v, %v", list, err)
	}
	if got := stats(t, s, StatsQuery{Since: clock.t.Add(-time.Minute)}); got["x/m"].Replies != 1 || got["y/m"].Replies != 1 {
		t.Errorf("since: %+v", got)
	}
	if got := stats(t, s, StatsQuery{Provider: "y"}); len(got) != 1 || got["y/m"].Replies != 1 {
		t.Errorf("of a provider: %+v", got)
	}
	if got := stats(t, s, StatsQuery{Model: "x/m"}); len(got) != 1 || got["x/m"].Replies != 2 {
		t.Errorf("of a model: %+v", got)
	}
}

func TestStatsLeaveRunningRepliesOut(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	addTurn(t, s, sess.ID, "p", asked(2))
	if got := stats(t, s, StatsQuery{Simulated: true}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// A model that answers after others have failed is no faster for it: TTFT is that of its own request, what somebody waited
// begins with Enter.
func TestStatsCountTheWaitBeforeAFallback(t *testing.T) {
	s, _ := newStore(t)
	waited := func(r *Reply, ms float64) *Reply {
		r.Metrics.FromEnter = &ms
		return r
	}
	fallback := past("gate/b", Done, 63, 50)
	fallback.Model = "gate/down"
	keep(t, s,
		waited(fallback, 3700), waited(past("gate/b", Done, 100, 50), 2100),
		waited(failed("gate/b", providers.Auth), 5), waited(past("gate/b", Cancelled, 50, 0), 2050),
		past("gate/b", Done, 80, 50), // of a lineup that died
	)
	b := stats(t, s, StatsQuery{})["gate/b"]
	// Of 2000 ms each from request to last token, 1700 and 100 passed before.
	if b.Waited.N != 2 || *b.Waited.P50 != 2900 || *b.Waited.Max != 3700 {
		t.Errorf("waited %+v, want 2100 and 3700 of the two answers that know it", b.Waited)
	}
	if b.WaitedFirst.N != 2 || *b.WaitedFirst.Max != 1763 || *b.WaitedFirst.P50 != (1763+200)/2.0 {
		t.Errorf("waited for the first token %+v, want 200 and 1763", b.WaitedFirst)
	}
	if b.TTFT.N != 4 || *b.TTFT.Max != 100 {
		t.Errorf("TTFT %+v, want that of the requests", b.TTFT)
	}
}

// The texts of replies are not read for statistics: each column is in the index.
func TestStatsAreReadFromTheIndexAlone(t *testing.T) {
	s, _ := newStore(t)
	keep(t, s, past("a/b", Done, 10, 10))
	q := StatsQuery{}
	where, args := q.where(leftOut{hidden: true, merges: true})
	var id, parent, unused int
	var plan string
	row := s.r.QueryRowContext(context.Background(), `EXPLAIN QUERY PLAN SELECT `+statsColumns+` FROM replies WHERE `+where, args...)
	if err := row.Scan(&id, &parent, &unused, &plan); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan, "COVERING INDEX replies_by_end") {
		t.Errorf("the plan is %s", plan)
	}
}

// What one's own machine answered has no cost that anybody would have to know, also when it is read again.
func TestOnesOwnMachineHasNoUnknownCost(t *testing.T) {
	s, _ := newStore(t)
	own := past("local/a", Done, 100, 50).withUsage(10, 100, Reported)
	own.Cost = Cost{Source: string(providers.CostUnknown), Own: true}
	gate := past("gate/a", Done, 100, 50).withUsage(10, 100, Reported)
	gate.Cost = Cost{Source: string(providers.CostUnknown)}
	keep(t, s, own, gate)
	got := stats(t, s, StatsQuery{})
	if got["local/a"].CostUnknown != 0 || got["gate/a"].CostUnknown != 1 {
		t.Errorf("%d and %d of unknown cost, want 0 and 1", got["local/a"].CostUnknown, got["gate/a"].CostUnknown)
	}
	if spent, err := s.Spent(context.Background(), time.Unix(0, 0)); err != nil || spent.Unknown != 1 {
		t.Errorf("%+v, %v: want one unknown cost", spent, err)
	}
	list, err := s.Sessions(context.Background(), Filter{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	again, err := s.Session(context.Background(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := again.Turns[0].Replies[0], again.Turns[1].Replies[0]; !a.Cost.Own || b.Cost.Own {
		t.Errorf("read again: own %v and %v", a.Cost.Own, b.Cost.Own)
	}
}
