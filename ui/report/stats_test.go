package report

import (
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
