package providers

import (
	"cmp"
	"fmt"
	"time"
)

// CostSource says where a cost comes from.
type CostSource string

// The sources of a cost, best first.
const (
	CostGateway CostSource = "gateway" // the gateway reported what this request cost
	CostConfig  CostSource = "config"  // price in the config
	CostListed  CostSource = "listed"  // the gateway's own price list
	CostCatalog CostSource = "catalog" // the embedded catalogue
	CostLocal   CostSource = "local"   // what the user's own machine costs
	CostUnknown CostSource = "unknown"
)

// Price is what a model costs: USD per million tokens, and USD for each request and image.
type Price struct {
	Input        float64  `json:"input"`
	Output       float64  `json:"output"`
	CacheRead    *float64 `json:"cache_read,omitempty"`     // nil: as Input
	CacheWrite   *float64 `json:"cache_write,omitempty"`    // five minutes; nil: as Input
	CacheWrite1h *float64 `json:"cache_write_1h,omitempty"` // one hour; nil: as CacheWrite
	Reasoning    *float64 `json:"reasoning,omitempty"`      // nil: as Output
	Request      float64  `json:"request,omitempty"`
	Image        float64  `json:"image,omitempty"`
	Tiers        []Tier   `json:"tiers,omitempty"` // of long prompts, in the order of Above
}

// Tier is what holds in place of the price around it, for the whole request, where the prompt has
// more than Above tokens, cached ones counted. That is how Google, Anthropic, OpenAI and OpenRouter
// bill long prompts.
type Tier struct {
	Above int `json:"above"`
	Price
}

// at is the price for a prompt of so many tokens.
func (p Price) at(input int) Price {
	for _, t := range p.Tiers {
		if input > t.Above {
			p = t.Price
		}
	}
	return p
}

// Of gives the cost of a usage in USD:
//
//	uncached·in + cache reads + cache writes + visible output·out + reasoning + per request + images
//
// Cached tokens are parts of u.Input and reasoning is a part of u.Output, so each token is paid
// once. A negative count of a broken server counts as none.
func (p Price) Of(u Usage) float64 {
	p = p.at(u.Input)
	or := func(v *float64, other float64) float64 {
		if v != nil {
			return *v
		}
		return other
	}
	n := func(tokens int) float64 { return max(0, float64(tokens)) }
	write := or(p.CacheWrite, p.Input)
	uncached := max(0, n(u.Input)-n(u.CacheRead)-n(u.CacheWrite))
	write1h := min(n(u.CacheWrite1h), n(u.CacheWrite))
	reasoning := min(n(u.Reasoning), n(u.Output))
	perMillion := uncached*p.Input +
		n(u.CacheRead)*or(p.CacheRead, p.Input) +
		(n(u.CacheWrite)-write1h)*write +
		write1h*or(p.CacheWrite1h, write) +
		(n(u.Output)-reasoning)*p.Output +
		reasoning*or(p.Reasoning, p.Output)
	return perMillion/1e6 + p.Request + n(u.Images)*p.Image
}

// Quote is a price with its origin. The zero Quote is an unknown price.
type Quote struct {
	Source CostSource `json:"source"`
	// where it stands: a file, the address of a list, a catalogue with its version
	From string `json:"from,omitempty"`
	// the day that a list is of, such as "2026-08-19"; "" for what the config says
	AsOf    string   `json:"as_of,omitempty"`
	Price   Price    `json:"rates,omitzero"`
	Machine *Machine `json:"machine,omitempty"` // of CostLocal: what counts in place of Price
	// of CostCatalog: it is this maker's list price, since nobody knows the gateway's
	Maker string `json:"maker,omitempty"`
}

// Known reports whether there is a price at all. It may be zero.
func (q Quote) Known() bool { return q.Source != "" && q.Source != CostUnknown }

// Cost gives the cost of one reply in USD; busy is how long the server worked on it. ok is false
// where the price is unknown.
func (q Quote) Cost(u Usage, busy time.Duration) (usd float64, ok bool) {
	switch {
	case !q.Known():
		return 0, false
	case q.Machine != nil:
		return q.Machine.PerSecond() * max(0, busy.Seconds()), true
	}
	return q.Price.Of(u), true
}

// Words names the source of the price and its day, and for a machine its computation. It is for
// people.
func (q Quote) Words() string {
	var s string
	switch {
	case !q.Known():
		return "not known"
	case q.Machine != nil:
		return "your machine: " + q.Machine.How(0)
	case q.Source == CostLocal:
		s = "your machine, as the config says"
	case q.Source == CostConfig:
		s = "the config"
	case q.Source == CostListed:
		s = "listed by the gateway"
	case q.Maker != "":
		s = "~catalog: " + q.Maker + "'s list price; the gateway's own goes into the config as " +
			"price = { input = …, output = … }"
	default:
		s = "catalogue " + q.From
	}
	if q.AsOf != "" {
		s += ", " + q.AsOf
	}
	for _, t := range q.Price.Tiers {
		s += fmt.Sprintf("; above %d tokens $%.4g and $%.4g", t.Above, t.Input, t.Output)
	}
	if q.Price.Request > 0 {
		s += fmt.Sprintf("; $%g a request", q.Price.Request)
	}
	if q.Price.Image > 0 {
		s += fmt.Sprintf("; $%g an image", q.Price.Image)
	}
	return s
}

// Over completes a price by another one, where it has no rate or fee of its own; Input and Output
// it has.
func (p Price) Over(base Price) Price {
	p.CacheRead, p.CacheWrite = cmp.Or(p.CacheRead, base.CacheRead),
		cmp.Or(p.CacheWrite, base.CacheWrite)
	p.CacheWrite1h, p.Reasoning = cmp.Or(p.CacheWrite1h, base.CacheWrite1h),
		cmp.Or(p.Reasoning, base.Reasoning)
	p.Request, p.Image = cmp.Or(p.Request, base.Request), cmp.Or(p.Image, base.Image)
	return p
}
