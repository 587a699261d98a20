package session

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"lineup/providers"
)

// sumsOf are what Spent, Stats and the sessions one by one say of the same replies; all three must agree.
func sumsOf(t *testing.T, s *Store, sessions ...string) Spent {
	t.Helper()
	all, err := s.Spent(context.Background(), time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	var counted, one Spent
	for _, g := range stats(t, s, StatsQuery{}) {
		if g.CostUSD != nil {
			counted.USD += *g.CostUSD
		}
		counted.Known, counted.Unknown = counted.Known+g.CostKnown, counted.Unknown+g.CostUnknown
		counted.Estimated = counted.Estimated || g.CostEstimated > 0
	}
	for _, id := range sessions {
		for _, turn := range load1(t, s, id).Turns {
			for _, r := range turn.All() {
				one.Add(r)
			}
		}
	}
	if counted != all || sessions != nil && one != all {
		t.Errorf("the day's sum is %+v, that of the statistics %+v, that of the sessions %+v", all, counted, one)
	}
	return all
}

// Regression: a fork doubled what its turns had cost, in the statistics and in the day's sum.
func TestForkCostsNothing(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := &Session{Title: "t", Turns: []*Turn{
		{Prompt: "one", Replies: []*Reply{past("g/a", Done, 100, 50).withUsage(10, 20, Reported).withCost(0.25, "config")}},
		{Prompt: "two", Replies: []*Reply{past("g/a", Done, 100, 50).withUsage(10, 20, Reported).withCost(0.5, "~config")}}}}
	if err := s.Insert(ctx, sess); err != nil {
		t.Fatal(err)
	}
	want := Spent{USD: 0.75, Known: 2, Estimated: true}
	if got := sumsOf(t, s, sess.ID); got != want {
		t.Fatalf("before the fork: %+v, want %+v", got, want)
	}
	f, err := s.Fork(ctx, sess.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := sumsOf(t, s, sess.ID, f.ID); got != want {
		t.Errorf("with a fork: %+v, want %+v", got, want)
	}
	if g := stats(t, s, StatsQuery{})["g/a"]; g.Replies != 2 || g.TTFT.N != 2 || g.Output != 40 {
		t.Errorf("with a fork: %d replies, %d times, %d tokens; want 2, 2, 40", g.Replies, g.TTFT.N, g.Output)
	}
	// What is said in the fork itself counts, and a copy that goes out and comes back is one still.
	if err := s.AppendTurn(ctx, f.ID, &Turn{Prompt: "three", Replies: []*Reply{past("g/a", Done, 1, 1).withCost(1, "config")}}); err != nil {
		t.Fatal(err)
	}
	if got := sumsOf(t, s, sess.ID, f.ID); got.USD != 1.75 {
		t.Errorf("what the fork itself cost: %+v, want $1.75", got)
	}
}

// What is in the trash was paid for: it counts until it is gone for good. Regression: imported again, it counted twice.
func TestBinCountsOnce(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := &Session{Title: "t", Turns: []*Turn{{Prompt: "p", Replies: []*Reply{past("g/a", Done, 100, 50).withCost(0.25, "config")}}}}
	if err := s.Insert(ctx, sess); err != nil {
		t.Fatal(err)
	}
	exported := load1(t, s, sess.ID)
	if err := s.Delete(ctx, sess.ID); err != nil {
		t.Fatal(err)
	}
	if got := sumsOf(t, s); got.USD != 0.25 {
		t.Errorf("in the trash: %+v, want $0.25", got)
	}
	res, err := s.Import(ctx, exported)
	if err != nil || res != (ImportResult{ID: sess.ID, Outcome: OutcomeRestored}) {
		t.Errorf("imported again: %+v, %v", res, err)
	}
	if got := sumsOf(t, s, sess.ID); got.USD != 0.25 {
		t.Errorf("imported again: %+v, want $0.25", got)
	}
	if err := s.Delete(ctx, sess.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prune(ctx, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got := sumsOf(t, s); got != (Spent{}) {
		t.Errorf("removed for good: %+v", got)
	}
}

// Regression: statistics called the cost of refused requests unknown, the session's sum did not; and neither the sum of
// a session nor that of the day knew of prompts that were stopped while the server read them.
func TestWhatIsBilledIsTheSameEverywhere(t *testing.T) {
	fromEnter := 5.0
	for name, c := range map[string]struct {
		reply *Reply
		want  Spent
	}{
		"refused with a status": {failed("g/a", providers.Auth), Spent{}},
		"never reached":         {&Reply{Status: Failed, Error: &ErrorInfo{Kind: providers.Unreachable}, Attempts: []Attempt{{}}}, Spent{}},
		"stopped in the queue":  {&Reply{Status: Cancelled, Error: &ErrorInfo{Kind: providers.Cancelled}, Metrics: Metrics{FromEnter: &fromEnter}}, Spent{}},
		"stopped while it worked": {&Reply{Status: Cancelled, Error: &ErrorInfo{Kind: providers.Cancelled}, Attempts: []Attempt{{}}, Metrics: Metrics{FromEnter: &fromEnter}},
			Spent{Unknown: 1}},
		"timed out":               {&Reply{Status: Failed, Error: &ErrorInfo{Kind: providers.TimeoutFirstToken}, Attempts: []Attempt{{}}}, Spent{Unknown: 1}},
		"of a lineup that died":   {&Reply{Status: Cancelled, Error: &ErrorInfo{Kind: providers.Cancelled}}, Spent{Unknown: 1}},
		"answered, not priced":    {past("g/a", Done, 1, 1).withUsage(1, 1, Reported), Spent{Unknown: 1}},
		"answered without a word": {&Reply{Status: Empty, Attempts: []Attempt{{Status: 200}}}, Spent{Unknown: 1}},
		"refused, and priced":     {failed("g/a", providers.Auth).withCost(0.5, "gateway"), Spent{USD: 0.5, Known: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := newStore(t)
			sess := &Session{Title: "t", Turns: []*Turn{{Prompt: "p", Replies: []*Reply{c.reply}}}}
			if err := s.Insert(context.Background(), sess); err != nil {
				t.Fatal(err)
			}
			if got := sumsOf(t, s, sess.ID); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// Regression: a reply of a lineup that died before the first token took -9,223,372,036,854.775 ms from Enter.
func TestOrphansKnowNoTimeFromEnter(t *testing.T) {
	for _, r := range []*Reply{newReply(info("p/m", priced())), apply(newReply(info("p/m", priced())), text(100, "a"))} {
		endOrphan(r)
		if v := r.Metrics.FromEnter; v != nil {
			t.Errorf("%s after %v ms from Enter, want that to be unknown", r.Status, *v)
		}
	}
}

func TestStatsTellTheGapsBetweenChunks(t *testing.T) {
	s, _ := newStore(t)
	chunked := func(at ...int) *Reply {
		r := past("g/a", Done, 100, 50)
		for _, ms := range at {
			r.Chunks = append(r.Chunks, Chunk{At: time.Duration(ms) * time.Millisecond, Len: 1})
			r.Text += "x"
		}
		return r
	}
	// Gaps of 10, 0, 30: median 10, p95 10 + 0.9·20 = 28. Gaps of 20, 40: median 30, p95 20 + 0.95·20 = 39.
	keep(t, s, chunked(100, 110, 110, 140), chunked(100, 120, 160), chunked(100), chunked())
	g := stats(t, s, StatsQuery{})["g/a"].ChunkGaps
	// Of the medians 10 and 30 the median is 20, of 28 and 39 it is 33.5; replies of one piece have no gap.
	if g.N != 2 || math.Abs(*g.P50-20) > 1e-9 || math.Abs(*g.P95-33.5) > 1e-9 || *g.Max != 40 {
		t.Errorf("%+v: %v, %v, %v; want 20, 33.5, 40 of 2", g, *g.P50, *g.P95, *g.Max)
	}
	if g := stats(t, s, StatsQuery{By: ByDay, Since: time.Unix(1<<33, 0)}); len(g) != 0 {
		t.Errorf("of no reply: %+v", g)
	}
}

// Regression: the tokens of replies of which nothing is known were 0 in JSON.
func TestStatsOfNoTokensAreNull(t *testing.T) {
	s, _ := newStore(t)
	keep(t, s, failed("g/a", providers.Auth), past("g/b", Done, 1, 1).withUsage(0, 0, Reported))
	got := stats(t, s, StatsQuery{})
	for group, want := range map[string]any{"g/a": nil, "g/b": 0.0} {
		b, err := json.Marshal(got[group])
		if err != nil {
			t.Fatal(err)
		}
		var rec map[string]any
		if err := json.Unmarshal(b, &rec); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens"} {
			if v, ok := rec[key]; !ok || v != want {
				t.Errorf("%s of %s is %v, want %v", key, group, v, want)
			}
		}
		if rec["group"] != group || rec["replies"] != 1.0 {
			t.Errorf("the record lost the rest: %s", b)
		}
	}
}
