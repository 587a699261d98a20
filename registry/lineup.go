package registry

import (
	"slices"

	"lineup/config"
	"lineup/providers"
)

// Lineup is a set of panes with a name, and what a session of it begins with.
type Lineup struct {
	Name  string
	Panes []providers.Contender
	Blind *bool // nil: as otherwise
	// how often each pane is asked a prompt; 0 for once
	Repeat int
	// how the panes stand at first; the zero value is as otherwise
	Layout Layout
	// model references of who merges and who judges, or ""
	Merge, Judge string

	said config.Lineup
}

// Layout is how panes stand.
type Layout struct {
	Zoomed   int  // the pane that has the screen to itself, from 1; 0: none
	Together bool // they scroll together
	Raw      bool // answers are shown as they came
}

// LineupOf makes a line-up of panes that are open. It keeps the judge and the merging model of
// another one, from which the panes may have come.
func LineupOf(name string, specs []Spec, from Lineup) Lineup {
	l := from
	l.Name, l.Panes = name, nil
	l.said.Panes = nil
	for _, s := range specs {
		l.Panes = append(l.Panes, s.Contender())
		l.said.Panes = append(l.said.Panes, s.config())
	}
	return l
}

// config is the pane as the config would say it.
func (s Spec) config() config.Pane {
	p := withSettings(s.said, s.Contender())
	p.Ref = s.Contender().Ref.String()
	if p.Template == s.said.Template {
		p.TemplateName = s.said.TemplateName
	}
	if !s.sections.schema {
		p.Schema = s.Schema
	}
	if !s.sections.tools {
		p.Tools = s.Tools
	}
	return p
}

// Config is the line-up as the config would say it.
func (l Lineup) Config() config.Lineup {
	c := l.said
	c.Name, c.Blind, c.Merge, c.Judge = l.Name, l.Blind, l.Merge, l.Judge
	c.Layout = config.Layout{Together: l.Layout.Together, Raw: l.Layout.Raw}
	if l.Layout.Zoomed > 0 {
		c.Layout.Zoomed = &l.Layout.Zoomed
	}
	if l.Repeat > 0 {
		c.Repeat = &l.Repeat
	}
	return c
}

// OpenLineup makes the models of a line-up's panes.
func (r *Registry) OpenLineup(l Lineup) ([]Spec, error) {
	panes := l.said.Panes
	if panes == nil {
		for _, c := range l.Panes {
			panes = append(panes, r.paneOf(c))
		}
	}
	specs := make([]Spec, len(panes))
	for i, p := range panes {
		var err error
		if specs[i], err = r.OpenPane(p); err != nil {
			return nil, err
		}
	}
	return specs, nil
}

// Lineups lists the line-ups of the config in its order, and after them those that were added.
func (r *Registry) Lineups() []Lineup {
	var out []Lineup
	for _, l := range r.cfg.Lineups {
		one := Lineup{Name: l.Name, Blind: l.Blind, Merge: l.Merge, Judge: l.Judge, said: l,
			Layout: Layout{Together: l.Layout.Together, Raw: l.Layout.Raw}}
		if l.Layout.Zoomed != nil {
			one.Layout.Zoomed = *l.Layout.Zoomed
		}
		for _, p := range l.Panes {
			one.Panes = append(one.Panes, contenderOf(p))
		}
		if l.Repeat != nil {
			one.Repeat = *l.Repeat
		}
		out = append(out, one)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.added {
		i := slices.IndexFunc(out, func(o Lineup) bool { return o.Name == l.Name })
		if i < 0 {
			out = append(out, l)
			continue
		}
		out[i] = l
	}
	return out
}

// AddLineup adds a line-up that was saved after the config was read.
func (r *Registry) AddLineup(l Lineup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added = append(r.added, l)
}
