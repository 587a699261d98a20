package report_test

import (
	"strings"
	"testing"
	"time"

	"lineup/session"
	"lineup/ui/report"
)

// The bar of the best answer is full and has a star; one that took four times as long has a
// quarter. Bars stand under their numbers.
func TestBarsStandUnderTheirNumbers(t *testing.T) {
	turn := &session.Turn{}
	reply := func(slot int, ttft, last, usd float64, tokens int) *session.Reply {
		r := &session.Reply{Slot: slot, Status: session.Done}
		r.Metrics.TTFT, r.Metrics.Duration, r.Cost.USD, r.Usage.Output = &ttft, &last, &usd, tokens
		return r
	}
	fast, slow := reply(0, 100, 1000, 0.004, 50), reply(1, 400, 4000, 0.001, 100)
	best := &report.Best{Turn: turn, First: fast.Metrics.TTFT, Last: fast.Metrics.Duration,
		USD: slow.Cost.USD, Tokens: 100, Stars: [4]int{0, 0, 1, 1}}
	now := time.Time{}
	for _, c := range []struct {
		r    *session.Reply
		want []string
	}{
		{fast, []string{"━━━━━━━━━★", "━━━━━★", "━━━━━────", "━━──────"}},
		{slow, []string{"━━━───────", "━━────", "━━━━━━━━★", "━━━━━━━★"}},
	} {
		line := report.Metrics(c.r, false, now, 60)
		var got []string
		for _, b := range report.Bars(c.r, best, false, now, 60) {
			full, rest := b.Text()
			got = append(got, full+rest)
			if under := []rune(line)[b.At:]; len(under) == 0 {
				t.Errorf("nothing stands above the bar at %d of %q", b.At, line)
			}
		}
		if strings.Join(got, " ") != strings.Join(c.want, " ") {
			t.Errorf("pane %d: %q, want %q", c.r.Slot, got, c.want)
		}
	}
	failed := reply(2, 100, 1000, 0, 9)
	failed.Status = session.Failed
	if bars := report.Bars(failed, best, false, now, 60); bars != nil {
		t.Errorf("a failed reply is compared: %v", bars)
	}
	if bars := report.Bars(fast, best, false, now, 12); bars != nil {
		t.Errorf("bars without the columns above them: %v", bars)
	}
}
