package metrics

import (
	"strings"
	"sync"
	"testing"
)

func TestTextOfPrometheus(t *testing.T) {
	var s Set
	up := s.Gauge("up", "Whether it\nruns, \\ and so on.")
	asked := s.Counter("asked_total", "Requests.", "provider", "outcome")
	took := s.Histogram("took_seconds", "How long.", []float64{0.5, 2}, "provider")
	up.Set(1)
	asked.Add(2, `a"b\c`+"\n", "answer")
	asked.Add(1, "a", "rate_limit")
	for _, seconds := range []float64{0.5, 1, 9} {
		took.Observe(seconds, "a")
	}
	var b strings.Builder
	if _, err := s.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	const want = `# HELP up Whether it\nruns, \\ and so on.
# TYPE up gauge
up 1
# HELP asked_total Requests.
# TYPE asked_total counter
asked_total{provider="a",outcome="rate_limit"} 1
asked_total{provider="a\"b\\c\n",outcome="answer"} 2
# HELP took_seconds How long.
# TYPE took_seconds histogram
took_seconds_bucket{provider="a",le="0.5"} 1
took_seconds_bucket{provider="a",le="2"} 2
took_seconds_bucket{provider="a",le="+Inf"} 3
took_seconds_sum{provider="a"} 10.5
took_seconds_count{provider="a"} 3
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestCountsFromSeveralGoroutinesAtOnce(t *testing.T) {
	var s Set
	n := s.Counter("n_total", "N.", "of")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				n.Add(1, "x")
			}
		})
	}
	all.Wait()
	var b strings.Builder
	if _, _ = s.WriteTo(&b); !strings.Contains(b.String(), `n_total{of="x"} 8000`) {
		t.Error(b.String())
	}
}
