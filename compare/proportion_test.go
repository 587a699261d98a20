package compare_test

import (
	"math"
	"testing"

	"lineup/compare"
)

func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance || math.IsNaN(got) && math.IsNaN(want)
}

// The numbers of 81/263 to 1/29 are those of R. G. Newcombe, "Two-sided confidence intervals for the single
// proportion: comparison of seven methods", Statistics in Medicine 17 (1998) 857–872, table I, method 3 (score). They were
// computed again by bisection: the ends are the two roots p of (p−x/n)² = z²·p(1−p)/n.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		x, n      int
		low, high float64
	}{
		{81, 263, 0.2552885198782743, 0.3662095769828001},
		{15, 148, 0.06238639953073628, 0.16048724172330803},
		{0, 20, 0, 0.1611251580528194},
		{1, 29, 0.00611321429276266, 0.17175521879320288},
		{29, 29, 0.8830302015002593, 1},
		{0, 0, math.NaN(), math.NaN()},
	} {
		got := compare.Wilson(c.x, c.n)
		if want := float64(c.x) / float64(c.n); !near(got.Value, want, 0) || !near(got.Low, c.low, 1e-12) || !near(got.High, c.high, 1e-12) {
			t.Errorf("%d of %d: %+v, want %v to %v", c.x, c.n, got, c.low, c.high)
		}
	}
	for n := 1; n < 400; n++ { // the ends are those of the range, whatever is rounded
		if none, all := compare.Wilson(0, n), compare.Wilson(n, n); none.Low != 0 || all.High != 1 || !near(none.High, 1-all.Low, 1e-12) {
			t.Fatalf("%d: %+v and %+v", n, none, all)
		}
	}
}

// Published intervals of method 10, to the digits that are printed there:
//   - 59, 6, 16, 80 (Cavo 2012): −0.0621 (−0.1186 to −0.0046); M. W. Fagerland, S. Lydersen, P. Laake, "Statistical
//     Analysis of Contingency Tables" (2017), chapter 8.
//   - 14, 5, 0, 22: 0.122 (0.011 to 0.226); D. G. Altman and others, "Statistics with Confidence" (2000), table 6.2 and page 52.
//
// The further digits, and the other rows, are from the formula of the paper with the Wilson ends by bisection:
// for 59, 6, 16, 80, n = 161, p₁ = 65/161 (0.3310 to 0.4809), p₂ = 75/161 (0.3906 to 0.5428), ad−bc = 4624, less n/2 = 4543.5,
// √(65·96·75·86) = 6344.2, so φ = 0.7162.
func TestDifferenceOfPairs(t *testing.T) {
	for _, c := range []struct {
		both, better, worse, neither int
		value, low, high             float64
	}{
		{59, 6, 16, 80, -0.06211180124223603, -0.11862119563870996, -0.00462511393305004},
		{14, 5, 0, 22, 0.12195121951219512, 0.011483241383033221, 0.2264926843512112},
		{1, 1, 7, 12, -0.2857142857142857, -0.506920226686141, -0.02555912416485978}, // φ corrected to 0
		{36, 12, 2, 0, 0.2, 0.05692958400323883, 0.34042760297494074},                // φ below 0 stays
		{53, 1, 0, 1, 0.018181818181818188, -0.055137486135084665, 0.10121303407018253},
		{0, 0, 0, 10, 0, -0.27753279986288926, 0.27753279986288926}, // no margin, no φ
		{10, 0, 0, 0, 0, -0.27753279986288926, 0.27753279986288926},
		{0, 30, 0, 0, 1, 0.839467819862384, 1},
		{0, 0, 0, 0, math.NaN(), math.NaN(), math.NaN()},
	} {
		p := compare.Pairs{Both: c.both, Better: c.better, Worse: c.worse, Neither: c.neither}
		got := p.Difference()
		if !near(got.Value, c.value, 1e-12) || !near(got.Low, c.low, 1e-12) || !near(got.High, c.high, 1e-12) {
			t.Errorf("%+v: %+v, want %v (%v to %v)", p, got, c.value, c.low, c.high)
		}
		turned := compare.Pairs{Both: c.both, Better: c.worse, Worse: c.better, Neither: c.neither}.Difference()
		if !near(turned.Low, -got.High, 1e-12) || !near(turned.High, -got.Low, 1e-12) {
			t.Errorf("%+v turned round: %+v", p, turned)
		}
	}
	// The product of the margins of 300,000 pairs is 5·10²⁰, beyond 2⁶³: φ must stay a correlation. The two shares are
	// alike, ½ each, and φ is near 1, so the interval is narrow.
	big := compare.Pairs{Both: 149_000, Better: 1000, Worse: 1000, Neither: 149_000}.Difference()
	if !near(big.Value, 0, 0) || !near(big.High, 0.000292, 1e-6) || !near(big.Low, -big.High, 1e-12) {
		t.Errorf("300,000 pairs: %+v", big)
	}
}

// The exact sums are Σ C(n,i)/2ⁿ⁻¹ for i ≤ k in whole numbers (Python's math.comb and Fraction): 1 and 7 of 8 give
// (1+8)/128, 6 and 16 of 22 give 0.0525 as in Fagerland, Lydersen and Laake 2017, chapter 8.
func TestMcNemar(t *testing.T) {
	for _, c := range []struct {
		better, worse int
		want          float64
	}{
		{0, 0, 1}, {1, 0, 1}, {3, 1, 0.625}, {1, 7, 0.0703125}, {6, 16, 0.052478790283203125}, {5, 0, 0.0625},
		{9100, 8900, 0.1380035751325973}, {8999, 9001, 0.9940530022105891}, {9000, 9000, 1},
		{10_000, 8000, 2.63361044370026e-50}, {18_000, 0, 0}, // 2⁻¹⁷⁹⁹⁹ is below the smallest number
	} {
		for _, p := range []compare.Pairs{{Better: c.better, Worse: c.worse}, {Better: c.worse, Worse: c.better, Both: 7}} {
			if got := p.McNemar(); !near(got, c.want, 1e-9*c.want) {
				t.Errorf("%d better and %d worse: %v, want %v", p.Better, p.Worse, got, c.want)
			}
		}
	}
}
