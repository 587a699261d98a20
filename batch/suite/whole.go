package suite

import (
	"slices"
	"strings"

	"lineup/batch/check"
	"lineup/batch/template"
)

// whole finds the mistakes that no part of a suite has by itself: doubled ids, and variables
// without a value.
func (r *reader) whole(s *Suite) {
	first := make(map[string]int, len(r.cases))
	var names []string // that each case needs
	for _, p := range s.Prompts {
		if !p.PerCase {
			names = append(names, template.Variables(p.Text)...)
		}
	}
	if s.System != nil {
		names = append(names, template.Variables(*s.System)...)
	}
	plain := slices.ContainsFunc(s.Prompts, func(p Prompt) bool { return p.Plain })
	said := map[string]bool{}
	for i := range r.cases {
		c := &r.cases[i]
		if n, twice := first[c.ID]; twice {
			at, before := r.place(i), r.place(n)
			in := ""
			if before.file != at.file {
				in = " of " + before.file
			}
			r.wrong(at, "a second case has the id %q; the first is in line %d%s", c.ID,
				before.line, in)
		} else {
			first[c.ID] = i
		}
		if r.vague[i] {
			continue
		}
		need := names
		if !plain && c.Prompt != "" {
			need = append(need[:len(need):len(need)], template.Variables(c.Prompt)...)
		}
		if c.System != nil {
			need = append(need[:len(need):len(need)], template.Variables(*c.System)...)
		}
		r.valued(c, r.place(i), need, said)
	}
}

// valued reports the variables that a case has no value for. Those that a table has no column for
// are reported once.
func (r *reader) valued(c *Case, at place, need []string, said map[string]bool) {
	if len(need) == 0 && !slices.ContainsFunc(c.Checks, check.Check.Varies) {
		return
	}
	values := c.Vars.Map()
	missing := func(names []string, where string) {
		for _, name := range names {
			if _, ok := values[name]; ok {
				continue
			}
			if c.Vars.header != nil {
				key := at.file + "\x00" + name
				if said[key] {
					continue
				}
				said[key] = true
				r.wrong(place{at.file, 1, 1}, "no column for {{%s}}, which %s has; the "+
					"columns are %s", name, where, strings.Join(c.Vars.header, ", "))
				continue
			}
			r.wrong(at, "case %s has no value for {{%s}}, which %s has", c.ID, name, where)
		}
	}
	missing(need, "a prompt")
	for _, k := range c.Checks {
		names := k.Missing(values)
		missing(names, "the check "+k.Label(nil))
		if len(names) > 0 {
			continue
		}
		if err := k.Try(values); err != nil {
			r.wrong(at, "the check %s of case %s: %v", k.Label(values), c.ID, err)
		}
	}
}
