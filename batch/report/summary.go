package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"lineup/compare"
	"lineup/figures"
	"lineup/providers"
	"lineup/session"
)

// Summary is what a run says of one contender. It marshals to the line of `lineup report --json`.
// A number that is unknown is nil.
type Summary struct {
	Type      string          `json:"type"` // always "contender"
	Contender json.RawMessage `json:"contender"`
	N         int             `json:"n"` // lines with a verdict, failed replies among them
	Passed    int             `json:"passed"`
	Unchecked int             `json:"unchecked"` // lines without a verdict
	Rate      *float64        `json:"rate"`      // passed of n, with its 95 % interval
	Low       *float64        `json:"low"`
	High      *float64        `json:"high"`

	// Of the answers, without those for which a model had to be loaded. Times in milliseconds.
	TTFT            Percentiles `json:"ttft_ms"`
	Duration        Percentiles `json:"duration_ms"`
	TokensPerSecond Percentiles `json:"tokens_per_second"`

	Output   int64          `json:"output"` // tokens of all lines
	USD      *float64       `json:"usd"`    // of all lines whose cost is known
	Failures map[string]int `json:"failures"`
	Prompts  []PromptScore  `json:"prompts"`

	USDUnknown int  `json:"usd_unknown"` // answers whose cost is not known
	Estimated  bool `json:"estimated"`   // some tokens, and with them speeds, are estimates
	Simulated  bool `json:"simulated,omitempty"`

	Label  string `json:"-"`
	Failed int    `json:"-"` // replies that are no answers
}

// PromptScore is how a contender did with one prompt.
type PromptScore struct {
	PromptID string   `json:"prompt_id"`
	N        int      `json:"n"`
	Passed   int      `json:"passed"`
	Rate     *float64 `json:"rate"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

// Percentiles are two of a sample; see session.Percentile for how they are interpolated.
type Percentiles struct {
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
}

// sample are the known values of a number.
type sample []float64

func (s *sample) add(v float64) {
	if !math.IsNaN(v) {
		*s = append(*s, v)
	}
}

func (s sample) percentiles() Percentiles {
	slices.Sort(s)
	return Percentiles{known(session.Percentile(s, 50)), known(session.Percentile(s, 95))}
}

// known is nil for an unknown number.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

func rate(passed, n int) (value, low, high *float64) {
	w := compare.Wilson(passed, n)
	return known(w.Value), known(w.Low), known(w.High)
}

// Summaries are the numbers of each contender, in the order of the file.
func (run *Run) Summaries() []Summary {
	type samples struct{ ttft, duration, speed sample }
	out := make([]Summary, len(run.Contenders))
	taken := make([]samples, len(out))
	for i, c := range run.Contenders {
		out[i] = Summary{Type: "contender", Contender: c.JSON, Label: c.Label,
			Failures: map[string]int{}, Prompts: make([]PromptScore, len(run.Prompts))}
		for j, id := range run.Prompts {
			out[i].Prompts[j].PromptID = id
		}
	}
	for i := range run.Results {
		r := &run.Results[i]
		s, t := &out[r.Contender], &taken[r.Contender]
		s.count(r)
		if r.Answer && !r.Warmup {
			t.ttft.add(r.TTFT)
			t.duration.add(r.Duration)
			t.speed.add(r.Speed)
		}
	}
	for i := range out {
		s, t := &out[i], &taken[i]
		s.Rate, s.Low, s.High = rate(s.Passed, s.N)
		for j := range s.Prompts {
			p := &s.Prompts[j]
			p.Rate, p.Low, p.High = rate(p.Passed, p.N)
		}
		s.TTFT, s.Duration = t.ttft.percentiles(), t.duration.percentiles()
		s.TokensPerSecond = t.speed.percentiles()
	}
	return out
}

// summaryWords is a summary as tables show it.
type summaryWords struct {
	passed, rate, interval, speed, cost string
	failures                            []string // kinds with their numbers, by name
}

func (s *Summary) words() summaryWords {
	w := summaryWords{passed: fmt.Sprintf("%d of %d", s.Passed, s.N), rate: "–", interval: "–",
		speed: "–", cost: "?"}
	if s.Rate != nil {
		w.rate = figures.Percent(100 * *s.Rate)
		w.interval = figures.Span(s.Low, s.High)
	}
	if v := s.TokensPerSecond.P50; v != nil {
		w.speed = figures.Approx(s.Estimated) + figures.Speed(*v)
	}
	if s.USD != nil {
		w.cost = figures.Exact(*s.USD, s.Estimated)
	}
	for _, kind := range slices.Sorted(maps.Keys(s.Failures)) {
		w.failures = append(w.failures, fmt.Sprintf("%s %d", strings.ReplaceAll(kind, "_", " "),
			s.Failures[kind]))
	}
	return w
}

// words are how many answers passed, with the interval of their share.
func (p *PromptScore) words() string {
	passed := fmt.Sprintf("%d of %d", p.Passed, p.N)
	if p.Rate == nil {
		return passed
	}
	return passed + " (" + figures.Span(p.Low, p.High) + ")"
}

// count adds a line.
func (s *Summary) count(r *Result) {
	s.Estimated = s.Estimated || r.Estimated
	s.Simulated = s.Simulated || r.Simulated
	s.Output += r.Output
	switch {
	case !math.IsNaN(r.USD):
		if s.USD == nil {
			s.USD = new(float64)
		}
		*s.USD += r.USD
	case r.Answer:
		s.USDUnknown++
	}
	if !r.Answer {
		s.Failed++
		s.Failures[r.Failure]++
	}
	p := &s.Prompts[r.Prompt]
	switch r.Verdict {
	case Unchecked:
		s.Unchecked++
	case Pass:
		s.Passed++
		p.Passed++
		fallthrough
	case Fail:
		s.N++
		p.N++
	}
}

// Row is a line of the matrix: a case with one prompt, and what each contender gave.
type Row struct {
	Case, Prompt int32
	Cells        []Cell // by the position of the contender
}

// Cell is what a contender gave to a case with one prompt, in one take or several.
type Cell struct {
	Takes     []*Result // by their number
	N, Passed int       // takes with a verdict, and those of them that passed
	Failed    int       // takes that failed, or whose checks did

	Score         float64 // the mean of the takes' scores, NaN where none has one
	Duration, USD float64 // medians of the answers, NaN where unknown
}

// Rows are the matrix, in the order of the file.
func (run *Run) Rows() []Row {
	order := make([]int32, len(run.Results))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := &run.Results[i], &run.Results[j]
		return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(a.Prompt, b.Prompt),
			cmp.Compare(a.Contender, b.Contender), cmp.Compare(a.Take, b.Take))
	})
	var rows []Row
	for _, i := range order {
		r := &run.Results[i]
		last := len(rows) - 1
		if last < 0 || rows[last].Case != r.Case || rows[last].Prompt != r.Prompt {
			rows = append(rows, Row{r.Case, r.Prompt, make([]Cell, len(run.Contenders))})
			last++
		}
		c := &rows[last].Cells[r.Contender]
		c.Takes = append(c.Takes, r)
	}
	for i := range rows {
		for j := range rows[i].Cells {
			rows[i].Cells[j].sumUp()
		}
	}
	return rows
}

// RowName is the case of a row, with its prompt where there are several.
func (run *Run) RowName(row *Row) string { return run.placeName(row.Case, row.Prompt) }

func (run *Run) placeName(of, prompt int32) string {
	if len(run.Prompts) < 2 {
		return run.Cases[of]
	}
	return run.Cases[of] + " · " + run.Prompts[prompt]
}

// name is the case of a line, with its prompt where there are several, and its take but the first.
func (run *Run) name(r *Result) string {
	name := run.placeName(r.Case, r.Prompt)
	if r.Take > 0 {
		name += fmt.Sprintf(" · take %d", r.Take)
	}
	return name
}

// Sign says how a cell came out: ✓ all takes passed, ✗ all failed, ◐ some did, ● answers that
// nothing was checked of, – nothing was asked.
func (c *Cell) Sign() string {
	switch {
	case len(c.Takes) == 0:
		return "–"
	case c.Failed == len(c.Takes):
		return "✗"
	case c.Failed > 0:
		return "◐"
	case c.N == 0:
		return "●"
	}
	return "✓"
}

// Detail is how much is said of a cell, each with all before it.
type Detail int

// The details, from the least on.
const (
	SignOnly Detail = iota // with how many of several takes are good
	WithScore
	WithTime
	WithCost
)

// Words are a cell in short, its sign first. Kinds of failure stand in the place of time and cost.
func (c *Cell) Words(d Detail) []string {
	words := []string{c.Sign()}
	if n := len(c.Takes); n > 1 {
		words = append(words, fmt.Sprintf("%d/%d", n-c.Failed, n))
	}
	if d >= WithScore && !math.IsNaN(c.Score) {
		words = append(words, fmt.Sprintf("%.2f", c.Score))
	}
	if kinds := c.failures(); len(kinds) > 0 {
		if d >= WithTime {
			words = append(words, kinds...)
		}
		return words
	}
	if d >= WithTime && !math.IsNaN(c.Duration) {
		words = append(words, figures.Millis(&c.Duration))
	}
	if d >= WithCost && !math.IsNaN(c.USD) {
		words = append(words, figures.USD(c.USD))
	}
	return words
}

// failures are the kinds of the replies that are no answers.
func (c *Cell) failures() (kinds []string) {
	for _, r := range c.Takes {
		kind := strings.ReplaceAll(providers.CleanLine(r.Failure), "_", " ")
		if kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (c *Cell) sumUp() {
	var scores, times, usd sample
	for _, r := range c.Takes {
		if r.Verdict != Unchecked {
			c.N++
		}
		if r.Verdict == Pass {
			c.Passed++
		}
		if r.Failed() {
			c.Failed++
		}
		scores.add(r.Score)
		if r.Answer {
			times.add(r.Duration)
			usd.add(r.USD)
		}
	}
	c.Score, c.Duration, c.USD = mean(scores), median(times), median(usd)
}

func mean(s sample) float64 {
	sum := 0.0
	for _, v := range s {
		sum += v
	}
	return sum / float64(len(s)) // NaN for none
}

func median(s sample) float64 {
	slices.Sort(s)
	return session.Percentile(s, 50)
}

// share is the part of the takes that passed. Without checks it is the part that are answers. It is
// NaN for no take.
func (c *Cell) share() float64 {
	if c.N > 0 {
		return float64(c.Passed) / float64(c.N)
	}
	return float64(len(c.Takes)-c.Failed) / float64(len(c.Takes))
}

// Disagreement is how much the contenders differ: the variance of the shares of their takes that
// passed, at most ¼. It is 0 where all passed or all failed.
func (row *Row) Disagreement() float64 {
	var shares, squares sample
	for i := range row.Cells {
		if v := row.Cells[i].share(); !math.IsNaN(v) {
			shares = append(shares, v)
			squares = append(squares, v*v)
		}
	}
	if len(shares) < 2 {
		return 0
	}
	m := mean(shares)
	return max(0, mean(squares)-m*m)
}

// Differs reports whether two answers differ in more than white space, or only some were given.
func (row *Row) Differs() bool {
	var first *Result
	for i := range row.Cells {
		for _, r := range row.Cells[i].Takes {
			switch {
			case first == nil:
				first = r
			case r.Answer != first.Answer, r.said != first.said:
				return true
			}
		}
	}
	return false
}

// Failed counts the takes that failed, or whose checks did, of all takes.
func (row *Row) Failed() (failed, all int) {
	for i := range row.Cells {
		failed += row.Cells[i].Failed
		all += len(row.Cells[i].Takes)
	}
	return failed, all
}

// ByDisagreement sorts rows: first those that the contenders differ in most, then those that fail
// most, then in the order of the file.
func ByDisagreement(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		fa, _ := a.Failed()
		fb, _ := b.Failed()
		return cmp.Or(cmp.Compare(b.Disagreement(), a.Disagreement()), cmp.Compare(fb, fa))
	})
}

// CaseScore is how often a case failed.
type CaseScore struct {
	ID          string
	Failed, All int // lines
}

// Worst are the cases that fail most, at most n of them: by the number of failed lines, then by
// their share, then in the order of the file. Cases without a failure are none of them.
func (run *Run) Worst(n int) []CaseScore {
	scores := make([]CaseScore, len(run.Cases))
	for i, id := range run.Cases {
		scores[i].ID = id
	}
	for i := range run.Results {
		r := &run.Results[i]
		s := &scores[r.Case]
		if s.All++; r.Failed() {
			s.Failed++
		}
	}
	scores = slices.DeleteFunc(scores, func(s CaseScore) bool { return s.Failed == 0 })
	slices.SortStableFunc(scores, func(a, b CaseScore) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(a.All, b.All))
	})
	return scores[:min(n, len(scores))]
}
