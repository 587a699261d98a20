package session

import (
	"math"
	"testing"
)

func TestPercentile(t *testing.T) {
	hundred := make([]float64, 101) // 0, 1, … 100: each percentile is its own number
	for i := range hundred {
		hundred[i] = float64(i)
	}
	for _, c := range []struct {
		name   string
		sorted []float64
		p      float64
		want   float64
	}{
		{"one value is every percentile", []float64{7}, 99, 7},
		{"the middle of two", []float64{10, 20}, 50, 15},       // rank 0.5·1 = 0.5: 10 + 0.5·10
		{"p90 of two", []float64{10, 20}, 90, 19},              // rank 0.9: 10 + 0.9·10
		{"the middle of three", []float64{1, 2, 30}, 50, 2},    // rank 0.5·2 = 1: the second value
		{"p95 of three", []float64{1, 2, 30}, 95, 27.2},        // rank 0.95·2 = 1.9: 2 + 0.9·28
		{"p50 of four", []float64{1, 2, 4, 8}, 50, 3},          // rank 0.5·3 = 1.5: 2 + 0.5·2
		{"p90 of four", []float64{1, 2, 4, 8}, 90, 6.8},        // rank 0.9·3 = 2.7: 4 + 0.7·4
		{"p25 of five", []float64{15, 20, 35, 40, 50}, 25, 20}, // rank 0.25·4 = 1
		{"p40 of five", []float64{15, 20, 35, 40, 50}, 40, 29}, // rank 0.4·4 = 1.6: 20 + 0.6·15
		{"p99 of 0 to 100", hundred, 99, 99},
		{"the least", []float64{3, 4, 5}, 0, 3},
		{"the greatest", []float64{3, 4, 5}, 100, 5},
		{"below 0 is the least", []float64{3, 4, 5}, -1, 3},
		{"above 100 is the greatest", []float64{3, 4, 5}, 101, 5},
	} {
		if got := Percentile(c.sorted, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := Percentile(nil, 50); !math.IsNaN(got) {
		t.Errorf("of nothing: %v, want NaN", got)
	}
}

func TestSpreadKeepsWhatASmallSampleCannotTell(t *testing.T) {
	if s := SpreadOf(nil); s.N != 0 || s.P50 != nil || s.Max != nil {
		t.Errorf("of nothing: %+v", s)
	}
	sample := []float64{}
	for i := range 99 {
		sample = append(sample, float64(98-i))
	}
	s := SpreadOf(sample)
	if s.N != 99 || s.P99 != nil {
		t.Errorf("99 values: n %d, p99 %v; a 99th percentile wants 100 values", s.N, s.P99)
	}
	// The values are 0 … 98: rank 0.5·98 = 49, 0.9·98 = 88.2, 0.95·98 = 93.1.
	for name, v := range map[string][2]float64{"p50": {*s.P50, 49}, "p90": {*s.P90, 88.2}, "p95": {*s.P95, 93.1}, "max": {*s.Max, 98}} {
		if math.Abs(v[0]-v[1]) > 1e-9 {
			t.Errorf("%s of 0 … 98 is %v, want %v", name, v[0], v[1])
		}
	}
	s = SpreadOf(append(sample, 99)) // 0 … 99: rank 0.99·99 = 98.01
	if s.P99 == nil || math.Abs(*s.P99-98.01) > 1e-9 {
		t.Errorf("p99 of 0 … 99 is %v, want 98.01", s.P99)
	}
}
