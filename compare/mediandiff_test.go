package compare_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"lineup/compare"
)

// plainBootstrap is what MedianInterval stands for: each resample is drawn and sorted.
func plainBootstrap(sample []float64, resamples int) (low, high float64) {
	rng := rand.New(rand.NewPCG(7, 7))
	medians := make([]float64, resamples)
	draw := make([]float64, len(sample))
	for i := range medians {
		for j := range draw {
			draw[j] = sample[rng.IntN(len(sample))]
		}
		slices.Sort(draw)
		n := len(draw)
		medians[i] = (draw[(n-1)/2] + draw[n/2]) / 2
	}
	slices.Sort(medians)
	return medians[resamples/40], medians[resamples-resamples/40]
}

func TestMedianIntervalIsThatOfThePlainBootstrap(t *testing.T) {
	for _, n := range []int{2, 3, 4, 9, 50, 51, 400} {
		sample := make([]float64, n)
		for i := range sample { // uneven steps: a wrong order statistic is far off
			sample[i] = math.Pow(float64(i+1), 1.5)
		}
		low, high := plainBootstrap(sample, 20_000)
		got := compare.MedianInterval(slices.Clone(sample))
		step := 2.5 * (math.Pow(float64(n)/2+1, 1.5) - math.Pow(float64(n)/2, 1.5)) // of the sample, in its middle
		if n < 10 {
			step = 1e-9 // the ends are values of the sample that are far from the next quantile
		}
		if want := (sample[(n-1)/2] + sample[n/2]) / 2; got.Value != want {
			t.Errorf("n=%d: the median is %v, want %v", n, got.Value, want)
		}
		if !near(got.Low, low, step) || !near(got.High, high, step) {
			t.Errorf("n=%d: %v to %v; the plain bootstrap has %v to %v (±%v)", n, got.Low, got.High, low, high, step)
		}
	}
}

// For three values the law of the median is known: of the 27 resamples 7 have the first value in the middle, 13 the
// second and 7 the third. Of nine values, the first is the median of a resample with P(Bin(9, 1/9) ≥ 5) = 0.00138, and the
// first two with P(Bin(9, 2/9) ≥ 5) = 0.0290 > 0.025: so the lower end is the second value.
func TestMedianIntervalByHand(t *testing.T) {
	if got := compare.MedianInterval([]float64{30, 10, 20}); got != (compare.Interval{Value: 20, Low: 10, High: 30}) {
		t.Errorf("three values: %+v", got)
	}
	if got := compare.MedianInterval([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}); got != (compare.Interval{Value: 5, Low: 2, High: 8}) {
		t.Errorf("nine values: %+v", got)
	}
	if got := compare.MedianInterval([]float64{4}); got != (compare.Interval{Value: 4, Low: 4, High: 4}) {
		t.Errorf("one value: %+v", got)
	}
	if got := compare.MedianInterval(nil); !math.IsNaN(got.Value) || !math.IsNaN(got.Low) || !math.IsNaN(got.High) {
		t.Errorf("no value: %+v", got)
	}
}

// The order of the sample and the run of the program change nothing, and many values cost no more random numbers than three.
func TestMedianIntervalIsSeeded(t *testing.T) {
	sample := make([]float64, 99_700) // each of 997 values a hundred times
	for i := range sample {
		sample[i] = float64(i%997) - 400
	}
	first := compare.MedianInterval(slices.Clone(sample))
	slices.Reverse(sample)
	if second := compare.MedianInterval(sample); first != second {
		t.Errorf("%+v, then %+v", first, second)
	}
	// the median of 99,700 evenly spread values has a standard error of 997/(2·√99,700) = 1.58
	if half := 1.96 * 1.58; !near(first.Value, 98, 1) || !near(first.High-first.Low, 2*half, 1) {
		t.Errorf("%+v", first)
	}
}
