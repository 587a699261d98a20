package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lineup/session"
	"lineup/ui/report"
)

// spread makes a spread with the given percentiles; p99 of 0 is one that the sample cannot tell.
func spread(n int, p50, p90, p95, p99 float64) session.Spread {
	s := session.Spread{N: n, P50: &p50, P90: &p90, P95: &p95, Max: &p95}
	if p99 > 0 {
		s.P99 = &p99
	}
	return s
}

func pauses(n int, p50, p95, longest float64) session.Pauses {
	return session.Pauses{N: n, P50: &p50, P95: &p95, Max: &longest}
}

// someStats are four models of all sorts: measured, without a price, simulated, and never reached.
func someStats() []session.Stats {
	at := time.Date(2026, 11, 20, 14, 2, 0, 0, time.UTC)
	paid, free, pretend := 0.7431, 1.204, 0.01
	return []session.Stats{
		{By: session.ByModel, Group: "holysheep/gemini-2.5-flash", First: at, Replies: 1204, Answers: 1190, Failed: 12, Stopped: 2,
			Failures: map[string]int{"rate_limit": 9, "timeout_idle": 2, "server": 1},
			TTFT:     spread(1192, 310, 520, 610, 1400), WaitedFirst: spread(1190, 330, 560, 2400, 4100), Waited: spread(1190, 2130, 2900, 4800, 6600), TokensPerSecond: spread(1190, 181.4, 202, 210, 240),
			ChunkGaps: pauses(1192, 5.4, 31.2, 2310), Counted: 1192, Input: 48_210, Output: 391_044, CostUSD: &paid, CostKnown: 1190, CostUnknown: 14},
		{By: session.ByModel, Group: "local/llama3.1:8b", First: at.Add(time.Hour), Replies: 96, Answers: 96, Failures: map[string]int{},
			TTFT: spread(96, 420, 900, 2900, 0), WaitedFirst: spread(96, 1800, 7900, 9100, 0), Waited: spread(96, 12400, 19000, 31000, 0), TokensPerSecond: spread(96, 41.2, 42, 42.5, 0), ChunkGaps: pauses(95, 24.3, 26, 190), Counted: 96, Input: 4100, Output: 38_400,
			CostUSD: &free, CostKnown: 96, CostEstimated: 1, EstimatedTokens: 1},
		{By: session.ByModel, Group: "openrouter/한국어/모델-이름이-긴-것", First: at.Add(2 * time.Hour), Replies: 3, Failed: 3, FellBack: 2,
			Failures: map[string]int{"auth": 2, "timeout_first_token": 1}, CostUnknown: 1},
		{By: session.ByModel, Group: "sim-gateway/flash-sim", Simulated: true, First: at.Add(time.Hour), Replies: 1, Answers: 1,
			Failures: map[string]int{}, TTFT: spread(1, 250, 250, 250, 0), TokensPerSecond: spread(1, 90, 90, 90, 0),
			SpeedEstimated: true, Counted: 1, Input: 12, Output: 300, CostUSD: &pretend, CostKnown: 1, EstimatedTokens: 1},
	}
}

func TestStatsReport(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		got := report.Stats(someStats(), nil, width, time.UTC)
		for row := range strings.Lines(got) {
			if w := ansi.StringWidth(strings.TrimSuffix(row, "\n")); w > width {
				t.Errorf("a line of %d cells on a terminal of %d: %q", w, width, row)
			}
		}
		goldenText(t, fmt.Sprintf("stats-%d", width), ansi.Strip(got))
	}
}

// What a report says must be said without colours too: the sixteen that it uses are all the styling there is.
func TestStatsReportUsesTheTerminalsColours(t *testing.T) {
	got := report.Stats(someStats(), nil, 80, time.UTC)
	for _, sequence := range []string{"38;2;", "38;5;", "48;"} {
		if strings.Contains(got, sequence) {
			t.Errorf("the report holds %q", sequence)
		}
	}
}

func TestStatsOfNothing(t *testing.T) {
	if got := report.Stats(nil, nil, 80, nil); !strings.Contains(got, "no replies") {
		t.Errorf("%q", got)
	}
}
