package load

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"lineup/providers"
	"lineup/session"
)

// Progress is how far a measurement is.
type Progress struct {
	Levels []session.BenchLevel // that have ended
	// the level in progress, with its numbers so far; its Concurrency is 0 during the warm-up
	Now  session.BenchLevel
	Part float64 // of the level in progress, 0…1
}

// recently is how many of the last times to the first token make the median of a level in progress.
const recently = 200

// progress is the level so far.
func (l *level) progress() Progress {
	took := time.Since(l.began)
	p := Progress{Now: l.out}
	p.Now.Failures = maps.Clone(l.out.Failures)
	if took > 0 {
		p.Now.TokensPerSecond = l.tokens / took.Seconds()
		p.Now.RequestsPerSecond = float64(l.out.Done) / took.Seconds()
	}
	l.average(&p.Now)
	if l.plan.Requests > 0 {
		p.Part = float64(l.out.Requests) / float64(l.plan.Requests)
	} else {
		p.Part = float64(took) / float64(l.plan.Span)
	}
	p.Part = min(1, p.Part)
	ttft := slices.Clone(l.ttft[max(0, len(l.ttft)-recently):])
	slices.Sort(ttft)
	p.Now.TTFT.P50, p.Now.TTFT.P95 = at(ttft, 50), at(ttft, 95)
	return p
}

// warmUps is how many requests the warm-up sends. The first one loads the model and tells how long
// prompts are for it; the second one finds the server as every other one will.
const warmUps = 2

// Run measures. It tells watch of each request that ends, from any goroutine but one at a time;
// watch may be nil. If ctx ends, Run returns what it measured until then. The error says why the
// warm-up had no answer.
func Run(ctx context.Context, p Plan, t Target, watch func(Progress)) (*session.Bench, error) {
	began := time.UnixMilli(time.Now().UnixMilli()).UTC() // as the record has it
	b := &session.Bench{At: began, Contender: t.Info.Contender, Terms: p.Terms(),
		Levels:  []session.BenchLevel{},
		Summary: session.BenchSummary{Type: "summary", Stopped: session.StopLadder}}
	b.Contender.Ref = t.Info.Ref
	texts := newPrompts(p.PromptTokens, p.Cached, p.Seed)
	if watch == nil {
		watch = func(Progress) {}
	}
	watch(Progress{})
	for range warmUps {
		s := ask(ctx, t, texts.next())
		if t.Plain != nil && s.err != nil && s.err.Kind == providers.BadRequest {
			t.Model, t.Plain = t.Plain, nil
			s = ask(ctx, t, texts.next())
		}
		switch {
		case ctx.Err() != nil:
			end(b, session.StopInterrupted)
			return b, nil
		case !s.done:
			return nil, fmt.Errorf("the warm-up had no answer: %w", s.err)
		}
		texts.fit(s.input)
	}
	end(b, climb(ctx, &p, t, texts, b, watch))
	return b, nil
}

// climb goes up the ladder, and says why it ended.
func climb(ctx context.Context, p *Plan, t Target, texts *prompts, b *session.Bench,
	watch func(Progress),
) session.BenchStop {
	for _, places := range p.Concurrency {
		l := newLevel(p, t, texts, places, func(now Progress) {
			now.Levels = b.Levels
			watch(now)
		})
		out := l.run(ctx)
		if out.Requests > 0 {
			b.Levels = append(b.Levels, out)
		}
		switch {
		case ctx.Err() != nil:
			return session.StopInterrupted
		case missed(&out):
			return session.StopLimits
		case saturated(b.Levels):
			return session.StopSaturated
		}
	}
	return session.StopLadder
}

// end sums up the levels of a bench.
func end(b *session.Bench, stopped session.BenchStop) {
	b.Summary.Stopped, b.Summary.At = stopped, b.At
	if l := knee(b.Levels); l != nil {
		b.Summary.Knee, b.Summary.TokensPerSecond = &l.Concurrency, &l.TokensPerSecond
	}
}
