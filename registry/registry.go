package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"lineup/config"
	"lineup/jsoncheck"
	"lineup/providers"
	"lineup/providers/policy"
	"lineup/providers/price"
	"lineup/providers/wire"
)

// Registry opens the models of a config. It makes each provider once, so that all of its models
// share the connections and the limit of concurrent requests. It is safe for concurrent use.
type Registry struct {
	cfg       config.Config
	getenv    func(string) string
	log       *slog.Logger
	simulated bool
	catalog   *price.Catalog

	priceFile string         // keeps the price lists; "" fetches none by itself
	fetches   sync.WaitGroup // of price lists

	background context.Context // of what is fetched
	leave      context.CancelFunc

	writing sync.Mutex // of the file

	mu     sync.Mutex // for what follows
	open   map[string]*wire.Provider
	prices Prices
	asked  map[string]Asked // by provider
	added  []Lineup
}

// Options are what a registry needs beside the config. The zero value will do.
type Options struct {
	Getenv    func(string) string // reads keys and headers; nil: no variable is set
	Log       *slog.Logger        // gets a line for each attempt; nil: none
	Prices    Prices              // that gateways listed earlier
	PriceFile string              // has such prices, and keeps those that are fetched; "": none are
	Simulated bool                // every provider of the config is a simulated one
}

// New makes the registry of a config. It connects to nothing and reads no key.
func New(cfg config.Config, o Options) *Registry {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	background, leave := context.WithCancel(context.Background())
	r := &Registry{background: background, leave: leave, cfg: cfg, getenv: o.Getenv, log: o.Log,
		simulated: o.Simulated,
		catalog:   price.NewCatalog(), open: map[string]*wire.Provider{},
		prices: o.Prices.clone(), priceFile: o.PriceFile, asked: map[string]Asked{}}
	if o.PriceFile != "" {
		f := readPriceFile(o.PriceFile)
		maps.Copy(r.prices, f.Providers)
		maps.Copy(r.asked, f.Asked)
	}
	return r
}

// Spec is a model that can be asked, with its settings.
type Spec struct {
	Info  providers.Info
	Model providers.Model // with its policies: deadlines, retries, fallbacks

	// the settings of the pane itself, with the name that it was given; those that it has from the
	// sections of the config stand in Info.Contender alone
	Pane providers.Contender

	Schema *jsoncheck.Schema // that its answers are to fit; nil for text
	Tools  []jsoncheck.Tool  // that are declared to it

	Fallbacks []string // model references of who answers in its place

	// what its requests have beside settings that are sent by name: "headers.X-Team", "body.user".
	// Those of the provider are none of them.
	Extras []string

	said     config.Pane // what it was opened of
	sections struct {    // which of these come from the config's sections and not from the pane
		schema, tools bool
	}

	Provider *wire.Provider // of the model itself, not of its fallbacks; nil for none
	Replayed bool           // it only says what was recorded
}

// Contender is the pane with its own settings, as a session keeps it. A pane that no registry has
// opened is its model alone.
func (s Spec) Contender() providers.Contender {
	if s.Pane.Ref == (providers.Ref{}) {
		return providers.Contender{Ref: s.Info.Ref}
	}
	return s.Pane
}

// Declaring is the model with the schema and the tools of another pane where it has none itself.
func (s Spec) Declaring(of Spec) Spec {
	if s.Schema == nil && of.Schema != nil {
		s.Schema = of.Schema
		s.said.Schema, s.said.SchemaFile = of.said.Schema, of.said.SchemaFile
	}
	if s.Tools == nil && of.Tools != nil {
		s.Tools = of.Tools
		s.said.Tools, s.said.ToolsFile = of.said.Tools, of.said.ToolsFile
	}
	return s
}

// DeclaringOnly is the model with the schema and the tools of another pane in place of its own.
func (s Spec) DeclaringOnly(of Spec) Spec {
	if s.DeclaresAs(of) {
		return s // with the names of its files
	}
	s.Schema, s.said.Schema, s.said.SchemaFile = of.Schema, of.said.Schema, of.said.SchemaFile
	s.Tools, s.said.Tools, s.said.ToolsFile = of.Tools, of.said.Tools, of.said.ToolsFile
	return s
}

// DeclaresAs reports whether two panes ask for answers of the same form, with the same tools.
func (s Spec) DeclaresAs(other Spec) bool {
	source := func(s *jsoncheck.Schema) string {
		if s == nil {
			return ""
		}
		return string(s.Source)
	}
	same := func(a, b jsoncheck.Tool) bool { return reflect.DeepEqual(a, b) }
	return source(s.Schema) == source(other.Schema) && slices.EqualFunc(s.Tools, other.Tools, same)
}

// Effective is the pane with all settings that hold for it, those of the config too.
func (s Spec) Effective() providers.Contender {
	c := s.Info.Contender
	c.Ref = s.Info.Ref
	return c
}

// Config is the config that the registry opens.
func (r *Registry) Config() config.Config { return r.cfg }

// Panes lists the panes of the config.
func (r *Registry) Panes() []config.Pane { return slices.Clone(r.cfg.Panes) }

// Open makes a model of a reference, with the settings and fallbacks that the config gives it.
func (r *Registry) Open(ref string) (Spec, error) { return r.OpenPane(config.Pane{Ref: ref}) }

// OpenContender makes a model of a reference and the settings of a pane, which hold over those of
// the config. A pane of the config that has the same ones brings the rest that it says: its price,
// deadlines and fallbacks.
func (r *Registry) OpenContender(c providers.Contender) (Spec, error) {
	return r.OpenPane(r.paneOf(c))
}

// OpenPane makes a model of a pane.
func (r *Registry) OpenPane(pane config.Pane) (Spec, error) {
	first, eff, err := r.link(pane)
	if err != nil {
		return Spec{}, err
	}
	p, err := r.provider(eff)
	if err != nil {
		return Spec{}, err
	}
	s := Spec{Info: first.Info, Model: first.Model, Pane: contenderOf(pane), Provider: p,
		Schema: eff.Schema, Tools: eff.Tools, said: pane,
		Extras: extras(eff.Headers, pane.Body, r.cfg.Models[pane.Ref].Body)}
	s.sections.schema = eff.Schema != nil && pane.Schema == nil
	s.sections.tools = eff.Tools != nil && pane.Tools == nil
	if len(eff.Fallback) == 0 {
		return s, nil
	}
	chain := []policy.Link{first}
	for _, next := range eff.Fallback {
		link, _, err := r.link(config.Pane{Ref: next})
		if err != nil {
			return Spec{}, err
		}
		chain = append(chain, link)
		s.Fallbacks = append(s.Fallbacks, next)
	}
	s.Model = policy.WithFallback(chain...)
	return s, nil
}

// OpenAll opens several panes. Its error joins all mistakes.
func (r *Registry) OpenAll(panes []config.Pane) ([]Spec, error) {
	var out []Spec
	var errs []error
	for _, p := range panes {
		s, err := r.OpenPane(p)
		out, errs = append(out, s), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// Info says what is known of a reference without asking its provider: price, context window, and
// whether the machine is one's own.
func (r *Registry) Info(ref string) (providers.Info, error) {
	return r.PaneInfo(config.Pane{Ref: ref})
}

// PaneInfo is Info of a pane, whose settings may say the price.
func (r *Registry) PaneInfo(pane config.Pane) (providers.Info, error) {
	eff, err := r.cfg.ResolvePane(pane)
	if err != nil {
		return providers.Info{}, r.explain(pane.Ref, err)
	}
	return r.info(eff), nil
}

// Named lists the references in the config, sorted: those of its panes, and those with settings.
func (r *Registry) Named() []string {
	refs := config.Refs(r.cfg.Panes)
	for ref := range r.cfg.Models {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// link opens one pane without its fallbacks.
func (r *Registry) link(pane config.Pane) (policy.Link, config.Effective, error) {
	eff, err := r.cfg.ResolvePane(pane)
	if err != nil {
		return policy.Link{}, eff, r.explain(pane.Ref, err)
	}
	link, err := r.linkOf(eff)
	return link, eff, err
}

// linkOf opens a model with its effective settings.
func (r *Registry) linkOf(eff config.Effective) (policy.Link, error) {
	p, err := r.provider(eff)
	if err != nil {
		return policy.Link{}, err
	}
	info, wait := r.info(eff), eff.Backoff
	m := p.Model(wire.ModelConfig{
		Info:      info,
		Params:    params(eff.Params),
		Deadlines: policy.Deadlines(eff.Deadlines),
		Retry:     policy.Retry{Max: wait.Max, Base: wait.Base, Cap: wait.Cap},
		Body:      withOptions(eff),
		Headers:   eff.Headers,
	})
	account := ""
	if c := eff.Provider; c.APIKeyEnv != "" || c.APIKeyCmd != "" || c.APIKeyKeyring != "" ||
		len(c.HeadersEnv) > 0 {
		account = c.Name
	}
	m = priced{m, r, p, eff}
	m = logged{suggesting{m, p, info.Ref.Model, account}, r.log}
	return policy.Link{Model: m, Info: info}, nil
}

// explain adds references to an error, as examples of what may have been meant.
func (r *Registry) explain(ref string, err error) error {
	var e *config.RefError
	if errors.As(err, &e) && len(e.Nearest) > 0 {
		return err
	}
	named := r.Named()
	if len(named) == 0 {
		return err
	}
	near := config.Nearest(ref, named)
	if len(near) == 0 {
		near = named[:min(4, len(named))]
	}
	return fmt.Errorf("%w; there are for example %s", err, strings.Join(near, ", "))
}

func (r *Registry) info(eff config.Effective) providers.Info {
	ref := providers.Ref{Provider: eff.Ref.Provider, Model: eff.Ref.Model}
	info := providers.Info{Ref: ref, Name: cmp.Or(eff.Name, ref.Model),
		Local: eff.Provider.OnSite(), Own: r.own(eff), Simulated: r.simulated,
		Params: params(eff.Params), Price: r.quote(eff), Contender: effective(eff)}
	if eff.Params.NumCtx != nil {
		info.Context = *eff.Params.NumCtx
	}
	info.Vision = r.vision(eff)
	if info.Context == 0 && !info.Local {
		entry, _ := r.catalog.Find(eff.Provider.BaseURL, ref.Model)
		info.Context = entry.Context
	}
	return info
}

// vision tells whether a model takes images: by the config, by the gateway's list, by the
// catalogue. Nil is not known; the server itself is asked when there is something to send.
func (r *Registry) vision(eff config.Effective) *bool {
	if eff.Vision != nil {
		return eff.Vision
	}
	r.mu.Lock()
	listed := r.prices.sees(eff.Provider, eff.Ref.Model)
	r.mu.Unlock()
	if listed != nil || eff.Provider.Local {
		return listed
	}
	entry, _ := r.catalog.Find(eff.Provider.BaseURL, eff.Ref.Model)
	return entry.Vision
}

// own reports whether a model is known to run on one's own machine: by the config, by Ollama's
// protocol at a local address, or by what the server has told, now or in an earlier list.
func (r *Registry) own(eff config.Effective) bool {
	c := eff.Provider
	switch {
	case c.Own != nil:
		return *c.Own
	case !c.Local:
		return false
	case c.Kind == config.Ollama: // whose cloud is asked through the same server
		return !strings.HasSuffix(eff.Ref.Model, "-cloud") &&
			!strings.HasSuffix(eff.Ref.Model, ":cloud")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.open[c.Name]; p != nil && p.Own() {
		return true
	}
	asked := r.asked[c.Name]
	return asked.Own && asked.BaseURL == c.BaseURL
}

func params(p config.Params) providers.Params {
	return providers.Params{Temperature: p.Temperature, TopP: p.TopP, TopK: p.TopK, MinP: p.MinP,
		MaxTokens: p.MaxTokens, Seed: p.Seed, Stop: p.Stop, ReasoningEffort: p.ReasoningEffort,
		NumCtx: p.NumCtx}
}
