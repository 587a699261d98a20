package session

import (
	"slices"
	"time"
)

// shortTail is the time below which the tail of an answer is too short to tell a speed from.
const shortTail = 250 * time.Millisecond

// A burst is what somebody on the way (a gateway, a proxy, the server's own writer) held back and
// let go at once. Its tokens were made before it came, so that they say nothing of the time after
// it.
const (
	burstPause = 20 * time.Millisecond // between the pieces of one burst there is less
	burstRatio = 3                     // so much faster than what follows it is a burst at least
	// pieces a read, on average, of an answer that was let go at once
	flushReads = 4
	flushSpeed = 1000 // tokens a second; a slower tail is believed
)

// arrivals are what the speed needs to know of the pieces so far. The first run are those from the
// first piece on, up to the first pause.
type arrivals struct {
	pieces, reads int // reads are moments at which pieces came; one may have brought several
	run           int // pieces of the first run
	runTokens     float64
	firstTokens   float64 // of the first piece
	runEnd        time.Time
	over          bool // the first run has ended
}

// add notes a piece of so many tokens by estimate, that came after the last one.
func (a *arrivals) add(at, last time.Time, tokens float64) {
	a.pieces++
	if last.IsZero() {
		a.firstTokens = tokens
	}
	if last.IsZero() || at.After(last) {
		a.reads++
	}
	a.over = a.over || !last.IsZero() && at.Sub(last) > burstPause
	if !a.over {
		a.run, a.runEnd = a.run+1, at
		a.runTokens += tokens
	}
}

// settleSpeed gives (N−1)/(tn−t1), and N/(tn−t0) where the tail is too short to say.
//
// It is (N−k)/(tn−t1) where the first k tokens came at once: in a first piece of several tokens, or
// in a burst. They were made before t1, and counting them would make a buffer look like a fast
// model. The same holds for reasoning that is counted but was not streamed. What came all at once
// after a long silence tells N/(tn−t0) alone, however long the network took to deliver it.
func (r *Reply) settleSpeed() {
	l := &r.live
	r.Metrics.TokensPerSecond = nil
	n := float64(r.Usage.Output)
	if l.firstTok.IsZero() || n < 1 {
		return
	}
	all := l.lastTok.Sub(l.start)
	from, ahead := l.firstTok, r.tokensIn(1, l.came.firstTokens)
	if l.isBurst() {
		from, ahead = l.came.runEnd, r.tokensIn(l.came.run, l.came.runTokens)
	}
	ahead += r.hidden()
	tail := l.lastTok.Sub(from)
	v := (n - ahead) / tail.Seconds()
	switch {
	case tail >= shortTail && n > ahead && !(v > flushSpeed && l.isFlush()):
	case all > 0:
		v = n / all.Seconds()
	default:
		return
	}
	r.Metrics.TokensPerSecond = &v
}

// hidden is how many tokens of reasoning were counted but not streamed.
func (r *Reply) hidden() float64 {
	if r.Usage.Source == Reported && r.live.thought == 0 {
		return float64(r.Usage.Reasoning)
	}
	return 0
}

// isBurst reports whether the first run came so much faster than the rest that it was held back
// before.
func (l *live) isBurst() bool {
	a := &l.came
	rest := a.pieces - a.run
	if a.run < 2 || rest == 0 {
		return false
	}
	ran, tail := a.runEnd.Sub(l.firstTok), l.lastTok.Sub(a.runEnd)
	return float64(a.run-1)*tail.Seconds() > burstRatio*float64(rest)*ran.Seconds()
}

// isFlush reports whether the whole answer was let go at once: several pieces with each read,
// after a silence that was longer than they took.
func (l *live) isFlush() bool {
	return l.came.pieces >= flushReads*l.came.reads &&
		l.lastTok.Sub(l.firstTok) < l.firstTok.Sub(l.start)
}

// fewPieces are too few to take an average of.
const fewPieces = 4

// tokensIn is how many tokens the first pieces hold, at least one. Most servers send a token with
// each piece, and then the pieces are counted; others send about as many with each. The first piece
// often is an exception: of a few pieces it is their estimate, corrected by what the server counted
// altogether.
func (r *Reply) tokensIn(pieces int, estimate float64) float64 {
	n, all := float64(r.Usage.Output)-r.hidden(), float64(r.live.came.pieces)
	switch {
	case n > 0.8*all && n < 1.25*all:
		return float64(pieces)
	case pieces >= fewPieces && r.Usage.Source == Reported:
		return float64(pieces) * n / all
	}
	ratio := 1.0
	if r.live.estimate > 0 {
		ratio = min(2, max(0.5, n/r.live.estimate))
	}
	return max(1, estimate*ratio)
}

// Gaps are the times between the pieces of an answer as they came, in milliseconds. They are gaps
// between chunks, not between tokens: a chunk may hold many tokens, and chunks that one read
// brought have no gap. P50 and P95 are interpolated linearly.
type Gaps struct {
	N   int     `json:"n"` // how many gaps: one less than there are chunks
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	Max float64 `json:"max_ms"`
}

// Gaps computes the gaps of a reply from its chunks, nil where there are fewer than two. A saved
// reply without chunks has what its record says.
func (r *Reply) Gaps() *Gaps {
	if len(r.Chunks) < 2 {
		return r.Metrics.Gaps
	}
	gaps := make([]float64, 0, len(r.Chunks)-1)
	for i := 1; i < len(r.Chunks); i++ {
		gaps = append(gaps, ms(r.Chunks[i].At-r.Chunks[i-1].At))
	}
	slices.Sort(gaps)
	return &Gaps{N: len(gaps), P50: Percentile(gaps, 50), P95: Percentile(gaps, 95),
		Max: gaps[len(gaps)-1]}
}
