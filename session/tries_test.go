package session

import (
	"context"
	"strings"
	"testing"

	"lineup/providers"

	"github.com/google/go-cmp/cmp"
)

// chain is a reply whose attempts were "MODEL OUTCOME", the last of which decided.
func chain(model string, attempts ...string) *Reply {
	r := past(model, Done, 100, 50).withUsage(10, 20, Reported)
	for _, a := range attempts {
		at, outcome, _ := strings.Cut(a, " ")
		r.Attempts = append(r.Attempts, Attempt{Model: at, Outcome: outcome})
		r.ServedBy, r.Status = at, Done
		if s := Status(outcome); s.Answer() || s == Cancelled {
			r.Status = s
		} else {
			r.Status, r.Error = Failed, &ErrorInfo{Kind: providers.Kind(outcome)}
		}
	}
	return r
}

// triesOf are the counts of a group: asked, answers, failed, stopped, fell back, fell back to,
// attempts and failed attempts.
func triesOf(g Stats) [8]int {
	return [8]int{g.Asked, g.Answers, g.Failed, g.Stopped, g.FellBack, g.FellBackTo, g.Attempts, g.AttemptsFailed}
}

// Regression: the whole chain was counted at its last link: another model's rate limits were
// claude's, and a model that always fell back had no failure.
func TestAttemptsCountWhereTheyHappened(t *testing.T) {
	s, _ := newStore(t)
	keep(t, s,
		chain("gw/flash", "gw/flash rate_limit", "gw/flash rate_limit", "up/claude done"),
		chain("gw/flash", "gw/flash rate_limit", "gw/deep overloaded", "up/claude timeout_first_token"),
		chain("gw/flash", "gw/flash rate_limit", "gw/flash done"),
		chain("gw/flash", "gw/flash done"),
		chain("up/claude", "up/claude auth"),
		chain("gw/flash", "gw/flash overloaded", "up/claude cancelled"),
	)
	type groups map[string][8]int
	check := func(name string, q StatsQuery, want groups, failures map[string]map[string]int) {
		t.Helper()
		got, kinds := groups{}, map[string]map[string]int{}
		for name, g := range stats(t, s, q) {
			got[name], kinds[name] = triesOf(g), g.Failures
			if g.Asked != g.Answers+g.Failed+g.Stopped {
				t.Errorf("%s: %d asked of %s, but %d + %d + %d", name, g.Asked, g.Group, g.Answers, g.Failed, g.Stopped)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if d := cmp.Diff(failures, kinds); d != "" && failures != nil {
			t.Errorf("%s, failures (-want +got):\n%s", name, d)
		}
	}
	check("by model", StatsQuery{}, groups{
		"gw/flash":  {5, 2, 3, 0, 3, 0, 7, 5},
		"gw/deep":   {1, 0, 1, 0, 0, 0, 1, 1},
		"up/claude": {4, 1, 2, 1, 0, 3, 4, 2},
	}, map[string]map[string]int{
		"gw/flash":  {"rate_limit": 2, "overloaded": 1},
		"gw/deep":   {"overloaded": 1},
		"up/claude": {"timeout_first_token": 1, "auth": 1},
	})
	check("by provider", StatsQuery{By: ByProvider}, groups{
		"gw": {5, 2, 3, 0, 3, 0, 8, 6},
		"up": {4, 1, 2, 1, 0, 3, 4, 2},
	}, nil)
	check("of one model", StatsQuery{Model: "gw/deep"}, groups{"gw/deep": {1, 0, 1, 0, 0, 0, 1, 1}}, nil)
	if a := stats(t, s, StatsQuery{})["gw/flash"].Availability; a == nil || *a != 0.4 {
		t.Errorf("availability %v, want 2 of 5", a)
	}
	if a := stats(t, s, StatsQuery{})["up/claude"].Availability; a == nil || *a != 1.0/3 {
		t.Errorf("availability %v, want 1 of 3, without the one that was stopped", a)
	}
}

// The few replies with several attempts are found by their index: the others are not read for them.
func TestTriesAreFoundByTheirIndex(t *testing.T) {
	s, _ := newStore(t)
	keep(t, s, chain("a/b", "a/b done"))
	q := StatsQuery{}
	where, args := q.where(leftOut{hidden: true, merges: true})
	var id, parent, unused int
	var plan string
	row := s.r.QueryRowContext(context.Background(), `EXPLAIN QUERY PLAN SELECT attempts FROM replies WHERE `+
		where+` AND `+multipleAttempts, args...)
	if err := row.Scan(&id, &parent, &unused, &plan); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plan, "replies_tried") {
		t.Errorf("the plan is %s", plan)
	}
}
