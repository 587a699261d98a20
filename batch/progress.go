package batch

import (
	"time"

	"lineup/session"
)

// Progress is how far a run is.
type Progress struct {
	Providers []ProviderProgress
	Spent     session.Spent
	Elapsed   time.Duration
}

// ProviderProgress is how far a run is with one provider.
type ProviderProgress struct {
	Name            string
	All             int // lines
	Done            int // answers, those of earlier runs too
	Failed          int
	Left            int // by the budget
	Running         int
	TokensPerSecond float64 // of output, lately
	Spent           session.Spent
	ETA             time.Duration // 0 where nothing is known
	Down            string        // why it is asked ever less often; "" where it answers
}

// Progress tells how far the run is. It may be called from any goroutine.
func (r *Run) Progress(now time.Time) Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := Progress{Spent: r.purse.sum()}
	if !r.begun.IsZero() {
		p.Elapsed = now.Sub(r.begun)
	}
	for _, l := range r.lanes {
		one := ProviderProgress{Name: l.name, All: l.all, Done: l.done, Failed: l.failed,
			Left: l.left, Running: l.running, Down: l.downWords(),
			Spent:           r.purse.at(l.name),
			TokensPerSecond: l.speed.at(now, l.tokens.Load())}
		if left := l.all - l.done - l.failed - l.left; l.ended > 0 && left > 0 {
			one.ETA = p.Elapsed * time.Duration(left) / time.Duration(l.ended)
		}
		p.Providers = append(p.Providers, one)
	}
	return p
}

// speed is how fast a number has grown lately.
type speed struct{ samples []sample }

type sample struct {
	at time.Time
	n  int64
}

const (
	speedOver  = 10 * time.Second
	speedEvery = 500 * time.Millisecond
)

// at takes the number now, and gives its growth a second.
func (s *speed) at(now time.Time, n int64) float64 {
	if k := len(s.samples); k == 0 || now.Sub(s.samples[k-1].at) >= speedEvery {
		s.samples = append(s.samples, sample{now, n})
	}
	for len(s.samples) > 1 && now.Sub(s.samples[1].at) >= speedOver {
		s.samples = s.samples[1:]
	}
	took := now.Sub(s.samples[0].at).Seconds()
	if took < speedEvery.Seconds() {
		return 0
	}
	return float64(n-s.samples[0].n) / took
}
