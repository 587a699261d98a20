package providers

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lineup/jsoncheck"
)

// modelFunc is a model that is a function.
type modelFunc func(ctx context.Context, yield func(Event, error) bool)

func (f modelFunc) Stream(ctx context.Context, _ Request) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) { f(ctx, yield) }
}

// says is a model that says one word after another, each after a wait, and is done. It ends early with the context.
func says(wait time.Duration, words ...string) Model {
	return modelFunc(func(ctx context.Context, yield func(Event, error) bool) {
		for _, w := range words {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				yield(Event{At: time.Now()}, CauseOf(ctx))
				return
			}
			if !yield(Event{Type: EventText, Text: w, At: time.Now()}, nil) {
				return
			}
		}
		yield(Event{Type: EventFinish, Text: FinishStop, At: time.Now()}, nil)
	})
}

// forever is longer than any test's own time.
const forever = 24 * time.Hour

func kindOf(e *Error) Kind {
	if e == nil {
		return ""
	}
	return e.Kind
}

// numbers yields n texts as fast as they are taken and counts what it could yield.
func numbers(n int, yielded *int) Model {
	return modelFunc(func(ctx context.Context, yield func(Event, error) bool) {
		for i := range n {
			if !yield(Event{Type: EventText, Text: strconv.Itoa(i) + " ", At: time.Now()}, nil) {
				return
			}
			*yielded = i + 1
			if ctx.Err() != nil {
				yield(Event{At: time.Now()}, CauseOf(ctx))
				return
			}
		}
	})
}

func textOf(events []Event) string {
	var b strings.Builder
	for _, ev := range events {
		if ev.Type == EventText {
			b.WriteString(ev.Text)
		}
	}
	return b.String()
}

func TestAFullSlotStopsReadingAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 3 * maxPending
		yielded := 0
		run := Start(t.Context(), []Call{{Model: numbers(n, &yielded)}})
		synctest.Wait()
		if yielded < maxPending-1 || yielded > maxPending+1 {
			t.Errorf("%d events were read while nobody took any, want %d", yielded, maxPending)
		}
		var all []Event
		for done := false; !done; {
			synctest.Wait()
			select {
			case <-run.Ready():
				all = run.Take(0, all)
			case <-run.Done():
				all = run.Take(0, all)
				done = true
			}
		}
		var want strings.Builder
		for i := range n {
			want.WriteString(strconv.Itoa(i) + " ")
		}
		if textOf(all) != want.String() || all[len(all)-1].Type != EventEnd {
			t.Errorf("%d events, the last %v; want %d texts in order and the end", len(all), all[len(all)-1].Type, n)
		}
	})
}

func TestCancelStopsOneSlotEvenAFullOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		yielded := 0
		other := says(time.Second, "still", " here")
		run := Start(t.Context(), []Call{{Model: numbers(1<<30, &yielded)}, {Model: other}})
		synctest.Wait()
		run.Cancel(0)
		<-run.Done()
		first, second := run.Take(0, nil), run.Take(1, nil)
		if end := first[len(first)-1]; end.Type != EventEnd || kindOf(end.Err) != Cancelled || len(first) < maxPending {
			t.Errorf("the cancelled slot has %d events and ends with %v, %v; want what had come, and cancelled", len(first), end.Type, end.Err)
		}
		if end := second[len(second)-1]; textOf(second) != "still here" || end.Err != nil {
			t.Errorf("the other slot has %q and ends with %v", textOf(second), end.Err)
		}
	})
}

func TestCancelAllAndTheContextStopEverySlot(t *testing.T) {
	for _, byContext := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			calls := []Call{{Model: says(forever, "a")}, {Model: says(forever, "b")}, {Model: modelFunc(func(context.Context, func(Event, error) bool) {})}}
			run := Start(ctx, calls)
			synctest.Wait()
			if byContext {
				cancel()
			} else {
				run.CancelAll()
			}
			<-run.Done()
			for i := range 2 {
				if ev := run.Take(i, nil); len(ev) != 1 || kindOf(ev[0].Err) != Cancelled {
					t.Errorf("slot %d: %+v, want the end alone, cancelled", i, ev)
				}
			}
		})
	}
}

func TestASlotEndsWithItsLastEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		early := modelFunc(func(_ context.Context, yield func(Event, error) bool) {
			time.Sleep(time.Minute) // virtual: what was read was read late
			yield(Event{Type: EventFinish, At: start.Add(time.Second)}, nil)
		})
		broken := modelFunc(func(_ context.Context, yield func(Event, error) bool) {
			time.Sleep(time.Minute)
			yield(Event{At: start.Add(2 * time.Second)}, errors.New("no"))
		})
		bad := modelFunc(func(context.Context, func(Event, error) bool) { time.Sleep(time.Minute); panic("boom") })
		run := Start(t.Context(), []Call{{Model: early}, {Model: broken}, {Model: bad}})
		<-run.Done()
		for i, want := range []time.Duration{time.Second, 2 * time.Second, time.Minute} {
			events := run.Take(i, nil)
			if end := events[len(events)-1]; end.Type != EventEnd || end.At.Sub(start) != want {
				t.Errorf("slot %d ends after %v, want %v", i, end.At.Sub(start), want)
			}
		}
	})
}

func TestAPanicEndsOnlyItsSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := modelFunc(func(_ context.Context, yield func(Event, error) bool) {
			yield(Event{Type: EventText, Text: "so far", At: time.Now()}, nil)
			panic("boom")
		})
		run := Start(t.Context(), []Call{{Model: bad}, {Model: says(time.Second, "fine")}})
		<-run.Done()
		a, b := run.Take(0, nil), run.Take(1, nil)
		end := a[len(a)-1]
		var p *Panic
		if textOf(a) != "so far" || kindOf(end.Err) != Protocol || !errors.As(end.Err, &p) || p.Value != "boom" || !strings.Contains(string(p.Stack), "TestAPanicEndsOnlyItsSlot") {
			t.Errorf("the slot that panicked: %q, %v, %v", textOf(a), end.Err, p)
		}
		if end := b[len(b)-1]; textOf(b) != "fine" || end.Err != nil {
			t.Errorf("the other slot: %q, %v", textOf(b), end.Err)
		}
	})
}

// A long answer was checked against its schema where it was drawn, which held up the screen for half a second.
func TestTheFanOutChecksAnswers(t *testing.T) {
	schema, err := jsoncheck.Parse("s", []byte(`{"type":"object","required":["a"]}`))
	if err != nil {
		t.Fatal(err)
	}
	said := func(fails bool, events ...Event) Model {
		return modelFunc(func(_ context.Context, yield func(Event, error) bool) {
			for _, ev := range events {
				yield(ev, nil)
			}
			if fails {
				yield(Event{}, &Error{Kind: ConnectionLost})
			}
		})
	}
	text := func(s string) Event { return Event{Type: EventText, Text: s} }
	begun := []Message{{Role: User, Content: "?"}, {Role: Assistant, Content: `{"a":`}}
	for name, c := range map[string]struct {
		call Call
		text string
		ok   bool
	}{
		"fits":      {Call{said(false, text(`{"a"`), text(":1}")), Request{Schema: schema}}, `{"a":1}`, true},
		"does not":  {Call{said(false, text(`{}`)), Request{Schema: schema}}, `{}`, false},
		"moved":     {Call{said(false, text("hm"), Event{Type: EventMoved}, text(`{"a":2}`)), Request{Schema: schema}}, `{"a":2}`, true},
		"breaks":    {Call{said(true, text(`{"a"`)), Request{Schema: schema}}, `{"a"`, false},
		"goes on":   {Call{said(false, text(`3}`)), Request{Schema: schema, Messages: begun}}, `{"a":3}`, true},
		"no schema": {Call{said(false, text(`{}`)), Request{}}, "", false},
		"no text":   {Call{said(false), Request{Schema: schema}}, "", false},
	} {
		var last Event
		Ask(t.Context(), c.call, func(ev Event) { last = ev })
		if got := last.Checked; last.Type != EventEnd || (got == nil) != (c.text == "") || got != nil && (got.Text != c.text || got.Result.Valid != c.ok) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
