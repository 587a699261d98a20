package registry

import (
	"cmp"

	"lineup/config"
	"lineup/providers"
)

// quote finds the price of a model. It looks in this order: the config's price of the model, the
// cost of one's own machine, the gateway's list, the catalogue, and the list price of the model's
// maker, which is marked as such. A cost that a gateway reports for a single request counts before
// all of them.
func (r *Registry) quote(eff config.Effective) providers.Quote {
	if p, ok := configPrice(eff.Price); ok {
		return providers.Quote{Price: p, Source: providers.CostConfig, From: r.cfg.File}
	}
	c := eff.Provider.Cost
	if c.Machine() {
		of := func(v *float64) float64 {
			if v == nil {
				return 0
			}
			return *v
		}
		machine := providers.Machine{MonthlyUSD: of(c.MonthlyUSD),
			HoursPerMonth: of(c.HoursPerMonth),
			Watts:         of(c.Watts), USDPerKWh: of(c.USDPerKWh), PriceUSD: of(c.MachineUSD),
			Years: of(c.MachineYears)}
		return providers.Quote{Source: providers.CostLocal, From: r.cfg.File, Machine: &machine}
	}
	if p, ok := configPrice(c.Price); ok {
		return providers.Quote{Price: p, Source: providers.CostLocal, From: r.cfg.File}
	}
	if q, ok := r.listedPrice(eff); ok {
		return q
	}
	if eff.Provider.Local || eff.Provider.OnSite() {
		return providers.Quote{}
	}
	if entry, known := r.catalog.Find(eff.Provider.BaseURL, eff.Ref.Model); known {
		return entry.Price
	}
	q, _ := r.catalog.OfMaker(eff.Ref.Model)
	return q
}

// configPrice converts a price of the config. It reports false unless both directions have one.
func configPrice(c config.Price) (p providers.Price, ok bool) {
	if c.Input == nil || c.Output == nil {
		return p, false
	}
	p = rates(c, providers.Price{})
	for _, t := range c.Tiers {
		p.Tiers = append(p.Tiers, providers.Tier{Above: t.Above, Price: rates(t.Price, p)})
	}
	return p, true
}

// rates completes the rates of the config from a base. Tiers are left out.
func rates(c config.Price, base providers.Price) providers.Price {
	or := func(v *float64, base float64) float64 {
		if v != nil {
			return *v
		}
		return base
	}
	return providers.Price{
		Input:        or(c.Input, base.Input),
		Output:       or(c.Output, base.Output),
		CacheRead:    cmp.Or(c.CacheRead, base.CacheRead),
		CacheWrite:   cmp.Or(c.CacheWrite, base.CacheWrite),
		CacheWrite1h: cmp.Or(c.CacheWrite1h, base.CacheWrite1h),
		Reasoning:    cmp.Or(c.Reasoning, base.Reasoning),
		Request:      or(c.Request, base.Request),
		Image:        or(c.Image, base.Image),
	}
}
