package turn_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/turn"
)

// counted is a model that answers with the number of the request. Some requests fail.
type counted struct {
	said
	fail map[int]bool
	load float64 // milliseconds that its server tells of the first request

	mu     sync.Mutex
	asked  int
	at     []time.Time
	before func(n int) // called when request n has come
}

func (m *counted) spec(local bool) registry.Spec {
	info := m.info()
	info.Local = local
	return registry.Spec{Info: info, Model: m}
}

func (m *counted) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	m.mu.Lock()
	n := m.asked
	m.asked++
	m.at = append(m.at, time.Now())
	m.mu.Unlock()
	if m.before != nil {
		m.before(n)
	}
	return func(yield func(providers.Event, error) bool) {
		if m.fail[n] {
			yield(providers.Event{At: time.Now()}, &providers.Error{Kind: providers.ServerError, Message: "no"})
			return
		}
		if m.load > 0 && n == 0 && !yield(providers.Event{Type: providers.EventTimings, Timings: providers.Timings{"load_ms": m.load}}, nil) {
			return
		}
		one := m.said
		one.words = []string{fmt.Sprintf("answer %d", n)}
		one.Stream(ctx, req)(yield)
	}
}

// repeated makes the first turn of a session, in which each model is asked so many times.
func repeated(times int, models ...*counted) *turn.Turn {
	t := turn.New(turn.NewSession("hi", "", nil, time.Now()), "hi", time.Now())
	for i, m := range models {
		t.AskTimes(times, i, m.spec(true), []providers.Message{{Role: providers.User, Content: "hi"}}, nil, time.Now())
	}
	return t
}

// takes describes the takes of a slot: which there are, how each ended, and * for the one in force.
func takes(t *session.Turn, slot int) string {
	var out []string
	for _, r := range t.Answers(slot) {
		s := fmt.Sprintf("%d/%d %s %q", r.Take, r.Repeat, r.Status, r.Text)
		if t.Reply(slot) == r {
			s += " *"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

const threeAnswers = `0/3 done "answer 0" *, 1/3 done "answer 1", 2/3 done "answer 2"`

// Takes of a pane would slow each other down; other panes run beside them.
func TestTakesComeOneAfterTheOther(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		quick, slow := &counted{said: said{ref: "x/a", pause: time.Second}}, &counted{said: said{ref: "x/b", pause: 3 * time.Second}}
		began := time.Now()
		k, asked := turn.NewKeeper(b.store, nil, nil), repeated(3, quick, slow)
		if err := k.Follow(b.Context(), asked, silent); err != nil {
			t.Error(err)
		}
		for i, m := range []*counted{quick, slow} {
			for n, at := range m.at {
				if want := time.Duration(n) * m.pause; at.Sub(began).Round(time.Second) != want {
					t.Errorf("model %d: request %d went out after %v, want %v", i, n, at.Sub(began), want)
				}
			}
		}
		if err := k.Settle(b.Context(), nil); err != nil || k.Owes() {
			t.Errorf("%v, owes %v", err, k.Owes())
		}
		got := b.kept(asked.Session)
		for slot := range 2 {
			if s := takes(got.Turns[0], slot); s != threeAnswers {
				t.Errorf("slot %d: %s", slot, s)
			}
			for _, r := range got.Turns[0].Answers(slot) { // its own time, not that of the takes before it
				if want := float64([]int{1000, 3000}[slot]); *r.Metrics.FromEnter < want || *r.Metrics.FromEnter > want+500 {
					t.Errorf("slot %d, take %d: %v ms since Enter", slot, r.Take, *r.Metrics.FromEnter)
				}
			}
		}
	})
}

// A take whose request is out and that no store knows would be lost in a crash.
func TestATakeIsStoredBeforeItIsAsked(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		m := &counted{said: said{ref: "x/a", pause: time.Second}}
		k, asked := turn.NewKeeper(b.store, nil, nil), repeated(3, m)
		m.before = func(n int) {
			if got := len(b.kept(asked.Session).Turns[0].Answers(0)); got != n+1 {
				t.Errorf("the store has %d takes when request %d goes out", got, n)
			}
		}
		if err := k.Follow(b.Context(), asked, silent); err != nil {
			t.Error(err)
		}
	})
}

func TestTheFirstAnswerIsInForce(t *testing.T) {
	for name, c := range map[string]struct {
		fail []int
		want string
	}{
		"the second":  {[]int{0}, `0/3 error "", 1/3 done "answer 1" *, 2/3 done "answer 2"`},
		"the last":    {[]int{0, 1}, `0/3 error "", 1/3 error "", 2/3 done "answer 2" *`},
		"none":        {[]int{0, 1, 2}, `0/3 error "", 1/3 error "", 2/3 error "" *`},
		"none failed": {nil, threeAnswers},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				m := &counted{said: said{ref: "x/a", pause: time.Second}, fail: map[int]bool{}}
				for _, n := range c.fail {
					m.fail[n] = true
				}
				k, asked := turn.NewKeeper(b.store, nil, nil), repeated(3, m)
				if err := k.Follow(b.Context(), asked, silent); err != nil {
					t.Error(err)
				}
				if err := k.Settle(b.Context(), nil); err != nil {
					t.Error(err)
				}
				for where, got := range map[string]*session.Turn{"in memory": asked.Record, "in the store": b.kept(asked.Session).Turns[0]} {
					if s := takes(got, 0); s != c.want {
						t.Errorf("%s: %s\nwant %s", where, s, c.want)
					}
				}
			})
		})
	}
}

// Esc stops one pane: what it has stays, and nothing is made up for takes that were not asked for.
func TestAStoppedPaneAsksNoMore(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		first, other := &counted{said: said{ref: "x/a", pause: time.Second}}, &counted{said: said{ref: "x/b", pause: time.Second}}
		k, asked := turn.NewKeeper(b.store, nil, nil), repeated(3, first, other)
		stop := func(r *session.Reply, _ []providers.Event) error {
			if r.Slot == 0 && r.Take == 1 {
				asked.Cancel(0)
			}
			return nil
		}
		if err := k.Follow(b.Context(), asked, stop); err != nil {
			t.Error(err)
		}
		if err := k.Settle(b.Context(), nil); err != nil {
			t.Error(err)
		}
		got := b.kept(asked.Session).Turns[0]
		if s := takes(got, 0); s != `0/3 done "answer 0" *, 1/3 cancelled ""` {
			t.Errorf("the stopped pane: %s", s)
		}
		if s := takes(got, 1); s != threeAnswers {
			t.Errorf("the other pane: %s", s)
		}
	})
}

// Ctrl+C in the middle of a repeat once let every further take begin, and end at once.
func TestAnEndedContextBeginsNoTake(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		m := &counted{said: said{ref: "x/a", pause: time.Second}}
		ctx, cancel := context.WithCancel(b.Context())
		m.before = func(n int) {
			if n == 1 {
				cancel()
			}
		}
		k, asked := turn.NewKeeper(b.store, nil, nil), repeated(3, m)
		if err := k.Follow(ctx, asked, silent); err != nil {
			t.Error(err)
		}
		if s := takes(asked.Record, 0); s != `0/3 done "answer 0" *, 1/3 cancelled ""` {
			t.Error(s)
		}
	})
}

// The store refuses a take, or the whole turn; the requests go out all the same.
func TestTakesThatTheStoreRefusesAreSavedLater(t *testing.T) {
	for name, at := range map[string]int{"the turn": -1, "the second take": 0, "the last take": 1} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				m := &counted{said: said{ref: "x/a", pause: time.Second}, fail: map[int]bool{0: true}}
				if at < 0 {
					b.other.Hold()
				}
				m.before = func(n int) {
					if n == at {
						b.other.Hold()
					}
				}
				k, asked := turn.NewKeeper(b.store, nil, nil), repeated(3, m)
				if err := k.Follow(b.Context(), asked, silent); err != nil {
					t.Error(err)
				}
				b.other.Release()
				if err := k.Settle(b.Context(), nil); err != nil || k.Owes() || k.Err() != nil {
					t.Errorf("%v, owes %v, %v", err, k.Owes(), k.Err())
				}
				if s := takes(b.kept(asked.Session).Turns[0], 0); s != `0/3 error "", 1/3 done "answer 1" *, 2/3 done "answer 2"` {
					t.Error(s)
				}
			})
		})
	}
}

// A prompt of before is asked again, several times, while the store takes nothing.
func TestARepeatOfAnEarlierPrompt(t *testing.T) {
	for name, locked := range map[string]bool{"stored": false, "stored later": true} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bench) {
				k := turn.NewKeeper(b.store, nil, nil)
				asked := b.answered(k, "by hand")
				if locked {
					b.other.Hold()
				}
				m := &counted{said: said{ref: "x/a", pause: time.Second}}
				again := turn.Again(asked.Session, asked.Record)
				again.AskTimes(2, 0, m.spec(false), nil, nil, time.Now())
				if err := k.Follow(b.Context(), again, silent); err != nil {
					t.Error(err)
				}
				if locked {
					b.other.Release()
				}
				if err := k.Settle(b.Context(), nil); err != nil {
					t.Error(err)
				}
				if s := takes(b.kept(asked.Session).Turns[0], 0); s != `0/0 done "by hand", 1/2 done "answer 0" *, 2/2 done "answer 1"` {
					t.Error(s)
				}
			})
		})
	}
}

func TestWithoutAStoreAllTakesAreAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := repeated(3, &counted{said: said{ref: "x/a", pause: time.Second}})
		if err := turn.NewKeeper(nil, nil, nil).Follow(t.Context(), asked, silent); err != nil {
			t.Error(err)
		}
		if s := takes(asked.Record, 0); s != threeAnswers {
			t.Error(s)
		}
	})
}

// Closing leaves out a take whose request never went out.
func TestCloseInTheMiddleOfARepeat(t *testing.T) {
	inBubble(t, nil, func(b *bench) {
		m := &counted{said: said{ref: "x/a", pause: time.Second}}
		k, asked := turn.NewKeeper(b.store, nil, nil), repeated(3, m)
		k.Begin(b.Context(), asked)
		j := k.Next(time.Now())
		j.Run(b.Context())
		k.Done(j, time.Now())
		for len(asked.Replies) < 2 {
			<-asked.Ready()
			asked.Take(nil)
		}
		asked.End(time.Second)
		if err := k.Close(b.Context()); err != nil {
			t.Error(err)
		}
		if s := takes(b.kept(asked.Session).Turns[0], 0); s != `0/3 done "answer 0" *` || m.asked != 1 {
			t.Errorf("%s; asked %d times", s, m.asked)
		}
	})
}

func TestWarmUps(t *testing.T) {
	for _, c := range []struct {
		name  string
		local bool
		load  float64
		fail  map[int]bool
		want  []bool
	}{
		{"loaded", true, 300, nil, []bool{true, false}},
		{"in memory", true, 30, nil, []bool{false, false}},
		{"nothing told", true, 0, nil, []bool{false, false}},
		{"another's server", false, 300, nil, []bool{false, false}},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := &counted{said: said{ref: "x/a", pause: time.Second}, load: c.load, fail: c.fail}
			asked := turn.New(turn.NewSession("hi", "", nil, time.Now()), "hi", time.Now())
			asked.AskTimes(2, 0, m.spec(c.local), nil, nil, time.Now())
			var seen []bool
			show := func(r *session.Reply, events []providers.Event) error {
				if events[len(events)-1].Type == providers.EventEnd {
					seen = append(seen, r.Warmup)
				}
				return nil
			}
			if err := turn.NewKeeper(nil, nil, nil).Follow(t.Context(), asked, show); err != nil || !slices.Equal(seen, c.want) {
				t.Errorf("%s: %v, want %v (%v)", c.name, seen, c.want, err)
			}
		})
	}
}
