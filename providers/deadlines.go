package providers

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"
)

// Deadlines bound one attempt; all but Idle count from its start. A zero field is no bound.
type Deadlines struct {
	Connect    time.Duration // until there is a connection
	Headers    time.Duration // until the response headers
	FirstToken time.Duration // until the first token
	Idle       time.Duration // between two tokens
	Total      time.Duration // for all of it
}

// WithDeadlines bounds each attempt at m. What passes first ends the stream with the kind of that deadline. Only
// tokens reset the idle clock: comments and pings keep a connection, not an answer, alive. While the consumer
// holds the stream up, no clock runs but the total.
func WithDeadlines(m Model, d Deadlines) Model { return deadlined{m, d} }

type deadlined struct {
	model Model
	d     Deadlines
}

func (m deadlined) Stream(ctx context.Context, req Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		if m.d.Total > 0 {
			t := time.AfterFunc(m.d.Total, func() { cancel(m.d.passed(TimeoutTotal)) })
			defer t.Stop()
		}
		w := newWatch(m.d, cancel)
		defer w.stop()
		w.arm()
		for ev, err := range m.model.Stream(ctx, req) {
			w.disarm()
			w.see(&ev)
			if !yield(ev, err) || err != nil {
				return
			}
			w.arm()
		}
	}
}

// watch holds the one clock that runs while the next event is awaited. It counts only the time in which the stream
// is waited for, never that in which the consumer is at work.
//
// The timer is not set anew for each token: it looks, when it fires, how late it has become since, and goes on.
type watch struct {
	d      Deadlines
	stage  Kind // the deadline that the stream works towards
	armed  time.Time
	waited time.Duration // since the attempt started, or since the last token

	mu    sync.Mutex
	timer *time.Timer
	fires time.Time // when the timer looks next; zero while it is not set
	due   Kind      // "" while no clock runs
	at    time.Time // when due passes
}

func newWatch(d Deadlines, cancel context.CancelCauseFunc) *watch {
	w := &watch{d: d, stage: TimeoutConnect}
	w.timer = time.AfterFunc(time.Hour, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fires = time.Time{}
		if w.due == "" {
			return
		}
		if left := time.Until(w.at); left > 0 {
			w.set(left)
			return
		}
		cancel(d.passed(w.due))
	})
	w.timer.Stop()
	return w
}

// set makes the timer look in a while.
func (w *watch) set(left time.Duration) {
	w.fires = time.Now().Add(left)
	w.timer.Reset(left)
}

// see moves to the next stage. A stage is never left backwards: a server that loads its model is asked, and
// connected to, many times within one attempt.
func (w *watch) see(ev *Event) {
	switch {
	case ev.Token():
		w.stage, w.waited = TimeoutIdle, 0
	case ev.Type == EventConnected && w.stage == TimeoutConnect:
		w.stage = TimeoutHeaders
	case ev.Type == EventHeaders && w.stage != TimeoutIdle:
		w.stage = TimeoutFirstToken
	}
}

// arm starts the clock of the deadline that passes first from here.
func (w *watch) arm() {
	w.armed = time.Now()
	kind, left := w.next()
	if kind == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.due, w.at = kind, w.armed.Add(left)
	if w.fires.IsZero() || w.at.Before(w.fires) {
		w.set(left)
	}
}

// disarm stops the clock.
func (w *watch) disarm() {
	w.waited += time.Since(w.armed)
	w.mu.Lock()
	w.due = ""
	w.mu.Unlock()
}

// stop ends it.
func (w *watch) stop() {
	w.disarm()
	w.timer.Stop()
}

// next tells which deadline is due next, and in how long. Where two pass at the same time the earlier stage, which
// says more, is named; but headers that may take as long as the first token come with it (Ollama's do), and then the
// token is what was waited for.
func (w *watch) next() (kind Kind, left time.Duration) {
	consider := func(k Kind, limit time.Duration) {
		if limit > 0 && (kind == "" || limit-w.waited < left) {
			kind, left = k, limit-w.waited
		}
	}
	switch w.stage {
	case TimeoutConnect:
		consider(TimeoutConnect, w.d.Connect)
		fallthrough
	case TimeoutHeaders:
		if w.d.Headers != w.d.FirstToken {
			consider(TimeoutHeaders, w.d.Headers)
		}
		fallthrough
	case TimeoutFirstToken:
		consider(TimeoutFirstToken, w.d.FirstToken)
	case TimeoutIdle:
		consider(TimeoutIdle, w.d.Idle)
	}
	return kind, left
}

// passed is the error of a deadline.
func (d Deadlines) passed(k Kind) *Error {
	e := &Error{Kind: k}
	switch k {
	case TimeoutConnect:
		e.Message = fmt.Sprintf("no connection within %s", d.Connect)
		e.Hint = "check the host and the network, or raise timeouts.connect"
	case TimeoutHeaders:
		e.Message = fmt.Sprintf("no answer within %s", d.Headers)
		e.Hint = "the server may be overloaded; try again, or raise timeouts.headers"
	case TimeoutFirstToken:
		e.Message = fmt.Sprintf("no token within %s", d.FirstToken)
		e.Hint = "the model may still be loading or queued; try again, raise timeouts.first_token, or set a fallback"
	case TimeoutIdle:
		e.Message = fmt.Sprintf("the answer stalled: no token for %s", d.Idle)
		e.Hint = "retry the pane, or raise timeouts.idle"
	case TimeoutTotal:
		e.Message = fmt.Sprintf("not finished within %s", d.Total)
		e.Hint = "lower max_tokens, or raise timeouts.total"
	}
	return e
}
