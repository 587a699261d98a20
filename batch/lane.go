package batch

import (
	"sync/atomic"
	"time"

	"lineup/providers/policy"
)

// lane is what a run asks of one provider.
type lane struct {
	name  string
	queue *policy.Queue
	specs []int // the contenders of the provider, by their position in the plan

	line  int  // the next one, counted over cases, prompts, contenders of the lane, and takes
	head  *job // found, and not begun
	again []*job

	running int
	Health
	counts
}

// job is a line that is to be asked.
type job struct {
	lane     *lane
	at       place
	tries    int // so far
	begun    time.Time
	asked    *question // nil: not rendered yet
	reserved float64   // USD
	paid     bool      // its money is reserved
}

// counts are the numbers of a lane for people.
type counts struct {
	all, done, failed int // lines
	ended             int // of them, those of this run
	left              int // by the budget
	tokens            atomic.Int64
	speed             speed
}

// next finds the next line of the lane that is to be asked, nil for none.
func (l *lane) next(r *Run) *job {
	p := r.plan
	prompts, width := len(p.Suite.Prompts), len(l.specs)*p.Repeat
	for ; l.line < len(p.Suite.Cases)*prompts*width; l.line++ {
		at := place{take: l.line % p.Repeat, spec: l.specs[l.line/p.Repeat%len(l.specs)],
			prompt: l.line / width % prompts, cas: l.line / width / prompts}
		if r.todo(at) {
			l.line++
			return &job{lane: l, at: at}
		}
	}
	return nil
}

// peek is the line that the lane asks next, nil for none. Those that a busy server has refused come
// first.
func (l *lane) peek(r *Run) *job {
	switch {
	case l.head != nil:
	case len(l.again) > 0:
		l.head, l.again = l.again[0], l.again[1:]
	default:
		l.head = l.next(r)
	}
	return l.head
}

// places is how many requests may run.
func (l *lane) places() int {
	if l.Down() {
		return 1
	}
	return l.queue.Limit()
}

// wait is for how long nothing may begin.
func (l *lane) wait(now time.Time) time.Duration { return max(l.Rest(now), l.queue.Rest()) }
