package report

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/ui/theme"
)

// Regression: the bar of the level in progress, or its numbers, left no room for how far it is.
func TestALevelInProgressSaysHowFarItIs(t *testing.T) {
	ms := 12.0
	level := session.BenchLevel{Concurrency: 4, Requests: 84, Done: 84, TokensPerSecond: 2405, RequestsPerSecond: 81.3, Goodput: 1,
		TTFT: session.BenchP99{P50: &ms, P95: &ms, P99: &ms}, ITL: session.BenchP95{P50: &ms, P95: &ms}, Input: 49, Output: 30}
	for width := 28; width <= 200; width++ {
		for part, want := range map[float64]string{0.5: "50 %", 1: "100 %"} {
			rows := BenchRows(theme.New("terminal", nil, false, colorprofile.ANSI), []session.BenchLevel{level}, &level, part, width)
			last := ansi.Strip(rows[len(rows)-1])
			if !strings.HasSuffix(last, want) || ansi.StringWidth(last) > width {
				t.Fatalf("%d columns: %q, want it to end with %s", width, last, want)
			}
		}
	}
}
