package policy

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
)

// step is what a scripted model does next: wait, then yield an event or end with an error.
type step struct {
	wait time.Duration
	ev   providers.Event
	err  error
}

// script is a model that plays steps. It ends as a connection does when the context is done.
type script []step

func (s script) Stream(ctx context.Context, _ providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		for _, st := range s {
			select {
			case <-time.After(st.wait):
			case <-ctx.Done():
				yield(providers.Event{At: time.Now()}, providers.CauseOf(ctx))
				return
			}
			if st.err != nil {
				yield(providers.Event{At: time.Now()}, st.err)
				return
			}
			st.ev.At = time.Now()
			if !yield(st.ev, nil) {
				return
			}
		}
	}
}

func connected(wait time.Duration) step {
	return step{wait: wait, ev: providers.Event{Type: providers.EventConnected, Phases: &providers.Phases{}}}
}
func headers(wait time.Duration) step {
	return step{wait: wait, ev: providers.Event{Type: providers.EventHeaders, Status: 200}}
}
func alive(wait time.Duration) step {
	return step{wait: wait, ev: providers.Event{Type: providers.EventAlive}}
}
func finish(wait time.Duration) step {
	return step{wait: wait, ev: providers.Event{Type: providers.EventFinish, Text: providers.FinishStop}}
}
func text(wait time.Duration, s string) step {
	return step{wait: wait, ev: providers.Event{Type: providers.EventText, Text: s}}
}

// collect ranges over a stream to its end.
func collect(m providers.Model, ctx context.Context) (events []providers.Event, err error) {
	for ev, e := range m.Stream(ctx, providers.Request{}) {
		if e != nil {
			return events, e
		}
		events = append(events, ev)
	}
	return events, nil
}

// kindOf is the kind of the error that a stream ended with, "" for none.
func kindOf(err error) providers.Kind {
	var e *providers.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// textOf is the answer that events carry.
func textOf(events []providers.Event) string {
	var b strings.Builder
	for _, ev := range events {
		if ev.Type == providers.EventText {
			b.WriteString(ev.Text)
		}
	}
	return b.String()
}

const forever = 24 * time.Hour

func repeat(n int, s ...step) []step {
	var out []step
	for range n {
		out = append(out, s...)
	}
	return out
}

func TestEachDeadlineHasItsOwnKind(t *testing.T) {
	all := Deadlines{Connect: 5 * time.Second, Headers: 30 * time.Second, FirstToken: 40 * time.Second, Idle: 45 * time.Second, Total: 10 * time.Minute}
	up := script{connected(time.Second), headers(time.Second)}
	for _, c := range []struct {
		name  string
		model script
		kind  providers.Kind
		after time.Duration
	}{
		{"connect", script{connected(forever)}, providers.TimeoutConnect, 5 * time.Second},
		{"headers", script{connected(time.Second), headers(forever)}, providers.TimeoutHeaders, 30 * time.Second},
		{"first token", append(up[:2:2], alive(forever)), providers.TimeoutFirstToken, 40 * time.Second},
		{"first token, though the server shows life", append(up[:2:2], repeat(1000, alive(time.Second))...), providers.TimeoutFirstToken, 40 * time.Second},
		{"an empty text is no token", append(up[:2:2], repeat(1000, text(time.Second, ""))...), providers.TimeoutFirstToken, 40 * time.Second},
		{"idle", append(up[:2:2], text(time.Second, "a"), text(44*time.Second, "b"), text(forever, "c")), providers.TimeoutIdle, 92 * time.Second},
		{"idle, though the server shows life", append(append(up[:2:2], text(time.Second, "a")), repeat(1000, alive(time.Second))...), providers.TimeoutIdle, 48 * time.Second},
		{"total", append(up[:2:2], repeat(1000, text(time.Second, "a"))...), providers.TimeoutTotal, 10 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			_, err := collect(WithDeadlines(c.model, all), t.Context())
			if kindOf(err) != c.kind || time.Since(start) != c.after {
				t.Errorf("%s: %v after %v, want %s after %v", c.name, err, time.Since(start), c.kind, c.after)
			}
			var e *providers.Error
			if errors.As(err, &e) && (e.Hint == "" || e.Message == "") {
				t.Errorf("%s: no message or no hint: %+v", c.name, e)
			}
		})
	}
}

func TestTheTokenIsNamedWhereHeadersMayTakeAsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := Deadlines{Headers: 30 * time.Second, FirstToken: 30 * time.Second}
		if _, err := collect(WithDeadlines(script{connected(0), headers(forever)}, d), t.Context()); kindOf(err) != providers.TimeoutFirstToken {
			t.Errorf("%v, want timeout_first_token", err)
		}
	})
}

func TestAZeroDeadlineIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script{connected(time.Hour), headers(time.Hour), text(time.Hour, "a"), text(time.Hour, "b"), finish(0)}
		if events, err := collect(WithDeadlines(m, Deadlines{}), t.Context()); err != nil || len(events) != len(m) {
			t.Errorf("%d events, %v; want all %d", len(events), err, len(m))
		}
	})
}

func TestWhileTheConsumerHoldsTheStreamNoClockRunsButTheTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script{connected(time.Second), headers(time.Second), text(2*time.Second, "a"), text(2*time.Second, "b"), finish(time.Second)}
		d := Deadlines{Connect: 3 * time.Second, Headers: 3 * time.Second, FirstToken: 5 * time.Second, Idle: 3 * time.Second}
		n := 0
		for _, err := range WithDeadlines(m, d).Stream(t.Context(), providers.Request{}) {
			if err != nil {
				t.Fatalf("behind event %d: %v", n, err)
			}
			n++
			time.Sleep(time.Minute) // virtual: a consumer that is busy
		}
		if n != len(m) {
			t.Errorf("%d events, want %d", n, len(m))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		m := script{text(time.Second, "a"), text(time.Second, "b")}
		var last error
		for _, err := range WithDeadlines(m, Deadlines{Total: 30 * time.Second}).Stream(t.Context(), providers.Request{}) {
			last = err
			time.Sleep(time.Minute)
		}
		if kindOf(last) != providers.TimeoutTotal {
			t.Errorf("%v, want timeout_total", last)
		}
	})
}

// Behind Ctrl+Z, and on a machine that had slept, the timer found its deadline passed before anybody could read what
// the server had sent meanwhile: "the answer stalled", of a server that had not.
func TestADeadlineThatPassedWhileTheProgramWasStoppedStartsAgain(t *testing.T) {
	const s = time.Second
	d := Deadlines{Headers: 20 * s, FirstToken: 20 * s, Idle: 3 * s, Total: 9 * s}
	for _, stage := range []providers.Kind{providers.TimeoutFirstToken, providers.TimeoutIdle, providers.TimeoutTotal} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			w := newWatch(d, stage, cancel)
			defer w.stop()
			_, limit := w.next()
			start := time.Now()
			w.arm(start)
			w.look(start.Add(limit + 5*s))
			if ctx.Err() != nil {
				t.Errorf("%s: passed while nobody could read: %v", stage, context.Cause(ctx))
			}
			w.look(start.Add(limit + 5*s + limit))
			if got := kindOf(context.Cause(ctx)); got != stage {
				t.Errorf("%s: a server that stays silent ends in %q", stage, got)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(d, providers.TimeoutConnect, func(err error) { t.Error(err) })
		defer w.stop()
		w.arm(time.Now())
		w.disarm(time.Now().Add(time.Hour)) // an event was read before the timer could look
		if _, left := w.next(); left != 20*s {
			t.Errorf("%v are left for the first token, want all 20 s", left)
		}
	})
}

func TestAStageIsNeverLeftBackwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script{connected(0), headers(0), text(0, "a"), connected(0), headers(0), text(20*time.Second, "b"), finish(0)}
		d := Deadlines{Connect: time.Second, Headers: time.Second, FirstToken: 10 * time.Second, Idle: 30 * time.Second}
		if _, err := collect(WithDeadlines(m, d), t.Context()); err != nil {
			t.Errorf("%v behind the first token", err)
		}
	})
}

func TestEachAttemptHasItsOwnDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := WithDeadlines(script{connected(4 * time.Second), headers(0), text(0, "a"), finish(0)}, Deadlines{Connect: 5 * time.Second})
		for range 3 {
			if _, err := collect(m, t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestACancelIsNotADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := collect(WithDeadlines(script{connected(forever)}, Deadlines{Connect: 5 * time.Second}), ctx); kindOf(err) != providers.Cancelled || !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want cancelled", err)
		}
	})
}
