package policy

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lineup/providers"
)

// turns is a model that plays another script each time it is asked, the last one for ever.
type turns struct {
	scripts []script
	asked   int
}

func (m *turns) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	s := m.scripts[min(m.asked, len(m.scripts)-1)]
	m.asked++
	return s.Stream(ctx, req)
}

func fails(e providers.Error) script { return script{step{err: &e}} }

func good(s string) script { return script{text(0, s), finish(0)} }

// waits gives the pauses that were announced.
func waits(events []providers.Event) (out []time.Duration) {
	for _, ev := range events {
		if ev.Type == providers.EventWait {
			out = append(out, ev.Wait)
		}
	}
	return out
}

func usual() Retry { return Retry{Max: 2, Base: 500 * time.Millisecond, Cap: 8 * time.Second} }

func TestRetryWaitsLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &turns{scripts: []script{fails(providers.Error{Kind: providers.ServerError, Status: 500})}}
		start := time.Now()
		events, err := collect(WithRetry(m, usual()), t.Context())
		w := waits(events)
		if m.asked != 3 || kindOf(err) != providers.ServerError || len(w) != 2 {
			t.Fatalf("asked %d times, %v, waits %v; want 3 times and 2 waits", m.asked, err, w)
		}
		for i, least := range []time.Duration{500 * time.Millisecond, time.Second} {
			if w[i] < least || w[i] > least*5/4 {
				t.Errorf("wait %d is %v, want %v and up to a quarter more", i, w[i], least)
			}
		}
		if time.Since(start) != w[0]+w[1] {
			t.Errorf("it took %v, announced were %v", time.Since(start), w)
		}
	})
}

func TestRetryWaitIsCapped(t *testing.T) {
	r := Retry{Max: 100, Base: 500 * time.Millisecond, Cap: 8 * time.Second}
	for n := range 80 {
		if w, again := r.wait(n, &providers.Error{Kind: providers.ServerError}); !again || w < 500*time.Millisecond || w > 10*time.Second {
			t.Errorf("wait %d is %v, %v", n, w, again)
		}
	}
}

func TestWhatIsRetried(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name string
		err  providers.Error
		want int
	}{
		{"500", providers.Error{Kind: providers.ServerError, Status: 500}, 3},
		{"429", providers.Error{Kind: providers.RateLimit, Status: 429}, 3},
		{"529", providers.Error{Kind: providers.Overloaded, Status: 529}, 3},
		{"an error in the stream", providers.Error{Kind: providers.Overloaded}, 3},
		{"unreachable", providers.Error{Kind: providers.Unreachable}, 3},
		{"connection lost", providers.Error{Kind: providers.ConnectionLost}, 3},
		{"timeout_connect", providers.Error{Kind: providers.TimeoutConnect}, 3},
		{"timeout_headers", providers.Error{Kind: providers.TimeoutHeaders}, 1},
		{"timeout_first_token", providers.Error{Kind: providers.TimeoutFirstToken}, 1},
		{"quota under 429", providers.Error{Kind: providers.Quota, Status: 429}, 1},
		{"401", providers.Error{Kind: providers.Auth, Status: 401}, 1},
		{"400", providers.Error{Kind: providers.BadRequest, Status: 400}, 1},
		{"context", providers.Error{Kind: providers.ContextLength, Status: 400}, 1},
		{"400, but the server says yes", providers.Error{Kind: providers.BadRequest, Status: 400, Retry: &yes}, 3},
		{"500, but the server says no", providers.Error{Kind: providers.ServerError, Status: 500, Retry: &no}, 1},
		{"empty", providers.Error{Kind: providers.Empty}, 1},
		{"cancelled", providers.Error{Kind: providers.Cancelled}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := &turns{scripts: []script{fails(c.err)}}
			if _, err := collect(WithRetry(m, usual()), t.Context()); m.asked != c.want || kindOf(err) != c.err.Kind {
				t.Errorf("%s: asked %d times, %v; want %d", c.name, m.asked, err, c.want)
			}
		})
	}
}

func TestNothingIsRetriedBehindTheFirstToken(t *testing.T) {
	for _, first := range []providers.Event{{Type: providers.EventText, Text: "a"}, {Type: providers.EventReasoning, Text: "a"}} {
		synctest.Test(t, func(t *testing.T) {
			m := &turns{scripts: []script{{step{ev: first}, step{err: &providers.Error{Kind: providers.ConnectionLost}}}}}
			chain := WithFallback(Link{Model: WithRetry(m, usual())}, Link{Model: good("other")})
			if events, err := collect(chain, t.Context()); m.asked != 1 || kindOf(err) != providers.ConnectionLost || len(events) != 1 {
				t.Errorf("asked %d times, %v, %d events", m.asked, err, len(events))
			}
		})
	}
}

func TestTheServersWaitIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &turns{scripts: []script{fails(providers.Error{Kind: providers.RateLimit, Status: 429, RetryAfter: 42 * time.Second}), good("ok")}}
		start := time.Now()
		events, err := collect(WithRetry(m, usual()), t.Context())
		if err != nil || time.Since(start) != 42*time.Second || textOf(events) != "ok" {
			t.Errorf("%v after %v, %q", err, time.Since(start), textOf(events))
		}
	})
}

func TestAWaitThatIsTooLongEndsWithTheTimeInTheMessage(t *testing.T) {
	for most, asked := range map[time.Duration]int{0: 1, 89 * time.Second: 1, 90 * time.Second: 3, 2 * time.Minute: 3} {
		synctest.Test(t, func(t *testing.T) {
			m := &turns{scripts: []script{fails(providers.Error{Kind: providers.RateLimit, Status: 429, Message: "slow down", RetryAfter: 90 * time.Second})}}
			r := usual()
			r.MaxWait = most
			start := time.Now()
			_, err := collect(WithRetry(m, r), t.Context())
			if m.asked != asked {
				t.Errorf("a limit of %v: asked %d times, want %d", most, m.asked, asked)
			}
			if asked == 1 && (time.Since(start) != 0 || !strings.Contains(err.Error(), "1m30s")) {
				t.Errorf("%v after %v; want at once, with the time", err, time.Since(start))
			}
		})
	}
}

func TestAWaitCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		m := &turns{scripts: []script{fails(providers.Error{Kind: providers.RateLimit, Status: 429, RetryAfter: 30 * time.Second})}}
		start := time.Now()
		if _, err := collect(WithRetry(m, usual()), ctx); kindOf(err) != providers.Cancelled || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestALoadingServerSaysWhenToAskAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &turns{scripts: []script{fails(providers.Error{Kind: providers.Overloaded, Loading: true, RetryAfter: 7 * time.Second}), good("ok")}}
		start := time.Now()
		if events, err := collect(WithLoading(m), t.Context()); err != nil || textOf(events) != "ok" || time.Since(start) != 7*time.Second {
			t.Errorf("%v, %q after %v", err, textOf(events), time.Since(start))
		}
	})
}

// An attempt ends with its last event, however long the consumer takes over it, or when it failed.
func TestWhenAnAttemptEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, last := range []step{finish(time.Second), {wait: time.Second, err: &providers.Error{Kind: providers.ServerError}}} {
			const want = 12 * time.Second // a second for each step, and the consumer's ten between them
			start := time.Now()
			m := WithAttempt(script{text(time.Second, "a"), last}, providers.Info{})
			for ev, err := range m.Stream(t.Context(), providers.Request{}) {
				if err == nil && ev.Type == providers.EventAttemptEnd && ev.At.Sub(start) != want {
					t.Errorf("it ends after %v, want %v", ev.At.Sub(start), want)
				}
				if ev.Token() || ev.Type == providers.EventFinish {
					time.Sleep(10 * time.Second) // virtual: a consumer that is busy
				}
			}
		}
	})
}

func TestALoadingModelIsPolledUntilTheFirstTokenDeadline(t *testing.T) {
	busy := append(script{connected(0), headers(0)}, fails(providers.Error{Kind: providers.Overloaded, Status: 503, Loading: true})...)
	synctest.Test(t, func(t *testing.T) {
		m := &turns{scripts: []script{busy, busy, busy, good("ok")}}
		start := time.Now()
		events, err := collect(WithDeadlines(WithLoading(m), Deadlines{FirstToken: 3 * time.Second}), t.Context())
		seen := 0
		for _, ev := range events {
			if ev.Type == providers.EventLoading {
				seen++
			}
		}
		if err != nil || textOf(events) != "ok" || seen != 3 || time.Since(start) != 3*loadingPoll {
			t.Errorf("%v after %v, %d times loading, %q", err, time.Since(start), seen, textOf(events))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		m := &turns{scripts: []script{busy}}
		start := time.Now()
		retried := WithRetry(WithDeadlines(WithLoading(m), Deadlines{Headers: time.Second, FirstToken: 3 * time.Second}), usual())
		if _, err := collect(retried, t.Context()); kindOf(err) != providers.TimeoutFirstToken || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v, want timeout_first_token after 3 s, once", err, time.Since(start))
		}
	})
}

// Whatever a model ends with, a consumer gets an *Error, fit to show.
func TestForeignErrorsBecomeOurs(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind providers.Kind
		want string
	}{
		{fmt.Errorf("asking: %w", context.Canceled), providers.Cancelled, "p/m: cancelled"},
		{errors.New("it \x1b[31mbroke\n"), providers.ServerError, "p/m: it ␛[31mbroke"},
		{&providers.Error{Kind: providers.TimeoutIdle}, providers.TimeoutIdle, "p/m: timeout idle"},
		{&providers.Error{Kind: providers.ServerError, Status: 500, Message: "no", Model: "p/other"}, providers.ServerError, "p/other: no (HTTP 500)"},
		{&providers.Error{Kind: providers.Protocol, Status: 200, Message: "no"}, providers.Protocol, "p/m: no"},
	} {
		events, err := collect(WithAttempt(script{step{err: c.err}}, providers.Info{Ref: providers.Ref{Provider: "p", Model: "m"}}), t.Context())
		if kindOf(err) != c.kind || err.Error() != c.want {
			t.Errorf("%q becomes %q, want %q", c.err, err, c.want)
		}
		if last := events[len(events)-1]; last.Type != providers.EventAttemptEnd || last.Err == nil || last.Status != last.Err.Status || last.At.IsZero() {
			t.Errorf("%q: the attempt ends with %+v", c.err, last)
		}
		var kept *providers.Error
		if errors.As(err, &kept); kept != c.err && !errors.Is(err, c.err) {
			t.Errorf("%q is not kept", c.err)
		}
	}
}

// chainOf makes a chain of models that each fail with an error, or answer with their number where it is nil.
func chainOf(context []int, errs ...*providers.Error) (providers.Model, []*turns) {
	var links []Link
	var models []*turns
	for i, e := range errs {
		s := good(string(rune('0' + i)))
		if e != nil {
			s = fails(*e)
		}
		m := &turns{scripts: []script{s}}
		info := providers.Info{Ref: providers.Ref{Provider: "p", Model: string(rune('0' + i))}}
		if context != nil {
			info.Context = context[i]
		}
		models = append(models, m)
		links = append(links, Link{WithAttempt(m, info), info})
	}
	return WithFallback(links...), models
}

func TestWhatFallsBack(t *testing.T) {
	for kind, want := range map[providers.Kind]bool{
		providers.TimeoutConnect: true, providers.TimeoutHeaders: true, providers.TimeoutFirstToken: true, providers.Unreachable: true, providers.ConnectionLost: true,
		providers.RateLimit: true, providers.ServerError: true, providers.Overloaded: true, providers.Auth: true, providers.Quota: true, providers.Permission: true, providers.NotFound: true,
		providers.BadRequest: false, providers.ContentFilter: false, providers.Cancelled: false,
	} {
		m, _ := chainOf(nil, &providers.Error{Kind: kind}, nil)
		events, err := collect(m, t.Context())
		if got := err == nil && textOf(events) == "1"; got != want {
			t.Errorf("%s: %v, %q; want a fallback: %v", kind, err, textOf(events), want)
		}
		var tried []string
		for _, ev := range events {
			if ev.Type == providers.EventAttemptStart {
				tried = append(tried, ev.Attempt.Ref.String())
			}
		}
		if want && strings.Join(tried, " ") != "p/0 p/1" {
			t.Errorf("%s: attempts at %v; want each by its own name", kind, tried)
		}
	}
}

func TestAnAnswerWithNothingInItIsAnAnswer(t *testing.T) {
	for answered, want := range map[bool]string{true: "", false: "1"} { // an empty stream is none
		m, _ := chainOf(nil, &providers.Error{Kind: providers.Empty, Answered: answered}, nil)
		if events, _ := collect(m, t.Context()); textOf(events) != want {
			t.Errorf("answered %v: %q, want %q", answered, textOf(events), want)
		}
	}
}

// Regression: a model whose context is not known was never asked.
func TestAnOverflowGoesToALargerModelOnly(t *testing.T) {
	over := &providers.Error{Kind: providers.ContextLength}
	for _, c := range []struct {
		context []int
		want    string
	}{
		{[]int{8000, 4000, 32000}, "2"},
		{[]int{8000, 16000, 32000}, "1"},
		{[]int{8000, 8000, 8000}, ""},
		{[]int{8000, 0, 0}, "1"}, // what is not known may well be larger
		{[]int{0, 0, 32000}, "1"},
		{[]int{8000, 4000, 0}, "2"},
		{[]int{0, 4000, 32000}, "1"},
	} {
		m, _ := chainOf(c.context, over, nil, nil)
		events, err := collect(m, t.Context())
		if textOf(events) != c.want || c.want == "" && kindOf(err) != providers.ContextLength {
			t.Errorf("windows %v: %q, %v; want %q", c.context, textOf(events), err, c.want)
		}
	}
}

// The server may say how much room it takes; a model that is known to have less is left out.
func TestAnOverflowThatIsCountedGoesToAModelWithThatRoom(t *testing.T) {
	over := &providers.Error{Kind: providers.ContextLength, Needs: 20000}
	m, _ := chainOf([]int{0, 16000, 32000}, over, nil, nil)
	if events, err := collect(m, t.Context()); textOf(events) != "2" || err != nil {
		t.Errorf("%q, %v; want the third", textOf(events), err)
	}
}

func TestTheLastErrorOfAChainIsTold(t *testing.T) {
	m, models := chainOf(nil, &providers.Error{Kind: providers.ServerError, Message: "a"}, &providers.Error{Kind: providers.Auth, Message: "b"})
	if _, err := collect(m, t.Context()); kindOf(err) != providers.Auth || models[0].asked != 1 || models[1].asked != 1 {
		t.Errorf("%v", err)
	}
}

// wrapping is a model that holds another one, as those of other packages do.
type wrapping struct{ providers.Model }

func (w wrapping) Unwrap() providers.Model { return w.Model }

func TestAnEndpointThatFailedIsLeftOutForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Cooldowns
		first := &turns{scripts: []script{fails(providers.Error{Kind: providers.ServerError, Status: 500}), good("first")}}
		chain := WithFallback(Link{Model: wrapping{WithCooldown(first, &c, "a")}, Info: providers.Info{Ref: providers.Ref{Provider: "p", Model: "a"}}}, Link{Model: good("second")})
		for i, want := range []string{"second", "second", "first", "first"} {
			if i == 2 {
				time.Sleep(defaultCooldown)
			}
			events, err := collect(chain, t.Context())
			if textOf(events) != want || err != nil {
				t.Errorf("question %d: %q, %v; want %q", i, textOf(events), err, want)
			}
			if noted := events[0].Type == providers.EventNote && strings.Contains(events[0].Text, "p/a left out"); noted != (i == 1) {
				t.Errorf("question %d: left out and told so: %v", i, noted)
			}
		}
		if first.asked != 3 {
			t.Errorf("the first model was asked %d times, want 3", first.asked)
		}
	})
}

func TestHowLongAnEndpointCoolsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			err          providers.Error
			same, others time.Duration
		}{
			{providers.Error{Kind: providers.ServerError}, 5 * time.Second, 0},
			{providers.Error{Kind: providers.RateLimit, RetryAfter: 20 * time.Second}, 20 * time.Second, 0},
			{providers.Error{Kind: providers.Unreachable}, 5 * time.Second, 5 * time.Second}, // that is the whole endpoint
			{providers.Error{Kind: providers.TimeoutConnect, RetryAfter: time.Second}, time.Second, time.Second},
			{providers.Error{Kind: providers.Overloaded}, 5 * time.Second, 0},
			{providers.Error{Kind: providers.ConnectionLost}, 5 * time.Second, 0},
			{providers.Error{Kind: providers.TimeoutHeaders}, 5 * time.Second, 0},
			{providers.Error{Kind: providers.TimeoutFirstToken}, 5 * time.Second, 0},
			{providers.Error{Kind: providers.Quota}, 5 * time.Second, 0},
			{providers.Error{Kind: providers.TimeoutIdle}, 0, 0},
			{providers.Error{Kind: providers.Cancelled}, 0, 0},
			{providers.Error{Kind: providers.NotFound}, 0, 0},
			{providers.Error{Kind: providers.BadRequest}, 0, 0},
		} {
			var all Cooldowns
			all.note("m", &c.err)
			if all.left("m") != c.same || all.left("other") != c.others {
				t.Errorf("%s: %v, other models %v; want %v, %v", c.err.Kind, all.left("m"), all.left("other"), c.same, c.others)
			}
			if _, err := collect(WithCooldown(good("ok"), &all, "m"), t.Context()); err != nil || all.left("m") != 0 || all.left("other") != 0 {
				t.Errorf("%s: still cooling behind a good answer", c.err.Kind)
			}
		}
	})
}

func TestTheOnlyEndpointIsNeverLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Cooldowns
		m := &turns{scripts: []script{fails(providers.Error{Kind: providers.Unreachable})}}
		one := WithFallback(Link{Model: WithCooldown(m, &c, "a")})
		two := WithFallback(Link{Model: WithCooldown(m, &c, "a")}, Link{Model: WithCooldown(m, &c, "b")})
		for range 3 {
			if _, err := collect(one, t.Context()); kindOf(err) != providers.Unreachable {
				t.Error(err)
			}
		}
		if m.asked != 3 {
			t.Errorf("asked %d times, want 3", m.asked)
		}
		if _, err := collect(two, t.Context()); kindOf(err) != providers.Unreachable || m.asked != 5 {
			t.Errorf("%v, asked %d times; where all cool down all are asked", err, m.asked)
		}
	})
}

func TestARequestPutAnotherWayIsAskedAgainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dropped := step{ev: providers.Event{Type: providers.EventDropped, Text: "top_k"}}
		m := &turns{scripts: []script{
			fails(providers.Error{Kind: providers.BadRequest, Status: 400, Adapted: true}),
			append(script{dropped}, fails(providers.Error{Kind: providers.ServerError, Status: 500})...),
			append(script{dropped}, good("ok")...)}}
		events, err := collect(WithRetry(m, usual()), t.Context())
		told := 0
		for _, ev := range events {
			if ev.Type == providers.EventDropped {
				told++
			}
		}
		if err != nil || len(waits(events)) != 1 || told != 1 {
			t.Errorf("%v, waits %v, told %d times; want one wait, for the 500, and one remark", err, waits(events), told)
		}
	})
}
