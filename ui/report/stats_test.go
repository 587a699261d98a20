package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/compare"
	"lineup/providers"
	"lineup/session"
)

// A model that another one stood in for shows how often it was asked, and what of that it answered.
func TestStatsTellWhoStoodIn(t *testing.T) {
	share := func(v float64) *float64 { return &v }
	list := []session.Stats{
		{Group: "gw/flash", Replies: 2, Answers: 2, Failed: 3, FellBack: 3, Asked: 5, Attempts: 7, AttemptsFailed: 5, Availability: share(0.4)},
		{Group: "up/claude", Replies: 2999, Answers: 2998, Failed: 1, FellBackTo: 3, Asked: 2999, Attempts: 2999, Availability: share(2998.0 / 2999)},
	}
	got := ansi.Strip(Stats(list, nil, 120, time.UTC))
	for _, want := range []string{"fell back  asked  stood in  available", "40 %", "99.9 %"} {
		if !strings.Contains(got, want) {
			t.Errorf("the report does not say %q:\n%s", want, got)
		}
	}
	list[0].Asked = list[0].Replies
	if got := ansi.Strip(Stats(list, nil, 120, time.UTC)); strings.Contains(got, "available") {
		t.Errorf("nothing was asked elsewhere:\n%s", got)
	}
}

// The share of cached tokens is shown where servers tell of any, and no 0 where they do not.
func TestStatsShowTheCachedShare(t *testing.T) {
	list := []session.Stats{{By: session.ByModel, Group: "a/cached", Replies: 2, Counted: 2, Input: 1000, CacheRead: 250},
		{By: session.ByModel, Group: "a/silent", Replies: 1, Counted: 1, Input: 1000}}
	lines := strings.Split(Stats(list, nil, 160, time.UTC), "\n")
	i := slices.IndexFunc(lines, func(s string) bool { return strings.Contains(s, "cached") && strings.Contains(s, "COST") })
	if i < 0 || !strings.Contains(lines[i+1], "25 %") || strings.Contains(lines[i+2], "%") {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
}

// What votes say stands beside what was measured: of models or contenders that were voted on, and of no others.
func TestStatsShowVotes(t *testing.T) {
	second := providers.Contender{Ref: providers.Ref{Provider: "a", Model: "two"}}
	first := 1
	ratings := []compare.Rating{{Contender: session.BareCandidate("a/one"), P: 0.714, Low: 0.58, High: 0.82, Votes: 34, Rank: &first},
		{Contender: session.CandidateOf(second), P: 0.3, Low: 0.1, High: 0.6, Votes: 3}, {Contender: session.BareCandidate("a/three"), P: 0.5}}
	for _, by := range []session.Grouping{session.ByModel, session.ByContender, session.ByDay} {
		list := []session.Stats{{By: by, Group: "a/one", Replies: 40}, {By: by, Group: "a/two", Replies: 4}, {By: by, Group: "a/three", Replies: 1}}
		if by == session.ByContender {
			list[1].Group, list[1].Contender = "cold", &second
		}
		got := ansi.Strip(Stats(list, ratings, 100, time.UTC))
		row := func(name, cells string) bool {
			return slices.ContainsFunc(strings.Split(got, "\n"), func(s string) bool {
				return strings.HasPrefix(strings.Join(strings.Fields(s), " "), name+" "+cells)
			})
		}
		switch by {
		case session.ByModel:
			if !row("a/one", "34 71 % 58–82 1") || !row("a/two", "3 30 % 10–60 –") || !row("a/three", "– – – –") || !strings.Contains(got, "VOTES") {
				t.Errorf("by %s:\n%s", by, got)
			}
		case session.ByContender:
			if !row("cold", "3 30 % 10–60 –") || row("a/one", "34") {
				t.Errorf("by %s:\n%s", by, got)
			}
		case session.ByDay:
			if strings.Contains(got, "VOTES") {
				t.Errorf("by %s:\n%s", by, got)
			}
		}
	}
}

// What judges cost stood in no statistics: it has a column of its own, and a part of the sum.
func TestStatsShowWhatJudgesCost(t *testing.T) {
	usd := 0.25
	list := []session.Stats{{Group: "a/judge", Judging: session.Judging{Judgements: 2, CostUSD: &usd, CostKnown: 1, CostUnknown: 1}}, {Group: "a/one", Replies: 2}}
	got := ansi.Strip(Stats(list, nil, 100, time.UTC))
	for _, want := range []string{"· judging $0.250 + $?", "unknown      judging"} {
		if !strings.Contains(got, want) {
			t.Errorf("the report does not say %q:\n%s", want, got)
		}
	}
	if got := ansi.Strip(Stats(list[1:], nil, 100, time.UTC)); strings.Contains(got, "judging") {
		t.Errorf("nothing was judged:\n%s", got)
	}
}
