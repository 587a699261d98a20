package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Verdict is what a judge chose of two answers, "" where it gave no verdict.
type Verdict string

// The verdicts. A and B are the answers of the pair, in whatever order the judge saw them.
const (
	VerdictA   Verdict = "a"
	VerdictB   Verdict = "b"
	VerdictTie Verdict = "tie"
	NoVerdict  Verdict = ""
)

// MarshalJSON writes null for no verdict.
func (v Verdict) MarshalJSON() ([]byte, error) {
	if v == NoVerdict {
		return []byte("null"), nil
	}
	return json.Marshal(string(v))
}

// Judgement is what a model found of two answers to one prompt. It is never a Vote.
type Judgement struct {
	Judge    string    `json:"judge"` // model reference
	A        int       `json:"a"`     // slots
	B        int       `json:"b"`
	Winner   Verdict   `json:"winner"`
	Verdicts []Verdict `json:"verdicts"` // with A shown first, and with B shown first
	Flipped  bool      `json:"flipped"`  // the order decided: the verdicts differ
	Self     bool      `json:"self"`     // one of the answers is the judge's own
	Reason   string    `json:"reason"`
	Usage    Usage     `json:"usage"` // of both questions
	Cost     Cost      `json:"cost"`

	Judged // the answers as they were then

	At time.Time `json:"at"`
	// a fork took it over: it counts where it was made
	Copied bool `json:"copied,omitempty"`
}

// Judged says what two answers were judged: another take may be in force later.
type Judged struct {
	Contenders []Candidate `json:"contenders"` // of A and B
	Lengths    []int       `json:"lengths"`    // of A and B, in characters
	Fallback   bool        `json:"fallback"`   // another model had served an answer
	Simulated  bool        `json:"simulated"`  // an answer or the judge was simulated
}

// Check returns an error that says what is wrong with a judgement, nil for nothing.
func (j *Judgement) Check() error {
	switch {
	case j.Judge == "":
		return errors.New("judge is missing")
	case j.A < 0 || j.B > maxSlot || j.A >= j.B:
		return fmt.Errorf("a and b: %d and %d are no two slots in order", j.A, j.B)
	case len(j.Verdicts) != 2:
		return fmt.Errorf("verdicts: want two, got %d", len(j.Verdicts))
	case len(j.Contenders) != 2:
		return fmt.Errorf("contenders: want two, got %d", len(j.Contenders))
	case len(j.Lengths) != 2:
		return fmt.Errorf("lengths: want two, got %d", len(j.Lengths))
	}
	for _, v := range append(slices.Clone(j.Verdicts), j.Winner) {
		if !slices.Contains([]Verdict{VerdictA, VerdictB, VerdictTie, NoVerdict}, v) {
			return fmt.Errorf("%q is no verdict", v)
		}
	}
	for i, c := range j.Contenders {
		if c.ID == "" {
			return fmt.Errorf("contenders[%d] has no id", i)
		}
	}
	return nil
}

// JudgedOf describes the answers in two slots of a turn, which must be there.
func (t *Turn) JudgedOf(a, b int) Judged {
	var d Judged
	for _, slot := range []int{a, b} {
		r := t.Reply(slot)
		d.Contenders = append(d.Contenders, r.Candidate())
		d.Lengths = append(d.Lengths, len([]rune(r.VisibleText())))
		d.Fallback = d.Fallback || r.ServedBy != "" && r.ServedBy != r.Model
		d.Simulated = d.Simulated || r.Simulated
	}
	return d
}

// SetJudgement puts a judgement in the place of an earlier one of the same judge on the same pair.
func (t *Turn) SetJudgement(j *Judgement) {
	t.Judgements = slices.DeleteFunc(t.Judgements, j.again)
	t.Judgements = append(t.Judgements, j)
}

// again reports whether two judgements are of the same judge on the same pair.
func (j *Judgement) again(o *Judgement) bool {
	return j.Judge == o.Judge && j.A == o.A && j.B == o.B
}

// PayFor adds the use and the cost of a question to the judgement. The cost of both is known only
// if each is.
func (j *Judgement) PayFor(r *Reply, first bool) {
	if first {
		j.Usage, j.Cost = r.Usage, r.Cost
		return
	}
	u := &j.Usage
	u.Input += r.Usage.Input
	u.Output += r.Usage.Output
	u.Reasoning += r.Usage.Reasoning
	u.CacheRead += r.Usage.CacheRead
	u.CacheWrite += r.Usage.CacheWrite
	u.Write1h += r.Usage.Write1h
	if r.Usage.Source == Estimated {
		u.Source = Estimated
	}
	c := Cost{Source: j.Cost.Source, Own: j.Cost.Own && r.Cost.Own, Price: j.Cost.Price}
	if j.Cost.USD == nil || r.Cost.USD == nil {
		if j.Cost.USD != nil {
			c.Source = r.Cost.Source
		}
		c.Price = nil
	} else {
		usd := *j.Cost.USD + *r.Cost.USD
		c.USD = &usd
		if strings.HasPrefix(r.Cost.Source, "~") {
			c.Source = r.Cost.Source
		}
	}
	j.Cost = c
}

// checkJudgements returns an error that says which judgement of the turn is wrong, nil for none.
func (t *Turn) checkJudgements() error {
	for i, j := range t.Judgements {
		if err := j.Check(); err != nil {
			return fmt.Errorf("judgements[%d]: %w", i, err)
		}
		if slices.ContainsFunc(t.Judgements[:i], j.again) {
			return fmt.Errorf("judgements[%d]: a second one of this pair by %s", i, j.Judge)
		}
	}
	return nil
}
