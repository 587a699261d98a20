package cli

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"lineup/config"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/report"
)

// lineup cost and lineup models take their prices from one place: what one shows, the other computes with.
func TestCostAndModelsAgreeOnPrices(t *testing.T) {
	cfg, err := config.Parse("c.toml", []byte(`
panes = ["openai/gpt-4o", "openrouter/anthropic/claude-sonnet-4", "gate/own"]
[providers.openai]
base_url = "https://api.openai.com/v1"
[providers.openrouter]
base_url = "https://openrouter.ai/api/v1"
[providers.gate]
base_url = "https://gate.example/v1"
[models."gate/own"]
price = { input = 0.3, output = 2.5, cache_read = 0.03, tiers = [{ above = 200000, input = 0.6, output = 5 }] }
`))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	p := &planner{reg: reg, plan: &report.CostPlan{}}
	p.workload()
	if err := p.models(); err != nil {
		t.Fatal(err)
	}
	priced := map[string]any{}
	for _, m := range p.plan.Models {
		priced[m.Ref] = m.Quote
	}
	shown := 0
	var offers []registry.Offer
	for _, c := range cfg.Providers {
		offers = append(offers, registry.Offer{Provider: c})
	}
	for _, r := range modelRecords(reg, offers, nil) {
		if r.Price == nil {
			continue
		}
		shown++
		if !reflect.DeepEqual(priced[r.Ref], *r.Price) {
			t.Errorf("%s: cost takes %+v, models shows %+v", r.Ref, priced[r.Ref], *r.Price)
		}
	}
	if shown != 3 || len(priced) != 3 {
		t.Errorf("%d prices shown, %d taken, want 3", shown, len(priced))
	}
}

// Whatever is typed, what is understood is a number that sums can be made of.
func FuzzCostFlags(f *testing.F) {
	for _, s := range []string{"10M", "1.5G", "x=1,2", "a/b=0.42", "1e999", "=", "0x1p9k", "-0", "NaN=NaN,NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := parseVolume(s); err == nil && !(v >= 1 && v <= 1e15) {
			t.Errorf("the volume %q is %v", s, v)
		}
		if _, p, err := parsePrice(s); err == nil && (math.IsNaN(p.Input+p.Output) || p.Input < 0 || p.Output < 0 || p.Input+p.Output > 2e6) {
			t.Errorf("the price %q is %+v", s, p)
		}
	})
}

func TestParseVolume(t *testing.T) {
	for s, want := range map[string]float64{"250000": 250e3, "500k": 500e3, "10M": 10e6, "1.5G": 1.5e9, "2B": 2e9, "1_000_000": 1e6, " 3m ": 3e6, "1T": 1e12} {
		if got, err := parseVolume(s); err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "M", "-1M", "0", "NaN", "Inf", "1e30", "10 million", "0.1"} {
		if got, err := parseVolume(s); err == nil {
			t.Errorf("%q is %v, want an error", s, got)
		}
	}
}

func TestParsePrice(t *testing.T) {
	for s, want := range map[string][2]float64{"deepseek=0.28,0.42": {0.28, 0.42}, "a/b=c=1, 2": {1, 2}, "free=0": {0, 0}, "flat=0.42": {0.42, 0.42}} {
		_, p, err := parsePrice(s)
		if err != nil || p.Input != want[0] || p.Output != want[1] {
			t.Errorf("%s is %+v (%v), want %v", s, p, err, want)
		}
	}
	for _, s := range []string{"", "x", "=1,2", "x=", "x=1,", "x=-1,2", "x=NaN,1", "x=1,2,3", "x=1e9,1"} {
		if _, p, err := parsePrice(s); err == nil {
			t.Errorf("%q is %+v, want an error", s, p)
		}
	}
}

// Regression: cached tokens read as a part of the output, and what rests on estimates wore no mark.
func TestAssumptionsSayWhatIsEstimated(t *testing.T) {
	says := func(past session.Stats) (request, speed string) {
		p := &planner{f: costFlags{outputShare: math.NaN(), tokensPerSec: math.NaN(), parallel: 1}, past: []session.Stats{past},
			plan: &report.CostPlan{Self: "local/m"}}
		p.speed()
		p.workload()
		value := func(name string) string {
			i := slices.IndexFunc(p.plan.Assumptions, func(a report.Assumption) bool { return a.Name == name })
			return p.plan.Assumptions[i].Value
		}
		return value("a request"), value("its speed")
	}
	past := session.Stats{Group: "local/m", Counted: 2, Input: 2000, Output: 200, CacheRead: 1200, BusyMS: 4000}
	if r, s := says(past); r != "1000 tokens in (600 of them cached), 100 out" || s != "50 tok/s of output" {
		t.Errorf("reported: %q, %q", r, s)
	}
	past.EstimatedTokens = 1
	if r, s := says(past); r != "~1000 tokens in (600 of them cached), ~100 out" || s != "~50 tok/s of output" {
		t.Errorf("estimated: %q, %q", r, s)
	}
}
