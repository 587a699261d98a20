package session

import (
	"context"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// of is a reply of a contender.
func (r *Reply) of(name string, s providers.Settings) *Reply {
	r.Contender, r.Params, r.Name = &providers.Contender{Ref: providers.RefOf(r.Model), Name: name, Settings: s}, s.Params, name
	if s.System != nil {
		r.System = *s.System
	}
	return r
}

func cold(seed int64) providers.Settings {
	return providers.Settings{Params: providers.Params{Temperature: ptr(0.0), Seed: &seed}}
}

func TestStatsByContender(t *testing.T) {
	s, _ := newStore(t)
	own := providers.Settings{System: ptr("One word.")}
	keep(t, s, past("p/a", Done, 10, 0).of("", cold(1)), past("p/a", Done, 20, 0).of("", cold(1)), past("p/a", Done, 30, 0).of("", cold(2)),
		past("p/a", Done, 40, 0).of("", providers.Settings{}), past("p/a", Done, 50, 0).of("", own))
	want := map[string]int{"p/a temperature=0 seed=1": 2, "p/a temperature=0 seed=2": 1, "p/a": 1, `p/a system="One word."`: 1}
	check := func(when string, factor int) {
		t.Helper()
		got := stats(t, s, StatsQuery{By: ByContender})
		if len(got) != len(want) {
			t.Errorf("%s: %d groups: %v", when, len(got), got)
		}
		for name, n := range want {
			g := got[name]
			if g.Replies != factor*n || g.Contender == nil || g.Contender.Label() != name {
				t.Errorf("%s: %s: %d replies of %v, want %d", when, name, g.Replies, g.Contender, factor*n)
			}
		}
	}
	check("new", 1)

	// Replies of before schema 11 have no contender; they stand in the groups of the same settings.
	if _, err := s.w.ExecContext(context.Background(), `UPDATE replies SET contender = NULL`); err != nil {
		t.Fatal(err)
	}
	check("old", 1)
	keep(t, s, past("p/a", Done, 10, 0).of("", cold(1)), past("p/a", Done, 20, 0).of("", cold(1)), past("p/a", Done, 30, 0).of("", cold(2)),
		past("p/a", Done, 40, 0).of("", providers.Settings{}), past("p/a", Done, 50, 0).of("", own))
	check("old and new", 2)
}

func TestNamesOfContendersInStats(t *testing.T) {
	s, clock := newStore(t)
	keep(t, s, past("p/a", Done, 10, 0).of("first", cold(1)), past("p/a", Done, 10, 0).of("same", cold(2)), past("p/a", Done, 10, 0).of("same", cold(3)))
	clock.pass(time.Second)
	keep(t, s, past("p/a", Done, 10, 0).of("later", cold(1)))
	got := stats(t, s, StatsQuery{By: ByContender})
	if len(got) != 3 || got["later"].Replies != 2 {
		t.Errorf("the newest name is not shown: %v", got)
	}
	for _, seed := range []int64{2, 3} {
		id := providers.Contender{Ref: providers.RefOf("p/a"), Settings: cold(seed)}.ID()
		if got["same ("+id+")"].Replies != 1 {
			t.Errorf("two contenders with one name: %v", got)
		}
	}
}

// A fallback answers with settings of its own: it is no success of the contender that was asked.
func TestAFallbackIsAnotherContender(t *testing.T) {
	s, _ := newStore(t)
	r := past("p/a", Done, 10, 0).of("", cold(1))
	r.ServedBy, r.Params = "q/b", providers.Params{TopK: ptr(5)}
	r.Attempts = []Attempt{{Model: "p/a", Outcome: "overloaded"}, {Model: "q/c", Outcome: "auth"}, {Model: "q/b", Outcome: "done"}}
	keep(t, s, r)
	got := stats(t, s, StatsQuery{By: ByContender})
	if b := got["q/b top_k=5"]; b.Answers != 1 || b.FellBackTo != 1 || b.Attempts != 1 {
		t.Errorf("who answered: %+v", b)
	}
	if a := got["p/a temperature=0 seed=1"]; a.Answers != 0 || a.FellBack != 1 || a.Failures["overloaded"] != 1 {
		t.Errorf("who was asked: %+v", a)
	}
	if c := got["q/c"]; c.Failures["auth"] != 1 || len(got) != 3 {
		t.Errorf("who was tried: %+v (%d groups)", c, len(got))
	}
}

func TestStatsByContenderReadTheIndexAlone(t *testing.T) {
	s, _ := newStore(t)
	keep(t, s, past("a/b", Done, 10, 10).of("", cold(1)))
	q := StatsQuery{By: ByContender}
	where, args := q.where(leftOut{hidden: true, merges: true})
	for columns, want := range map[string]string{
		statsColumns + `, contender FROM replies WHERE ` + where + ` AND ` + knownAsked:                         "COVERING INDEX replies_by_end",
		statsColumns + `, ` + askedOtherwise + ` FROM replies WHERE ` + where + ` AND NOT (` + knownAsked + `)`: "INDEX replies_by_end",
	} {
		var id, parent, unused int
		var plan string
		row := s.r.QueryRowContext(context.Background(), `EXPLAIN QUERY PLAN SELECT `+columns, args...)
		if err := row.Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, want) {
			t.Errorf("the plan is %s, want %s", plan, want)
		}
	}
}

func TestStatsCountTakesOfRepeats(t *testing.T) {
	s, _ := newStore(t)
	take := past("p/a", Done, 10, 10)
	take.Repeat = 5
	keep(t, s, take, past("p/a", Done, 10, 10))
	if g := stats(t, s, StatsQuery{})["p/a"]; g.Replies != 2 || g.Repeated != 1 {
		t.Errorf("%d of %d replies in repeats, want 1 of 2", g.Repeated, g.Replies)
	}
}
