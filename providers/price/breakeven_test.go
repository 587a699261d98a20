package price

import (
	"math"
	"math/rand/v2"
	"testing"

	"lineup/providers"
)

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-9*max(1, math.Abs(want)) }

// The article that lineup answers prices three volumes on a gateway at $0.42 a million tokens and writes $4,200 for ten
// million of them. A machine at $800 a month is DESIGN's example of one of your own.
func TestArticleScenarios(t *testing.T) {
	price := providers.Price{Input: 0.42, Output: 0.42}
	w := Workload{providers.Usage{Input: 750, Output: 250}}
	self := Hosting{Machine: providers.Machine{MonthlyUSD: 800}, TokensPerSecond: 1000}
	for _, c := range []struct{ volume, gateway float64 }{
		{1e6, 0.42},    // 1 × $0.42
		{10e6, 4.20},   // 10 × $0.42, not $4,200
		{100e6, 42.00}, // 100 × $0.42
	} {
		if got := w.Cost(price, c.volume); !near(got, c.gateway) {
			t.Errorf("%v tokens on the gateway cost $%v, want $%v", c.volume, got, c.gateway)
		}
		if got := self.Month(w, c.volume); !near(got.USD(), 800) || !got.Feasible() {
			t.Errorf("%v tokens on the machine: $%v, feasible %v; want $800", c.volume, got.USD(), got.Feasible())
		}
	}
	// 800 / 0.42 = 1904.7619…: so many million tokens a month. At 1000 tokens of output a second the machine can
	// serve 730.485 h × 3600 s × 1000 / 0.25 = 10,518.98 million.
	v, verdict := self.BreakEven(w, price)
	if verdict != PaysFrom || math.Abs(v-1904.761905e6) > 1 {
		t.Errorf("break-even at %v (%s), want 1904.76 million", v, verdict)
	}
	if c := self.Capacity(w); math.Abs(c-10518.984e6) > 1e3 {
		t.Errorf("capacity %v, want 10,518.984 million", c)
	}
	// At 40 tokens a second it can serve 420.76 million, each of which costs at least 800 / 420.76 = $1.9013.
	self.TokensPerSecond = 40
	if v, verdict = self.BreakEven(w, price); verdict != PaysBeyond || math.Abs(v-1904.761905e6) > 1 {
		t.Errorf("a slow machine: %v (%s), want the same volume, beyond what it can serve", v, verdict)
	}
	if got := self.FullLoad(w); math.Abs(got-1.90132) > 1e-4 {
		t.Errorf("at full load a million costs $%v, want $1.9013", got)
	}
}

func TestWorkloadCost(t *testing.T) {
	read := 0.03
	for _, c := range []struct {
		name   string
		w      providers.Usage
		p      providers.Price
		volume float64
		want   float64
	}{
		// 600k·0.30 + 400k·2.50 = 0.18 + 1.00
		{"in and out", providers.Usage{Input: 600, Output: 400}, providers.Price{Input: 0.30, Output: 2.50}, 1e6, 1.18},
		// a quarter of the million is read from the cache: 500k·0.30 + 250k·0.03 + 250k·2.50 = 0.15 + 0.0075 + 0.625
		{"cached", providers.Usage{Input: 750, CacheRead: 250, Output: 250}, providers.Price{Input: 0.30, Output: 2.50, CacheRead: &read}, 1e6, 0.7825},
		// 1e6/500 = 2000 requests at $0.001, and 1e6 tokens at $1
		{"a fee a request", providers.Usage{Input: 400, Output: 100}, providers.Price{Input: 1, Output: 1, Request: 0.001}, 1e6, 3},
		// prompts of 300k tokens are billed at the tier: 750 requests × (300k·2 + 100k·4)/1e6 = 750 × 1.0
		{"long prompts", providers.Usage{Input: 300_000, Output: 100_000}, providers.Price{Input: 1, Output: 2, Tiers: []providers.Tier{{Above: 200_000, Price: providers.Price{Input: 2, Output: 4}}}}, 300e6, 750},
		{"nothing", providers.Usage{Input: 1, Output: 1}, providers.Price{Input: 1, Output: 1}, 0, 0},
	} {
		if got := (Workload{c.w}).Cost(c.p, c.volume); !near(got, c.want) {
			t.Errorf("%s: $%v, want $%v", c.name, got, c.want)
		}
	}
}

func TestMonthKeepsBusyAndIdleApart(t *testing.T) {
	w := Workload{providers.Usage{Input: 500, Output: 500}}
	// On for 100 hours a month, 20 output tokens a second: 1 h makes 72,000 of them, 144,000 with their prompts.
	h := Hosting{Machine: providers.Machine{MonthlyUSD: 80, PriceUSD: 720, Years: 3, HoursPerMonth: 100, Watts: 500, USDPerKWh: 0.40},
		IdleWatts: 50, TokensPerSecond: 20}
	if got := h.FixedUSD(); !near(got, 100) { // 80 + 720/36
		t.Errorf("fixed $%v, want $100", got)
	}
	m := h.Month(w, 25*144_000)
	// 25 busy hours: 100·25/100 + 25·0.5·0.40 = 25 + 5; 75 idle ones: 100·75/100 + 75·0.05·0.40 = 75 + 1.5.
	if !near(m.BusyHours, 25) || !near(m.IdleHours, 75) || !near(m.BusyUSD, 30) || !near(m.IdleUSD, 76.5) || !near(m.USD(), 106.5) {
		t.Errorf("%+v", m)
	}
	if c := h.Capacity(w); !near(c, 14.4e6) {
		t.Errorf("capacity %v, want 14.4 million", c)
	}
	if m := h.Month(w, h.Capacity(w)); !m.Feasible() || m.IdleHours != 0 || !near(m.USD(), 120) { // 100 + 100·0.5·0.40
		t.Errorf("at full load: %+v", m)
	}
	if m := h.Month(w, 15e6); m.Feasible() {
		t.Errorf("beyond it: %+v", m)
	}
	// Idle month: 100 + 100·0.05·0.40 = 102. A token costs (0.5-0.05)·0.40/144,000 = 1.25e-6 more than idling.
	// At $12.25 a million: 102 / (12.25e-6 - 1.25e-6) = 9,272,727 tokens.
	v, verdict := h.BreakEven(w, providers.Price{Input: 12.25, Output: 12.25})
	if verdict != PaysFrom || math.Abs(v-102/11e-6) > 1e-3 {
		t.Errorf("break-even at %v (%s), want 9,272,727", v, verdict)
	}
}

func TestVerdicts(t *testing.T) {
	w := Workload{providers.Usage{Input: 500, Output: 500}}
	price := providers.Price{Input: 1, Output: 1}
	for _, c := range []struct {
		name string
		h    Hosting
		want Verdict
	}{
		{"a machine that costs nothing", Hosting{TokensPerSecond: 10}, PaysAlways},
		{"tokens as dear as the gateway's", Hosting{TokensPerSecond: 10, Price: price}, PaysNever},
		// 10 tok/s of output: a million tokens keep it busy for 13.9 h, in which 1 kW costs $4.17
		{"power alone dearer than the gateway", Hosting{Machine: providers.Machine{Watts: 1000, USDPerKWh: 0.3}, TokensPerSecond: 10}, PaysNever},
		{"fast enough", Hosting{Machine: providers.Machine{MonthlyUSD: 10}, TokensPerSecond: 10}, PaysFrom}, // 10 of 52.6 million
		{"too slow", Hosting{Machine: providers.Machine{MonthlyUSD: 100}, TokensPerSecond: 10}, PaysBeyond}, // 100 of 52.6 million
	} {
		if _, got := c.h.BreakEven(w, price); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Whatever the numbers: at the break-even both cost the same, costs never fall with the volume, busy and idle are the
// whole month, and a break-even beyond the capacity means that full load costs more than the gateway.
func TestBreakEvenProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	for range 2000 {
		w := Workload{providers.Usage{Input: rng.IntN(5000), Output: 1 + rng.IntN(5000)}}
		p := providers.Price{Input: rng.Float64() * 5, Output: rng.Float64() * 20, Request: rng.Float64() * 0.001 * float64(rng.IntN(2))}
		h := Hosting{Machine: providers.Machine{MonthlyUSD: rng.Float64() * 2000, HoursPerMonth: float64(rng.IntN(2)) * (1 + rng.Float64()*700),
			Watts: rng.Float64() * 1000, USDPerKWh: rng.Float64() * 0.5, PriceUSD: rng.Float64() * 9000, Years: float64(rng.IntN(6))},
			IdleWatts: rng.Float64() * 100, TokensPerSecond: 1 + rng.Float64()*3000}
		h.Machine.Watts += h.IdleWatts
		last := Month{}
		for _, part := range []float64{0, 0.1, 0.5, 0.9, 1} {
			m := h.Month(w, part*h.Capacity(w))
			if !m.Feasible() || m.USD() < last.USD()-1e-9 || m.BusyUSD < 0 || m.IdleUSD < 0 || !near(m.BusyHours+m.IdleHours, h.Machine.BusyHours()) {
				t.Fatalf("%+v at %v of the capacity: %+v behind %+v", h, part, m, last)
			}
			last = m
		}
		v, verdict := h.BreakEven(w, p)
		switch verdict {
		case PaysFrom:
			if a, b := h.Month(w, v).USD(), w.Cost(p, v); math.Abs(a-b) > 1e-6*max(a, b) {
				t.Fatalf("at %v tokens the machine costs $%v and the gateway $%v", v, a, b)
			}
		case PaysBeyond:
			if full, gateway := h.FullLoad(w), w.PerMillion(p); full <= gateway {
				t.Fatalf("beyond the capacity, but full load costs $%v a million and the gateway $%v", full, gateway)
			}
		}
	}
}

// The article's three tiers: a million tokens at $2.50 beside a machine at $80 a month, ten million
// at $0.42 beside one at $1,000, a hundred million beside one at $3,500. It says that hosting pays
// from 5 to 20 million tokens a month on.
func TestArticleTiers(t *testing.T) {
	w := Workload{providers.Usage{Input: 750, Output: 250}}
	host := func(usd float64) Hosting {
		return Hosting{Machine: providers.Machine{MonthlyUSD: usd}, TokensPerSecond: 1e6}
	}
	for _, c := range []struct{ machine, rate, volume, gateway, even float64 }{
		{80, 2.50, 1e6, 2.50, 32e6},                   // 80 / 2.50 = 32
		{1000, 0.42, 10e6, 4.20, 2380.952380952381e6}, // 1000 / 0.42; not $4,200
		{3500, 0.42, 100e6, 42, 8333.333333333333e6},  // 3500 / 0.42; not $42,000
		{80, 0.42, 5e6, 2.10, 190.47619047619048e6},
		{2.10, 0.42, 20e6, 8.40, 5e6}, // what a machine may cost to break even at 5 million
		{8.40, 0.42, 20e6, 8.40, 20e6},
	} {
		p := providers.Price{Input: c.rate, Output: c.rate}
		if got := w.Cost(p, c.volume); !near(got, c.gateway) {
			t.Errorf("%v tokens at $%v cost $%v, want $%v", c.volume, c.rate, got, c.gateway)
		}
		if v, verdict := host(c.machine).BreakEven(w, p); verdict != PaysFrom || !near(v, c.even) {
			t.Errorf("$%v a month against $%v: %v (%s), want %v", c.machine, c.rate, v, verdict, c.even)
		}
	}
}

// Work on the machine and outages: (100 + 20 %) + 30 = 150; half of 730.485 h × 3600 × 100 / 0.25.
func TestLabourAndOutages(t *testing.T) {
	w := Workload{providers.Usage{Input: 750, Output: 250}}
	h := Hosting{Machine: providers.Machine{MonthlyUSD: 100, Watts: 100, USDPerKWh: 1}, IdleWatts: 100,
		TokensPerSecond: 100, LabourShare: 0.2, LabourUSD: 30, OutageShare: 0.5}
	if got := h.FixedUSD(); !near(got, 150) {
		t.Errorf("fixed $%v, want $150", got)
	}
	if got := h.Capacity(w); !near(got, 525949200) {
		t.Errorf("capacity %v, want 525949200", got)
	}
	// Idle all the time that it is up: 365.2425 h × 0.1 kW × $1 besides.
	if got := h.Month(w, 0).USD(); !near(got, 150+36.52425) {
		t.Errorf("an idle month $%v, want $186.52", got)
	}
}
