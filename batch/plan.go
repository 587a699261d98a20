package batch

import (
	"slices"

	"lineup/batch/suite"
	"lineup/batch/template"
	"lineup/config"
	"lineup/providers"
	"lineup/registry"
	"lineup/turn"
)

// Plan is what a run asks: every prompt with every case, of every contender, so many times. It is
// for reading only once a run has it.
type Plan struct {
	Suite  *suite.Suite
	Specs  []registry.Spec // the contenders, no two alike
	Repeat int             // takes, at least 1
	System string          // the system prompt of contenders without one
	// which cases are asked, by their position; nil for all
	Asked []bool
	// the panes are the suite's own, so that its cases may name some of them
	OwnPanes bool
}

// place is a line of a plan by the positions of its parts.
type place struct{ cas, prompt, spec, take int }

// size is how many lines there can be.
func (p *Plan) size() int {
	return len(p.Suite.Cases) * len(p.Suite.Prompts) * len(p.Specs) * p.Repeat
}

// index numbers the lines.
func (p *Plan) index(at place) int {
	i := at.cas*len(p.Suite.Prompts) + at.prompt
	return (i*len(p.Specs)+at.spec)*p.Repeat + at.take
}

// placeOf is the line of a number.
func (p *Plan) placeOf(index int) (at place) {
	at.take, index = index%p.Repeat, index/p.Repeat
	at.spec, index = index%len(p.Specs), index/len(p.Specs)
	at.prompt, at.cas = index%len(p.Suite.Prompts), index/len(p.Suite.Prompts)
	return at
}

// has reports whether the suite asks for a line at all.
func (p *Plan) has(at place) bool {
	panes := p.Suite.Cases[at.cas].Panes
	return panes == nil || !p.OwnPanes || slices.Contains(panes, at.spec)
}

// asks reports whether this run asks for a line.
func (p *Plan) asks(at place) bool {
	return (p.Asked == nil || p.Asked[at.cas]) && p.has(at)
}

// Only lets the plan ask the cases with these ids alone. It returns those that no case has.
func (p *Plan) Only(ids []string) (unknown []string) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = false
	}
	p.Asked = make([]bool, len(p.Suite.Cases))
	for i := range p.Suite.Cases {
		if id := p.Suite.Cases[i].ID; hasKey(wanted, id) {
			p.Asked[i], wanted[id] = true, true
		}
	}
	for _, id := range ids {
		if !wanted[id] {
			unknown = append(unknown, id)
			wanted[id] = true
		}
	}
	return unknown
}

func hasKey(m map[string]bool, key string) bool {
	_, ok := m[key]
	return ok
}

// Limit lets the plan ask no more than the first n of its cases.
func (p *Plan) Limit(n int) {
	if p.Asked == nil {
		p.Asked = make([]bool, len(p.Suite.Cases))
		for i := range p.Asked {
			p.Asked[i] = true
		}
	}
	for i, asked := range p.Asked {
		if asked {
			p.Asked[i] = n > 0
			n--
		}
	}
}

// Twice are the labels of contenders that stand in the plan more than once.
func (p *Plan) Twice() (labels []string) {
	seen := map[string]bool{}
	for _, s := range p.Specs {
		id := s.Effective().ID()
		if label := s.Effective().Label(); seen[id] && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
		seen[id] = true
	}
	return labels
}

// question is what one line asks.
type question struct {
	prompt  string
	request providers.Request
}

// question renders the prompt of a case for a contender. It fails where a file of another program
// cannot say the prompt.
func (p *Plan) question(at place) (question, error) {
	c := &p.Suite.Cases[at.cas]
	asked, err := p.Suite.Prompts[at.prompt].Render(c)
	if err != nil {
		return question{}, err
	}
	system := p.System
	if p.Suite.System != nil {
		system = template.Fill(*p.Suite.System, c.Vars.Map())
	}
	req := turn.Request(p.Specs[at.spec], system, asked.Messages...)
	if asked.System != nil {
		req.System = *asked.System
	}
	return question{asked.Text, req}, nil
}

// checking identifies the checks of a case with the values that they depend on; "" for none.
func checking(c *suite.Case) string {
	if len(c.Checks) == 0 && c.Unchecked == "" {
		return ""
	}
	var of struct {
		IDs       []string
		Weights   []float64
		Rule      any
		Unchecked string
		Values    []map[string]any `json:",omitempty"`
	}
	vars := c.Vars.Map()
	for _, one := range c.Checks {
		of.IDs, of.Weights = append(of.IDs, one.ID()), append(of.Weights, one.Weight)
		if values := one.Values(vars); len(values) > 0 {
			of.Values = append(of.Values, values)
		}
	}
	of.Rule, of.Unchecked = c.Rule, c.Unchecked
	return shortHash(of)
}

// Judges are the models that checks ask, as for -m, each once.
func Judges(s *suite.Suite) (models []string) {
	seen := map[string]bool{}
	for i := range s.Cases {
		for _, c := range s.Cases[i].Checks {
			for _, m := range c.Models {
				if !seen[m] {
					seen[m] = true
					models = append(models, m)
				}
			}
		}
	}
	return models
}

// WithProviders is a config with the providers that a suite brings.
func WithProviders(cfg config.Config, s *suite.Suite) config.Config {
	cfg.Providers = append(slices.Clone(cfg.Providers), s.Providers...)
	return cfg
}
