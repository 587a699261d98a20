package policy

import "time"

// Bounds of a limit that follows the server.
const (
	firstLimit = 4 // of a server that is not one's own
	mostAtOnce = 100
)

// pace says how a limit goes on.
type pace interface {
	// next gives the limit after an attempt. full: beside it as many ran as the limit allows.
	next(limit int, said outcome, full bool, now time.Time) int
}

// steady keeps a limit.
type steady struct{}

func (steady) next(limit int, _ outcome, _ bool, _ time.Time) int { return limit }

// half and twice keep a limit within its bounds.
func half(limit int) int  { return max(1, limit/2) }
func twice(limit int) int { return min(2*limit, mostAtOnce) }

// halving halves a limit once for all attempts that the server refuses together.
type halving struct{ at time.Time }

// halve reports whether a refusal is news: the attempt has begun under the present limit.
func (h *halving) halve(said outcome, now time.Time) bool {
	if !said.refused || !said.began.After(h.at) {
		return false
	}
	h.at = now
	return true
}

// byRefusals doubles a limit with each round of answers while nothing is refused. Since the first
// refusal a round adds one. A limit that was refused is tried again after more and more rounds:
// each refusal costs everybody the wait that the server asks for.
type byRefusals struct {
	halving
	good    int // answers of the round
	rounds  int // that went well under the present limit
	ceiling int // the limit that was refused last, 0 for none
	tries   int // how often that one was refused
}

// mostPatience is after how many rounds, as a power of two, a refused limit is tried at the latest.
const mostPatience = 6

func (p *byRefusals) next(limit int, said outcome, full bool, now time.Time) int {
	if said.refused {
		return p.back(limit, said, now)
	}
	if !said.good || !full {
		return limit
	}
	if p.good++; p.good < limit {
		return limit
	}
	p.good = 0
	if p.ceiling == 0 {
		return twice(limit)
	}
	if p.rounds++; limit+1 >= p.ceiling && p.rounds < 1<<min(p.tries, mostPatience) {
		return limit
	}
	p.rounds = 0
	if limit >= p.ceiling { // it goes well beyond: the server takes more than before
		p.ceiling, p.tries = limit+1, 0
	}
	return min(limit+1, mostAtOnce)
}

// back lowers a limit that was refused.
func (p *byRefusals) back(limit int, said outcome, now time.Time) int {
	p.good, p.rounds = 0, 0
	if !p.halve(said, now) {
		return limit
	}
	if limit <= p.ceiling {
		p.tries++
	} else {
		p.tries = 1
	}
	p.ceiling = max(2, limit)
	return half(limit)
}

// byThroughput doubles a limit while that gives more tokens a second. Each limit is measured over
// several rounds of answers, after one that is still mixed with those of the limit before: on a
// server of one's own that one may hold the loading of the model too.
type byThroughput struct {
	halving
	skip    int // answers that are not measured yet
	since   time.Time
	answers int
	tokens  int
	from    int     // the limit before
	before  float64 // throughput under that one
	settled bool
}

const (
	measuredRounds = 3
	worthIt        = 1.1 // a tenth more
)

func (p *byThroughput) next(limit int, said outcome, full bool, now time.Time) int {
	if p.halve(said, now) {
		p.settled = true
		return half(limit)
	}
	if p.settled || !said.good || !full {
		return limit
	}
	if p.skip > 0 {
		p.skip--
		p.since, p.answers, p.tokens = now, 0, 0
		return limit
	}
	p.answers++
	p.tokens += said.tokens
	if p.answers < measuredRounds*limit {
		return limit
	}
	rate := p.rate(now)
	switch {
	case rate < worthIt*p.before:
		p.settled = true
		return p.from
	case limit == mostAtOnce:
		p.settled = true
		return limit
	}
	p.from, p.before, p.skip = limit, rate, twice(limit)
	return twice(limit)
}

// rate is the throughput so far: tokens a second, or answers of a server that counts no tokens.
func (p *byThroughput) rate(now time.Time) float64 {
	seconds := max(now.Sub(p.since).Seconds(), 1e-9)
	if p.tokens > 0 {
		return float64(p.tokens) / seconds
	}
	return float64(p.answers) / seconds
}
