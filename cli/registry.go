package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/zalando/go-keyring"

	"lineup/config"
	"lineup/providers"
	"lineup/ui"
)

// registry makes models out of references, as the config says; each provider is made once. It is a ui.Models.
type registry struct {
	cfg       config.Config
	getenv    func(string) string
	mu        sync.Mutex // for open
	open      map[string]*providers.Provider
	catalog   *providers.Catalog
	listed    priceLists // what gateways listed when they were last asked
	log       *slog.Logger
	simulated bool // every provider is a simulation
}

func newRegistry(cfg config.Config, getenv func(string) string, log *slog.Logger) *registry {
	return &registry{cfg: cfg, getenv: getenv, log: log, open: map[string]*providers.Provider{}, catalog: providers.NewCatalog()}
}

// specs opens several references; all mistakes are reported at once.
func (g *registry) specs(refs []string) ([]ui.Spec, error) {
	var out []ui.Spec
	var errs []error
	for _, ref := range refs {
		s, err := g.spec(ref)
		out, errs = append(out, s), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usageError{err}
	}
	return out, nil
}

// spec opens one reference with the fallbacks that its model has.
func (g *registry) spec(ref string) (ui.Spec, error) {
	first, eff, err := g.link(ref)
	if err != nil {
		return ui.Spec{}, err
	}
	p, err := g.provider(eff)
	if err != nil {
		return ui.Spec{}, err
	}
	s := ui.Spec{Info: first.Info, Model: first.Model, System: eff.System, Provider: p}
	if len(eff.Fallback) == 0 {
		return s, nil
	}
	chain := []providers.Link{first}
	for _, next := range eff.Fallback {
		link, _, err := g.link(next)
		if err != nil {
			return ui.Spec{}, err
		}
		chain = append(chain, link)
	}
	s.Model = providers.WithFallback(chain...)
	return s, nil
}

// Open makes a pane of a reference.
func (g *registry) Open(ref string) (ui.Spec, error) { return g.spec(ref) }

// link opens one reference without its fallbacks.
func (g *registry) link(ref string) (providers.Link, config.Effective, error) {
	eff, err := g.cfg.Resolve(ref)
	if err != nil {
		return providers.Link{}, eff, g.explain(ref, err)
	}
	p, err := g.provider(eff)
	if err != nil {
		return providers.Link{}, eff, err
	}
	info := g.info(eff)
	m := p.Model(providers.ModelConfig{Info: info, Params: params(eff.Params), Deadlines: providers.Deadlines(eff.Deadlines),
		Retry: providers.Retry{Max: eff.Backoff.Max, Base: eff.Backoff.Base, Cap: eff.Backoff.Cap}, Body: eff.Body,
		Headers: g.cfg.Models[ref].Headers})
	return providers.Link{Model: logged{suggesting{m, p, info.Ref.Model}, g.log}, Info: info}, eff, nil
}

// explain adds the references that the user may have meant.
func (g *registry) explain(ref string, err error) error {
	var e *config.RefError
	if errors.As(err, &e) && len(e.Nearest) > 0 {
		return err
	}
	known := g.known()
	if len(known) == 0 {
		return err
	}
	near := config.Nearest(ref, known)
	if len(near) == 0 {
		near = known[:min(4, len(known))]
	}
	return fmt.Errorf("%w; there are for example %s", err, strings.Join(near, ", "))
}

// known lists the references that the config names.
func (g *registry) known() []string {
	refs := slices.Clone(g.cfg.Panes)
	for ref := range g.cfg.Models {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

func (g *registry) info(eff config.Effective) providers.Info {
	ref := providers.Ref{Provider: eff.Ref.Provider, Model: eff.Ref.Model}
	info := providers.Info{Ref: ref, Name: cmp.Or(eff.Name, ref.Model), Local: eff.Provider.Local, Simulated: g.simulated,
		Params: params(eff.Params)}
	if eff.Params.NumCtx != nil {
		info.Context = *eff.Params.NumCtx
	}
	info.Price = g.quote(eff)
	if info.Context == 0 && !eff.Provider.Local {
		entry, _ := g.catalog.Find(eff.Provider.BaseURL, ref.Model)
		info.Context = entry.Context
	}
	return info
}

// provider makes the provider of a model, or gives the one that is there.
func (g *registry) provider(eff config.Effective) (*providers.Provider, error) {
	c := eff.Provider
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.open[c.Name]; p != nil {
		return p, nil
	}
	cfg := providers.Config{Name: c.Name, Kind: string(c.Kind), BaseURL: c.BaseURL, MaxConcurrent: eff.MaxConcurrent, Local: c.Local,
		Simulated: g.simulated, Headers: headers(eff, g.getenv), Body: c.Body}
	if c.CAFile != "" {
		cfg.CAFile = g.cfg.Path(c.CAFile, g.getenv)
	}
	switch {
	case c.APIKeyEnv != "":
		cfg.Key = providers.EnvKey(c.APIKeyEnv, g.getenv)
	case c.APIKeyCmd != "":
		cfg.Key = providers.CommandKey(c.APIKeyCmd)
	case c.APIKeyKeyring != "":
		cfg.Key = providers.KeyringKey(c.APIKeyKeyring, fromKeyring)
	}
	p, err := providers.New(cfg)
	if err != nil {
		return nil, usageError{err}
	}
	g.open[c.Name] = p
	return p, nil
}

// headers are those that the config adds, the ones from variables among them.
func headers(eff config.Effective, getenv func(string) string) map[string]string {
	h := maps.Clone(eff.Provider.Headers)
	for name, variable := range eff.Provider.HeadersEnv {
		if v := getenv(variable); v != "" {
			if h == nil {
				h = map[string]string{}
			}
			h[name] = v
		}
	}
	return h
}

// keyringService is the name under which lineup's keys stand in the system's keyring.
const keyringService = "lineup"

// fromKeyring gets a key from the system's keyring. The keyring may ask the user to unlock it, and its library knows
// no context: a wait that is cancelled leaves the question open.
func fromKeyring(ctx context.Context, entry string) (string, error) {
	type answer struct {
		key string
		err error
	}
	got := make(chan answer, 1)
	go func() {
		key, err := keyring.Get(keyringService, entry)
		got <- answer{key, err}
	}()
	select {
	case a := <-got:
		return a.key, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func params(p config.Params) providers.Params {
	return providers.Params{Temperature: p.Temperature, TopP: p.TopP, TopK: p.TopK, MinP: p.MinP, MaxTokens: p.MaxTokens, Seed: p.Seed,
		Stop: p.Stop, ReasoningEffort: p.ReasoningEffort, NumCtx: p.NumCtx}
}
