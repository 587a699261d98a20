package compare

import (
	"encoding/binary"
	"math"
	"slices"
)

// ballots are votes as terms of a likelihood over contenders 0…n−1. Terms of one form are added up,
// so that the work grows with the number of different ones.
type ballots struct {
	n       int
	wins    [][]float64 // wins[a][b]: how often a was chosen of the two
	choices map[string]*choice
}

// choice is a set of three or more contenders out of which one was chosen, and how often each was.
type choice struct {
	of   []int
	wins []float64
}

func newBallots(n int) *ballots {
	b := &ballots{n: n, wins: make([][]float64, n), choices: map[string]*choice{}}
	for i := range b.wins {
		b.wins[i] = make([]float64, n)
	}
	return b
}

// choose adds that the first of a list was chosen out of all of it. A contender may be in the list
// several times, where several panes count for one model.
func (b *ballots) choose(list []int) {
	switch len(list) {
	case 0, 1:
		return
	case 2:
		b.wins[list[0]][list[1]]++
		return
	}
	of := slices.Sorted(slices.Values(list))
	var key []byte
	for _, i := range of {
		key = binary.AppendUvarint(key, uint64(i))
	}
	c := b.choices[string(key)]
	if c == nil {
		c = &choice{of: of, wins: make([]float64, len(of))}
		b.choices[string(key)] = c
	}
	at, _ := slices.BinarySearch(of, list[0])
	c.wins[at]++
}

// rank adds a ranking: each choice out of what is left.
func (b *ballots) rank(list []int) {
	for i := range list {
		b.choose(list[i:])
	}
}

// tie adds that the good ones are equally good and better than the rest, all as choices of two.
func (b *ballots) tie(good, rest []int) {
	for i, g := range good {
		for _, h := range good[:i] {
			b.wins[g][h] += 0.5
			b.wins[h][g] += 0.5
		}
		for _, r := range rest {
			b.wins[g][r]++
		}
	}
}

// fitted is the maximum of the posterior and its curvature there.
type fitted struct {
	theta []float64
	cov   [][]float64 // the inverse of the Hessian of the negative logarithm of the posterior
}

// How the maximum is found. The Hessian is at least the identity, so the distance to the maximum is
// at most the length of the gradient.
const (
	gradientEnough = 1e-9
	newtonSteps    = 200
	maxHalvings    = 60
)

// fit finds the θ of highest posterior under an independent N(0,1) prior for each. The likelihood
// is that of Plackett and Luce (R. L. Plackett, The Analysis of Permutations, 1975; R. D. Luce,
// Individual Choice Behavior, 1959), with two contenders that of Bradley and Terry (1952):
//
//	−log posterior = ½Σθ² − Σ (θ_chosen − log Σ_set e^θ)
//
// It is strictly convex. Newton's method with halved steps finds its only minimum from anywhere.
// The approximation at the minimum is Laplace's (D. MacKay, Information Theory, chapter 27).
func (b *ballots) fit() fitted {
	choices := b.sortedChoices()
	theta := make([]float64, b.n)
	value := b.value(choices, theta)
	for range newtonSteps {
		gradient, hessian := b.slopes(choices, theta)
		if length(gradient) <= gradientEnough {
			break
		}
		step := solve(cholesky(hessian), gradient)
		next, nextValue, moved := b.descend(choices, theta, value, step)
		if !moved { // as near as the numbers allow
			break
		}
		theta, value = next, nextValue
	}
	_, hessian := b.slopes(choices, theta)
	return fitted{theta: theta, cov: inverse(cholesky(hessian))}
}

// descend takes a step against the gradient, halved until it does not lead up.
func (b *ballots) descend(choices []*choice, theta []float64, value float64,
	step []float64) (next []float64, nextValue float64, moved bool) {
	next = make([]float64, b.n)
	slack := 1e-13 * math.Abs(value) // rounding of the sum
	for size, tries := 1.0, 0; tries < maxHalvings; size, tries = size/2, tries+1 {
		for i := range next {
			next[i] = theta[i] - size*step[i]
		}
		if nextValue = b.value(choices, next); nextValue <= value+slack {
			return next, nextValue, !slices.Equal(next, theta)
		}
	}
	return theta, value, false
}

// sortedChoices gives the choices in one order, so that sums do not depend on that of the votes.
func (b *ballots) sortedChoices() []*choice {
	list := make([]*choice, 0, len(b.choices))
	for _, c := range b.choices {
		list = append(list, c)
	}
	slices.SortFunc(list, func(x, y *choice) int { return slices.Compare(x.of, y.of) })
	return list
}

// value is the negative logarithm of the posterior, but for a constant.
func (b *ballots) value(choices []*choice, theta []float64) float64 {
	v := 0.0
	for i, t := range theta {
		v += t * t / 2
		for j, w := range b.wins[i] {
			if w != 0 {
				v += w * softplus(theta[j]-t)
			}
		}
	}
	for _, c := range choices {
		total := logSum(c.of, theta)
		for k, w := range c.wins {
			if w != 0 {
				v += w * (total - theta[c.of[k]])
			}
		}
	}
	return v
}

// slopes gives the gradient of value and its Hessian.
func (b *ballots) slopes(choices []*choice, theta []float64) (g []float64, h [][]float64) {
	g = slices.Clone(theta) // of the prior
	h = square(b.n)
	for i := range b.n {
		h[i][i] = 1
	}
	for i := range b.n {
		for j := range i {
			won, lost := b.wins[i][j], b.wins[j][i]
			if won+lost == 0 {
				continue
			}
			p, q := sigmoid(theta[i]-theta[j]), sigmoid(theta[j]-theta[i])
			slope, bend := lost*p-won*q, (won+lost)*p*q
			g[i] += slope
			g[j] -= slope
			h[i][i] += bend
			h[j][j] += bend
			h[i][j] -= bend
			h[j][i] -= bend
		}
	}
	for _, c := range choices {
		c.addSlopes(theta, g, h)
	}
	return g, h
}

func (c *choice) addSlopes(theta, g []float64, h [][]float64) {
	total, n := logSum(c.of, theta), 0.0
	p := make([]float64, len(c.of))
	for k, i := range c.of {
		p[k] = math.Exp(theta[i] - total)
		n += c.wins[k]
	}
	for k, i := range c.of {
		g[i] += n*p[k] - c.wins[k]
		h[i][i] += n * p[k]
		for l, j := range c.of {
			h[i][j] -= n * p[k] * p[l]
		}
	}
}

// logSum is log Σ e^θ over a set.
func logSum(of []int, theta []float64) float64 {
	top := math.Inf(-1)
	for _, i := range of {
		top = max(top, theta[i])
	}
	sum := 0.0
	for _, i := range of {
		sum += math.Exp(theta[i] - top)
	}
	return top + math.Log(sum)
}

// sigmoid is σ(x) = 1/(1+e^−x).
func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// softplus is log(1+e^x).
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}
