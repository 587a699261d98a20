package policy

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"lineup/providers"
)

// Deadlines bound one attempt; all but Idle count from its start. A zero field is no bound.
type Deadlines struct {
	Connect    time.Duration // until there is a connection
	Headers    time.Duration // until the response headers
	FirstToken time.Duration // until the first token
	Idle       time.Duration // between two tokens
	Total      time.Duration // for all of it
}

// WithDeadlines bounds each attempt at m. What passes first ends the stream with the kind of that
// deadline. Only tokens reset the idle clock: comments and pings keep a connection, not an answer,
// alive. While the consumer holds the stream up, no clock runs but the total. A deadline that
// passed while the program itself was stopped, by Ctrl+Z or a sleeping machine, starts again. The
// server's bytes of that time have yet to be read.
func WithDeadlines(m providers.Model, d Deadlines) providers.Model { return deadlined{m, d} }

type deadlined struct {
	model providers.Model
	d     Deadlines
}

func (m deadlined) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		total := newWatch(m.d, providers.TimeoutTotal, cancel)
		defer total.stop()
		total.arm(time.Now())
		w := newWatch(m.d, providers.TimeoutConnect, cancel)
		defer w.stop()
		w.arm(time.Now())
		for ev, err := range m.model.Stream(ctx, req) {
			w.disarm(time.Now())
			w.see(&ev)
			if !yield(ev, err) || err != nil {
				return
			}
			w.arm(time.Now())
		}
	}
}

// oversleep is how late a timer may look. Behind more than that the program did not run when it was
// due.
const oversleep = time.Second

// watch holds the one clock that runs while the next event is awaited. It counts the time of
// waiting for the stream, never the work of the consumer. Another one, armed once, is the clock of
// the total.
//
// The timer is not reset for each token. When it fires, it compares with the last token, and goes
// on if that was later.
type watch struct {
	d      Deadlines
	cancel context.CancelCauseFunc
	stage  providers.Kind // the deadline that the stream works towards
	waited time.Duration  // since the attempt started, or since the last token

	mu    sync.Mutex
	timer *time.Timer
	fires time.Time      // when the timer looks next; zero while it is not set
	armed time.Time      // since when the next event is awaited
	due   providers.Kind // "" while no clock runs
	at    time.Time      // when due passes
}

func newWatch(d Deadlines, stage providers.Kind, cancel context.CancelCauseFunc) *watch {
	w := &watch{d: d, cancel: cancel, stage: stage}
	w.timer = time.AfterFunc(time.Hour, func() { w.look(time.Now()) })
	w.timer.Stop()
	return w
}

// look is what the timer does: it ends the stream if the deadline has passed, else it looks again.
func (w *watch) look(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	overslept := w.overslept(now)
	w.fires = time.Time{}
	if w.due == "" {
		return
	}
	if overslept {
		w.armed, w.at = now, now.Add(w.at.Sub(w.armed))
	}
	if left := w.at.Sub(now); left > 0 {
		w.set(now, left)
		return
	}
	w.cancel(w.d.passed(w.due))
}

// overslept reports whether the timer ought to have looked long ago.
func (w *watch) overslept(now time.Time) bool {
	return !w.fires.IsZero() && now.Sub(w.fires) > oversleep
}

// set makes the timer look in a while.
func (w *watch) set(now time.Time, left time.Duration) {
	w.fires = now.Add(left)
	w.timer.Reset(left)
}

// see moves to the next stage. A stage is never left backwards: a server that loads its model is
// asked, and connected to, many times within one attempt.
func (w *watch) see(ev *providers.Event) {
	switch {
	case ev.Token():
		w.stage, w.waited = providers.TimeoutIdle, 0
	case ev.Type == providers.EventConnected && w.stage == providers.TimeoutConnect:
		w.stage = providers.TimeoutHeaders
	case ev.Type == providers.EventHeaders && w.stage != providers.TimeoutIdle:
		w.stage = providers.TimeoutFirstToken
	}
}

// arm starts the clock of the deadline that passes first from here.
func (w *watch) arm(now time.Time) {
	kind, left := w.next()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = now
	if kind == "" {
		return
	}
	w.due, w.at = kind, now.Add(left)
	if w.fires.IsZero() || w.at.Before(w.fires) {
		w.set(now, left)
	}
}

// disarm stops the clock.
func (w *watch) disarm(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.overslept(now) {
		w.fires = time.Time{}
	} else {
		w.waited += now.Sub(w.armed)
	}
	w.due = ""
}

// stop ends it.
func (w *watch) stop() {
	w.disarm(time.Now())
	w.timer.Stop()
}

// next tells which deadline is due next, and in how long. If two pass at the same time, the earlier
// stage is named, because it says more. Headers with the deadline of the first token are an
// exception: they come with it (Ollama's do), and the token is named.
func (w *watch) next() (kind providers.Kind, left time.Duration) {
	consider := func(k providers.Kind, limit time.Duration) {
		if limit > 0 && (kind == "" || limit-w.waited < left) {
			kind, left = k, limit-w.waited
		}
	}
	switch w.stage {
	case providers.TimeoutConnect:
		consider(providers.TimeoutConnect, w.d.Connect)
		fallthrough
	case providers.TimeoutHeaders:
		if w.d.Headers != w.d.FirstToken {
			consider(providers.TimeoutHeaders, w.d.Headers)
		}
		fallthrough
	case providers.TimeoutFirstToken:
		consider(providers.TimeoutFirstToken, w.d.FirstToken)
	case providers.TimeoutIdle:
		consider(providers.TimeoutIdle, w.d.Idle)
	case providers.TimeoutTotal:
		consider(providers.TimeoutTotal, w.d.Total)
	}
	return kind, left
}

// passed is the error of a deadline.
func (d Deadlines) passed(k providers.Kind) *providers.Error {
	e := &providers.Error{Kind: k}
	switch k {
	case providers.TimeoutConnect:
		e.Message = fmt.Sprintf("no connection within %s", d.Connect)
		e.Hint = "check the host and the network, or raise timeouts.connect"
	case providers.TimeoutHeaders:
		e.Message = fmt.Sprintf("no answer within %s", d.Headers)
		e.Hint = "the server may be overloaded; try again, or raise timeouts.headers"
	case providers.TimeoutFirstToken:
		e.Message = fmt.Sprintf("no token within %s", d.FirstToken)
		e.Hint = "the model may still be loading or queued; try again, raise " +
			"timeouts.first_token, or set a fallback"
	case providers.TimeoutIdle:
		e.Message = fmt.Sprintf("the answer stalled: no token for %s", d.Idle)
		e.Hint = "ask again, or raise timeouts.idle"
	case providers.TimeoutTotal:
		e.Message = fmt.Sprintf("not finished within %s", d.Total)
		e.Hint = "lower max_tokens, or raise timeouts.total"
	}
	return e
}
