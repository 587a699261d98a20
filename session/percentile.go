package session

import (
	"math"
	"slices"
)

// Percentile gives the value below which p percent of a sorted sample lie, 0 ≤ p ≤ 100. Between two
// neighbours it interpolates linearly, the first being percentile 0 and the last percentile 100:
// rank p/100·(n-1), the definition 7 of Hyndman and Fan (1996), which spreadsheets call
// PERCENTILE.INC. It is NaN for an empty sample.
func Percentile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	rank := min(max(p, 0), 100) / 100 * float64(len(sorted)-1)
	below := int(rank)
	if below == len(sorted)-1 {
		return sorted[below]
	}
	part := rank - float64(below)
	return sorted[below]*(1-part) + sorted[below+1]*part
}

// minForP99 is how many values a 99th percentile needs before it says more than "the largest one or
// so".
const minForP99 = 100

// Spread is how the values of a sample are distributed. A percentile without enough samples is nil:
// all of them for N = 0, P99 for N < 100.
type Spread struct {
	N   int      `json:"n"`
	P50 *float64 `json:"p50"`
	P90 *float64 `json:"p90"`
	P95 *float64 `json:"p95"`
	P99 *float64 `json:"p99"`
	Max *float64 `json:"max"`
}

// SpreadOf describes a sample, which it sorts.
func SpreadOf(sample []float64) Spread {
	s := Spread{N: len(sample)}
	if s.N == 0 {
		return s
	}
	slices.Sort(sample)
	at := func(p float64) *float64 {
		v := Percentile(sample, p)
		return &v
	}
	s.P50, s.P90, s.P95, s.Max = at(50), at(90), at(95), at(100)
	if s.N >= minForP99 {
		s.P99 = at(99)
	}
	return s
}
