package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"lineup/compare"
)

// Comparison is how a contender did in a new run against an old one. It marshals to the line of
// `lineup report OLD NEW --json`. A number that is unknown is nil.
type Comparison struct {
	Type      string          `json:"type"`      // always "comparison"
	Contender json.RawMessage `json:"contender"` // of the new run
	// of the old run, where it is another one
	Against json.RawMessage `json:"against,omitempty"`

	// Lines that are in both runs and have a verdict in both.
	Better int `json:"better"`
	Worse  int `json:"worse"`
	Same   int `json:"same"`

	OnlyOld   int `json:"only_old"`
	OnlyNew   int `json:"only_new"`
	Unchecked int `json:"unchecked"` // in both runs, without a verdict in one of them

	// of the share that passed, new minus old, with its 95 % interval
	Difference *float64 `json:"difference"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	P          *float64 `json:"p"`

	// of the lines that are answers in both runs, new minus old
	TTFT     Shift `json:"ttft_ms"`
	Duration Shift `json:"duration_ms"`
	USD      Shift `json:"usd"`

	Label, OldLabel string        `json:"-"`
	Pairs           compare.Pairs `json:"-"`
}

// Shift is the median of paired differences with its 95 % bootstrap interval.
type Shift struct {
	Median *float64 `json:"median"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
}

// Regressed reports whether the new run is worse beyond doubt: the upper end of the interval of the
// difference is below 0.
func (c *Comparison) Regressed() bool { return c.High != nil && *c.High < 0 }

// Pair names a contender of each run, by their positions; -1 is none.
type Pair struct{ Old, New int }

// Same pairs each contender with itself. One that is in one run only has no other.
func Same(old, new *Run) []Pair {
	var pairs []Pair
	for i, c := range old.Contenders {
		pairs = append(pairs, Pair{i, indexOf(new, c.ID)})
	}
	for i, c := range new.Contenders {
		if indexOf(old, c.ID) < 0 {
			pairs = append(pairs, Pair{-1, i})
		}
	}
	return pairs
}

func indexOf(run *Run, id string) int {
	return slices.IndexFunc(run.Contenders, func(c Contender) bool { return c.ID == id })
}

// ParsePair reads A=B: A of the old run, B of the new one. Each is the id, the label or the model
// of a contender. They may hold = themselves, so each place to cut is tried.
func ParsePair(text string, old, new *Run) (Pair, error) {
	var found []Pair
	var why error
	for i := range len(text) {
		if text[i] != '=' {
			continue
		}
		a, err := old.named(text[:i])
		if err != nil {
			why = cmp.Or(why, err) // the first one
			continue
		}
		b, err := new.named(text[i+1:])
		if err != nil {
			why = err
			continue
		}
		if p := (Pair{a, b}); !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Pair{}, fmt.Errorf("%q names several pairs; write the ids of the contenders", text)
	case why == nil:
		return Pair{}, fmt.Errorf("%q is no pair; write OLD=NEW, two contenders", text)
	}
	return Pair{}, why
}

// named finds a contender by its id, its label, or its model where only one has it.
func (run *Run) named(name string) (int, error) {
	var found []int
	for i, c := range run.Contenders {
		if c.ID == name || c.Label == name {
			return i, nil
		}
		if c.Model == name {
			found = append(found, i)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	var all []string
	for _, c := range run.Contenders {
		all = append(all, fmt.Sprintf("%s (%s)", c.Label, c.ID))
	}
	if len(found) > 1 {
		return 0, fmt.Errorf("%s has several contenders of %s; name one of %s", run.Name, name,
			strings.Join(all, ", "))
	}
	return 0, fmt.Errorf("%s has no contender %q; it has %s", run.Name, name,
		strings.Join(all, ", "))
}

// place is what is aligned: a case, a prompt and a take, by the positions of the new run.
type place struct{ of, prompt, take int32 }

// pairing are two lines that belong together; one of them may be nil.
type pairing struct{ Old, New *Result }

// align finds the lines of two contenders that belong together: those with the same case, prompt
// and take, in the order of the new run, then those that only the old one has.
func align(old, new *Run, p Pair) []pairing {
	cases, prompts := translate(old.Cases, new.Cases), translate(old.Prompts, new.Prompts)
	before := map[place]*Result{}
	of := func(r *Result) (at place, in bool) {
		at = place{cases[r.Case], prompts[r.Prompt], r.Take}
		return at, at.of >= 0 && at.prompt >= 0
	}
	for i := range old.Results {
		r := &old.Results[i]
		if at, in := of(r); in && int(r.Contender) == p.Old {
			before[at] = r
		}
	}
	var out []pairing
	for i := range new.Results {
		r := &new.Results[i]
		if int(r.Contender) != p.New {
			continue
		}
		at := place{r.Case, r.Prompt, r.Take}
		out = append(out, pairing{before[at], r})
		delete(before, at)
	}
	for i := range old.Results { // in the order of the file
		r := &old.Results[i]
		if at, in := of(r); int(r.Contender) == p.Old && (!in || before[at] == r) {
			out = append(out, pairing{Old: r})
		}
	}
	return out
}

// translate gives for each name of one list its position in another one, -1 for none.
func translate(from, to []string) []int32 {
	known := make(map[string]int32, len(to))
	for i, name := range to {
		known[name] = int32(i)
	}
	out := make([]int32, len(from))
	for i, name := range from {
		at, ok := known[name]
		if !ok {
			at = -1
		}
		out[i] = at
	}
	return out
}

// UnequalError says that lines with the same ids asked different things: comparing their answers
// would say nothing of the models.
type UnequalError struct {
	IDs  []string // of the cases, in the order of the new run
	Vars bool     // their variables differ, not only the prompts
}

// Error names up to ten of them.
func (e *UnequalError) Error() string {
	what := "prompts"
	if e.Vars {
		what = "variables"
	}
	shown := e.IDs[:min(len(e.IDs), 10)]
	more := ""
	if n := len(e.IDs) - len(shown); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("the %s of the two runs are not the same in %s%s", what,
		strings.Join(shown, ", "), more)
}

// Options say how runs are compared.
type Options struct {
	// the prompts may have changed, but not the variables that they were filled with
	ChangedPrompts bool
}

// Compare compares the pairs of contenders of two runs. The error is an [UnequalError] where
// something else was asked under the same ids.
func Compare(old, new *Run, pairs []Pair, o Options) ([]Comparison, error) {
	var unequal UnequalError
	seen := map[int32]bool{}
	unequal.Vars = o.ChangedPrompts
	out := make([]Comparison, len(pairs))
	for i, p := range pairs {
		aligned := align(old, new, p)
		for _, a := range aligned {
			if a.Old == nil || a.New == nil || seen[a.New.Case] {
				continue
			}
			other := a.Old.asked != a.New.asked
			if o.ChangedPrompts {
				other = a.Old.vars != a.New.vars
			}
			if other {
				seen[a.New.Case] = true
				unequal.IDs = append(unequal.IDs, new.Cases[a.New.Case])
			}
		}
		out[i] = comparisonOf(old, new, p, aligned)
	}
	if len(unequal.IDs) > 0 {
		return nil, &unequal
	}
	return out, nil
}

func comparisonOf(old, new *Run, p Pair, aligned []pairing) Comparison {
	c := Comparison{Type: "comparison"}
	if p.Old >= 0 {
		c.Contender, c.Label = old.Contenders[p.Old].JSON, old.Contenders[p.Old].Label
	}
	if p.New >= 0 {
		now := new.Contenders[p.New]
		if p.Old >= 0 && now.ID != old.Contenders[p.Old].ID {
			c.Against, c.OldLabel = c.Contender, c.Label
		}
		c.Contender, c.Label = now.JSON, now.Label
	}
	var ttft, duration, usd sample
	for _, a := range aligned {
		switch {
		case a.Old == nil:
			c.OnlyNew++
			continue
		case a.New == nil:
			c.OnlyOld++
			continue
		}
		c.count(a.Old.Verdict, a.New.Verdict)
		if a.Old.Answer && a.New.Answer {
			usd.add(a.New.USD - a.Old.USD)
			if !a.Old.Warmup && !a.New.Warmup {
				ttft.add(a.New.TTFT - a.Old.TTFT)
				duration.add(a.New.Duration - a.Old.Duration)
			}
		}
	}
	if c.Pairs.N() > 0 {
		d := c.Pairs.Difference()
		c.Difference, c.Low, c.High = known(d.Value), known(d.Low), known(d.High)
		c.P = known(c.Pairs.McNemar())
	}
	c.Better, c.Worse = c.Pairs.Better, c.Pairs.Worse
	c.Same = c.Pairs.Both + c.Pairs.Neither
	c.TTFT, c.Duration, c.USD = shift(ttft), shift(duration), shift(usd)
	return c
}

func (c *Comparison) count(old, new Verdict) {
	switch {
	case old == Unchecked || new == Unchecked:
		c.Unchecked++
	case old == Pass && new == Pass:
		c.Pairs.Both++
	case new == Pass:
		c.Pairs.Better++
	case old == Pass:
		c.Pairs.Worse++
	default:
		c.Pairs.Neither++
	}
}

func shift(s sample) Shift {
	m := compare.MedianInterval(s)
	if math.IsNaN(m.Value) {
		return Shift{}
	}
	return Shift{known(m.Value), known(m.Low), known(m.High)}
}
