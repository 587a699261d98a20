package providers

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Call is one model to ask, and what to ask it.
type Call struct {
	Model   Model
	Request Request
}

// maxPending is how many events of a slot may wait for Take before reading stops. At 200 tokens a
// second it is twenty seconds of a screen that does not move.
const maxPending = 4096

// Run is a set of calls that run at the same time, one slot each, numbered in the order in which
// they were added. Its methods are safe for concurrent use.
type Run struct {
	ctx   context.Context
	ready chan struct{} // holds one token when something waits for Take

	mu      sync.Mutex
	slots   []*slot
	running int
	last    *order        // of the slot that was added last
	done    chan struct{} // closed while nothing runs
}

type slot struct {
	mu     sync.Mutex
	room   sync.Cond // signalled when events are taken
	events []Event
	cancel context.CancelFunc
	order  *order
}

// Start asks all calls at once. Cancelling ctx cancels them all.
func Start(ctx context.Context, calls []Call) *Run {
	r := &Run{ctx: ctx, ready: make(chan struct{}, 1), done: make(chan struct{})}
	for _, c := range calls {
		r.Add(c)
	}
	if len(calls) == 0 {
		close(r.done)
	}
	return r
}

// Add asks one more call.
func (r *Run) Add(c Call) {
	s := &slot{}
	s.room.L = &s.mu
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(r.ctx)
	r.mu.Lock()
	s.order = follow(r.last)
	r.last = s.order
	if r.running == 0 {
		r.done = make(chan struct{})
	}
	r.running++
	r.slots = append(r.slots, s)
	r.mu.Unlock()
	go func() {
		defer r.ended()
		defer s.cancel()
		r.pump(context.WithValue(ctx, orderKey{}, s.order), s, c)
	}()
}

// ended notes that a call has ended.
func (r *Run) ended() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running--; r.running == 0 {
		close(r.done)
	}
}

// slot gives a slot by its number.
func (r *Run) slot(i int) *slot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.slots[i]
}

// pump moves the events of one call into its slot.
func (r *Run) pump(ctx context.Context, s *slot, c Call) {
	// A cancelled slot must not hang in a full queue.
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.room.Broadcast()
	})
	defer stop()
	Ask(ctx, c, func(ev Event) { r.put(ctx, s, ev) })
}

// Ask asks one model and hands its events over. The last one is EventEnd, whatever happens.
func Ask(ctx context.Context, c Call, take func(Event)) {
	end := Event{Type: EventEnd}
	defer func() {
		if end.At.IsZero() {
			end.At = time.Now()
		}
		take(end)
	}()
	// A fault in one pane must not take the others with it.
	defer Catch("reading an answer", func(p *Panic) { end.Err = p.AsError() })
	text := answer{wanted: c.Request.Schema != nil}
	for ev, err := range c.Model.Stream(ctx, c.Request) {
		end.At = ev.At
		if err != nil {
			end.Err = AsError(err)
			break
		}
		text.add(ev)
		take(ev)
	}
	end.Checked = text.check(c.Request)
}

// answer is the text of an answer that will be checked.
type answer struct {
	wanted bool
	text   strings.Builder
}

func (a *answer) add(ev Event) {
	switch {
	case !a.wanted:
	case ev.Type == EventText:
		a.text.WriteString(ev.Text)
	case ev.Type == EventMoved:
		a.text.Reset()
	}
}

// check checks the whole answer, which may begin with what the request says already. It gives nil
// where there is nothing to check.
func (a *answer) check(req Request) *Checked {
	if a.text.Len() == 0 {
		return nil
	}
	text := a.text.String()
	if last := len(req.Messages) - 1; last >= 0 && req.Messages[last].Role == Assistant {
		text = req.Messages[last].Content + text
	}
	return &Checked{text, req.Schema.Check(text)}
}

// put adds an event to a slot, after those that wait there already. A full slot makes it wait,
// unless the slot is cancelled or has ended.
func (r *Run) put(ctx context.Context, s *slot, ev Event) {
	s.order.come()
	s.mu.Lock()
	for len(s.events) >= maxPending && ctx.Err() == nil && ev.Type != EventEnd {
		s.room.Wait()
	}
	s.events = append(s.events, ev)
	s.mu.Unlock()
	select {
	case r.ready <- struct{}{}:
	default:
	}
}

// Ready delivers a value when there is something to take. One value may stand for many events of
// many slots.
func (r *Run) Ready() <-chan struct{} { return r.ready }

// Done is closed when all slots have ended that there are now; their last events may still wait for
// Take.
func (r *Run) Done() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}

// Len is the number of slots.
func (r *Run) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.slots)
}

// Take returns the events of a slot that have come since the last call, oldest first, appended to
// buf. The last event of a slot is always EventEnd.
func (r *Run) Take(i int, buf []Event) []Event {
	s := r.slot(i)
	s.mu.Lock()
	defer s.mu.Unlock()
	buf = append(buf, s.events...)
	clear(s.events) // let the texts go
	s.events = s.events[:0]
	s.room.Broadcast()
	return buf
}

// Cancel stops one slot; what has come so far stays.
func (r *Run) Cancel(i int) { r.slot(i).cancel() }

// CancelAll stops every slot that there is now.
func (r *Run) CancelAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.slots {
		s.cancel()
	}
}
