package compare

import (
	"math"
	"math/rand/v2"
	"slices"

	"lineup/session"
)

// resamples is how many samples MedianInterval draws.
const resamples = 10_000

// MedianInterval gives the median of a sample with a 95 % percentile bootstrap interval of
// 10,000 resamples: B. Efron, "Bootstrap methods: another look at the jackknife", Annals of
// Statistics 7 (1979) 1–26, whose section 3 takes the median. The sample is sorted in place. The
// same sample gives the same interval. All three numbers are NaN where it is empty.
//
// No resample is written out. Its middle depends on one or two order statistics of n uniform
// numbers, and those have a simple law: the first k of n+1 exponential gaps against all of them
// (L. Devroye, "Non-Uniform Random Variate Generation", 1986, theorem V.2.2). A resample of any
// size so costs a few random numbers.
func MedianInterval(sample []float64) Interval {
	slices.Sort(sample)
	n := len(sample)
	if n == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	rng := rand.New(rand.NewPCG(1979, uint64(n)))
	// the value of the original at a place in 0…1
	at := func(u float64) float64 { return sample[min(n-1, int(u*float64(n)))] }
	medians := make([]float64, resamples)
	for i := range medians {
		below, gap := gamma(rng, (n+1)/2), rng.ExpFloat64()
		above := gamma(rng, n-(n+1)/2)
		all := below + gap + above
		medians[i] = at(below / all)
		if n%2 == 0 {
			medians[i] = (medians[i] + at((below+gap)/all)) / 2
		}
	}
	slices.Sort(medians)
	return Interval{session.Percentile(sample, 50),
		session.Percentile(medians, 2.5), session.Percentile(medians, 97.5)}
}

// gamma draws the sum of k exponential numbers: G. Marsaglia and W. W. Tsang, "A simple method for
// generating gamma variables", ACM Transactions on Mathematical Software 26 (2000) 363–372.
func gamma(rng *rand.Rand, k int) float64 {
	if k == 0 {
		return 0
	}
	d := float64(k) - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
