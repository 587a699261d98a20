package load

import (
	"time"

	"lineup/providers"
	"lineup/session"
)

// Plan is what is measured.
type Plan struct {
	Concurrency  []int // the levels, ascending
	PromptTokens int
	Tokens       int // of output that are asked for; the target's settings ask for them
	// each level asks for this long, or so many times; one of them is 0
	Span     time.Duration
	Requests int
	// an answer is good within these: to its first token, and the mean between two tokens
	TTFT, ITL time.Duration
	Cached    bool // all prompts are the same, which flatters a server that keeps prefixes
	Seed      uint64
}

// Terms are the terms of the plan, for the record.
func (p *Plan) Terms() session.BenchTerms {
	return session.BenchTerms{PromptTokens: p.PromptTokens, Tokens: p.Tokens,
		Seconds: p.Span.Seconds(), Requests: p.Requests, TTFT: ms(p.TTFT), ITL: ms(p.ITL),
		Cached: p.Cached}
}

// Target is the model that is asked. It asks once and has nobody to stand in.
type Target struct {
	Info  providers.Info
	Model providers.Model
	// is asked in place of Model where the server refuses the request of the warm-up; nil for none
	Plain providers.Model
}

// minGain is by how much a level must give more output than the one before.
const minGain = 1.05

// missed reports whether half the requests of a level missed the limits, or more.
func missed(l *session.BenchLevel) bool { return l.Done == 0 || l.Goodput <= 0.5 }

// saturated reports whether a level gave too little more than the one before.
func saturated(levels []session.BenchLevel) bool {
	n := len(levels)
	return n > 1 && levels[n-1].TokensPerSecond < minGain*levels[n-2].TokensPerSecond
}

// knee is the last level that gave enough more and met the limits.
func knee(levels []session.BenchLevel) *session.BenchLevel {
	var found *session.BenchLevel
	for i := range levels {
		l := &levels[i]
		if missed(l) || saturated(levels[:i+1]) {
			continue
		}
		found = l
	}
	return found
}
