package load

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"lineup/providers"
	"lineup/session"
)

// failurePause is how long a place stays empty after a failure. A server that refuses at once would
// otherwise be asked without end.
const failurePause = 250 * time.Millisecond

// hopeless is how many requests a level has at the least before it is given up for want of an
// answer.
const hopeless = 20

// mostGaps is how many times between tokens a level keeps. Of more it keeps a fair sample.
const mostGaps = 100_000

// level is one level while it runs.
type level struct {
	plan   *Plan
	target Target
	texts  *prompts
	watch  func(Progress)

	mu      sync.Mutex
	began   time.Time
	full    time.Time // until when all places were taken; zero while nobody knows
	started int
	out     session.BenchLevel
	good    int // within both limits
	within  int // done before full
	tokens  float64
	input   int
	output  int
	ttft    []float64
	each    []float64
	gaps    []float64
	seen    int // times between tokens, those that were not kept too
	rand    *rand.Rand
}

func newLevel(p *Plan, t Target, texts *prompts, places int, watch func(Progress)) *level {
	return &level{plan: p, target: t, texts: texts, watch: watch,
		rand: rand.New(rand.NewPCG(p.Seed, uint64(places))),
		out: session.BenchLevel{Type: "level", Concurrency: places,
			Failures: map[providers.Kind]int{}}}
}

// run asks until the level is over.
func (l *level) run(ctx context.Context) session.BenchLevel {
	l.began = time.Now()
	if l.plan.Requests == 0 {
		l.full = l.began.Add(l.plan.Span)
	}
	var places sync.WaitGroup
	busy := l.out.Concurrency
	if l.plan.Requests > 0 { // a place without a request would end the time of full load at once
		busy = min(busy, l.plan.Requests)
	}
	for range busy {
		places.Go(func() {
			for l.more(ctx) {
				s := ask(ctx, l.target, l.texts.next())
				l.add(&s)
				if !s.done {
					pause(ctx, failurePause)
				}
			}
		})
	}
	places.Wait()
	return l.sum()
}

// pause waits, but no longer than ctx.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// more reports whether a place asks once more, and notes when the first one does not.
func (l *level) more(ctx context.Context) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	enough := l.plan.Requests > 0 && l.started >= l.plan.Requests ||
		l.plan.Requests == 0 && !now.Before(l.full)
	if !enough && ctx.Err() == nil && !l.hopeless() {
		l.started++
		return true
	}
	if l.full.IsZero() || now.Before(l.full) {
		l.full = now
	}
	return false
}

// hopeless reports whether the level has failed from its start.
func (l *level) hopeless() bool {
	return l.out.Done == 0 && l.out.Requests >= max(hopeless, l.out.Concurrency)
}

// add counts a request that has ended.
func (l *level) add(s *sample) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full.IsZero() {
		l.tokens += s.before(s.ended)
	} else {
		l.tokens += s.before(l.full)
	}
	switch {
	case s.cut:
		return
	case s.done:
		l.addDone(s)
	default:
		l.out.Failures[s.err.Kind]++
	}
	l.out.Requests++
	if l.watch != nil {
		l.watch(l.progress())
	}
}

func (l *level) addDone(s *sample) {
	l.out.Forced = s.output == l.plan.Tokens && (l.out.Forced || l.out.Done == 0)
	l.out.Done++
	l.input, l.output = l.input+s.input, l.output+s.output
	if s.good(l.plan) {
		l.good++
	}
	if l.full.IsZero() || !s.ended.After(l.full) {
		l.within++
	}
	if s.ttft != nil {
		l.ttft = append(l.ttft, *s.ttft)
	}
	if s.speed != nil {
		l.each = append(l.each, *s.speed)
	}
	for gap := range s.gaps() {
		l.seen++
		if len(l.gaps) < mostGaps {
			l.gaps = append(l.gaps, gap)
		} else if i := l.rand.IntN(l.seen); i < mostGaps { // Vitter's algorithm R
			l.gaps[i] = gap
		}
	}
}

// sum computes the numbers of a level that has ended.
func (l *level) sum() session.BenchLevel {
	out := l.out
	if out.Seconds = l.full.Sub(l.began).Seconds(); out.Seconds > 0 {
		out.TokensPerSecond = rounded(l.tokens / out.Seconds)
		out.RequestsPerSecond = rounded(float64(l.within) / out.Seconds)
	}
	out.Seconds = rounded(out.Seconds)
	l.average(&out)
	slices.Sort(l.ttft)
	slices.Sort(l.gaps)
	slices.Sort(l.each)
	out.TTFT = session.BenchP99{P50: at(l.ttft, 50), P95: at(l.ttft, 95), P99: at(l.ttft, 99)}
	out.ITL = session.BenchP95{P50: at(l.gaps, 50), P95: at(l.gaps, 95)}
	out.Each = at(l.each, 50)
	return out
}

// average fills in what is the same of a level that has ended and of one in progress.
func (l *level) average(out *session.BenchLevel) {
	if out.Requests > 0 {
		out.Goodput = rounded(float64(l.good) / float64(out.Requests))
	}
	if out.Done > 0 {
		out.Input = rounded(float64(l.input) / float64(out.Done))
		out.Output = rounded(float64(l.output) / float64(out.Done))
	}
}

// at is a percentile of sorted values, nil where there are none.
func at(sorted []float64, p float64) *float64 {
	if len(sorted) == 0 {
		return nil
	}
	return new(rounded(session.Percentile(sorted, p)))
}

// digits are the significant ones that a number of a level has: a measurement is no more exact.
const digits = 6

// rounded leaves out the digits that say nothing.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}
