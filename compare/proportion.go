package compare

import "math"

// z95 is the 97.5th percentile of the standard normal distribution: 95 % of it lie within ±z95.
const z95 = 1.959963984540054

// Interval is a number with the ends of its 95 % interval.
type Interval struct{ Value, Low, High float64 }

// Wilson gives the share of successes with its 95 % score interval, without continuity correction:
// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
// the American Statistical Association 22 (1927) 209–212. It holds for few trials and for shares
// near 0 and 1 too. All three numbers are NaN where there are no trials.
func Wilson(successes, trials int) Interval {
	n := float64(trials)
	p := float64(successes) / n
	centre := (p + z95*z95/(2*n)) / (1 + z95*z95/n)
	half := z95 * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n)) / (1 + z95*z95/n)
	i := Interval{p, centre - half, centre + half}
	switch { // rounding must not leave an end beside the share
	case trials == 0:
	case successes == 0:
		i.Low = 0
	case successes == trials:
		i.High = 1
	}
	return i
}

// Pairs counts how the same things did twice, such as the cases of two runs.
type Pairs struct {
	Both    int // passed before and after
	Better  int // failed before, passed after
	Worse   int // passed before, failed after
	Neither int
}

// N is the number of pairs.
func (p Pairs) N() int { return p.Both + p.Better + p.Worse + p.Neither }

// Difference is the share that passed after minus the share that passed before, with its 95 %
// interval: method 10 of R. G. Newcombe, "Improved confidence intervals for the difference between
// binomial proportions based on paired data", Statistics in Medicine 17 (1998) 2635–2650. It adds
// the squares of the distances to the ends of the two Wilson intervals, less twice their product
// times φ, the correlation of the pairs. A positive φ is corrected for continuity: n/2 is taken
// from its numerator, but not below 0. All three numbers are NaN where there are no pairs.
func (p Pairs) Difference() Interval {
	n := p.N()
	after, before := Wilson(p.Both+p.Better, n), Wilson(p.Both+p.Worse, n)
	phi := p.phi()
	// the end of the difference towards the given ends of the two shares
	reach := func(a, b float64) float64 {
		return math.Sqrt(max(0, a*a-2*phi*a*b+b*b))
	}
	d := float64(p.Better-p.Worse) / float64(n)
	return Interval{d,
		d - reach(after.Value-after.Low, before.High-before.Value),
		d + reach(after.High-after.Value, before.Value-before.Low)}
}

// phi is the corrected correlation of method 10; 0 where a share is 0 or 1.
func (p Pairs) phi() float64 {
	margins := 1.0 // as floats, since the product of four large counts passes 2⁶³
	for _, m := range []int{p.Both + p.Better, p.Worse + p.Neither, p.Both + p.Worse,
		p.Better + p.Neither} {
		margins *= float64(m)
	}
	if margins == 0 {
		return 0
	}
	cross := float64(p.Both)*float64(p.Neither) - float64(p.Better)*float64(p.Worse)
	if cross > 0 {
		cross = max(0, cross-float64(p.N())/2)
	}
	return cross / math.Sqrt(margins)
}

// McNemar is the exact two-sided p of the hypothesis that better and worse are equally likely:
// Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
// percentages", Psychometrika 12 (1947) 153–157. Of the pairs that changed, the smaller group is a
// binomial variable with p ½; p is twice its lower tail and at most 1. It is 1 where no pair
// changed. The terms are summed relative to the largest one, from their logarithms, since ½ⁿ is 0
// in floating point for n above 1,074.
func (p Pairs) McNemar() float64 {
	n, k := p.Better+p.Worse, min(p.Better, p.Worse)
	if p.Better == p.Worse {
		return 1
	}
	// C(n, i-1) = C(n, i)·i/(n-i+1), from the largest term of the tail down
	sum, term := 0.0, 1.0
	for i := k; i >= 0 && term > 0; i-- {
		sum += term
		term *= float64(i) / float64(n-i+1)
	}
	return min(1, math.Exp(logChoose(n, k)-float64(n-1)*math.Ln2+math.Log(sum)))
}

// logChoose is the logarithm of the binomial coefficient.
func logChoose(n, k int) float64 {
	lg := func(x int) float64 {
		v, _ := math.Lgamma(float64(x) + 1)
		return v
	}
	return lg(n) - lg(k) - lg(n-k)
}
