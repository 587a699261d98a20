package price

import (
	"math"

	"lineup/providers"
)

// Workload is what a month is made of: requests that are all like an average one. A volume is a
// number of tokens a month, prompts and answers together.
type Workload struct{ Request providers.Usage }

// Tokens is how many tokens a request has, in and out.
func (w Workload) Tokens() float64 { return float64(w.Request.Input + w.Request.Output) }

// Cost is the cost of a volume at a price, in USD: so many average requests. Fees a request and
// prices of long prompts are part of it.
func (w Workload) Cost(p providers.Price, volume float64) float64 {
	return volume / w.Tokens() * p.Of(w.Request)
}

// PerMillion is what a million tokens of this mixture cost, in USD.
func (w Workload) PerMillion(p providers.Price) float64 { return w.Cost(p, 1e6) }

// Hosting is a machine of one's own that serves a model.
type Hosting struct {
	Machine   providers.Machine // HoursPerMonth is how long it is on
	IdleWatts float64           // drawn while it is on and has no work
	// what counts beside the machine, by the token; usually nothing
	Price providers.Price
	// of output, all streams together, time for the prompts included; above 0
	TokensPerSecond float64
	LabourUSD       float64 // a month of work on it
	LabourShare     float64 // work on it, as a part of its rent and wear
	OutageShare     float64 // part of the time in which it is down, below 1
}

// Hours is how long the machine can work a month.
func (h Hosting) Hours() float64 { return h.Machine.BusyHours() * (1 - h.OutageShare) }

// Month is what a volume asks of the machine. BusyUSD and IdleUSD are the whole cost: what the
// month costs anyway falls on busy and idle hours alike, power on those in which it is drawn.
type Month struct {
	Volume    float64 // tokens
	BusyHours float64
	IdleHours float64 // below 0 where the machine cannot serve the volume
	BusyUSD   float64
	IdleUSD   float64
}

// USD is what the month costs.
func (m Month) USD() float64 { return m.BusyUSD + m.IdleUSD }

// Feasible reports whether one machine can serve the volume.
func (m Month) Feasible() bool { return m.IdleHours >= 0 }

// Month computes a month with a volume. Beyond the capacity it gives the cost of a month with more
// hours, and no more than that.
func (h Hosting) Month(w Workload, volume float64) Month {
	hours := h.Hours()
	busy := h.busyHours(w, volume)
	m := Month{Volume: volume, BusyHours: busy, IdleHours: hours - busy}
	if math.Abs(m.IdleHours) < 1e-9*hours { // a volume that is just what it can serve
		m.IdleHours = 0
	}
	idle := max(0, m.IdleHours)
	fixed := h.FixedUSD()
	m.BusyUSD = fixed*min(1, busy/hours) + h.kWhUSD(h.Machine.Watts)*busy + w.Cost(h.Price, volume)
	m.IdleUSD = fixed*idle/hours + h.kWhUSD(h.IdleWatts)*idle
	return m
}

// busyHours is how long the machine works on a volume: output tokens / tokens a second.
func (h Hosting) busyHours(w Workload, volume float64) float64 {
	return volume * float64(w.Request.Output) / w.Tokens() / h.TokensPerSecond / 3600
}

// FixedUSD is the cost of a month, idle or not, without power: rent, wear, and the work on the
// machine.
func (h Hosting) FixedUSD() float64 {
	fixed := h.Machine.MonthlyUSD
	if h.Machine.Years > 0 {
		fixed += h.Machine.PriceUSD / (12 * h.Machine.Years)
	}
	return fixed*(1+h.LabourShare) + h.LabourUSD
}

// kWhUSD is what an hour at so many watts costs.
func (h Hosting) kWhUSD(watts float64) float64 { return watts / 1000 * h.Machine.USDPerKWh }

// Capacity is the volume beyond which one machine cannot serve, in tokens a month.
func (h Hosting) Capacity(w Workload) float64 {
	return h.Hours() / h.busyHours(w, 1)
}

// FullLoad is the least that a million tokens can cost: the machine is never idle.
func (h Hosting) FullLoad(w Workload) float64 {
	c := h.Capacity(w)
	return h.Month(w, c).USD() / c * 1e6
}

// Verdict says how a machine of one's own compares with a price.
type Verdict string

// The verdicts.
const (
	PaysAlways Verdict = "always" // it costs less from the first token on
	PaysFrom   Verdict = "from"   // it costs less above the break-even
	// it would above a volume that it cannot serve; so more machines would not help
	PaysBeyond Verdict = "beyond"
	PaysNever  Verdict = "never" // each further token costs no less on the machine
)

// BreakEven is the volume at which machine and gateway cost the same, in tokens a month; 0 for
// none.
//
//	idle month + V·(busy - idle second, and tokens, of one token) = V·price   ⇒   V = idle month / (price - marginal cost)
func (h Hosting) BreakEven(w Workload, p providers.Price) (volume float64, v Verdict) {
	idle := h.FixedUSD() + h.kWhUSD(h.IdleWatts)*h.Hours()
	marginal := h.busyHours(w, 1)*h.kWhUSD(h.Machine.Watts-h.IdleWatts) + w.Cost(h.Price, 1)
	gain := w.Cost(p, 1) - marginal
	switch {
	case gain <= 0:
		return 0, PaysNever
	case idle <= 0:
		return 0, PaysAlways
	}
	volume = idle / gain
	if !h.Month(w, volume).Feasible() {
		return volume, PaysBeyond
	}
	return volume, PaysFrom
}
