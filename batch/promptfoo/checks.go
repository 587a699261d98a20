package promptfoo

import (
	"context"
	"errors"

	"lineup/batch/check"
)

// label names the assertion in results.
func (a *assertion) label(vars map[string]any) string {
	if a.metric != "" {
		if name, err := render(a.metric, vars); err == nil {
			return name
		}
		return a.metric
	}
	name := a.kind
	if a.not {
		name = "not-" + name
	}
	if a.value == nil {
		return name
	}
	if value, err := rendered(a.value, vars); err == nil {
		return name + " " + short(value)
	}
	return name + " " + short(a.value)
}

// rendered is the value with the variables of a case: promptfoo fills texts, and texts in a list.
func rendered(v any, vars map[string]any) (any, error) {
	switch v := v.(type) {
	case string:
		return render(v, vars)
	case []any:
		return each(v, func(item any) (any, error) {
			if s, ok := item.(string); ok {
				return render(s, vars)
			}
			return item, nil
		})
	}
	return v, nil
}

// each fills the elements of a list.
func each(list []any, fill func(any) (any, error)) (any, error) {
	out := make([]any, len(list))
	for i, item := range list {
		var err error
		if out[i], err = fill(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// check makes the check of an assertion.
func (a *assertion) check() check.Check {
	id := jsonText([]any{"promptfoo", a.kind, a.not, a.value, a.threshold, a.weight, a.metric,
		a.grader}, "")
	c := check.New(id, a.weight, a.label, a.run)
	if a.grader != "" {
		c.Models = []string{a.grader}
	}
	return c
}

// unmade is a check that is never made.
func unmade(label, why string, weight float64) check.Check {
	return check.New("unmade "+label, weight, func(map[string]any) string { return label },
		func(context.Context, check.Subject, check.Env) check.Result {
			return check.Result{Why: why}
		})
}

// run makes the check.
func (a *assertion) run(ctx context.Context, s check.Subject, e check.Env) check.Result {
	no := false
	if !s.Reply.Status.Answer() {
		return check.Result{Pass: &no, Why: "the reply failed: " + string(s.Reply.Status)}
	}
	value, err := rendered(a.value, s.Vars)
	if err != nil {
		return check.Result{Why: err.Error()}
	}
	o, err := kinds()[a.kind](input{ctx, s, e, s.Reply.VisibleText(), value, a})
	var thrown errThrown
	var bad errBad
	switch {
	case errors.As(err, &thrown), errors.As(err, &bad):
		return check.Result{Pass: &no, Why: err.Error()}
	case err != nil && !errors.Is(err, errScore):
		return check.Result{Why: err.Error()}
	}
	if a.not {
		o.pass = !o.pass
		if err == nil {
			o.score = 1 - o.score
		}
	}
	if o.pass && a.kind != "llm-rubric" {
		o.why = ""
	}
	if a.weight == 0 { // promptfoo: it is there for its score
		o.pass = true
	}
	return check.Result{Pass: &o.pass, Score: o.score, Why: o.why}
}

// throws reports whether promptfoo would throw an error at the assertion, whatever the output is:
// then the whole test fails.
func (a *assertion) throws(vars map[string]any) bool {
	value, err := rendered(a.value, vars)
	if err != nil {
		return false
	}
	in := input{value: value, a: a}
	switch a.kind {
	case "contains", "icontains", "starts-with", "contains-any", "icontains-any", "contains-all",
		"icontains-all":
		_, err = kinds()[a.kind](in)
	case "regex", "levenshtein":
		if s, isText := value.(string); !isText || s == "" && a.kind == "regex" {
			return true
		}
	case "latency", "cost":
		return a.threshold == nil
	}
	var thrown errThrown
	return errors.As(err, &thrown)
}
