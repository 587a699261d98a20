package policy

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"sync"
	"time"

	"lineup/providers"
)

// Queue lets so many attempts at one provider run at a time. The others wait in the order in which
// they came. It is safe for concurrent use.
type Queue struct {
	mu      sync.Mutex
	limit   int // 0: none
	used    int
	waiting []chan struct{} // each is closed when its attempt has got a place
	filled  time.Time       // when all places were last taken, as an attempt's end sees it
	until   time.Time       // no attempt begins before: the server has asked for it
	wake    *time.Timer     // at until
	pace    pace            // nil: it does not follow the server
}

// NewQueue makes the queue of a provider with a fixed limit; 0 is none.
func NewQueue(limit int) *Queue { return &Queue{limit: limit} }

// Follow says how the limit of a queue follows the server.
type Follow int

// With each of them a wait that the server asks for holds for all attempts.
const (
	// the limit stays as it is
	Stay Follow = iota + 1
	// from four, doubled while nothing is refused, halved at a refusal
	ByRefusals
	// from one, doubled while that gives a tenth more tokens a second
	ByThroughput
)

// Adapt makes the queue follow the server. It is for many prompts: between panes that somebody
// looks at, the limit of one model is no reason to hold back another.
func (q *Queue) Adapt(f Follow) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch f {
	case Stay:
		q.pace = steady{}
	case ByRefusals:
		q.limit, q.pace = firstLimit, &byRefusals{}
	case ByThroughput:
		q.limit, q.pace = 1, &byThroughput{skip: 1}
	}
	q.admit()
}

// Limit is how many attempts may run now, 0 for any number.
func (q *Queue) Limit() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.limit
}

// Rest is for how long no attempt begins, because the server has asked for it.
func (q *Queue) Rest() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	return max(0, time.Until(q.until))
}

// WithQueue makes the streams of m wait for a place. Whoever has to wait says so with EventQueued.
func WithQueue(m providers.Model, q *Queue) providers.Model { return queued{m, q} }

type queued struct {
	model providers.Model
	queue *Queue
}

func (m queued) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		var place chan struct{}
		providers.InOrder(ctx, func() { place = m.queue.enter() })
		if place != nil {
			if !yield(providers.Event{Type: providers.EventQueued, At: time.Now()}, nil) {
				m.queue.desert(place)
				return
			}
			select {
			case <-place:
			case <-ctx.Done():
				m.queue.desert(place)
				yield(providers.Event{At: time.Now()}, providers.CauseOf(ctx))
				return
			}
		}
		said := outcome{began: time.Now()}
		defer func() { m.queue.leave(said) }()
		for ev, err := range m.model.Stream(ctx, req) {
			said.see(&ev)
			if !yield(ev, err) {
				return
			}
		}
	}
}

// outcome is how an attempt went, as far as the limit depends on it.
type outcome struct {
	began   time.Time
	good    bool          // the answer is whole
	refused bool          // the server has too much to do
	wait    time.Duration // that the server asks for
	tokens  int           // of output
}

func (o *outcome) see(ev *providers.Event) {
	switch ev.Type {
	case providers.EventUsage:
		if ev.Usage != nil {
			o.tokens = ev.Usage.Output
		}
	case providers.EventAttemptEnd:
		o.good = ev.Err == nil
		o.refused = Busy(ev.Status)
		if ev.Err != nil && o.refused {
			o.wait = ev.Err.RetryAfter
		}
	}
}

// Busy reports whether a status says that a server has too much to do.
func Busy(status int) bool {
	const overloaded = 529 // Anthropic's; net/http has no name for it
	return status == http.StatusTooManyRequests || status == overloaded
}

// LongestRest is the longest wait that a server may ask of all attempts. It is longer than that of
// a retry, because nobody watches.
const LongestRest = 10 * time.Minute

// enter takes a place, or gives a channel that is closed when there is one.
func (q *Queue) enter() chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free() && len(q.waiting) == 0 {
		q.used++
		return nil
	}
	place := make(chan struct{})
	q.waiting = append(q.waiting, place)
	return place
}

func (q *Queue) free() bool {
	return (q.limit == 0 || q.used < q.limit) && (q.until.IsZero() || !time.Now().Before(q.until))
}

// desert gives up waiting, or the place where it has come meanwhile.
func (q *Queue) desert(place chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.waiting, place); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		return
	}
	q.used--
	q.admit()
}

// leave gives back the place of an attempt that has ended, and lets the limit follow.
func (q *Queue) leave(said outcome) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if q.used >= q.limit {
		q.filled = now
	}
	if q.used--; q.pace != nil {
		if said.wait > 0 && said.wait <= LongestRest && now.Add(said.wait).After(q.until) {
			q.rest(now.Add(said.wait), said.wait)
		}
		// Of many that end at once only the first sees a full house. All of them worked in one.
		full := !q.filled.Before(said.began)
		q.limit = q.pace.next(q.limit, said, full, now)
	}
	q.admit()
}

// rest lets nobody begin for a while.
func (q *Queue) rest(until time.Time, wait time.Duration) {
	q.until = until
	if q.wake == nil {
		q.wake = time.AfterFunc(wait, func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.admit()
		})
		return
	}
	q.wake.Reset(wait)
}

// admit lets those begin that there is room for.
func (q *Queue) admit() {
	for len(q.waiting) > 0 && q.free() {
		close(q.waiting[0])
		q.waiting = slices.Delete(q.waiting, 0, 1)
		q.used++
	}
}
