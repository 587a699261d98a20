package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/session"
)

// A model that another one stood in for shows how often it was asked, and what of that it answered.
func TestStatsTellWhoStoodIn(t *testing.T) {
	share := func(v float64) *float64 { return &v }
	list := []session.Stats{
		{Group: "gw/flash", Replies: 2, Answers: 2, Failed: 3, FellBack: 3, Asked: 5, Attempts: 7, AttemptsFailed: 5, Availability: share(0.4)},
		{Group: "up/claude", Replies: 2999, Answers: 2998, Failed: 1, FellBackTo: 3, Asked: 2999, Attempts: 2999, Availability: share(2998.0 / 2999)},
	}
	got := ansi.Strip(Stats(list, 120, time.UTC))
	for _, want := range []string{"fell back  asked  stood in  available", "40 %", "99.9 %"} {
		if !strings.Contains(got, want) {
			t.Errorf("the report does not say %q:\n%s", want, got)
		}
	}
	list[0].Asked = list[0].Replies
	if got := ansi.Strip(Stats(list, 120, time.UTC)); strings.Contains(got, "available") {
		t.Errorf("nothing was asked elsewhere:\n%s", got)
	}
}

// The share of cached tokens is shown where servers tell of any, and no 0 where they do not.
func TestStatsShowTheCachedShare(t *testing.T) {
	list := []session.Stats{{By: session.ByModel, Group: "a/cached", Replies: 2, Counted: 2, Input: 1000, CacheRead: 250},
		{By: session.ByModel, Group: "a/silent", Replies: 1, Counted: 1, Input: 1000}}
	lines := strings.Split(Stats(list, 160, time.UTC), "\n")
	i := slices.IndexFunc(lines, func(s string) bool { return strings.Contains(s, "cached") && strings.Contains(s, "COST") })
	if i < 0 || !strings.Contains(lines[i+1], "25 %") || strings.Contains(lines[i+2], "%") {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
}
