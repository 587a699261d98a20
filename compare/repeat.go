package compare

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/session"
)

// Repeat sums up what one pane answered to one prompt that it was asked several times. It marshals
// to the summary line of `lineup ask --repeat --json`.
type Repeat struct {
	Type      string               `json:"type"` // always "summary"
	Slot      int                  `json:"slot"`
	Contender *providers.Contender `json:"contender"`
	N         int                  `json:"n"`    // all takes: failed ones and the warm-up too
	Done      int                  `json:"done"` // answers, those cut at max_tokens too

	// Of the answers without the warm-up. Times are in milliseconds.
	TTFT            Range `json:"ttft_ms"`
	Duration        Range `json:"duration_ms"`
	TokensPerSecond Range `json:"tokens_per_second"`
	Output          Range `json:"output"` // tokens
	USD             Money `json:"usd"`

	Distinct int    `json:"distinct"` // how many different answers came
	Seed     Seeded `json:"seed"`
	Warmup   int    `json:"warmup"` // takes that had to wait for their model to be loaded

	Stopped int   `json:"-"` // of the takes, by the user
	Spend   Range `json:"-"` // of the answers without the warm-up, in US dollars
	// how many answers each of the distinct ones is, the most frequent first
	Alike []int `json:"-"`
	// some of the tokens, and with them the speeds and costs, are estimates
	Estimated bool `json:"-"`
}

// Range is the middle and the ends of a sample; all are nil where it is empty.
type Range struct {
	Median *float64 `json:"median"`
	Min    *float64 `json:"min"`
	Max    *float64 `json:"max"`
}

// Money is what a repeat cost, in US dollars.
type Money struct {
	Sum    *float64 `json:"sum"`    // of all takes whose cost is known; nil for none
	Median *float64 `json:"median"` // of the answers without the warm-up
}

// Seeded says whether a model gave the same answer to the same seed.
type Seeded string

// The findings on a seed. SeedUnknown, where no seed was sent or fewer than two answers came, is
// null in JSON.
const (
	SeedUnknown     Seeded = ""
	SeedHonoured    Seeded = "honoured"
	SeedNotHonoured Seeded = "not honoured"
)

// MarshalJSON gives the word, or null.
func (s Seeded) MarshalJSON() ([]byte, error) {
	if s == SeedUnknown {
		return []byte("null"), nil
	}
	return json.Marshal(string(s))
}

// SumUp sums up the takes of one pane. It is the zero Repeat where there are none.
func SumUp(takes []*session.Reply) Repeat {
	if len(takes) == 0 {
		return Repeat{}
	}
	s := Repeat{Type: "summary", Slot: takes[0].Slot, N: len(takes)}
	var ttft, duration, speed, output, usd, all sample
	var answers []*session.Reply
	for _, r := range takes {
		if s.Contender == nil {
			s.Contender = r.Asked(r.System)
		}
		all.add(r.Cost.USD)
		if r.Warmup {
			s.Warmup++
		}
		if r.Status == session.Cancelled {
			s.Stopped++
		}
		if !r.Status.Answer() {
			continue
		}
		answers = append(answers, r)
		if r.Warmup {
			continue
		}
		tokens := float64(r.Usage.Output)
		ttft.add(r.Metrics.TTFT)
		duration.add(r.Metrics.Duration)
		speed.add(r.Metrics.TokensPerSecond)
		output.add(&tokens)
		usd.add(r.Cost.USD)
		s.Estimated = s.Estimated || r.Usage.Source == session.Estimated
	}
	s.Done = len(answers)
	s.TTFT, s.Duration, s.TokensPerSecond = ttft.spread(), duration.spread(), speed.spread()
	s.Output, s.Spend = output.spread(), usd.spread()
	s.USD = Money{Sum: all.sum(), Median: s.Spend.Median}
	s.Alike = alike(answers)
	s.Distinct = len(s.Alike)
	s.Seed = seeded(answers)
	return s
}

// Failed is the number of takes that gave no answer, without those that somebody stopped.
func (s *Repeat) Failed() int { return s.N - s.Done - s.Stopped }

// sample is the values of several takes, as far as they are known.
type sample []float64

func (s *sample) add(v *float64) {
	if v != nil {
		*s = append(*s, *v)
	}
}

func (s sample) spread() Range {
	if len(s) == 0 {
		return Range{}
	}
	slices.Sort(s)
	median := session.Percentile(s, 50)
	return Range{Median: &median, Min: &s[0], Max: &s[len(s)-1]}
}

func (s sample) sum() *float64 {
	if len(s) == 0 {
		return nil
	}
	var sum float64
	for _, v := range s {
		sum += v
	}
	return &sum
}

// alike counts equal answers: one number for each of the different ones, the largest first.
func alike(answers []*session.Reply) []int {
	counts := map[string]int{}
	for _, r := range answers {
		counts[essence(r)]++
	}
	var out []int
	for _, n := range counts {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b int) int { return b - a })
	return out
}

// essence is what two answers must have in common to be the same one: their text and their calls of
// tools. The reasoning before it is no part of an answer.
func essence(r *session.Reply) string {
	var b strings.Builder
	b.WriteString(content(r.Text))
	for _, c := range r.ToolCalls {
		b.WriteString("\x00" + c.Name + "\x00" + content(string(c.Value())))
	}
	return b.String()
}

// content is a text without what makes no difference: white space, and in JSON the order of keys
// and the spelling of numbers and characters too. JSON may stand in a code block, but alone.
func content(s string) string {
	text := strings.TrimSpace(s)
	alone := strings.HasPrefix(text, "```") && strings.HasSuffix(text, "```")
	if value, ok := jsoncheck.Value(text); ok && (alone || json.Valid([]byte(text))) {
		if b, err := json.Marshal(plain(value)); err == nil {
			return string(b)
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// plain gives each number of a JSON value the same spelling as all equal ones. No digit is lost.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = plain(v[key])
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case json.Number:
		if n, ok := new(big.Rat).SetString(v.String()); ok {
			digits, _ := n.FloatPrec() // always exact: a JSON number is a decimal fraction
			return json.Number(n.FloatString(digits))
		}
	}
	return v
}

// seeded judges the seed by the answers of the model that was asked. Those of a fallback tell
// nothing of it.
func seeded(answers []*session.Reply) Seeded {
	var sent []*session.Reply
	for _, r := range answers {
		if r.ServedBy == r.Model && sentSeed(r) {
			sent = append(sent, r)
		}
	}
	switch {
	case len(sent) < 2:
		return SeedUnknown
	case len(alike(sent)) == 1:
		return SeedHonoured
	}
	return SeedNotHonoured
}

// sentSeed reports whether the request had a seed: as a parameter, or in the tables for further
// options and fields of the body.
func sentSeed(r *session.Reply) bool {
	if r.Params.Seed != nil {
		return true
	}
	if r.Contender == nil || slices.Contains(r.DroppedParams, "seed") {
		return false
	}
	s := r.Contender.Settings
	inBody, _ := s.Body["options"].(map[string]any)
	for _, table := range []map[string]any{s.Options, s.Body, inBody} {
		if table["seed"] != nil {
			return true
		}
	}
	return false
}
