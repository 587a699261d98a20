package batch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// Options are how a run asks. The zero value will do.
type Options struct {
	Concurrency int      // requests at a time to all providers together; 0: as many as they take
	Budget      *float64 // USD that this run may spend; nil: no limit
	RetryFailed bool     // failures are asked again
	FailFast    bool     // no new request after a failure
	// the models that checks ask, by what the checks call them; none of them has a fallback
	Judges      map[string]registry.Spec
	Calibration *session.Calibration // never nil after New
	Paid        func(session.Spent)  // told of each payment, by several goroutines; nil: nobody

	firstPause time.Duration // of a provider that does not answer; tests want a short one
}

// mostJobs is how many lines are asked or checked at a time where nobody says so.
const mostJobs = 256

// Run asks what a plan asks for and its result file lacks.
type Run struct {
	plan    *Plan
	results *Results
	o       Options

	lanes   []*lane
	jobs    chan *job
	events  chan event
	workers int
	running int  // jobs
	stopped bool // nothing new is asked
	err     error

	warm  []atomic.Bool // by contender: it has answered in this run
	purse purse
	alone sync.Mutex // held by a judge of old answers whose length is not known
	begun time.Time
	had   int                    // lines that were there before
	kinds map[providers.Kind]int // of failures

	mu sync.Mutex // for the lanes, which Progress reads
}

// New makes the run of a plan.
func New(plan *Plan, results *Results, o Options) *Run {
	if o.Concurrency == 0 {
		o.Concurrency = mostJobs
	}
	if o.Calibration == nil {
		o.Calibration = session.NewCalibration()
	}
	r := &Run{plan: plan, results: results, o: o, warm: make([]atomic.Bool, len(plan.Specs)),
		purse: purse{limit: o.Budget, note: o.Paid},
		kinds: map[providers.Kind]int{}}
	byName := map[string]*lane{}
	for i, s := range plan.Specs {
		name := s.Info.Ref.Provider
		l := byName[name]
		if l == nil {
			l = &lane{name: name, queue: s.Provider.Queue()}
			l.first = o.firstPause
			byName[name] = l
			r.lanes = append(r.lanes, l)
		}
		l.specs = append(l.specs, i)
	}
	r.count()
	return r
}

// count counts the lines of each lane.
func (r *Run) count() {
	for _, l := range r.lanes {
		l.all, l.done, l.failed = 0, 0, 0
	}
	r.had = 0
	of := make([]*lane, len(r.plan.Specs))
	for _, l := range r.lanes {
		for _, i := range l.specs {
			of[i] = l
		}
	}
	r.each(func(at place, m mark) {
		l := of[at.spec]
		l.all++
		if m != 0 {
			r.had++
		}
		switch {
		case m == 0 || r.todo(at):
		case m&failed != 0:
			l.failed++
		default:
			l.done++
		}
	})
}

// each gives the lines that this run asks for, with what is known of them.
func (r *Run) each(do func(at place, m mark)) {
	for c := range r.plan.Suite.Cases {
		for p := range r.plan.Suite.Prompts {
			for s := range r.plan.Specs {
				at := place{cas: c, prompt: p, spec: s}
				if !r.plan.asks(at) {
					continue
				}
				for at.take = range r.plan.Repeat {
					do(at, r.results.marks[r.plan.index(at)])
				}
			}
		}
	}
}

// todo reports whether a line is to be asked.
func (r *Run) todo(at place) bool {
	m := r.results.marks[r.plan.index(at)]
	return (m == 0 || m&failed != 0 && r.o.RetryFailed) && r.plan.asks(at)
}

// Had is how many of the lines that are asked for the file had before.
func (r *Run) Had() int { return r.had }

// Failures are the kinds of failures in this run with their numbers, such as "3 rate_limit", the
// most frequent first. It is for a run that has ended.
func (r *Run) Failures() (words []string) {
	kinds := slices.SortedFunc(maps.Keys(r.kinds), func(a, b providers.Kind) int {
		return cmp.Or(r.kinds[b]-r.kinds[a], strings.Compare(string(a), string(b)))
	})
	for _, k := range kinds {
		words = append(words, fmt.Sprintf("%d %s", r.kinds[k], k))
	}
	return words
}

// Summary is what a run has come to, with what the file had before.
type Summary struct {
	All      int // lines that were asked for
	Answers  int
	Failed   int // replies that are none
	Unasked  int // there is no line
	Left     int // of them, those that the budget left out
	Missed   int // answers that failed a check
	Unjudged int // lines with checks that could not be made
	Outdated int // kept lines whose changed checks were not made: a stop, or the budget
	Spent    session.Spent
	Down     []Down
}

// Down is a provider that was given up.
type Down struct {
	Provider string
	Unasked  int
	Why      string // the last failure
}

// Do asks until everything is there or nothing more can be asked. When drain is done, nothing new
// is asked, and what is on its way is finished. When ctx is done, that is stopped too. What was
// stopped has no line.
func (r *Run) Do(ctx, drain context.Context) (Summary, error) {
	end, err := r.start(ctx, drain)
	if err != nil {
		return r.summary(), err
	}
	defer end()
	r.jobs, r.events = make(chan *job), make(chan event)
	defer func() { close(r.jobs) }()
	r.loop(ctx, drain)
	return r.summary(), r.err
}

// start makes the result file ready for further lines, which are brought to the disk until end is
// called.
func (r *Run) start(ctx, drain context.Context) (end func(), err error) {
	r.mu.Lock()
	r.begun = time.Now()
	r.mu.Unlock()
	again := func(old *Line, cas int) ([]byte, mark) { return r.judgeAgain(ctx, drain, old, cas) }
	if err := r.results.settle(again, min(rejudgedAtOnce, r.o.Concurrency)); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.stopped = drain.Err() != nil
	r.count()
	r.mu.Unlock()
	synced := make(chan struct{})
	go r.results.keepSynced(synced)
	return func() { close(synced) }, nil
}

// event is news of a job.
type event struct {
	job   *job
	asked bool // the reply has ended, and is being checked; else the job has ended
	end
}

// loop begins what may begin, and waits for news.
func (r *Run) loop(ctx, drain context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	draining := drain.Done()
	for {
		wait, more := r.begin(ctx, time.Now())
		if r.running == 0 && !more {
			return
		}
		timer.Reset(wait)
		select {
		case ev := <-r.events:
			r.take(ev)
		case <-timer.C:
		case <-draining:
			r.mu.Lock()
			r.stopped, draining = true, nil
			r.mu.Unlock()
		}
	}
}

// begin begins all jobs that may begin now. The first of those whose provider rests may begin after
// wait; more: there are some.
func (r *Run) begin(ctx context.Context, now time.Time) (wait time.Duration, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.stopped && r.running < r.o.Concurrency {
		l, soonest := r.choose(now)
		if l == nil {
			if soonest < 0 {
				return time.Hour, false
			}
			return soonest, true
		}
		j := l.head
		l.head = nil
		l.running++
		r.running++
		j.begun = now
		if r.workers < r.running {
			r.workers++
			go r.work(ctx)
		}
		r.jobs <- j
	}
	return time.Hour, false
}

// choose finds the lane with the fewest running requests that may begin another one. Where there is
// none it says in how long one may; less than 0 is never.
func (r *Run) choose(now time.Time) (best *lane, soonest time.Duration) {
	soonest = -1
	for _, l := range r.lanes {
		if n := l.places(); n > 0 && l.running >= n || best != nil && l.running >= best.running {
			continue
		}
		if r.affordable(l) == nil {
			continue
		}
		if l.hopeless() && !r.othersWork(l) {
			continue
		}
		if wait := l.wait(now); wait > 0 {
			if soonest < 0 || wait < soonest {
				soonest = wait
			}
			continue
		}
		best = l
	}
	return best, soonest
}

// othersWork reports whether there is anything to wait for beside a lane that is down.
func (r *Run) othersWork(l *lane) bool {
	for _, o := range r.lanes {
		if o != l && (o.running > 0 || !o.hopeless() && o.peek(r) != nil) {
			return true
		}
	}
	return false
}

// spare is how many times the cost of the dearest answer so far is reserved for a request that is
// asked beside others, whose answers may all be longer.
const spare = 2

// affordable is the next job of a lane that there is money for, nil where there is none now. What
// there will never be any for is left out: nothing is on its way whose reserve could be more than
// it costs.
func (r *Run) affordable(l *lane) *job {
	for {
		j := l.peek(r)
		if j == nil || r.o.Budget == nil || j.paid {
			return j
		}
		usd, guessed, err := r.reserveOf(j)
		if err != nil { // which Estimate has told
			return j
		}
		if guessed && l.running > 0 { // the first answers tell how long they are
			return nil
		}
		if r.running > 0 { // the others may be longer than the longest answer so far, too
			usd *= spare
		}
		if r.purse.reserve(usd) {
			j.reserved, j.paid = usd, true
			return j
		}
		if r.running > 0 {
			return nil
		}
		l.left++
		l.head = nil
	}
}

// reserveOf is what a job may cost, with its judges.
func (r *Run) reserveOf(j *job) (usd float64, guessed bool, err error) {
	q, err := r.plan.question(j.at)
	if err != nil {
		return 0, false, err
	}
	j.asked = &q
	spec := r.plan.Specs[j.at.spec]
	one := r.purse.atLeast(r.priceOf(spec, q), spec.Info.Ref.String())
	usd, guessed = one.usd, one.guessed
	for _, c := range r.plan.Suite.Cases[j.at.cas].Checks {
		for _, model := range c.Models {
			judge := r.judgePrice(model, q)
			usd += r.purse.atLeast(judge, r.o.Judges[model].Info.Ref.String()).usd
		}
	}
	return usd, guessed, nil
}

// take takes the news of a job.
func (r *Run) take(ev event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := ev.job.lane
	if ev.asked {
		l.running--
		return
	}
	r.running--
	if !ev.told {
		l.running--
	}
	r.purse.release(ev.job.reserved)
	ev.job.reserved, ev.job.paid = 0, false
	if ev.err != nil {
		r.err, r.stopped = ev.err, true
		return
	}
	if ev.cancelled {
		return
	}
	l.Note(ev.job.begun, time.Now(), ev.failure)
	if ev.again {
		ev.job.tries++
		l.again = append(l.again, ev.job)
		return
	}
	r.settled(l, ev.end)
}

// settled counts a line that has ended.
func (r *Run) settled(l *lane, e end) {
	l.ended++
	if !e.failed {
		l.done++
		return
	}
	l.failed++
	if e.failure != nil {
		r.kinds[e.failure.Kind]++
	}
	r.stopped = r.stopped || r.o.FailFast
}

// summary counts what there is.
func (r *Run) summary() Summary {
	s := Summary{Spent: r.purse.sum()}
	r.each(func(_ place, m mark) {
		s.All++
		switch {
		case m == 0:
			s.Unasked++
		case m&failed != 0:
			s.Failed++
		default:
			s.Answers++
			if m&missed != 0 {
				s.Missed++
			}
		}
		if m&unjudged != 0 {
			s.Unjudged++
		}
		if m&outdated != 0 {
			s.Outdated++
		}
	})
	for _, l := range r.lanes {
		s.Left += l.left
		if unasked := l.all - l.done - l.failed - l.left; l.hopeless() && unasked > 0 {
			s.Down = append(s.Down, Down{l.name, unasked, l.why.Error()})
		}
	}
	return s
}
