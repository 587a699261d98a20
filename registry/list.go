package registry

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"lineup/config"
	"lineup/providers"
	"lineup/providers/wire"
)

// Choice is a model that can be opened.
type Choice struct {
	Ref        string          // provider/model
	Name       string          // for people; the model's own name where nothing else is known
	Context    int             // tokens, 0 if unknown
	Price      providers.Quote // Known reports false if unknown
	Size       int64           // bytes on the server's disk, 0 if unknown
	Local      bool            // the server is on this machine or in the private network
	Own        bool            // it is known to be one's own
	Simulated  bool
	Chat       bool  // it takes part in conversations, unlike a model for embeddings
	Configured bool  // the config names it
	Listed     bool  // the provider lists it
	Missing    bool  // the server lacks it, and can fetch it
	Vision     *bool // whether it takes images; nil where nobody says

	Memory providers.Memory // what the server says of it in its memory
}

// Listing is the result of asking all providers for their models.
type Listing struct {
	Choices  []Choice
	Pulls    []string // providers that can fetch a model by its name
	Problems []string // a line for each provider that gave no list
}

// Offer is the answer of one provider that was asked for its models.
type Offer struct {
	Provider config.Provider
	Models   []providers.Listed
	Err      error

	Pulls bool // the server can fetch a model by its name
}

// Known lists the models that the config names. It asks nobody.
func (r *Registry) Known() []Choice {
	var out []Choice
	for _, ref := range r.Named() {
		if c, ok := r.choice(ref, providers.Listed{}); ok {
			c.Configured = true
			out = append(out, c)
		}
	}
	return out
}

// Offline lists the models that are known without asking anybody: those in the config, those in the
// kept price lists, and those in the catalogue for the providers of the config.
func (r *Registry) Offline() []Choice {
	out := r.Known()
	seen := map[string]bool{}
	for _, c := range out {
		seen[c.Ref] = true
	}
	add := func(ref string, m providers.Listed) {
		if c, ok := r.choice(ref, m); ok && !seen[ref] {
			seen[ref] = true
			out = append(out, c)
		}
	}
	for _, p := range r.cfg.Providers {
		if list := r.kept(p); list != nil {
			for _, id := range slices.Sorted(maps.Keys(list)) {
				add(p.Name+"/"+id, providers.Listed{ID: id})
			}
			continue
		}
		for _, m := range r.catalog.Models(p.BaseURL) {
			add(p.Name+"/"+m.ID, m)
		}
	}
	return out
}

// kept is the price list of a provider that was kept, nil where there is none.
func (r *Registry) kept(p config.Provider) map[string]providers.Quote {
	r.mu.Lock()
	defer r.mu.Unlock()
	if list := r.prices[p.Name]; list.BaseURL == p.BaseURL && len(list.Models) > 0 {
		return list.Models
	}
	return nil
}

// List asks all providers at once. The models that the config names come first; of the others, only
// those for conversations are listed.
func (r *Registry) List(ctx context.Context) Listing {
	var out Listing
	var others []Choice
	for _, o := range r.Offers(ctx) {
		switch {
		case o.Err != nil:
			out.Problems = append(out.Problems, o.Provider.Name+" gave no list: "+problem(o.Err))
		case o.Pulls:
			out.Pulls = append(out.Pulls, o.Provider.Name)
		}
		for _, c := range r.Choices(o) {
			switch {
			case c.Configured:
				out.Choices = append(out.Choices, c)
			case c.Chat:
				others = append(others, c)
			}
		}
	}
	slices.SortStableFunc(out.Choices, func(a, b Choice) int { return cmp.Compare(a.Ref, b.Ref) })
	out.Choices = append(out.Choices, others...)
	return out
}

// Offers asks every provider for its models, all at once, and returns the answers in the order of
// the config. Prices that a gateway lists apply from now on.
func (r *Registry) Offers(ctx context.Context) []Offer {
	offers := make([]Offer, len(r.cfg.Providers))
	errs := r.askAll(ctx, func(ctx context.Context, i int, p *wire.Provider) (err error) {
		offers[i].Pulls = p.Pulls()
		offers[i].Models, err = p.List(ctx)
		return err
	})
	for i, c := range r.cfg.Providers {
		offers[i].Provider, offers[i].Err = c, errs[i]
	}
	fresh, asked := PricesOf(offers), map[string]Asked{}
	for _, o := range offers {
		if o.Err == nil {
			asked[o.Provider.Name] = r.askedNow(o.Provider)
		}
	}
	r.learnPrices(fresh)
	r.keepPrices(fresh, asked)
	return offers
}

// Account is what a provider tells of itself and of its key.
type Account struct {
	wire.Account
	Err error
}

// Accounts asks the providers that have listed their models, all at once. The result has an entry
// for each offer.
func (r *Registry) Accounts(ctx context.Context, offers []Offer) []Account {
	out := make([]Account, len(offers))
	errs := r.askAll(ctx, func(ctx context.Context, i int, p *wire.Provider) (err error) {
		if offers[i].Err == nil {
			out[i].Account, err = p.Account(ctx)
		}
		return err
	})
	for i, err := range errs {
		out[i].Err = err
	}
	return out
}

// Speaks reports for each offer whether its provider has no list of models but answers chats.
// Others are not asked.
func (r *Registry) Speaks(ctx context.Context, offers []Offer) []bool {
	out := make([]bool, len(offers))
	r.askAll(ctx, func(ctx context.Context, i int, p *wire.Provider) error {
		var e *providers.Error
		if !errors.As(offers[i].Err, &e) {
			return nil
		}
		switch e.Status {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			out[i] = p.Speaks(ctx, r.modelOf(offers[i].Provider.Name))
		}
		return nil
	})
	return out
}

// modelOf is a model of a provider that the config names, or any name.
func (r *Registry) modelOf(provider string) string {
	for _, ref := range r.Named() {
		if model, ok := strings.CutPrefix(ref, provider+"/"); ok {
			return model
		}
	}
	return "any"
}

// answersWithin is how long a provider may take to tell of itself.
const answersWithin = 15 * time.Second

// askAll calls ask for all providers of the config at once, and returns its errors in their order.
func (r *Registry) askAll(
	ctx context.Context, ask func(ctx context.Context, i int, p *wire.Provider) error,
) []error {
	errs := make([]error, len(r.cfg.Providers))
	var all sync.WaitGroup
	for i, c := range r.cfg.Providers {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, answersWithin)
			defer cancel()
			// A provider has the same settings whatever the model.
			eff, err := r.cfg.Resolve(c.Name + "/any")
			if err == nil {
				var p *wire.Provider
				if p, err = r.provider(eff); err == nil {
					err = ask(ctx, i, p)
				}
			}
			errs[i] = err
		})
	}
	all.Wait()
	return errs
}

// Choices lists the models of one offer: those in the provider's list in its order, then those that
// only the config names.
func (r *Registry) Choices(o Offer) []Choice {
	var out []Choice
	var configured []string // models of this provider in the config
	for _, ref := range r.Named() {
		if model, ok := strings.CutPrefix(ref, o.Provider.Name+"/"); ok {
			configured = append(configured, model)
		}
	}
	seen := map[string]bool{}
	add := func(model string, m providers.Listed, listed bool) {
		c, ok := r.choice(o.Provider.Name+"/"+model, m)
		if !ok || seen[model] {
			return
		}
		seen[model] = true
		c.Listed, c.Configured = listed, slices.Contains(configured, model)
		c.Missing = !listed && o.Pulls && o.Err == nil
		out = append(out, c)
	}
	for _, m := range o.Models {
		known := false
		for _, model := range configured { // keeps the spelling of the config
			if providers.SameModel(model, m.ID) {
				add(model, m, true)
				known = true
			}
		}
		if !known {
			add(strings.TrimSuffix(m.ID, ":latest"), m, true)
		}
	}
	for _, model := range configured {
		add(model, providers.Listed{ID: model, Chat: true}, false)
	}
	return out
}

// choice combines what config and catalogue say of a reference with what its provider says of it.
// It reports false if the reference names no provider.
func (r *Registry) choice(ref string, m providers.Listed) (c Choice, ok bool) {
	eff, err := r.cfg.Resolve(ref)
	if err != nil {
		return c, false
	}
	info := r.info(eff)
	c = Choice{Ref: ref, Name: info.Name, Price: info.Price, Size: m.Size, Local: info.Local,
		Own:     info.Own,
		Context: cmp.Or(m.Context, info.Context), Simulated: info.Simulated, Chat: m.Chat,
		Memory: m.Memory, Vision: cmp.Or(eff.Vision, m.Vision, info.Vision)}
	if m.Name != "" && info.Name == info.Ref.Model {
		c.Name = m.Name
	}
	return c, true
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
func (r *Registry) Pull(ctx context.Context, ref string) iter.Seq2[wire.PullProgress, error] {
	return func(yield func(wire.PullProgress, error) bool) {
		p, eff, err := r.reach(ref)
		if err != nil {
			yield(wire.PullProgress{}, err)
			return
		}
		p.Pull(ctx, eff.Ref.Model)(yield)
	}
}

// Load has the server of a reference load its model, and returns what the server says of it then.
// A model with a num_ctx of its own is loaded with that. keep is as in wire.LoadOptions.
func (r *Registry) Load(ctx context.Context, ref string,
	keep *time.Duration) (providers.Memory, error) {
	p, eff, err := r.reach(ref)
	if err != nil {
		return providers.Memory{}, err
	}
	how := wire.LoadOptions{KeepAlive: keep, Body: eff.Body}
	if n := eff.Params.NumCtx; n != nil {
		how.Context = *n
	}
	return p.Load(ctx, eff.Ref.Model, how)
}

// Unload has the server of a reference unload its model.
func (r *Registry) Unload(ctx context.Context, ref string) error {
	p, eff, err := r.reach(ref)
	if err != nil {
		return err
	}
	return p.Unload(ctx, eff.Ref.Model)
}

// reach finds the provider of a reference.
func (r *Registry) reach(ref string) (*wire.Provider, config.Effective, error) {
	eff, err := r.cfg.Resolve(ref)
	if err != nil {
		return nil, eff, r.explain(ref, err)
	}
	p, err := r.provider(eff)
	return p, eff, err
}
