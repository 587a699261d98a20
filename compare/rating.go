package compare

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"lineup/session"
)

// Rating is how strong a contender is. P is σ(Theta): its wins against an average contender. Low
// and High bound P with 95 % probability.
type Rating struct {
	Type      string            `json:"type"` // always "rating"
	Contender session.Candidate `json:"contender"`
	Theta     float64           `json:"theta"`
	P         float64           `json:"p"`
	Low       float64           `json:"low"`
	High      float64           `json:"high"`
	Votes     int               `json:"votes"` // in which it stood and that say something
	Best      int               `json:"best"`  // of these: it was first or among the good ones
	Worse     int               `json:"worse"` // of these: another one stood above it
	Rank      *int              `json:"rank"`  // nil below MinVotes
}

// Pair is how often A beats B. A and B are ids of contenders; A is the stronger one.
type Pair struct {
	Type  string  `json:"type"` // always "pair"
	A     string  `json:"a"`
	B     string  `json:"b"`
	P     float64 `json:"p"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Votes int     `json:"votes"` // in which both stood and that say something
}

// Summary counts votes. Votes are all that were read, those left out among them.
type Summary struct {
	Type     string `json:"type"` // always "summary"
	Votes    int    `json:"votes"`
	AllBad   int    `json:"all_bad"`
	LeftOut  int    `json:"left_out"`
	BadLines int    `json:"bad_lines"` // the caller's: votes that could not be read
}

// Ratings are what votes say of contenders, the strongest first.
type Ratings struct {
	Ratings []Rating
	Pairs   []Pair // in the order of Ratings
	Summary Summary
}

// RatingOptions choose the votes that count, and what they count for.
type RatingOptions struct {
	ByModel       bool // contenders of one model count as one
	BlindOnly     bool
	WithFallback  bool
	WithSimulated bool
}

// leavesOut reports whether a vote does not count because of its marks.
func (o RatingOptions) leavesOut(m session.VoteMarks) bool {
	return o.BlindOnly && !m.Blind || m.Fallback && !o.WithFallback ||
		m.Simulated && !o.WithSimulated
}

const (
	// MinVotes is how many votes a contender needs for a rank.
	MinVotes = 5
	// certain is how sure it must be that a contender is stronger than the next one.
	certain = 0.95
)

// Rate computes ratings from votes, whose order does not matter. Each must have passed
// session.Vote.Check. See ballots.fit for the model.
func Rate(votes []Vote, o RatingOptions) Ratings {
	sum := Summary{Type: "summary", Votes: len(votes)}
	var counted []*session.Vote
	for i := range votes {
		switch v := &votes[i].Vote; {
		case o.leavesOut(v.VoteMarks):
			sum.LeftOut++
		default:
			if v.Kind == session.VoteBad {
				sum.AllBad++
			}
			counted = append(counted, v)
		}
	}
	f := newField(counted, o.ByModel)
	for _, v := range counted {
		f.count(v)
	}
	return Ratings{Ratings: f.ratings(), Pairs: f.pairs(), Summary: sum}
}

// field is the contenders of some votes, with what was counted for each.
type field struct {
	byModel bool
	list    []session.Candidate
	index   map[string]int // by key
	ballots *ballots
	fitted  fitted
	votes   []int
	best    []int
	met     [][]int // votes in which two stood
	order   []int   // the strongest first
}

// newField lists the contenders in the order of their ids. Of several labels of one it takes that
// of the latest vote.
func newField(votes []*session.Vote, byModel bool) *field {
	f := &field{byModel: byModel, index: map[string]int{}}
	type seen struct {
		c    session.Candidate
		vote *session.Vote
	}
	latest := map[string]seen{}
	for _, v := range votes {
		for _, c := range v.Contenders {
			key := f.key(c)
			old, ok := latest[key]
			if !ok || cmp.Or(v.At.Compare(old.vote.At), cmp.Compare(c.Label, old.c.Label)) > 0 {
				latest[key] = seen{c, v}
			}
		}
	}
	if byModel {
		for key := range latest {
			latest[key] = seen{c: session.BareCandidate(key)}
		}
	}
	keys := slices.SortedFunc(maps.Keys(latest), func(a, b string) int {
		return cmp.Or(cmp.Compare(latest[a].c.ID, latest[b].c.ID), cmp.Compare(a, b))
	})
	for i, key := range keys {
		f.list, f.index[key] = append(f.list, latest[key].c), i
	}
	n := len(f.list)
	f.ballots, f.votes, f.best = newBallots(n), make([]int, n), make([]int, n)
	f.met = make([][]int, n)
	for i := range f.met {
		f.met[i] = make([]int, n)
	}
	return f
}

// key tells contenders apart. One whose model is not known counts as a model of its own.
func (f *field) key(c session.Candidate) string {
	if f.byModel {
		return cmp.Or(c.Model, c.ID)
	}
	return c.ID
}

// count adds a vote. One between panes of the same model says nothing of models.
func (f *field) count(v *session.Vote) {
	places := map[int]int{} // the best place of each contender
	var good, rest, all []int
	for i, c := range v.Contenders {
		at, place := f.index[f.key(c)], v.Place(i)
		if old, ok := places[at]; !ok || place < old {
			places[at] = place
		}
		all = append(all, at)
		if place == 0 {
			good = append(good, at)
		} else {
			rest = append(rest, at)
		}
	}
	if v.Kind == session.VoteBad || len(places) < 2 {
		return
	}
	for a, place := range places {
		f.votes[a]++
		if place == 0 {
			f.best[a]++
		}
		for b := range places {
			f.met[a][b]++
		}
	}
	switch v.Kind {
	case session.VoteBest:
		f.ballots.choose(append(good, rest...))
	case session.VoteTie:
		f.ballots.tie(good, rest)
	case session.VoteRanking:
		ranked := make([]int, len(v.Order))
		for i, x := range v.Order {
			ranked[i] = all[x]
		}
		f.ballots.rank(ranked)
	}
}

// ratings fits the model and gives the contenders, the strongest first.
func (f *field) ratings() []Rating {
	f.fitted = f.ballots.fit()
	for i := range f.list {
		f.order = append(f.order, i)
	}
	slices.SortStableFunc(f.order, func(a, b int) int {
		return cmp.Compare(f.fitted.theta[b], f.fitted.theta[a])
	})
	list := make([]Rating, 0, len(f.order))
	for _, i := range f.order {
		r := Rating{Type: "rating", Contender: f.list[i], Theta: f.fitted.theta[i],
			Votes: f.votes[i], Best: f.best[i], Worse: f.votes[i] - f.best[i]}
		r.P, r.Low, r.High = interval(r.Theta, f.fitted.cov[i][i])
		list = append(list, r)
	}
	f.rank(list)
	return list
}

// rank gives ranks 1, 1, 3: a contender has the rank of the one before it, unless that one is
// stronger for certain. Those with few votes are passed over.
func (f *field) rank(list []Rating) {
	before, rank, n := -1, 0, 0
	for k := range list {
		if list[k].Votes < MinVotes {
			continue
		}
		n++
		i := f.order[k]
		if before < 0 || f.stronger(before, i) >= certain {
			rank = n
		}
		r := rank
		list[k].Rank, before = &r, i
	}
}

// difference gives θa − θb and its variance.
func (f *field) difference(a, b int) (mean, variance float64) {
	c := f.fitted.cov
	return f.fitted.theta[a] - f.fitted.theta[b], max(0, c[a][a]+c[b][b]-2*c[a][b])
}

// stronger is P(θa > θb).
func (f *field) stronger(a, b int) float64 {
	mean, variance := f.difference(a, b)
	return math.Erfc(-mean/math.Sqrt(2*variance)) / 2
}

func (f *field) pairs() []Pair {
	var list []Pair
	for k, a := range f.order {
		for _, b := range f.order[k+1:] {
			p := Pair{Type: "pair", A: f.list[a].ID, B: f.list[b].ID, Votes: f.met[a][b]}
			p.P, p.Low, p.High = interval(f.difference(a, b))
			list = append(list, p)
		}
	}
	return list
}

// interval gives σ of a normal variable's mean and of the ends of its 95 % interval.
func interval(mean, variance float64) (p, low, high float64) {
	reach := z95 * math.Sqrt(variance)
	return sigmoid(mean), sigmoid(mean - reach), sigmoid(mean + reach)
}
