package check

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"lineup/batch/template"
	"lineup/config"
	"lineup/session"
)

// named is a kind with the prefixes of its name.
type named struct {
	kind
	key  string // as it is written
	not  bool
	fold bool
}

// lookUp gives the kind of a key.
func lookUp(key string) (named, bool) {
	n := named{key: key}
	name, not := strings.CutPrefix(key, notPrefix)
	n.not = not
	for _, k := range kinds() {
		switch {
		case k.name == name:
			n.kind = k
			return n, true
		case k.text && anyCase+k.name == name:
			n.kind, n.fold = k, true
			return n, true
		}
	}
	return n, false
}

// everyName is the names of all checks, also with their prefixes, to find the nearest right one.
func everyName() (names []string) {
	for _, k := range kinds() {
		all := []string{k.name}
		if k.text {
			all = append(all, anyCase+k.name)
		}
		for _, name := range all {
			names = append(names, name, notPrefix+name)
		}
	}
	return names
}

// reading is a check while it is read.
type reading struct {
	named
	t   config.Table
	cfg *config.Config
	bad bool
}

// wrong notes a mistake in the value of a key.
func (r *reading) wrong(key, message string, nearest ...string) {
	r.bad = true
	r.t.Wrong(key, message, nearest...)
}

// body is what a kind makes of its values.
type body struct {
	texts  []string                                  // that may hold {{variables}}
	words  func(fill func(string) string) string     // the value, for the label
	run    func(ctx context.Context, a asked) answer // makes the check
	try    func(vars map[string]any) error           // nil where any values will do
	id     any                                       // in place of the table's values, if set
	models []string
	whole  bool // it sees all values of the case
}

// asked is a check with a subject.
type asked struct {
	Subject
	Env
	text string                    // that is visible
	fill func(value string) string // puts in the values of the case
}

// answer is what a check finds.
type answer struct {
	holds  bool
	broken bool    // the check could not be answered: it fails, under not_ too
	score  float64 // 0 or 1 where it is not set by graded
	graded bool
	why    string
	said   bool // a judge or a command gave the reason: it stays if the check passes
}

func yes(why string) answer { return answer{holds: true, why: why} }
func no(why string) answer  { return answer{why: why} }

// broken is the answer of a check that could not be answered.
func broken(why string) answer { return answer{broken: true, why: why} }

// unknown is the answer of a check whose number nobody knows.
func unknown() answer { return broken("unknown") }

// Read reads a check. c has the providers of a judge's model. ok is false for one with mistakes,
// which are noted in the document of the table.
func Read(t config.Table, c *config.Config) (check Check, ok bool) {
	n, ok := which(t)
	if !ok {
		return Check{}, false
	}
	r := &reading{named: n, t: t, cfg: c}
	weight, name := 1.0, ""
	var given *float64
	if t.Number("weight", 0, math.MaxFloat64, &given); given != nil {
		weight = *given
	}
	t.Text("name", &name)
	t.Expect(n.args...)
	b := n.read(r)
	t.Done()
	if r.bad || b.run == nil {
		return Check{}, false
	}
	return r.check(b, weight, name), true
}

// which finds the key of a table that names the check.
func which(t config.Table) (named, bool) {
	var found []named
	for _, key := range t.Keys() {
		if n, ok := lookUp(key); ok {
			found = append(found, n)
		}
	}
	for _, n := range found {
		if !slices.ContainsFunc(found, func(o named) bool {
			return o.key != n.key && !slices.Contains(n.args, o.key)
		}) {
			return n, true
		}
	}
	if len(found) > 1 {
		t.WrongKey(found[1].key, fmt.Sprintf("a second check in one table, after %s; write "+
			"{ … }, { … }", found[0].key))
		return named{}, false
	}
	for _, key := range t.Keys() {
		if !slices.Contains(common(), key) {
			message := "unknown check"
			nearest := config.Nearest(key, everyName())
			if len(nearest) == 0 {
				message += "; lineup help checks lists them"
			}
			t.WrongKey(key, message, nearest...)
			return named{}, false
		}
	}
	t.Wrong("", "names no check; lineup help checks lists them")
	return named{}, false
}

// maxLabel bounds a label, in characters.
const maxLabel = 100

// check makes the check of its body.
func (r *reading) check(b body, weight float64, name string) Check {
	key, not, id := r.key, r.not, r.id(b)
	c := New(id, weight, nil, func(ctx context.Context, s Subject, e Env) Result {
		return result(b, not, ctx, s, e)
	})
	c.label = func(vars map[string]any) string {
		if name != "" {
			return name
		}
		words := b.words(func(text string) string { return template.Fill(text, vars) })
		return cut(strings.TrimSpace(key+" "+words), maxLabel)
	}
	c.Models, c.whole = b.models, b.whole
	for _, text := range b.texts {
		if template.Variables(text) != nil {
			c.texts = append(c.texts, text)
		}
	}
	if len(c.texts) > 0 {
		c.try = b.try
	}
	return c
}

// id is the check's own text: its keys in order, with their values.
func (r *reading) id(b body) string {
	values := map[string]any{}
	for _, key := range r.t.Keys() {
		values[key], _ = r.t.JSON(key)
	}
	if b.id != nil {
		values[r.key] = b.id
	}
	text, err := json.Marshal(values)
	if err != nil { // the values came from JSON or TOML
		return fmt.Sprint(values)
	}
	return string(text)
}

// result makes a check, and turns it round where not_ says so.
func result(b body, not bool, ctx context.Context, s Subject, e Env) Result {
	a := failedReply(s.Reply)
	if !a.broken {
		a = b.run(ctx, asked{s, e, s.Reply.VisibleText(), func(text string) string {
			return template.Fill(text, s.Vars)
		}})
	}
	pass, score := a.holds, a.score
	if !a.graded {
		score = 0
		if a.holds {
			score = 1
		}
	}
	switch {
	case a.broken:
		pass, score = false, 0
	case not:
		pass, score = !pass, 1-score
	}
	return Result{Pass: &pass, Score: score, Why: reason(a, pass)}
}

// reason is why a check did not pass. A judge's reason and the last line of a command stay.
func reason(a answer, pass bool) string {
	if pass && !a.said {
		return ""
	}
	return a.why
}

// failedReply is the broken answer for a reply that is none.
func failedReply(r *session.Reply) answer {
	if r.Status.Answer() {
		return answer{}
	}
	why := "the reply failed: " + string(r.Status)
	if r.Error != nil {
		why += ", " + string(r.Error.Kind)
	}
	return broken(why)
}

// Varies reports whether the check has variables.
func (c Check) Varies() bool { return len(c.texts) > 0 }

// Missing are the variables of the check without a value.
func (c Check) Missing(vars map[string]any) (names []string) {
	for _, text := range c.texts {
		names = append(names, template.Missing(text, vars)...)
	}
	return names
}

// Try says whether the values of a case make sense in the check, such as in a regular expression.
func (c Check) Try(vars map[string]any) error {
	if c.try == nil {
		return nil
	}
	return c.try(vars)
}

// cut shortens a text to one line of at most so many characters.
func cut(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i] + "…"
		}
	}
	return text
}

// shown is a text in a reason, in quotes and not too long.
func shown(text string) string { return `"` + cut(text, 60) + `"` }
