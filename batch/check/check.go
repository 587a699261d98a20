package check

import (
	"context"

	"lineup/batch/template"
	"lineup/session"
)

// Result is what came of a check. Its fields marshal to the record of lineup run.
type Result struct {
	Check string  `json:"check"` // the check in a few words, such as "contains 안녕"
	Pass  *bool   `json:"pass"`  // nil where the check could not be made
	Score float64 `json:"score"` // from 0 to 1
	Why   string  `json:"why"`   // why it did not pass, or what a judge or a command said of it
}

// Subject is what is checked.
type Subject struct {
	Reply *session.Reply
	Line  []byte         // the record of the reply as JSON, without its checks
	Vars  map[string]any // of the case, for {{variables}} in values
}

// Env is what checks need from outside.
type Env struct {
	// Ask sends a prompt to a model, which is named as for -m, and returns its answer. The caller
	// counts what that costs. nil where nobody can be asked.
	Ask func(ctx context.Context, model, prompt string) (answer string, err error)
}

// Check is one condition on a reply.
type Check struct {
	Weight float64
	Models []string // that it asks, as for -m

	id    string
	label func(vars map[string]any) string
	run   Func
	texts []string                        // that may hold {{variables}}
	whole bool                            // it may depend on all values of a case
	try   func(vars map[string]any) error // nil where any values will do
}

// Func makes a check. The label of its result is set by the caller.
type Func func(ctx context.Context, s Subject, e Env) Result

// New makes a check of a function. The id changes whenever the check means something else: answers
// are checked again where it differs.
func New(id string, weight float64, label func(vars map[string]any) string, run Func) Check {
	return Check{Weight: weight, id: id, label: label, run: run, whole: true}
}

// ID tells whether two checks are the same, in any process.
func (c Check) ID() string { return c.id }

// Values are the values of a case that the check may depend on, nil for none.
func (c Check) Values(vars map[string]any) (values map[string]any) {
	if c.whole {
		return vars
	}
	for _, text := range c.texts {
		for _, name := range template.Variables(text) {
			if values == nil {
				values = map[string]any{}
			}
			values[name] = vars[name]
		}
	}
	return values
}

// Label is the check in a few words, with the values of a case.
func (c Check) Label(vars map[string]any) string { return c.label(vars) }

// Run makes the check.
func (c Check) Run(ctx context.Context, s Subject, e Env) Result {
	r := c.run(ctx, s, e)
	r.Check = c.label(s.Vars)
	return r
}

// Rule says when a case passes.
type Rule struct {
	// the share of the weight that must pass, from 0 to 1
	At float64
	// the mean score by weight counts, not the weight of the checks that passed (promptfoo)
	ByScore bool
}

// slack allows for sums of decimal fractions, which are not exact.
const slack = 1e-9

// Verdict says whether a case passed; nil without checks. results has one entry for each check.
// A case with a check that could not be made does not pass. It failed if it would have failed with
// that check passed; else there is no verdict.
func Verdict(results []Result, checks []Check, rule Rule) *bool {
	if len(checks) == 0 || len(results) != len(checks) {
		return nil
	}
	var sum, all float64
	unmade := false
	for i, r := range results {
		w := checks[i].Weight
		all += w
		switch {
		case r.Pass == nil:
			unmade = true
			sum += w
		case rule.ByScore:
			sum += w * r.Score
		case *r.Pass:
			sum += w
		}
	}
	pass := sum >= rule.At*all-slack
	if rule.ByScore { // as promptfoo computes it, bit by bit
		pass = all > 0 && sum/all >= rule.At || all == 0 && rule.At <= 0
	}
	if unmade && pass {
		return nil
	}
	return &pass
}
