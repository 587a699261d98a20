package check

import (
	"context"
	"fmt"
	"math"

	"lineup/session"
)

// measure is a number of a record that has a limit.
type measure struct {
	of    func(r *session.Reply) *float64 // nil: nobody knows
	least bool                            // the limit is the least, not the most
	unit  string
}

func duration() measure {
	return measure{of: func(r *session.Reply) *float64 { return r.Metrics.Duration }, unit: " ms"}
}

func ttft() measure {
	return measure{of: func(r *session.Reply) *float64 { return r.Metrics.TTFT }, unit: " ms"}
}

func speed() measure {
	return measure{of: func(r *session.Reply) *float64 { return r.Metrics.TokensPerSecond },
		least: true, unit: " tok/s"}
}

func output() measure {
	return measure{unit: " tokens", of: func(r *session.Reply) *float64 {
		n := float64(r.Usage.Output)
		return &n
	}}
}

func cost() measure {
	return measure{of: func(r *session.Reply) *float64 { return r.Cost.USD }, unit: " USD"}
}

// number reads a further number of a check; it may be negative.
func (r *reading) number(key string, dst **float64) {
	r.t.Number(key, -math.MaxFloat64, math.MaxFloat64, dst)
}

// readNumber reads a limit for a number of the record.
func readNumber(of func() measure) func(*reading) body {
	return func(r *reading) body {
		var limit *float64
		r.t.Number(r.key, 0, math.MaxFloat64, &limit)
		if limit == nil {
			return body{}
		}
		m := of()
		return body{words: func(func(string) string) string { return decimal(*limit) },
			run: func(_ context.Context, a asked) answer {
				n := m.of(a.Reply)
				if n == nil {
					return unknown()
				}
				is := answer{holds: *n <= *limit, why: fmt.Sprintf("%.6g%s", *n, m.unit)}
				if m.least {
					is.holds = *n >= *limit
				}
				return is
			}}
	}
}
