package providers

import (
	"math"
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
