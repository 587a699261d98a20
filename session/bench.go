package session

import (
	"time"

	"lineup/providers"
)

// Bench is what a model's server could do under load, as `lineup bench` measured it level by level.
type Bench struct {
	At        time.Time
	Contender providers.Contender
	Terms     BenchTerms
	Levels    []BenchLevel
	Summary   BenchSummary
	Version   string // of lineup, which measured; set by the store
}

// BenchTerms are the terms of a measurement: what was asked, for how long, and within which limits
// an answer counts as good.
type BenchTerms struct {
	PromptTokens int     `json:"prompt_tokens"` // wanted; a level has what the server counted
	Tokens       int     `json:"tokens"`        // of output, wanted
	Seconds      float64 `json:"seconds"`       // of each level; 0 where Requests ends it
	Requests     int     `json:"requests"`      // of each level; 0 where Seconds ends it
	TTFT         float64 `json:"ttft_ms"`       // the limit of the time to the first token
	ITL          float64 `json:"itl_ms"`        // the limit of the mean time between tokens
	Cached       bool    `json:"cached"`        // the prompts were the same
}

// BenchLevel is one level of a measurement: so many requests at a time. Times are milliseconds; a
// percentile is nil where no request had an answer.
type BenchLevel struct {
	Type        string                 `json:"type"` // always "level"
	Concurrency int                    `json:"concurrency"`
	Requests    int                    `json:"requests"` // all that were counted
	Done        int                    `json:"done"`
	Failures    map[providers.Kind]int `json:"failures"`
	// how long all places were taken: the span of the rates below
	Seconds float64 `json:"seconds"`
	// output of all requests together, and the median of a single answer
	TokensPerSecond   float64  `json:"tokens_per_second"`
	Each              *float64 `json:"each"`
	RequestsPerSecond float64  `json:"requests_per_second"` // that were done
	TTFT              BenchP99 `json:"ttft_ms"`
	ITL               BenchP95 `json:"itl_ms"` // time between tokens
	// the part of all requests that were done within both limits
	Goodput float64 `json:"goodput"`
	Input   float64 `json:"input"`  // tokens of a prompt, as the server counted: the mean
	Output  float64 `json:"output"` // tokens of an answer: the mean
	Forced  bool    `json:"forced"` // every answer had the length that was asked for
}

// BenchP95 are percentiles of times in milliseconds.
type BenchP95 struct {
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
}

// BenchP99 are percentiles of times in milliseconds.
type BenchP99 struct {
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
	P99 *float64 `json:"p99"`
}

// BenchStop says why a measurement went no further.
type BenchStop string

// The reasons to stop.
const (
	// a level gave less than 5 % more output than the one before
	StopSaturated BenchStop = "saturated"
	// half the requests of a level missed the limits, or more
	StopLimits      BenchStop = "limits"
	StopLadder      BenchStop = "ladder" // there was no further level
	StopInterrupted BenchStop = "interrupted"
)

// BenchSummary is what the levels come to.
type BenchSummary struct {
	Type string `json:"type"` // always "summary"
	// the concurrency of the last level that gave 5 % more and met the limits; nil where none did
	Knee            *int      `json:"knee"`
	Stopped         BenchStop `json:"stopped"`
	TokensPerSecond *float64  `json:"tokens_per_second"` // at the knee
	At              time.Time `json:"at"`
}

// KneeLevel is the level of the knee, nil where there is none.
func (b *Bench) KneeLevel() *BenchLevel {
	if b.Summary.Knee == nil {
		return nil
	}
	for i := range b.Levels {
		if b.Levels[i].Concurrency == *b.Summary.Knee {
			return &b.Levels[i]
		}
	}
	return nil
}
