package policy

import (
	"context"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
)

func TestTheQueueLetsSoManyRunAndTellsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := WithQueue(WithAttempt(script{text(time.Second, "a"), finish(0)}, providers.Info{}), NewQueue(2))
		start := time.Now()
		run := providers.Start(t.Context(), []providers.Call{{Model: m}, {Model: m}, {Model: m}, {Model: m}, {Model: m}})
		<-run.Done()
		queued, begun := 0, map[time.Duration]int{}
		for i := range run.Len() {
			for _, ev := range run.Take(i, nil) {
				switch ev.Type {
				case providers.EventQueued:
					queued++
				case providers.EventAttemptStart: // the clock of an attempt starts behind the queue
					begun[ev.At.Sub(start)]++
				}
			}
		}
		if queued != 3 || begun[0] != 2 || begun[time.Second] != 2 || begun[2*time.Second] != 1 {
			t.Errorf("%d queued, attempts began at %v; want 3 queued, and 2, 2, 1 a second apart", queued, begun)
		}
	})
}

// Which pane a server of one place answered first was left to chance, and mostly it was the last one.
func TestPanesComeToTheQueueInTheirOrder(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			q := NewQueue(1)
			var calls []providers.Call
			for i := range 8 {
				m := WithQueue(WithAttempt(script{text(time.Second, "a"), finish(0)}, providers.Info{}), q)
				if i == 3 { // one that needs no queue
					m = script{text(time.Millisecond, "a"), finish(0)}
				}
				calls = append(calls, providers.Call{Model: m})
			}
			run := providers.Start(t.Context(), calls)
			<-run.Done()
			var began []time.Time
			for i := range run.Len() {
				for _, ev := range run.Take(i, nil) {
					if ev.Type == providers.EventAttemptStart {
						began = append(began, ev.At)
					}
				}
			}
			if len(began) != 7 || !slices.IsSortedFunc(began, time.Time.Compare) {
				t.Errorf("in the order of the panes they began at %v", began)
			}
		})
	}
}

// late says nothing for a while before it comes to its queue, as one that asks its server whether it takes images.
type late struct {
	providers.Model
	by time.Duration
}

func (m late) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		time.Sleep(m.by)
		m.Model.Stream(ctx, req)(yield)
	}
}

// With an image in the prompt all panes waited three seconds for a server that was down.
func TestAPaneThatIsLateAtItsQueueHoldsBackNoOtherServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := WithAttempt(script{text(time.Second, "a"), finish(0)}, providers.Info{})
		start := time.Now()
		run := providers.Start(t.Context(), []providers.Call{
			{Model: late{WithQueue(answers, NewQueue(1)), 3 * time.Second}},
			{Model: WithQueue(answers, NewQueue(0))},
			{Model: WithQueue(answers, NewQueue(1))},
		})
		<-run.Done()
		for i := 1; i < run.Len(); i++ {
			first := run.Take(i, nil)[0]
			if waited := first.At.Sub(start); first.Type != providers.EventAttemptStart || waited > 200*time.Millisecond {
				t.Errorf("pane %d: %v after %v, want an attempt at once", i, first.Type, waited)
			}
		}
	})
}

func TestLeavingTheQueueOrAStreamFreesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(1)
		m := WithQueue(script{text(0, "a"), text(forever, "b")}, q)
		for range m.Stream(t.Context(), providers.Request{}) {
			break // the consumer leaves
		}
		if q.enter() != nil { // taken by somebody else
			t.Fatal("a place is still taken")
		}
		for ev := range m.Stream(t.Context(), providers.Request{}) {
			if ev.Type != providers.EventQueued || ev.At.IsZero() {
				t.Errorf("%+v, want queued", ev)
			}
			break
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := collect(m, ctx); kindOf(err) != providers.Cancelled {
			t.Errorf("%v, want cancelled while queued", err)
		}
		q.leave(outcome{})
		if q.used != 0 || len(q.waiting) != 0 {
			t.Errorf("%d places are taken, %d wait", q.used, len(q.waiting))
		}
	})
}

// follow ends a round of attempts that have all begun before the first of them ends.
func follow(q *Queue, n int, said outcome) {
	said.began = time.Now()
	for range n {
		q.enter()
	}
	for range n {
		q.leave(said)
	}
}

func TestTheLimitOfAGatewayFollowsItsRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(10)
		q.Adapt(ByRefusals)
		limits := []int{q.Limit()}
		for range 5 {
			for n := q.Limit(); n > 0; n-- { // a round of answers, with all places taken
				for q.used < q.limit {
					q.enter()
				}
				q.leave(outcome{good: true, began: time.Now()})
			}
			limits = append(limits, q.Limit())
		}
		if want := []int{4, 8, 16, 32, 64, 100}; !slices.Equal(limits, want) {
			t.Errorf("limits %v, want %v", limits, want)
		}
		for q.used > 0 {
			q.leave(outcome{})
		}
		time.Sleep(time.Second)
		follow(q, 40, outcome{refused: true, wait: 3 * time.Second})
		if q.Limit() != 50 {
			t.Errorf("limit %d after 40 refusals of one moment, want half of 100", q.Limit())
		}
		if q.Rest() != 3*time.Second {
			t.Errorf("rests for %v, the server asks for 3 s", q.Rest())
		}
		place, asked := q.enter(), time.Now()
		<-place
		if waited := time.Since(asked); waited != 3*time.Second {
			t.Errorf("the next attempt waited %v, want 3 s", waited)
		}
		q.leave(outcome{refused: true, began: time.Now()})
		if q.Limit() != 25 {
			t.Errorf("limit %d after a refusal under the new limit, want 25", q.Limit())
		}
		for range 25 {
			for q.used < q.limit {
				q.enter()
			}
			q.leave(outcome{good: true, began: time.Now()})
		}
		if q.Limit() != 26 {
			t.Errorf("limit %d a round after a refusal, want one more", q.Limit())
		}
	})
}

func TestTheLimitOfAServerOfOnesOwnFollowsItsThroughput(t *testing.T) {
	for _, c := range []struct {
		name   string
		places int // that it works on at a time
		want   int
	}{{"one slot", 1, 1}, {"four slots", 4, 4}, {"64 slots", 64, 64}, {"many slots", 1000, 100}} {
		synctest.Test(t, func(t *testing.T) {
			q := NewQueue(1)
			q.Adapt(ByThroughput)
			m := WithQueue(WithAttempt(&slots{free: make(chan struct{}, c.places)}, providers.Info{}), q)
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() {
					for range 30 {
						for range m.Stream(t.Context(), providers.Request{}) {
						}
					}
				})
			}
			all.Wait()
			if q.Limit() != c.want {
				t.Errorf("%s: limit %d, want %d", c.name, q.Limit(), c.want)
			}
		})
	}
}

// Answers that ended in one moment were not measured but for the first, and the limit was halved.
func TestAnswersThatEndTogetherAreAllMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(1)
		q.Adapt(ByThroughput)
		for range 40 {
			n := q.Limit()
			for range n {
				q.enter()
			}
			began := time.Now()
			time.Sleep(time.Second)
			for range n {
				q.leave(outcome{good: true, began: began, tokens: 50})
			}
		}
		if q.Limit() != 100 {
			t.Errorf("limit %d of a server with as many slots as are asked for, want 100", q.Limit())
		}
	})
}

// slots is a server that works on so many prompts at a time, a second each.
type slots struct{ free chan struct{} }

func (s *slots) Stream(ctx context.Context, _ providers.Request) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		s.free <- struct{}{}
		time.Sleep(time.Second)
		<-s.free
		yield(providers.Event{Type: providers.EventUsage, At: time.Now(), Usage: &providers.Usage{Output: 50}}, nil)
	}
}

func TestAQueueOfPanesKeepsItsLimitAndNobodysWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(8)
		follow(q, 8, outcome{refused: true, wait: time.Minute})
		if q.Limit() != 8 || q.Rest() != 0 {
			t.Errorf("limit %d, rest %v; want 8 and none", q.Limit(), q.Rest())
		}
		q.Adapt(Stay)
		follow(q, 8, outcome{refused: true, wait: time.Minute})
		if q.Limit() != 8 || q.Rest() != time.Minute {
			t.Errorf("in a run: limit %d, rest %v; want 8 and a minute", q.Limit(), q.Rest())
		}
	})
}

// A gateway that asked for two minutes was asked again at once, and given up.
func TestARunWaitsAsLongAsTheServerAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(10)
		q.Adapt(ByRefusals)
		follow(q, 4, outcome{refused: true, wait: 2 * time.Minute})
		if q.Rest() != 2*time.Minute {
			t.Errorf("rests for %v, the server asks for 2 min", q.Rest())
		}
		time.Sleep(2 * time.Minute)
		follow(q, 1, outcome{refused: true, wait: LongestRest + time.Second})
		if q.Rest() != 0 {
			t.Errorf("rests for %v, which nobody waits for", q.Rest())
		}
	})
}
