package report

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lineup/session"
)

// What each cell shows, on an axis of 10 s on which a cell is a second.
func TestWaterfallCells(t *testing.T) {
	for name, c := range map[string]struct {
		line session.Timeline
		want string
	}{
		"each its own":           {session.Timeline{Spans: []session.Span{{Kind: session.SpanQueue, From: 0, To: 2000}, {Kind: session.SpanWait, From: 2000, To: 4000}, {Kind: session.SpanStream, From: 4000, To: 7000}}}, "┄┄░░███   "},
		"the longest has it":     {session.Timeline{Spans: []session.Span{{Kind: session.SpanTCP, From: 0, To: 400}, {Kind: session.SpanWait, From: 400, To: 1600}, {Kind: session.SpanStream, From: 1600, To: 2000}}}, "░░        "},
		"a little is shown":      {session.Timeline{Spans: []session.Span{{Kind: session.SpanStream, From: 10, To: 20}}}, "█         "},
		"failures are not lost":  {session.Timeline{Spans: []session.Span{{Kind: session.SpanWait, From: 0, To: 100}, {Kind: session.SpanPause, From: 100, To: 2100}, {Kind: session.SpanStream, From: 2100, To: 10000}}, Failures: []float64{100}}, "✗╌████████"},
		"a failure at the end":   {session.Timeline{Spans: []session.Span{{Kind: session.SpanWait, From: 0, To: 10000}}, Failures: []float64{10000}}, "░░░░░░░░░✗"},
		"nothing is known of it": {session.Timeline{}, "          "},
	} {
		got := ansi.Strip(Waterfall{bar: 10, until: 10000}.cells(Lane{Line: c.line}))
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWaterfallAxis(t *testing.T) {
	for _, c := range []struct {
		ms    float64
		cells int
		want  string
	}{
		{3, 40, "0            0.001s       0.002s"},
		{160, 40, "0         0.05s     0.10s     0.15s"},
		{5510, 40, "0     1s     2s     3s    4s     5s"},
		{5510, 12, "0   2s  4s"},
		{3, 8, "0"},
		{12_000, 100, "0       1s      2s      3s      4s      5s      6s      7s      8s      9s      10s     11s     12s"},
		{590_000, 60, "0     1m    2m    3m    4m    5m    6m    7m    8m    9m"},
	} {
		until := axisEnd(c.ms)
		ch := Waterfall{bar: c.cells, until: until, step: tickStep(until, c.cells)}
		rows := ch.Axis()
		got := strings.TrimSpace(ansi.Strip(rows[0]))
		got, said := strings.CutSuffix(got, "ends at")
		if got = strings.TrimSpace(got); !said {
			t.Errorf("%.0f ms on %d cells: %q does not say what stands behind the bars", c.ms, c.cells, got)
		}
		if got != c.want {
			t.Errorf("%.0f ms on %d cells: %q, want %q", c.ms, c.cells, got, c.want)
		}
		if n, labels := strings.Count(rows[1], "┬")+strings.Count(rows[1], "┌"), len(strings.Fields(got)); n != labels {
			t.Errorf("%.0f ms on %d cells: %d ticks and %d labels", c.ms, c.cells, n, labels)
		}
	}
}
