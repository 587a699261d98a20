package price

import (
	"iter"
	"net/url"
	"slices"
	"strings"
	"sync"

	"charm.land/catwalk/pkg/catwalk"
	"charm.land/catwalk/pkg/embedded"

	"lineup/providers"
)

// The catalogue that go.mod names, and the day it was released. A test holds the two together.
const (
	catalogVersion = "v0.52.1"
	catalogDate    = "2026-08-19"
)

// Catalog knows names, context windows and list prices of the public endpoints' models, from the
// catalogue that is built into the program (charm.land/catwalk). It is read on first use: reading
// takes longer than anything else at program start. It is safe for concurrent use.
type Catalog struct{ load func() []catwalk.Provider }

// NewCatalog makes a catalogue that has read nothing yet.
func NewCatalog() *Catalog { return &Catalog{load: sync.OnceValue(embedded.GetAll)} }

// Find looks up a model of the endpoint at a base URL. Only an endpoint on the same host counts: a
// gateway that resells a model has prices of its own. It reports false for a model that the
// catalogue does not know; the Price of one that it knows may still be unknown.
func (c *Catalog) Find(baseURL, model string) (entry providers.Listed, ok bool) {
	id := strings.TrimPrefix(model, "models/") // as Gemini's own lists write it
	best := -1
	for p, fits := range c.endpoints(baseURL) {
		if fits <= best {
			continue
		}
		for i := range p.Models {
			if p.Models[i].ID == id {
				best, ok, entry = fits, true, listed(&p.Models[i])
			}
		}
	}
	return entry, ok
}

// makers are the catalogue's providers that sell their own models, not other makers'.
func makers() []catwalk.InferenceProvider {
	return []catwalk.InferenceProvider{
		catwalk.InferenceProviderAnthropic, catwalk.InferenceProviderOpenAI,
		catwalk.InferenceProviderGemini,
		catwalk.InferenceProviderXAI, catwalk.InferenceProviderDeepSeek,
		catwalk.InferenceProviderZAI,
		catwalk.InferenceProviderMoonshot, catwalk.InferenceProviderMiniMax,
	}
}

// OfMaker looks up a model that an unknown gateway resells, by its maker's own name for it: alone,
// or after a vendor as in anthropic/claude-haiku-4-5-20251001. The price is the maker's list price,
// which the gateway's may differ from.
func (c *Catalog) OfMaker(model string) (providers.Quote, bool) {
	vendor, id := "", model
	if i := strings.LastIndexByte(model, '/'); i >= 0 {
		vendor, id = model[:i], model[i+1:]
	}
	for _, p := range c.load() {
		if !slices.Contains(makers(), p.ID) {
			continue
		}
		if vendor != "" && vendor != "models" &&
			!strings.Contains(strings.ToLower(vendor), string(p.ID)) &&
			!strings.EqualFold(vendor, makerAlias(p.ID)) {
			continue
		}
		for i := range p.Models {
			if p.Models[i].ID != id {
				continue
			}
			if q := catalogQuote(&p.Models[i]); q.Known() {
				q.Maker = string(p.ID)
				return q, true
			}
		}
	}
	return providers.Quote{}, false
}

// makerAlias is the name under which gateways sell the models of a maker, where it is another one.
func makerAlias(id catwalk.InferenceProvider) string {
	switch id {
	case catwalk.InferenceProviderGemini:
		return "google"
	case catwalk.InferenceProviderXAI:
		return "x-ai"
	case catwalk.InferenceProviderZAI:
		return "z-ai"
	case catwalk.InferenceProviderMoonshot:
		return "moonshotai"
	}
	return ""
}

// Models lists what the catalogue knows of the endpoint at a base URL, in its order.
func (c *Catalog) Models(baseURL string) []providers.Listed {
	var best *catwalk.Provider
	most := -1
	for p, fits := range c.endpoints(baseURL) {
		if fits > most {
			best, most = p, fits
		}
	}
	if best == nil {
		return nil
	}
	var out []providers.Listed
	for i := range best.Models {
		out = append(out, listed(&best.Models[i]))
	}
	return out
}

func listed(m *catwalk.Model) providers.Listed {
	return providers.Listed{ID: m.ID, Name: m.Name, Context: int(m.ContextWindow), Chat: true,
		Price: catalogQuote(m), Vision: &m.SupportsImages}
}

// endpoints are the endpoints on the host of a base URL, and how many segments of the path they
// share with it: a host may have several.
func (c *Catalog) endpoints(baseURL string) iter.Seq2[*catwalk.Provider, int] {
	return func(yield func(*catwalk.Provider, int) bool) {
		base, err := url.Parse(baseURL)
		if err != nil || base.Host == "" {
			return
		}
		all := c.load()
		for i := range all {
			at, err := url.Parse(endpointOf(all[i]))
			if err != nil || at.Host == "" || !strings.EqualFold(at.Host, base.Host) {
				continue
			}
			if !yield(&all[i], sharedPath(at.Path, base.Path)) {
				return
			}
		}
	}
}

// endpointOf is a catalogue provider's endpoint; those of the three big ones are variables there.
func endpointOf(p catwalk.Provider) string {
	switch p.APIEndpoint {
	case "$OPENAI_API_ENDPOINT":
		return "https://api.openai.com/v1"
	case "$ANTHROPIC_API_ENDPOINT":
		return "https://api.anthropic.com"
	case "$GEMINI_API_ENDPOINT":
		return "https://generativelanguage.googleapis.com/v1beta"
	}
	return p.APIEndpoint
}

// sharedPath is how many segments two paths have in common from the start.
func sharedPath(a, b string) int {
	as, bs := strings.Split(strings.Trim(a, "/"), "/"), strings.Split(strings.Trim(b, "/"), "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	return n
}

// catalogQuote reads the catalogue's prices, USD per million tokens. A 0 means unknown unless the
// model is marked free. cost_per_1m_in_cached is the price of writing into the cache,
// cost_per_1m_out_cached that of reading from it. If the catalogue has mixed them up, it shows:
// nobody's writes are cheaper than plain input, nobody's reads dearer. The prices of long prompts
// are ours.
func catalogQuote(m *catwalk.Model) providers.Quote {
	q := providers.Quote{Source: providers.CostCatalog, From: "charm.land/catwalk " +
		catalogVersion, AsOf: catalogDate}
	in, out := m.CostPer1MIn, m.CostPer1MOut
	if in <= 0 || out <= 0 {
		if in == 0 && out == 0 && markedFree(m) {
			return q
		}
		return providers.Quote{}
	}
	read, write := m.CostPer1MOutCached, m.CostPer1MInCached
	p := mended(providers.Price{Input: in, Output: out, CacheRead: positive(&read),
		CacheWrite: positive(&write)})
	if p.CacheWrite != nil && *p.CacheWrite < in { // a price of reading in the place of writing
		if p.CacheRead == nil {
			p.CacheRead = p.CacheWrite
		}
		p.CacheWrite = nil
	}
	p.Tiers = knownTiers(m.ID, p)
	q.Price = p
	return q
}

func markedFree(m *catwalk.Model) bool {
	return strings.HasSuffix(m.ID, ":free") || strings.HasSuffix(m.ID, "-free") ||
		strings.Contains(strings.ToLower(m.Name), "(free)")
}
