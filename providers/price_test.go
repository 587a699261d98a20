package providers

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// The wanted figures are computed by hand, as written beside each.
func TestCostOfAUsage(t *testing.T) {
	usd := func(v float64) *float64 { return &v }
	flash := Price{Input: 0.30, Output: 2.50, CacheRead: usd(0.03)}
	sonnet := Price{Input: 3, Output: 15, CacheRead: usd(0.30), CacheWrite: usd(3.75), CacheWrite1h: usd(6)}
	for _, c := range []struct {
		name  string
		price Price
		usage Usage
		want  float64
	}{
		{"nothing", flash, Usage{}, 0},
		{"input alone", flash, Usage{Input: 1_000_000}, 0.30},                        // 1 M · 0.30
		{"output alone", flash, Usage{Output: 391}, 0.0009775},                       // 391 · 2.5e-6
		{"both", flash, Usage{Input: 12, Output: 391}, 0.0009811},                    // 0.0000036 + 0.0009775
		{"ten million tokens at $0.42", Price{Input: 0.42}, Usage{Input: 1e7}, 4.20}, // not $4,200
		{"cache reads", flash, Usage{Input: 10_000, CacheRead: 8_000}, 0.00084},      // 2000·0.3e-6 + 8000·0.03e-6
		{"cache reads without a price of their own", Price{Input: 1}, Usage{Input: 10_000, CacheRead: 8_000}, 0.01},
		{"cache writes", sonnet, Usage{Input: 10_000, CacheWrite: 4_000}, 0.033},                                    // 6000·3e-6 + 4000·3.75e-6
		{"cache writes for an hour", sonnet, Usage{Input: 10_000, CacheWrite: 4_000, CacheWrite1h: 1_000}, 0.03525}, // 0.018 + 3000·3.75e-6 + 1000·6e-6
		{"everything cached", sonnet, Usage{Input: 9_000, CacheRead: 5_000, CacheWrite: 4_000}, 0.0165},             // 5000·0.3e-6 + 4000·3.75e-6
		{"an hour without a price of its own", Price{Input: 3, CacheWrite: usd(4)}, Usage{Input: 1_000, CacheWrite: 1_000, CacheWrite1h: 1_000}, 0.004},
		{"reasoning is paid once", flash, Usage{Output: 1_000, Reasoning: 900}, 0.0025},                                   // 1000·2.5e-6
		{"reasoning at its own price", Price{Output: 2, Reasoning: usd(4)}, Usage{Output: 1_000, Reasoning: 900}, 0.0038}, // 100·2e-6 + 900·4e-6
		{"a request", Price{Request: 0.005, Input: 1}, Usage{Input: 1_000}, 0.006},
		{"free", Price{}, Usage{Input: 5, Output: 5}, 0},
		{"a cache larger than the input counts what it says", Price{Input: 1, CacheRead: usd(0.5)}, Usage{Input: 10, CacheRead: 20}, 0.00001}, // 20·0.5e-6
	} {
		if got := c.price.Of(c.usage); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: $%.10f, want $%.10f", c.name, got, c.want)
		}
	}
}

func TestWhereAPriceIsFromInWords(t *testing.T) {
	tiered := Price{Input: 1, Output: 2, Request: 0.5, Image: 0.25, Tiers: []Tier{{Above: 200_000, Price: Price{Input: 2, Output: 4}}}}
	for _, c := range []struct {
		quote Quote
		want  string
	}{
		{Quote{}, "not known"},
		{Quote{Source: CostUnknown, AsOf: "2026-01-02"}, "not known"},
		{Quote{Source: CostLocal, Machine: &Machine{MonthlyUSD: 720, HoursPerMonth: 720}}, "your machine: $720 a month over 720 hours = $1 an hour of work"},
		{Quote{Source: CostLocal, Machine: &Machine{PriceUSD: 3600, Years: 1, HoursPerMonth: 100}}, "your machine: $3600 over 1 years of 100 hours a month = $3 an hour of work"},
		{Quote{Source: CostLocal}, "your machine, as the config says"},
		{Quote{Source: CostConfig, From: "x"}, "the config"},
		{Quote{Source: CostListed, From: "x", AsOf: "2026-01-02", Price: tiered},
			"listed by the gateway, 2026-01-02; above 200000 tokens $2 and $4; $0.5 a request; $0.25 an image"},
		{Quote{Source: CostCatalog, From: "v1"}, "catalogue v1"},
	} {
		if got := c.quote.Words(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// longPro costs more for prompts above 200,000 tokens, as Google and Anthropic have it; the tier is a price of its own.
func longPro() Price {
	usd := func(v float64) *float64 { return &v }
	return Price{Input: 1.25, Output: 10, CacheRead: usd(0.125), Tiers: []Tier{
		{Above: 200_000, Price: Price{Input: 2.5, Output: 15, CacheRead: usd(0.25)}},
		{Above: 500_000, Price: Price{Input: 4, Output: 20}},
	}}
}

// The wanted figures are computed by hand, as written beside each.
func TestCostOfFeesTiersAndOddCounts(t *testing.T) {
	usd := func(v float64) *float64 { return &v }
	everything := Price{Input: 3, Output: 15, CacheRead: usd(0.3), CacheWrite: usd(3.75), CacheWrite1h: usd(6), Reasoning: usd(20), Request: 0.01, Image: 0.002}
	for _, c := range []struct {
		name  string
		price Price
		usage Usage
		want  float64
	}{
		{"an image", Price{Image: 0.00145}, Usage{Images: 2}, 0.0029},                         // 2 · 0.00145
		{"images and a request", Price{Image: 0.002, Request: 0.01}, Usage{Images: 3}, 0.016}, // 3·0.002 + 0.01
		{"a request is paid for an empty answer", everything, Usage{}, 0.01},                  // the fee alone
		{"everything at once", everything, Usage{Input: 10_000, CacheRead: 4_000, CacheWrite: 3_000, CacheWrite1h: 1_000, Output: 2_000, Reasoning: 500, Images: 2}, 0.0702},
		// 3000·3e-6 + 4000·0.3e-6 + 2000·3.75e-6 + 1000·6e-6 + 1500·15e-6 + 500·20e-6 + 0.01 + 2·0.002
		//  = 0.009   + 0.0012       + 0.0075        + 0.006      + 0.0225       + 0.01        + 0.01 + 0.004
		{"below the tier", longPro(), Usage{Input: 100_000, Output: 1_000}, 0.135},                               // 0.1·1.25 + 0.001·10
		{"exactly at the tier", longPro(), Usage{Input: 200_000, Output: 1_000}, 0.26},                           // 0.2·1.25 + 0.001·10
		{"above the tier all of it is dearer", longPro(), Usage{Input: 200_001, Output: 1_000}, 0.5150025},       // 200,001·2.5e-6 + 0.001·15
		{"cached tokens count for the tier", longPro(), Usage{Input: 300_000, CacheRead: 290_000}, 0.0975},       // 10,000·2.5e-6 + 290,000·0.25e-6
		{"the second tier", longPro(), Usage{Input: 600_000, Output: 10_000}, 2.6},                               // 0.6·4 + 0.01·20
		{"a tier's cache without a price of its own", longPro(), Usage{Input: 600_000, CacheRead: 600_000}, 2.4}, // 0.6·4
		{"output does not lift into a tier", longPro(), Usage{Input: 1_000, Output: 300_000}, 3.00125},           // 0.001·1.25 + 0.3·10
		{"counts below zero are none", everything, Usage{Input: -5, Output: -7, CacheRead: -1, CacheWrite: -2, CacheWrite1h: -3, Reasoning: -4, Images: -1}, 0.01},
		{"an hour's writes beyond all writes", everything, Usage{Input: 1_000, CacheWrite: 1_000, CacheWrite1h: 5_000}, 0.016}, // 1000·6e-6 + 0.01
		{"reasoning beyond the output", everything, Usage{Output: 100, Reasoning: 900}, 0.012},                                 // 100·20e-6 + 0.01
		{"one token", Price{Input: 0.15}, Usage{Input: 1}, 0.00000015},                                                         // 0.15e-6
		{"a gateway's answer", Price{Input: 0.30, Output: 2.50}, Usage{Input: 128, Output: 391}, 0.0010159},                    // 128·0.3e-6 + 391·2.5e-6 = 0.0000384 + 0.0009775
		{"OpenAI: cached tokens lie within the input", Price{Input: 1.25, Output: 10, CacheRead: usd(0.125)}, Usage{Input: 2_006, CacheRead: 1_920, Output: 300}, 0.0033475},
		// 86·1.25e-6 + 1920·0.125e-6 + 300·10e-6 = 0.0001075 + 0.00024 + 0.003
		{"Anthropic: 21 fresh, 188,086 read, written 4,000 for 5 minutes", Price{Input: 3, Output: 15, CacheRead: usd(0.3), CacheWrite: usd(3.75)},
			Usage{Input: 21 + 188_086 + 4_000, CacheRead: 188_086, CacheWrite: 4_000, Output: 393}, 0.0773838},
		// 21·3e-6 + 188,086·0.3e-6 + 4000·3.75e-6 + 393·15e-6 = 0.000063 + 0.0564258 + 0.015 + 0.005895
		{"DeepSeek: hits and misses", Price{Input: 0.14, Output: 0.28, CacheRead: usd(0.0028)}, Usage{Input: 10_000, CacheRead: 6_400, Output: 1_000}, 0.00080192},
		// 3600·0.14e-6 + 6400·0.0028e-6 + 1000·0.28e-6 = 0.000504 + 0.00001792 + 0.00028
		{"a million tokens a month at $0.42", Price{Input: 0.42, Output: 0.42}, Usage{Input: 500_000, Output: 500_000}, 0.42},
		{"a hundred million", Price{Input: 0.42, Output: 0.42}, Usage{Input: 50_000_000, Output: 50_000_000}, 42}, // not 42,000
	} {
		if got := c.price.Of(c.usage); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: $%.10f, want $%.10f", c.name, got, c.want)
		}
	}
}

// TestCostsAreNeverNegative and never fall when tokens are added, whatever the price: a property over random prices and
// usages, counts that no server should send among them. A tier never costs less than what it stands for.
func TestCostsAreNeverNegativeAndNeverFall(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 25))
	rate := func() *float64 {
		if rnd.IntN(3) == 0 {
			return nil
		}
		v := rnd.Float64() * 20
		return &v
	}
	dearer := func(v *float64, by float64) *float64 {
		if v == nil {
			return nil
		}
		w := *v + by
		return &w
	}
	count := func() int {
		switch rnd.IntN(8) {
		case 0:
			return -rnd.IntN(1000)
		case 1:
			return 0
		case 2:
			return math.MaxInt
		}
		return rnd.IntN(400_000)
	}
	for range 20_000 {
		p := Price{Input: rnd.Float64() * 20, Output: rnd.Float64() * 80, CacheRead: rate(), CacheWrite: rate(), CacheWrite1h: rate(), Reasoning: rate(),
			Request: rnd.Float64() / 100, Image: rnd.Float64() / 100}
		for above, base := 0, p; rnd.IntN(2) == 0; {
			above += 1 + rnd.IntN(200_000)
			by := rnd.Float64() * 5
			base = Price{Input: base.Input + by, Output: base.Output + by, CacheRead: dearer(base.CacheRead, by), CacheWrite: dearer(base.CacheWrite, by),
				CacheWrite1h: dearer(base.CacheWrite1h, by), Reasoning: dearer(base.Reasoning, by), Request: base.Request, Image: base.Image}
			p.Tiers = append(p.Tiers, Tier{above, base})
		}
		u := Usage{Input: count(), Output: count(), Reasoning: count(), CacheRead: count(), CacheWrite: count(), CacheWrite1h: count(), Images: count()}
		cost := p.Of(u)
		if !(cost >= 0) || math.IsInf(cost, 0) {
			t.Fatalf("%+v at %+v costs %v", u, p, cost)
		}
		if u.Input == math.MaxInt || u.Output == math.MaxInt || u.Images == math.MaxInt { // one token is lost in rounding
			continue
		}
		for name, more := range map[string]Usage{
			"input":       {Input: u.Input + 1, Output: u.Output, Reasoning: u.Reasoning, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite, CacheWrite1h: u.CacheWrite1h, Images: u.Images},
			"output":      {Input: u.Input, Output: u.Output + 1, Reasoning: min(u.Reasoning, max(0, u.Output)), CacheRead: u.CacheRead, CacheWrite: u.CacheWrite, CacheWrite1h: u.CacheWrite1h, Images: u.Images},
			"images":      {Input: u.Input, Output: u.Output, Reasoning: u.Reasoning, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite, CacheWrite1h: u.CacheWrite1h, Images: u.Images + 1},
			"cached read": {Input: u.Input + 1, Output: u.Output, Reasoning: u.Reasoning, CacheRead: max(0, u.CacheRead) + 1, CacheWrite: u.CacheWrite, CacheWrite1h: u.CacheWrite1h, Images: u.Images},
		} {
			if u.CacheRead == math.MaxInt || u.CacheWrite == math.MaxInt {
				break
			}
			if dear := p.Of(more); dear < cost*(1-1e-12) {
				t.Fatalf("more %s is cheaper: $%.12f after $%.12f; %+v at %+v", name, dear, cost, u, p)
			}
		}
		n := time.Duration(rnd.Int64N(int64(time.Hour)))
		q := Quote{Source: CostLocal, Machine: &Machine{MonthlyUSD: rnd.Float64() * 5000, Watts: rnd.Float64() * 2000, USDPerKWh: rnd.Float64()}}
		short, _ := q.Cost(u, n)
		long, _ := q.Cost(u, n+time.Second)
		if !(short >= 0 && long >= short) {
			t.Fatalf("a machine: $%v for %v, $%v for a second more", short, n, long)
		}
	}
}

// By hand: an hour of work is a 730.485th of a month of 365.2425/12 days.
func TestCostOfAMachine(t *testing.T) {
	for _, c := range []struct {
		name    string
		machine Machine
		hour    float64
	}{
		{"rent", Machine{MonthlyUSD: 800}, 800 / 730.485},                                // 1.0951
		{"rent over the hours of work", Machine{MonthlyUSD: 800, HoursPerMonth: 160}, 5}, // 800 / 160
		{"power", Machine{Watts: 350, USDPerKWh: 0.30}, 0.105},                           // 0.35 kW · 0.30
		{"wear", Machine{PriceUSD: 2400, Years: 2, HoursPerMonth: 100}, 1},               // 2400 / (24 · 100)
		{"power and wear", Machine{Watts: 500, USDPerKWh: 0.2, PriceUSD: 3600, Years: 3}, 0.1 + 3600/(36*730.485)},
		{"all three", Machine{MonthlyUSD: 100, Watts: 1000, USDPerKWh: 0.25, PriceUSD: 1200, Years: 1, HoursPerMonth: 100}, 1 + 0.25 + 1},
		{"nothing", Machine{}, 0},
		{"a price without a life wears nothing", Machine{PriceUSD: 1000}, 0},
	} {
		if got := c.machine.PerSecond() * 3600; math.Abs(got-c.hour) > 1e-9 {
			t.Errorf("%s: $%.9f an hour, want $%.9f", c.name, got, c.hour)
		}
	}
	m := Machine{MonthlyUSD: 800, HoursPerMonth: 160, Watts: 350, USDPerKWh: 0.3}
	if got, want := m.How(10*time.Second), "$800 a month over 160 hours + 350 W at $0.3 a kWh = $5.105 an hour of work; 10.0s of it"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCostOfAReply(t *testing.T) {
	u := Usage{Input: 1_000, Output: 1_000}
	for _, c := range []struct {
		name  string
		quote Quote
		busy  time.Duration
		want  float64
		known bool
	}{
		{"the zero quote is unknown", Quote{}, time.Second, 0, false},
		{"so is an unknown source", Quote{Source: CostUnknown, Price: Price{Input: 5}}, time.Second, 0, false},
		{"a price of zero is known", Quote{Source: CostConfig}, time.Second, 0, true},
		{"by tokens", Quote{Source: CostCatalog, Price: Price{Input: 1, Output: 2}}, time.Second, 0.003, true},
		{"a machine by tokens", Quote{Source: CostLocal, Price: Price{Input: 1}}, time.Second, 0.001, true},
		// A month is 30.436875 days of 86,400 s, that is 2,629,746 s; $800 a month for ten seconds.
		{"a machine by the month", Quote{Source: CostLocal, Machine: &Machine{MonthlyUSD: 800}}, 10 * time.Second, 8000.0 / 2_629_746, true},
		{"a machine that was not busy", Quote{Source: CostLocal, Machine: &Machine{MonthlyUSD: 800}}, 0, 0, true},
	} {
		got, known := c.quote.Cost(u, c.busy)
		if math.Abs(got-c.want) > 1e-12 || known != c.known {
			t.Errorf("%s: $%.12f, known %v; want $%.12f, %v", c.name, got, known, c.want, c.known)
		}
	}
}
