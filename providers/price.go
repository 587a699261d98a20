package providers

import "time"

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

// Price is what a model costs: USD per million tokens, and USD for each request.
type Price struct {
	Input        float64
	Output       float64
	CacheRead    *float64 // nil: as Input
	CacheWrite   *float64 // five minutes; nil: as Input
	CacheWrite1h *float64 // one hour; nil: as CacheWrite
	Reasoning    *float64 // nil: as Output
	Request      float64
}

// Of gives the cost of a usage in USD:
//
//	uncached·in + cache reads + cache writes + visible output·out + reasoning + per request
//
// Cached tokens are parts of u.Input and reasoning is a part of u.Output, so each token is paid once.
func (p Price) Of(u Usage) float64 {
	or := func(v *float64, other float64) float64 {
		if v != nil {
			return *v
		}
		return other
	}
	write := or(p.CacheWrite, p.Input)
	uncached := max(0, u.Input-u.CacheRead-u.CacheWrite)
	visible := max(0, u.Output-u.Reasoning)
	write1h := min(u.CacheWrite1h, u.CacheWrite)
	perMillion := float64(uncached)*p.Input +
		float64(u.CacheRead)*or(p.CacheRead, p.Input) +
		float64(u.CacheWrite-write1h)*write +
		float64(write1h)*or(p.CacheWrite1h, write) +
		float64(visible)*p.Output +
		float64(min(u.Reasoning, u.Output))*or(p.Reasoning, p.Output)
	return perMillion/1e6 + p.Request
}

// Quote is a price with its origin. The zero Quote is an unknown price.
type Quote struct {
	Price      Price
	Source     CostSource
	MonthlyUSD float64 // of CostLocal: what the machine costs a month, spread over the seconds it is busy
}

// secondsPerMonth is the length of a mean Gregorian month: 365.2425 days / 12.
const secondsPerMonth = 365.2425 * 24 * 3600 / 12

// Cost gives the cost of one reply in USD; busy is how long the server worked on it. ok is false where the price
// is unknown.
func (q Quote) Cost(u Usage, busy time.Duration) (usd float64, ok bool) {
	switch {
	case q.Source == "" || q.Source == CostUnknown:
		return 0, false
	case q.Source == CostLocal && q.MonthlyUSD > 0:
		return q.MonthlyUSD / secondsPerMonth * max(0, busy.Seconds()), true
	}
	return q.Price.Of(u), true
}
