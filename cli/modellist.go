package cli

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"

	"lineup/config"
	"lineup/providers"
	"lineup/ui"
)

// Known lists what the config names.
func (g *registry) Known() []ui.Choice {
	var out []ui.Choice
	for _, ref := range g.known() {
		if c, ok := g.choice(ref); ok {
			c.Configured = true
			out = append(out, c)
		}
	}
	return out
}

// choice is what the config and the catalogue say of a reference; ok is false where it names no provider.
func (g *registry) choice(ref string) (c ui.Choice, ok bool) {
	eff, err := g.cfg.Resolve(ref)
	if err != nil {
		return c, false
	}
	info := g.info(eff)
	return ui.Choice{Ref: ref, Context: info.Context, Price: info.Price, Local: info.Local, Simulated: info.Simulated}, true
}

// providerList is what one provider answered when it was asked for its models.
type providerList struct {
	provider *providers.Provider
	models   []providers.Listed
	err      error
}

// List asks all providers at once. What the config names comes first, with what its provider says of it.
func (g *registry) List(ctx context.Context) ui.Listing {
	lists := make([]providerList, len(g.cfg.Providers))
	var wg sync.WaitGroup
	for i, c := range g.cfg.Providers {
		wg.Go(func() { lists[i] = g.listOf(ctx, c.Name) })
	}
	known := g.Known()
	wg.Wait()
	out := ui.Listing{Choices: known}
	for i, c := range g.cfg.Providers {
		l := lists[i]
		if l.err != nil {
			out.Problems = append(out.Problems, c.Name+" gave no list: "+problem(l.err))
			continue
		}
		if l.provider.Pulls() {
			out.Pulls = append(out.Pulls, c.Name)
		}
		out.Choices = g.merge(out.Choices, c.Name, l)
	}
	return out
}

// listOf asks one provider.
func (g *registry) listOf(ctx context.Context, name string) (l providerList) {
	eff, err := g.cfg.Resolve(name + "/any") // what is the provider's does not depend on the model
	if err == nil {
		l.provider, err = g.provider(eff)
	}
	if err == nil {
		l.models, err = l.provider.List(ctx)
	}
	l.err = err
	return l
}

// merge adds a provider's models to the choices, and what it says of those that are there already.
func (g *registry) merge(choices []ui.Choice, provider string, l providerList) []ui.Choice {
	for i := range choices {
		c := &choices[i]
		name, ok := strings.CutPrefix(c.Ref, provider+"/")
		if !ok {
			continue
		}
		at := slices.IndexFunc(l.models, func(m providers.Listed) bool { return sameModel(m.ID, name) })
		if at >= 0 {
			describe(c, l.models[at])
			continue
		}
		c.Missing = l.provider.Pulls()
	}
	for _, m := range l.models {
		ref := provider + "/" + strings.TrimSuffix(m.ID, ":latest")
		if !m.Chat || slices.ContainsFunc(choices, func(c ui.Choice) bool { return sameModel(c.Ref, ref) }) {
			continue
		}
		if c, ok := g.choice(ref); ok {
			describe(&c, m)
			choices = append(choices, c)
		}
	}
	return choices
}

// sameModel compares two names as Ollama does, to which a name without a tag is its latest.
func sameModel(a, b string) bool {
	return strings.TrimSuffix(a, ":latest") == strings.TrimSuffix(b, ":latest")
}

// describe adds what a provider says of a model. The config's own word comes first, the provider's before the
// catalogue's.
func describe(c *ui.Choice, m providers.Listed) {
	c.Loaded, c.Size = m.Loaded, m.Size
	c.Context = cmp.Or(m.Context, c.Context)
	if m.Price.Known() && (!c.Price.Known() || c.Price.Source == providers.CostCatalog) {
		c.Price = m.Price
	}
}

// problem is an error of a provider on one line.
func problem(err error) string {
	var e *providers.Error
	if errors.As(err, &e) && e.Hint != "" {
		return e.Message + "; " + e.Hint
	}
	return err.Error()
}

// Pull has the server of a reference fetch its model.
func (g *registry) Pull(ctx context.Context, ref string) iter.Seq2[providers.PullProgress, error] {
	return func(yield func(providers.PullProgress, error) bool) {
		eff, err := g.cfg.Resolve(ref)
		var p *providers.Provider
		if err == nil {
			p, err = g.provider(eff)
		}
		var unknown *config.RefError
		switch {
		case errors.As(err, &unknown):
			yield(providers.PullProgress{}, g.explain(ref, err))
			return
		case err != nil:
			yield(providers.PullProgress{}, err)
			return
		}
		p.Pull(ctx, eff.Ref.Model)(yield)
	}
}
