package batch

import (
	"sync/atomic"
	"time"

	"lineup/providers"
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
	health
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
	if l.down() {
		return 1
	}
	return l.queue.Limit()
}

// wait is for how long nothing may begin.
func (l *lane) wait(now time.Time) time.Duration { return max(l.rest(now), l.queue.Rest()) }

// health is whether a provider answers at all.
type health struct {
	streak int              // failures in a row that say that it does not
	pause  time.Duration    // after the last of them
	until  time.Time        // nothing is asked before
	since  time.Time        // of the last pause
	probes int              // failures since it is known to be down
	first  time.Duration    // the first pause
	why    *providers.Error // the last one
}

// Bounds of how a provider is asked that does not answer.
const (
	downAfter  = 3 // failures in a row
	firstPause = 500 * time.Millisecond
	longPause  = time.Minute
	// after so many it is given up, where nothing else is left to ask
	lastProbe = 5
)

// speaksOfProvider reports whether a failure says that the next request will fail too.
func speaksOfProvider(k providers.Kind) bool {
	switch k {
	case providers.Unreachable, providers.TimeoutConnect, providers.ConnectionLost,
		providers.ServerError, providers.TimeoutHeaders, providers.TimeoutFirstToken,
		providers.RateLimit, providers.Overloaded, providers.Quota, providers.Auth,
		providers.NotFound:
		return true
	}
	return false
}

// note takes the end of a request into account that was begun at a moment.
func (h *health) note(begun, now time.Time, e *providers.Error) {
	if e == nil || !speaksOfProvider(e.Kind) {
		*h = health{first: h.first}
		return
	}
	h.streak++
	h.why = e
	if h.streak < downAfter || begun.Before(h.since) { // begun while it was thought to be well
		return
	}
	h.pause = min(max(h.first, 2*h.pause), longPause)
	h.until, h.since = now.Add(h.pause), now
	h.probes++
}

func (h *health) down() bool { return h.streak >= downAfter }

// downWords says why a provider is asked ever less often, "" where it answers.
func (h *health) downWords() string {
	if !h.down() {
		return ""
	}
	return h.why.Error()
}

func (h *health) hopeless() bool { return h.probes > lastProbe }

func (h *health) rest(now time.Time) time.Duration { return max(0, h.until.Sub(now)) }
