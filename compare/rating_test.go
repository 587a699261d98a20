package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lineup/session"
)

// named makes contenders whose ids are the names.
func named(names ...string) []session.Candidate {
	var list []session.Candidate
	for _, n := range names {
		list = append(list, session.Candidate{ID: n, Model: "p/" + n[:1], Label: n})
	}
	return list
}

func best(winner int, names ...string) Vote {
	return Vote{Vote: session.Vote{Contenders: named(names...), Kind: session.VoteBest, Winners: []int{winner}}}
}

func tied(winners []int, names ...string) Vote {
	return Vote{Vote: session.Vote{Contenders: named(names...), Kind: session.VoteTie, Winners: winners}}
}

func ranked(order []int, names ...string) Vote {
	return Vote{Vote: session.Vote{Contenders: named(names...), Kind: session.VoteRanking, Order: order}}
}

func allBad(names ...string) Vote {
	return Vote{Vote: session.Vote{Contenders: named(names...), Kind: session.VoteBad}}
}

func times(n int, v Vote) []Vote { return slices.Repeat([]Vote{v}, n) }

func ratingOf(t *testing.T, r Ratings, id string) Rating {
	t.Helper()
	for _, x := range r.Ratings {
		if x.Contender.ID == id {
			return x
		}
	}
	t.Fatalf("no rating of %s", id)
	return Rating{}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.9f, want %.9f", what, got, want)
	}
}

// z is the point of the standard normal distribution with 97.5 % below it, from a printed table.
const z = 1.9599639845

// One win of A over B. By symmetry θa = −θb = t, and the derivative of log σ(2t) − t² is zero where t = σ(−2t):
// t = 0.337415. The Hessian is I + w·[1 −1; −1 1] with w = σ(2t)σ(−2t) = (1−t)t. Its inverse has (1+w)/(1+2w) on the
// diagonal and w/(1+2w) beside it, so that θa − θb has the variance 2/(1+2w).
func TestRatingOfOneWinByHand(t *testing.T) {
	r := Rate([]Vote{best(0, "a", "b")}, RatingOptions{})
	x := 0.0
	for range 200 { // the fixed point, by averaging: the plain iteration swings
		x = (x + 1/(1+math.Exp(2*x))) / 2
	}
	w := x * (1 - x)
	se, sd := math.Sqrt((1+w)/(1+2*w)), math.Sqrt(2/(1+2*w))
	a := ratingOf(t, r, "a")
	near(t, "θ", a.Theta, x, 1e-9)
	near(t, "p", a.P, 1/(1+math.Exp(-x)), 1e-9)
	near(t, "low", a.Low, 1/(1+math.Exp(-(x-z*se))), 1e-9)
	near(t, "high", a.High, 1/(1+math.Exp(-(x+z*se))), 1e-9)
	near(t, "θ of b", ratingOf(t, r, "b").Theta, -x, 1e-9)
	p := r.Pairs[0]
	if len(r.Pairs) != 1 || p.A != "a" || p.B != "b" || p.Votes != 1 {
		t.Fatalf("pairs %+v", r.Pairs)
	}
	near(t, "P(a beats b)", p.P, 1/(1+math.Exp(-2*x)), 1e-9)
	near(t, "its low", p.Low, 1/(1+math.Exp(-(2*x-z*sd))), 1e-9)
	near(t, "its high", p.High, 1/(1+math.Exp(-(2*x+z*sd))), 1e-9)
}

// posterior is the logarithm of the posterior, one term of the contract after the other.
func posterior(votes []Vote, index map[string]int, theta []float64) float64 {
	sum := 0.0
	for _, x := range theta {
		sum -= x * x / 2
	}
	choose := func(won int, of []int) {
		total := 0.0
		for _, i := range of {
			total += math.Exp(theta[i])
		}
		sum += theta[won] - math.Log(total)
	}
	for _, v := range votes {
		var all []int
		for _, c := range v.Contenders {
			all = append(all, index[c.ID])
		}
		switch v.Kind {
		case session.VoteBest:
			choose(all[v.Winners[0]], all)
		case session.VoteRanking:
			var left []int
			for _, i := range v.Order {
				left = append(left, all[i])
			}
			for ; len(left) > 0; left = left[1:] {
				choose(left[0], left)
			}
		case session.VoteTie:
			for i := range all {
				for j := range all {
					good, other := slices.Contains(v.Winners, i), slices.Contains(v.Winners, j)
					switch {
					case i == j || !good:
					case other:
						sum += math.Log(1/(1+math.Exp(theta[all[j]]-theta[all[i]]))) / 2
					default:
						sum += math.Log(1 / (1 + math.Exp(theta[all[j]]-theta[all[i]])))
					}
				}
			}
		}
	}
	return sum
}

// maximum finds it one coordinate after the other, by thirds, and the Hessian by differences.
func maximum(votes []Vote, ids []string) (theta []float64, hessian [][]float64) {
	index := map[string]int{}
	for i, id := range ids {
		index[id] = i
	}
	theta = make([]float64, len(ids))
	f := func() float64 { return posterior(votes, index, theta) }
	for range 60 {
		for i := range theta {
			low, high := -8.0, 8.0
			for range 60 {
				theta[i] = low + (high-low)/3
				left := f()
				theta[i] = high - (high-low)/3
				if left < f() {
					low += (high - low) / 3
				} else {
					high -= (high - low) / 3
				}
			}
			theta[i] = (low + high) / 2
		}
	}
	const h = 1e-3
	at := func(i, j int, di, dj float64) float64 {
		theta[i] += di
		theta[j] += dj
		v := f()
		theta[j] -= dj
		theta[i] -= di
		return v
	}
	hessian = square(len(ids))
	for i := range ids {
		for j := range ids {
			hessian[i][j] = -(at(i, j, h, h) - at(i, j, h, -h) - at(i, j, -h, h) + at(i, j, -h, -h)) / (4 * h * h)
		}
	}
	return theta, hessian
}

// mixed has votes of every kind.
func mixed() []Vote {
	return slices.Concat(
		times(4, best(0, "a", "b", "c", "d")), times(2, best(1, "a", "b", "c", "d")), times(3, best(0, "a", "b")),
		times(2, tied([]int{0, 1}, "a", "b", "c", "d")), times(2, tied([]int{0, 1}, "c", "d")),
		times(3, ranked([]int{2, 0, 1, 3}, "a", "b", "c", "d")), times(2, ranked([]int{1, 0, 2}, "d", "c", "a")),
		times(2, tied([]int{0, 1, 2}, "b", "c", "d")), times(3, allBad("a", "b")))
}

func TestRatingsAreTheMaximumOfThePosterior(t *testing.T) {
	ids := []string{"a", "b", "c", "d"}
	for name, votes := range map[string][]Vote{
		"mixed": mixed(), "best of two": times(7, best(0, "a", "b")), "separable": times(40, ranked([]int{3, 1, 0, 2}, ids...)),
		"disconnected": slices.Concat(times(5, best(0, "a", "b")), times(9, best(1, "c", "d"))),
		"a tie":        times(3, tied([]int{0, 2}, "a", "b", "c")),
	} {
		t.Run(name, func(t *testing.T) {
			theta, hessian := maximum(votes, ids)
			cov := inverse(cholesky(hessian))
			r := Rate(votes, RatingOptions{})
			for _, x := range r.Ratings {
				i := slices.Index(ids, x.Contender.ID)
				near(t, "θ of "+x.Contender.ID, x.Theta, theta[i], 1e-6)
				near(t, "low of "+x.Contender.ID, x.Low, sigmoid(theta[i]-z*math.Sqrt(cov[i][i])), 1e-5)
			}
			for _, p := range r.Pairs {
				a, b := slices.Index(ids, p.A), slices.Index(ids, p.B)
				near(t, p.A+p.B, p.High, sigmoid(theta[a]-theta[b]+z*math.Sqrt(cov[a][a]+cov[b][b]-2*cov[a][b])), 1e-5)
			}
		})
	}
}

// The gradient at the end is nothing, however many votes there are and however far apart the contenders.
func TestFitEndsWhereNothingRises(t *testing.T) {
	for _, n := range []int{1, 100, 1_000_000} {
		b := newBallots(4)
		b.wins[0][1], b.wins[1][2], b.wins[2][1] = float64(n), float64(n), 1
		b.choose([]int{0, 1, 2, 3})
		f := b.fit()
		g, _ := b.slopes(b.sortedChoices(), f.theta)
		if l := length(g); !(l < 1e-8) {
			t.Errorf("%d votes: gradient %g at %v", n, l, f.theta)
		}
	}
}

func TestRatingCounts(t *testing.T) {
	r := Rate(mixed(), RatingOptions{})
	// a: 4+2 best of four, 3 best of two, 2 ties of four, 3+2 rankings; best in 4, 3 and 2
	a := ratingOf(t, r, "a")
	if a.Votes != 16 || a.Best != 9 || a.Worse != 7 {
		t.Errorf("a: votes %d, best %d, worse %d", a.Votes, a.Best, a.Worse)
	}
	for _, p := range r.Pairs {
		if p.A == "a" && p.B == "d" || p.A == "d" && p.B == "a" {
			if p.Votes != 13 {
				t.Errorf("a and d stood together in %d votes", p.Votes)
			}
		}
	}
	if want := (Summary{Type: "summary", Votes: 23, AllBad: 3}); r.Summary != want {
		t.Errorf("%+v", r.Summary)
	}
}

func TestRatingsLeaveOutByMarks(t *testing.T) {
	marked := func(m session.VoteMarks, v Vote) Vote { v.VoteMarks = m; return v }
	votes := []Vote{best(0, "a", "b"), marked(session.VoteMarks{Fallback: true}, best(0, "a", "b")),
		marked(session.VoteMarks{Simulated: true, Blind: true}, best(1, "a", "b")), marked(session.VoteMarks{Partial: true}, best(0, "a", "b")),
		marked(session.VoteMarks{Named: true, Blind: true}, allBad("a", "b"))}
	for _, c := range []struct {
		o                    RatingOptions
		counted, out, allBad int
	}{
		{RatingOptions{}, 2, 2, 1},
		{RatingOptions{WithFallback: true}, 3, 1, 1},
		{RatingOptions{WithSimulated: true}, 3, 1, 1},
		{RatingOptions{WithFallback: true, WithSimulated: true}, 4, 0, 1},
		{RatingOptions{BlindOnly: true}, 0, 4, 1},
		{RatingOptions{BlindOnly: true, WithSimulated: true}, 1, 3, 1},
	} {
		r := Rate(votes, c.o)
		if got := ratingOf(t, r, "a").Votes; got != c.counted || r.Summary.LeftOut != c.out || r.Summary.AllBad != c.allBad || r.Summary.Votes != 5 {
			t.Errorf("%+v: %d votes, %+v", c.o, got, r.Summary)
		}
	}
}

// A rank is the next lower one's too unless it is stronger for certain; ranks are 1, 1, 3; few votes give none and part nobody.
func TestRanks(t *testing.T) {
	ranks := func(votes []Vote) string {
		s := ""
		for _, r := range Rate(votes, RatingOptions{}).Ratings {
			rank := "-"
			if r.Rank != nil {
				rank = fmt.Sprint(*r.Rank)
			}
			s += r.Contender.ID + rank + " "
		}
		return s
	}
	for _, c := range []struct {
		want  string
		votes []Vote
	}{
		{"a1 b2 ", times(30, best(0, "a", "b"))},
		{"a1 b1 ", slices.Concat(times(16, best(0, "a", "b")), times(15, best(1, "a", "b")))},
		{"a1 b1 c3 ", slices.Concat(times(20, ranked([]int{0, 1, 2}, "a", "b", "c")), times(19, ranked([]int{1, 0, 2}, "a", "b", "c")))},
		{"a- b- ", times(4, best(0, "a", "b"))},
		// d has few votes and lies between the others: it has no rank, and does not join a and c
		{"a1 d- c2 ", slices.Concat(times(30, best(0, "a", "c")), times(2, best(0, "a", "d")), times(2, best(0, "d", "c")))},
		{"a1 b2 c3 ", times(30, ranked([]int{0, 1, 2}, "a", "b", "c"))},
	} {
		if got := ranks(c.votes); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// Settings of one model count as that model. Two panes of it in a vote are two tickets, as the likelihood has it.
func TestRatingsByModel(t *testing.T) {
	var votes []Vote
	for range 20 { // two panes of a, one of b; a model as strong as b wins two of three
		votes = append(votes, best(0, "a1", "a2", "b1"), best(1, "a1", "a2", "b1"), best(2, "a1", "a2", "b1"))
	}
	votes = append(votes, best(0, "a1", "a2")) // says nothing of models
	r := Rate(votes, RatingOptions{ByModel: true})
	if len(r.Ratings) != 2 {
		t.Fatalf("%+v", r.Ratings)
	}
	for _, x := range r.Ratings {
		near(t, x.Contender.Label, x.Theta, 0, 1e-9)
		if x.Votes != 60 || string(x.Contender.Settings) != "{}" {
			t.Errorf("%+v", x)
		}
	}
}

// Names and the order of votes, of contenders in a vote and of winners do not matter.
func TestRatingsAreSymmetric(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "b", "c", "d", "e"}
	for range 50 {
		var votes, other []Vote
		rename := rng.Perm(len(names))
		for range 1 + rng.IntN(40) {
			v := randomVote(rng, names)
			votes = append(votes, v)
			o := v
			o.Contenders = nil
			for _, c := range v.Contenders {
				o.Contenders = append(o.Contenders, named(names[rename[slices.Index(names, c.ID)]])...)
			}
			other = append(other, shuffled(rng, o))
		}
		rng.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		a, b := Rate(votes, RatingOptions{}), Rate(other, RatingOptions{})
		for _, x := range a.Ratings {
			y := ratingOf(t, b, names[rename[slices.Index(names, x.Contender.ID)]])
			near(t, "θ", x.Theta, y.Theta, 1e-8)
			near(t, "low", x.Low, y.Low, 1e-8)
			if x.Votes != y.Votes || x.Best != y.Best || x.Worse != y.Worse || (x.Rank == nil) != (y.Rank == nil) {
				t.Fatalf("%+v\n%+v", x, y)
			}
		}
	}
}

func randomVote(rng *rand.Rand, names []string) Vote {
	of := slices.Clone(names)
	rng.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	of = of[:2+rng.IntN(len(of)-1)]
	switch rng.IntN(4) {
	case 0:
		return best(rng.IntN(len(of)), of...)
	case 1:
		return tied(rng.Perm(len(of))[:2+rng.IntN(len(of)-1)], of...)
	case 2:
		return ranked(rng.Perm(len(of)), of...)
	}
	return allBad(of...)
}

// shuffled says the same vote with its contenders in another order.
func shuffled(rng *rand.Rand, v Vote) Vote {
	to := rng.Perm(len(v.Contenders))
	list := make([]session.Candidate, len(to))
	for from, at := range to {
		list[at] = v.Contenders[from]
	}
	v.Contenders = list
	move := func(xs []int) (out []int) {
		for _, x := range xs {
			out = append(out, to[x])
		}
		return out
	}
	v.Winners, v.Order = move(v.Winners), move(v.Order)
	return v
}

func TestLabelIsThatOfTheLatestVote(t *testing.T) {
	old, young := best(0, "a", "b"), best(0, "a", "b")
	old.At, young.At = time.Unix(10, 0), time.Unix(20, 0)
	young.Contenders[0].Label = "cold"
	for _, votes := range [][]Vote{{old, young}, {young, old}} {
		if got := ratingOf(t, Rate(votes, RatingOptions{}), "a").Contender.Label; got != "cold" {
			t.Errorf("label %q", got)
		}
	}
}

func TestNoVotes(t *testing.T) {
	r := Rate(nil, RatingOptions{})
	if len(r.Ratings) != 0 || len(r.Pairs) != 0 || r.Summary.Votes != 0 {
		t.Errorf("%+v", r)
	}
	r = Rate([]Vote{allBad("a", "b")}, RatingOptions{})
	if a := ratingOf(t, r, "a"); a.P != 0.5 || a.Votes != 0 || a.Rank != nil {
		t.Errorf("%+v", a)
	}
}

// Of true strengths out of the prior, the 95 % interval must hold about 95 %: 1,000 data sets of four contenders each.
func TestIntervalsHoldWhatTheySay(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 2026))
	names := []string{"a", "b", "c", "d"}
	for _, n := range []int{10, 30, 100} {
		held, pairsHeld := 0, 0
		for range 1000 {
			truth := map[string]float64{}
			for _, name := range names {
				truth[name] = rng.NormFloat64()
			}
			var votes []Vote
			for range n {
				u, total := rng.Float64(), 0.0
				for _, name := range names {
					total += math.Exp(truth[name])
				}
				winner := 0
				for u *= total; winner < 3 && u > math.Exp(truth[names[winner]]); winner++ {
					u -= math.Exp(truth[names[winner]])
				}
				votes = append(votes, best(winner, names...))
			}
			r := Rate(votes, RatingOptions{})
			for _, x := range r.Ratings {
				if p := sigmoid(truth[x.Contender.ID]); x.Low <= p && p <= x.High {
					held++
				}
			}
			for _, x := range r.Pairs {
				if p := sigmoid(truth[x.A] - truth[x.B]); x.Low <= p && p <= x.High {
					pairsHeld++
				}
			}
		}
		single, pair := float64(held)/4000, float64(pairsHeld)/6000
		t.Logf("%d votes: %.1f %% of the contenders, %.1f %% of the pairs", n, 100*single, 100*pair)
		if single < 0.93 || single > 0.97 || pair < 0.93 || pair > 0.97 {
			t.Errorf("%d votes: coverage %.3f of the contenders, %.3f of the pairs", n, single, pair)
		}
	}
}

func BenchmarkRate(b *testing.B) {
	for _, size := range []int{50, 200} {
		rng := rand.New(rand.NewPCG(3, 4))
		var names []string
		for i := range size {
			names = append(names, fmt.Sprintf("m%03d", i))
		}
		var votes []Vote
		for range 100_000 {
			of := rng.Perm(size)[:4]
			slices.Sort(of)
			votes = append(votes, best(rng.IntN(4), names[of[0]], names[of[1]], names[of[2]], names[of[3]]))
		}
		b.Run(fmt.Sprintf("%d contenders", size), func(b *testing.B) {
			for b.Loop() {
				Rate(votes, RatingOptions{})
			}
		})
	}
}
