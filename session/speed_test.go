package session

import (
	"math"
	"strings"
	"testing"
	"time"

	"lineup/providers"
)

// stream are the pieces of an answer as a buffer on the way lets them go.
type stream struct {
	rate    float64       // tokens a second at which they are made
	tokens  int           // altogether
	chunk   int           // tokens a piece; 0: one
	ttft    time.Duration // until the first token is made
	hold    time.Duration // how long the buffer holds tokens back; 0: not at all
	all     bool          // the buffer holds everything back until the end
	network time.Duration // how long the network takes to deliver what is let go at once, from first piece to last
	mute    int           // tokens of reasoning that are counted but not streamed, made at the same rate before the others
}

// events plays the stream. The buffer lets go when it has held its oldest token for long enough, and at the end.
func (s stream) events() (out []providers.Event) {
	chunk := max(1, s.chunk)
	due := func(i int) float64 { return ms(s.ttft) + 1000*float64(s.mute+i)/s.rate }
	end := due(s.tokens - 1)
	var held []providers.Event
	let := func(now float64) {
		for i := range held {
			held[i].At = at(now)
			if n := len(held) - 1; n > 0 {
				held[i].At = at(now + ms(s.network)*float64(i/10*10)/float64(n)) // ten pieces a read
			}
		}
		out, held = append(out, held...), nil
	}
	since := 0.0
	for i := 0; i < s.tokens; i += chunk {
		now := due(min(i+chunk, s.tokens) - 1)
		if len(held) > 0 && !s.all && now > since+ms(s.hold) {
			let(since + ms(s.hold))
		}
		if len(held) == 0 {
			since = now
		}
		held = append(held, text(0, strings.Repeat(" word", min(chunk, s.tokens-i))))
		if s.hold == 0 && !s.all {
			let(now)
		}
	}
	let(end)
	return out
}

// TestSpeedBehindABuffer: a burst is no speed. The truth is the rate at which the tokens were made, or, where everything
// came at once, what is known: so many tokens in so much time since the request.
func TestSpeedBehindABuffer(t *testing.T) {
	second := time.Second
	for name, c := range map[string]struct {
		stream
		want float64
	}{
		"no buffer":                           {stream{rate: 200, tokens: 400, ttft: second}, 200},
		"slow":                                {stream{rate: 8, tokens: 40, ttft: second}, 8},
		"fast":                                {stream{rate: 2500, tokens: 5000, ttft: second / 5}, 2500},
		"pieces of 8 tokens":                  {stream{rate: 200, tokens: 400, ttft: second, chunk: 8}, 200},
		"pieces of 80 tokens":                 {stream{rate: 200, tokens: 400, ttft: second, chunk: 80}, 200},
		"held for 50 ms":                      {stream{rate: 200, tokens: 400, ttft: second, hold: second / 20}, 200},
		"held for 200 ms":                     {stream{rate: 200, tokens: 400, ttft: second, hold: second / 5}, 200},
		"held for a second":                   {stream{rate: 50, tokens: 400, ttft: second / 2, hold: second}, 50},
		"held, delivered slowly":              {stream{rate: 200, tokens: 1000, ttft: second, hold: second, network: 15 * time.Millisecond}, 200},
		"held, pieces of 4 tokens":            {stream{rate: 200, tokens: 1000, ttft: second, hold: second / 2, chunk: 4}, 200},
		"most of it at once, then the rest":   {stream{rate: 100, tokens: 1000, ttft: second, hold: 9 * second}, 100},
		"all at once":                         {stream{rate: 100, tokens: 1000, ttft: second, all: true}, 1000 / 10.99},
		"all at once, delivered in 400 ms":    {stream{rate: 100, tokens: 8000, ttft: second, all: true, network: 400 * time.Millisecond}, 8000 / 81.39},
		"reasoning that is counted, not sent": {stream{rate: 100, tokens: 200, ttft: second, mute: 1000}, 100},
		"the same, all at once":               {stream{rate: 100, tokens: 200, ttft: second, mute: 1000, all: true}, 1200 / 12.99},
	} {
		t.Run(name, func(t *testing.T) {
			i := info("p/m", providers.Quote{})
			r := apply(apply(newReply(i), start(0, i)), c.events()...)
			apply(r, usage(providers.Usage{Output: c.tokens + c.mute, Reasoning: c.mute}))
			got := r.Metrics.TokensPerSecond
			if got == nil {
				t.Fatalf("unknown, want %.1f", c.want)
			}
			if off := *got/c.want - 1; math.Abs(off) > 0.01 {
				t.Errorf("%.2f tok/s, want %.2f: %+.1f %%", *got, c.want, 100*off)
			}
		})
	}
}

func TestGapsAreThoseBetweenChunks(t *testing.T) {
	i := info("p/m", providers.Quote{})
	r := apply(apply(newReply(i), start(0, i)), text(100, "a b c"), text(110, "d"), text(110, "e"), text(140, "f"))
	// The gaps are 10, 0 and 30 ms; sorted 0, 10, 30: the median is 10, p95 lies 0.9 of the way from 10 to 30.
	want := Gaps{N: 3, P50: 10, P95: 28, Max: 30}
	if got := r.Gaps(); got == nil || got.N != want.N || math.Abs(got.P50-want.P50) > 1e-9 || math.Abs(got.P95-want.P95) > 1e-9 || got.Max != want.Max {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := newReply(i).Gaps(); got != nil {
		t.Errorf("without chunks: %+v", got)
	}
}

func TestTimesFromEnterCountWhatWentBefore(t *testing.T) {
	i := info("p/m", priced())
	r := apply(newReply(i), start(500, i), providers.Event{Type: providers.EventAttemptEnd, At: at(700), Err: &providers.Error{Kind: providers.RateLimit, Status: 429}},
		providers.Event{Type: providers.EventWait, At: at(700), Wait: 2 * time.Second}, start(2700, i), text(3000, "a"), text(4000, "b"))
	near(t, "TTFT of the attempt that won", r.Metrics.TTFT, 300)
	near(t, "duration of it", r.Metrics.Duration, 1300)
	near(t, "from Enter", r.Metrics.FromEnter, 4000)
	failed := apply(newReply(i), start(500, i))
	apply(failed, end(900, &providers.Error{Kind: providers.Unreachable})...)
	near(t, "a failure, from Enter", failed.Metrics.FromEnter, 900)
}
