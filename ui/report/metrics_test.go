package report_test

import (
	"strings"
	"testing"
	"time"

	"lineup/session"
	"lineup/ui/report"
)

// What failed attempts took was not shown: after two timeouts of 30 s the third model looked fast.
func TestMetricsTellWhatFailedAttemptsTook(t *testing.T) {
	ttft, last := 63.0, 100.0
	r := &session.Reply{Status: session.Done, Attempts: []session.Attempt{{}, {Started: 700}, {Started: 1700}}}
	r.Metrics.TTFT, r.Metrics.Duration, r.Usage.Output = &ttft, &last, 12
	for width, want := range map[int]string{
		100: "TTFT 0.06s   0.10s +1.7s before",
		40:  "TTFT 0.06s 0.10s +1.7s 12 tok",
		24:  "TTFT 0.06s 0.10s +1.7s",
	} {
		if got := report.Metrics(r, false, time.Time{}, width); !strings.HasPrefix(strings.Join(strings.Fields(got), " "), strings.Join(strings.Fields(want), " ")) || len(got) > width {
			t.Errorf("in %d cells: %q, want %q", width, got, want)
		}
	}
	quick := []session.Attempt{{}, {Started: 9}} // "+<0.01s before" tells nothing
	for _, attempts := range [][]session.Attempt{r.Attempts[:1], quick} {
		r.Attempts = attempts
		if got := report.Metrics(r, false, time.Time{}, 100); strings.Contains(got, "+") {
			t.Errorf("%d attempts: %q", len(attempts), got)
		}
	}
}

// Fault: beside the second time to a first token of a model that thinks the cost had no room.
func TestTheCostStaysBesideAModelThatThinks(t *testing.T) {
	ttft, visible, last, usd := 320.0, 1200.0, 2500.0, 0.0008
	r := &session.Reply{Status: session.Done, Cost: session.Cost{USD: &usd}}
	r.Metrics.TTFT, r.Metrics.VisibleTTFT, r.Metrics.Duration, r.Usage.Output = &ttft, &visible, &last, 183
	for width, want := range map[int]string{
		64: "TTFT 0.32s→1.2s     2.5s    183 tok   $0.0008",
		42: "TTFT 0.32s→1.2s    2.5s   183 tok  $0.0008",
		36: "TTFT 0.32s   2.5s   183 tok  $0.0008", // Fault: the second time pushed the columns
		33: "TTFT 0.32s 2.5s 183 tok $0.0008",
		30: "TTFT 0.32s   2.5s   183 tok",
	} {
		if got := report.Metrics(r, false, time.Time{}, width); got != want {
			t.Errorf("in %d cells: %q, want %q", width, got, want)
		}
	}
}
