package cli

import (
	"cmp"

	"lineup/config"
	"lineup/providers"
)

// quote finds the price of a model: the config's own, what a machine of one's own costs, what the gateway has listed,
// then the catalogue's. Above all of them stands what a gateway says of a single request.
func (g *registry) quote(eff config.Effective) providers.Quote {
	if p, ok := price(eff.Price); ok {
		return providers.Quote{Price: p, Source: providers.CostConfig, From: g.cfg.File}
	}
	c := eff.Provider.Cost
	if c.Machine() {
		of := func(v *float64) float64 {
			if v == nil {
				return 0
			}
			return *v
		}
		return providers.Quote{Source: providers.CostLocal, From: g.cfg.File, Machine: &providers.Machine{MonthlyUSD: of(c.MonthlyUSD), HoursPerMonth: of(c.HoursPerMonth),
			Watts: of(c.Watts), USDPerKWh: of(c.USDPerKWh), PriceUSD: of(c.MachineUSD), Years: of(c.MachineYears)}}
	}
	if p, ok := price(c.Price); ok {
		return providers.Quote{Price: p, Source: providers.CostLocal, From: g.cfg.File}
	}
	if q, ok := g.listed.find(eff.Provider, eff.Ref.Model); ok {
		return q
	}
	if eff.Provider.Local {
		return providers.Quote{}
	}
	entry, _ := g.catalog.Find(eff.Provider.BaseURL, eff.Ref.Model)
	return entry.Price
}

// price takes a price from the config; ok is false where it does not say both directions.
func price(c config.Price) (p providers.Price, ok bool) {
	if c.Input == nil || c.Output == nil {
		return p, false
	}
	p = rates(c, providers.Price{})
	for _, t := range c.Tiers {
		p.Tiers = append(p.Tiers, providers.Tier{Above: t.Above, Price: rates(t.Price, p)})
	}
	return p, true
}

// rates lays what the config says over a base, without tiers.
func rates(c config.Price, base providers.Price) providers.Price {
	or := func(v *float64, base float64) float64 {
		if v != nil {
			return *v
		}
		return base
	}
	return providers.Price{Input: or(c.Input, base.Input), Output: or(c.Output, base.Output),
		CacheRead: cmp.Or(c.CacheRead, base.CacheRead), CacheWrite: cmp.Or(c.CacheWrite, base.CacheWrite),
		CacheWrite1h: cmp.Or(c.CacheWrite1h, base.CacheWrite1h), Reasoning: cmp.Or(c.Reasoning, base.Reasoning),
		Request: or(c.Request, base.Request), Image: or(c.Image, base.Image)}
}
