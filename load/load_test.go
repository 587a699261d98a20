package load_test

import (
	"context"
	"encoding/json"
	"iter"
	"math"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lineup/load"
	"lineup/providers"
	"lineup/session"
)

// machine is a model with a known capacity: a prompt takes prefill, and up to streams answers get a
// token each gap. With more answers at a time all of them slow down by the same part.
type machine struct {
	prefill time.Duration
	gap     time.Duration
	streams int
	tokens  int
	refuses func(n int64) *providers.Error // of the n-th request, counted from 1

	busy  atomic.Int64
	asked atomic.Int64
	seen  func(prompt string)

	counts int // tokens that it counts for any prompt; 0 for one and a half a word
	boasts int // tokens that it counts for any answer; 0 for those it gives
}

func (m *machine) Stream(
	ctx context.Context, req providers.Request,
) iter.Seq2[providers.Event, error] {
	return func(yield func(providers.Event, error) bool) {
		n := m.asked.Add(1)
		if m.seen != nil {
			m.seen(req.Messages[0].Content)
		}
		send := func(e providers.Event) bool {
			e.At = time.Now()
			return yield(e, nil)
		}
		if !send(providers.Event{Type: providers.EventAttemptStart, Attempt: &providers.Info{}}) ||
			!send(providers.Event{Type: providers.EventSent}) {
			return
		}
		if m.refuses != nil {
			if e := m.refuses(n); e != nil {
				yield(providers.Event{At: time.Now()}, e)
				return
			}
		}
		m.busy.Add(1)
		defer m.busy.Add(-1)
		wait := m.prefill
		for range m.tokens {
			select {
			case <-ctx.Done():
				yield(providers.Event{At: time.Now()}, &providers.Error{Kind: providers.Cancelled})
				return
			case <-time.After(wait):
			}
			if !send(providers.Event{Type: providers.EventText, Text: "word", Bytes: 10}) {
				return
			}
			wait = m.gap * time.Duration(max(int(m.busy.Load()), m.streams)) /
				time.Duration(m.streams)
		}
		usage := &providers.Usage{Input: len(strings.Fields(req.Messages[0].Content)) * 3 / 2,
			Output: m.tokens}
		if m.counts > 0 {
			usage.Input = m.counts
		}
		if m.boasts > 0 {
			usage.Output = m.boasts
		}
		if send(providers.Event{Type: providers.EventUsage, Usage: usage}) {
			send(providers.Event{Type: providers.EventFinish, Text: providers.FinishStop})
		}
	}
}

func plan() load.Plan {
	return load.Plan{Concurrency: []int{1, 2, 4, 8, 16}, PromptTokens: 300, Tokens: 100,
		Span: 30 * time.Second, TTFT: 2 * time.Second, ITL: 100 * time.Millisecond, Seed: 1}
}

func measure(t *testing.T, p load.Plan, m *machine) *session.Bench {
	t.Helper()
	b, err := load.Run(t.Context(), p, load.Target{Model: m}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A machine that gives each of four streams a token each 10 ms is full at four: eight streams get
// one each 20 ms.
func TestTheLadderFindsTheKneeOfAKnownMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{prefill: 100 * time.Millisecond, gap: 10 * time.Millisecond, streams: 4,
			tokens: 100}
		b := measure(t, plan(), m)
		if b.Summary.Knee == nil || *b.Summary.Knee != 4 {
			t.Errorf("the knee is %v", b.Summary.Knee)
		}
		if b.Summary.Stopped != session.StopSaturated || len(b.Levels) != 4 {
			t.Errorf("it stopped (%s) after %d levels", b.Summary.Stopped, len(b.Levels))
		}
		for i, l := range b.Levels[:3] {
			// a request takes 100 ms to its first token and 99 gaps to its last one
			want := float64(l.Concurrency) * 100 / (0.1 + 99*0.010)
			if math.Abs(l.TokensPerSecond-want) > 0.02*want {
				t.Errorf("level %d: %.1f tok/s, want %.1f", i, l.TokensPerSecond, want)
			}
			if got := *l.TTFT.P95; math.Abs(got-100) > 5 {
				t.Errorf("level %d: TTFT p95 %.1f ms", i, got)
			}
			if got := *l.ITL.P95; math.Abs(got-10) > 0.1 {
				t.Errorf("level %d: %.2f ms between tokens", i, got)
			}
			if l.Goodput != 1 || !l.Forced || math.Abs(l.Input-300) > 6 {
				t.Errorf("level %d: goodput %.2f, forced %v, prompts of %.0f tokens", i,
					l.Goodput, l.Forced, l.Input)
			}
		}
	})
}

// A number of a level has no digits that say nothing: 290.205 tok/s and not 290.2051803043062, 20.94 ms and not
// 20.939999999999998.
func TestTheNumbersOfALevelAreRounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan()
		p.Concurrency, p.Span, p.Requests = []int{3}, 0, 7
		m := &machine{prefill: 1234567 * time.Nanosecond, gap: 7654321 * time.Nanosecond, streams: 1, tokens: 13}
		b := measure(t, p, m)
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range regexp.MustCompile(`\d+\.\d+`).FindAllString(string(text), -1) {
			if digits := strings.TrimLeft(strings.ReplaceAll(number, ".", ""), "0"); len(digits) > 6 {
				t.Errorf("%s has %d digits, in\n%s", number, len(digits), text)
			}
		}
		if l := b.Levels[0]; l.TokensPerSecond < 10 || *l.TTFT.P50 < 1 {
			t.Errorf("%s", text)
		}
	})
}

// A span that ends in the middle of answers neither loses their tokens nor counts those of after.
func TestTheEndOfALevelBiasesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{gap: 10 * time.Millisecond, prefill: 10 * time.Millisecond, streams: 8,
			tokens: 700}
		p := plan()
		p.Concurrency, p.Span, p.Tokens = []int{3}, 10*time.Second, 700
		l := measure(t, p, m).Levels[0]
		if l.Seconds != 10 || math.Abs(l.TokensPerSecond-300) > 3 {
			t.Errorf("%.1f tok/s in %.2f s, want 300 in 10", l.TokensPerSecond, l.Seconds)
		}
		if l.Requests != 6 || l.Done != 6 {
			t.Errorf("%d of %d requests were done, want all 6 to be heard to their end",
				l.Done, l.Requests)
		}
	})
}

func TestRequestsEndALevel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{gap: 10 * time.Millisecond, prefill: 10 * time.Millisecond, streams: 8,
			tokens: 50}
		p := plan()
		p.Concurrency, p.Span, p.Requests = []int{4}, 0, 40
		l := measure(t, p, m).Levels[0]
		if l.Requests != 40 || math.Abs(l.TokensPerSecond-400) > 8 {
			t.Errorf("%d requests at %.1f tok/s, want 40 at 400", l.Requests, l.TokensPerSecond)
		}
	})
}

// Regression: a level with fewer requests than places gave 0 tokens a second, as its full load ended when it began.
func TestALevelOfFewRequestsHasASpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{gap: 10 * time.Millisecond, prefill: 10 * time.Millisecond, streams: 8,
			tokens: 50}
		p := plan()
		p.Concurrency, p.Span, p.Requests = []int{8}, 0, 3
		l := measure(t, p, m).Levels[0]
		if l.Requests != 3 || math.Abs(l.TokensPerSecond-300) > 15 {
			t.Errorf("%d requests at %.1f tok/s, want 3 at 300", l.Requests, l.TokensPerSecond)
		}
	})
}

// A refusal is a failure: it lowers the goodput, has no time, and is not asked again.
func TestFailuresAreNeverFastAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{gap: 10 * time.Millisecond, prefill: 100 * time.Millisecond, streams: 8,
			tokens: 50, refuses: func(n int64) *providers.Error {
				if n > 2 && n%2 == 0 {
					return &providers.Error{Kind: providers.RateLimit, Status: 429}
				}
				return nil
			}}
		p := plan()
		p.Concurrency, p.Span, p.Requests = []int{2}, 0, 40
		b := measure(t, p, m)
		l := b.Levels[0]
		if b.Summary.Stopped != session.StopLimits || b.Summary.Knee != nil {
			t.Errorf("half the requests failed; stopped: %s, knee %v", b.Summary.Stopped, b.Summary.Knee)
		}
		if at := b.Summary.At; at.Location() != time.UTC || at.Nanosecond()%1e6 != 0 {
			t.Errorf("at %v is no time of a record", at)
		}
		if l.Done != 20 || l.Failures[providers.RateLimit] != 20 || l.Goodput != 0.5 {
			t.Errorf("%d done, failures %v, goodput %.2f", l.Done, l.Failures, l.Goodput)
		}
		if got := *l.TTFT.P50; math.Abs(got-100) > 1 {
			t.Errorf("TTFT p50 %.1f ms: failures count as answers", got)
		}
		if n := m.asked.Load(); n != 42 {
			t.Errorf("the server was asked %d times for 40 requests and 2 of the warm-up", n)
		}
	})
}

func TestALevelThatOnlyFailsEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{gap: time.Millisecond, streams: 8, tokens: 5,
			refuses: func(n int64) *providers.Error {
				if n > 2 {
					return &providers.Error{Kind: providers.Overloaded, Status: 503}
				}
				return nil
			}}
		p := plan()
		p.Span = time.Hour
		b := measure(t, p, m)
		if len(b.Levels) != 1 || b.Levels[0].Done != 0 || b.Summary.Knee != nil ||
			b.Summary.Stopped != session.StopLimits {
			t.Errorf("levels %+v, summary %+v", b.Levels, b.Summary)
		}
		if n := m.asked.Load(); n > 30 {
			t.Errorf("a server that fails was asked %d times", n)
		}
	})
}

// The ladder ends where half the requests miss a limit.
func TestTheLadderEndsAtTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{prefill: 100 * time.Millisecond, gap: 60 * time.Millisecond, streams: 4,
			tokens: 20}
		p := plan()
		p.Concurrency, p.Tokens = []int{4, 8}, 20
		b := measure(t, p, m)
		if b.Summary.Stopped != session.StopLimits || *b.Summary.Knee != 4 {
			t.Errorf("stopped: %s, knee %v", b.Summary.Stopped, *b.Summary.Knee)
		}
	})
}

// What was measured before an interruption stays; what it cut is no failure.
func TestAnInterruptionKeepsWhatWasMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{gap: 10 * time.Millisecond, prefill: 10 * time.Millisecond, streams: 8,
			tokens: 100}
		ctx, stop := context.WithTimeout(t.Context(), 40*time.Second+500*time.Millisecond)
		defer stop()
		b, err := load.Run(ctx, plan(), load.Target{Model: m}, nil)
		if err != nil || b.Summary.Stopped != session.StopInterrupted || len(b.Levels) != 2 {
			t.Fatalf("%v, %+v", err, b)
		}
		l := b.Levels[1]
		if len(l.Failures) != 0 || l.Seconds > 10 || math.Abs(l.TokensPerSecond-200) > 4 {
			t.Errorf("the interrupted level: %+v", l)
		}
	})
}

func TestPromptsDifferUnlessTheyShallNot(t *testing.T) {
	for _, cached := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			prompts := map[string]int{}
			m := &machine{gap: time.Millisecond, streams: 1, tokens: 2,
				seen: func(p string) { prompts[p]++ }}
			p := plan()
			p.Concurrency, p.Span, p.Requests, p.Cached = []int{1}, 0, 10, cached
			measure(t, p, m)
			if n := len(prompts); cached && n > 3 || !cached && n != 12 {
				t.Errorf("cached %v: %d different prompts", cached, n)
			}
		})
	}
}

// A server whose count leaves out what its cache held once got prompts a hundred times as long.
func TestACountOfAPartOfThePromptIsNotBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		longest := 0
		m := &machine{gap: time.Millisecond, streams: 1, tokens: 2, counts: 3,
			seen: func(p string) { longest = max(longest, len(strings.Fields(p))) }}
		p := plan()
		p.Concurrency, p.Span, p.Requests = []int{1}, 0, 3
		measure(t, p, m)
		if longest > p.PromptTokens {
			t.Errorf("a prompt of %d words is to have %d tokens", longest, p.PromptTokens)
		}
	})
}

func TestAWarmUpWithoutAnAnswerIsAnError(t *testing.T) {
	m := &machine{refuses: func(int64) *providers.Error {
		return &providers.Error{Kind: providers.Auth, Status: 401, Message: "no key"}
	}}
	_, err := load.Run(t.Context(), plan(), load.Target{Model: m}, nil)
	if err == nil || !strings.Contains(err.Error(), "no key") {
		t.Errorf("the error is %v", err)
	}
}

// A server that refuses the fields that force full answers is asked without them.
func TestAServerThatRefusesTheForceIsAskedPlainly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plainly := &machine{gap: time.Millisecond, streams: 1, tokens: 10}
		refuses := &machine{refuses: func(int64) *providers.Error {
			return &providers.Error{Kind: providers.BadRequest, Status: 400}
		}}
		p := plan()
		p.Concurrency, p.Span, p.Requests = []int{1}, 0, 5
		b, err := load.Run(t.Context(), p, load.Target{Model: refuses, Plain: plainly}, nil)
		if err != nil || b.Levels[0].Done != 5 || b.Levels[0].Forced {
			t.Errorf("%v, %+v", err, b)
		}
		if n := refuses.asked.Load(); n != 1 {
			t.Errorf("the refusing way was asked %d times", n)
		}
	})
}

// Regression: the row of the level in progress showed prompts and answers of no tokens.
func TestALevelInProgressHasItsLengths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan()
		p.Concurrency, p.Span, p.Requests = []int{2}, 0, 4
		told := 0
		_, err := load.Run(t.Context(), p, load.Target{Model: &machine{gap: time.Millisecond, streams: 2, tokens: 7, counts: 300}},
			func(now load.Progress) {
				if now.Now.Requests == 0 {
					return
				}
				if told++; now.Now.Input != 300 || now.Now.Output != 7 || now.Now.Goodput != 1 {
					t.Errorf("after %d requests: %+v", now.Now.Requests, now.Now)
				}
			})
		if err != nil || told != 4 {
			t.Errorf("%v; told %d times", err, told)
		}
	})
}

// A server that counted 10¹² tokens in an answer of three words made the measurement go over each of them.
func TestAnyNumberOfTokensIsCountedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan()
		p.Span, p.Requests, p.Concurrency = 0, 3, []int{1}
		b := measure(t, p, &machine{gap: time.Millisecond, streams: 1, tokens: 3, boasts: 1e12})
		if l := b.Levels[0]; l.Done != 3 || l.Output != 1e12 || l.ITL.P50 == nil {
			t.Errorf("%+v", l)
		}
	})
}
