package promptfoo

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
)

// variable is a variable of a test, in the order of the file.
type variable struct {
	name  string
	value any
}

// placedAssert is an assertion with its place.
type placedAssert struct {
	assertion
	at     *node
	label  string // as the file writes its kind
	unread string // why it is not checked, or ""
}

// test is a test, or the defaults of all.
type test struct {
	at             *node
	file           string
	vars           []variable
	asserts        []placedAssert
	threshold      *float64
	prefix, suffix string
	grader         string // the model of llm-rubric, as for -m
	unchecked      string // why no answer can be judged, or ""
	whole          bool   // lists in variables make no product
	alone          bool   // the asserts of the defaults do not count
	providers      []string
}

// over is the test with the defaults under it.
func (t *test) over(base *test) *test {
	out := *t
	out.vars = slices.Clone(base.vars)
	for _, v := range t.vars {
		same := func(o variable) bool { return o.name == v.name }
		if i := slices.IndexFunc(out.vars, same); i >= 0 {
			out.vars[i].value = v.value
			continue
		}
		out.vars = append(out.vars, v)
	}
	out.asserts = nil
	if !t.alone {
		out.asserts = slices.Clone(base.asserts)
	}
	out.asserts = append(out.asserts, t.asserts...)
	if out.threshold == nil {
		out.threshold = base.threshold
	}
	out.prefix, out.suffix = cmp.Or(t.prefix, base.prefix), cmp.Or(t.suffix, base.suffix)
	out.unchecked = cmp.Or(t.unchecked, base.unchecked)
	out.grader = cmp.Or(t.grader, base.grader)
	out.whole = t.whole || base.whole
	if out.providers == nil {
		out.providers = base.providers
	}
	for i := range out.asserts {
		if a := &out.asserts[i]; a.kind == "llm-rubric" && a.grader == "" {
			a.grader = out.grader
		}
	}
	return &out
}

// product gives each combination of the variables: a list of texts stands for each of them.
func (r *reader) product(t *test) [][]variable {
	all := [][]variable{nil}
	for _, v := range t.vars {
		values := []any{v.value}
		list, isList := v.value.([]any)
		text, isText := v.value.(string)
		switch {
		case t.whole:
		case isText && strings.HasPrefix(text, "file://") && strings.ContainsAny(text, "*?["):
			files, _ := filepath.Glob(r.path(text)) // a bad pattern names no file
			values = nil
			for _, file := range files {
				abs, err := filepath.Abs(file)
				if err != nil {
					abs = file
				}
				values = append(values, "file://"+abs)
			}
			if len(files) == 0 {
				r.wrong(t.at, "there is no file %s", text)
			}
		case isList && len(list) > 0:
			if _, texts := list[0].(string); texts {
				values = list
			}
		}
		if len(all)*len(values) > maxNodes {
			r.wrong(t.at, "the lists of the variables make more than %d tests", maxNodes)
			return nil
		}
		var next [][]variable
		for _, before := range all {
			for _, value := range values {
				next = append(next, append(slices.Clip(before), variable{v.name, value}))
			}
		}
		all = next
	}
	return all
}
