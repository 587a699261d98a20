package session

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"lineup/providers"
)

func TestSpentCountsWhatEndedSince(t *testing.T) {
	s, c := newStore(t)
	c.pass(enter().Add(2 * time.Hour).Sub(c.now()))
	put := func(at time.Time, source string, usd *float64, simulated bool) {
		r := reported("p/m", english, 1)
		r.Cost, r.Simulated, r.EndedAt = Cost{USD: usd, Source: source}, simulated, at
		if err := s.Insert(context.Background(), &Session{Title: "x", Turns: []*Turn{{Prompt: "p", CreatedAt: at, Replies: []*Reply{r}}}}); err != nil {
			t.Fatal(err)
		}
	}
	usd := func(v float64) *float64 { return &v }
	put(enter().Add(-time.Hour), "config", usd(100), false) // before
	put(enter(), "config", usd(0.25), false)
	put(enter().Add(time.Hour), "~catalog", usd(0.5), false)
	put(enter().Add(time.Hour), "unknown", nil, false)
	put(enter().Add(time.Hour), "config", usd(7), true)      // costs nothing
	put(enter().Add(48*time.Hour), "config", usd(30), false) // by a clock that was ahead
	got, err := s.Spent(context.Background(), enter())
	if want := (Spent{USD: 0.75, Known: 2, Estimated: true, Unknown: 1}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if got, err := s.Spent(context.Background(), enter().Add(24*time.Hour)); err != nil || got != (Spent{}) {
		t.Errorf("of a day without replies: %+v, %v", got, err)
	}
}

func TestLimits(t *testing.T) {
	usd := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		budget       Budget
		session, day float64
		next         float64
		reached      []string
		near         []string
	}{
		"no limit":             {Budget{}, 100, 100, 100, nil, nil},
		"far away":             {Budget{usd(1), usd(5)}, 0.1, 1, 0.1, nil, nil},
		"four fifths":          {Budget{usd(1), usd(5)}, 0.8, 0.8, 0.1, nil, []string{"this session"}},
		"the next one is more": {Budget{usd(1), usd(5)}, 0.5, 4.9, 0.2, []string{"today"}, []string{"today"}},
		"exactly all of it":    {Budget{usd(1), nil}, 0.5, 0, 0.5, nil, nil},
		"all spent":            {Budget{usd(1), nil}, 1, 1, 0, []string{"this session"}, []string{"this session"}},
		"nothing may be spent": {Budget{usd(0), nil}, 0, 0, 0, []string{"this session"}, []string{"this session"}},
	} {
		var reached, near []string
		for _, l := range c.budget.Limits(Spent{USD: c.session}, Spent{USD: c.day}, c.next) {
			if l.Reached {
				reached = append(reached, l.Of)
			}
			if l.Near {
				near = append(near, l.Of)
			}
		}
		if len(reached) != len(c.reached) || len(near) != len(c.near) || len(reached) > 0 && reached[0] != c.reached[0] || len(near) > 0 && near[0] != c.near[0] {
			t.Errorf("%s: reached %v, near %v; want %v, %v", name, reached, near, c.reached, c.near)
		}
	}
}

func TestGuess(t *testing.T) {
	h := NewCalibration()
	i := info("p/m", priced()) // $1 in and $10 out a million
	if _, ok := h.Guess(i, 1000, 0); ok {
		t.Error("the cost is known though nobody knows how long the answer will be")
	}
	most := 500
	i.Params = providers.Params{MaxTokens: &most}
	if usd, ok := h.Guess(i, 1000, 0); !ok || math.Abs(usd-0.006) > 1e-9 { // 1000·1e-6 + 500·10e-6
		t.Errorf("by max_tokens: $%v, %v", usd, ok)
	}
	r := reported("p/m", english, 1)
	r.Usage.Output = 200
	h.Learn(r)
	if usd, ok := h.Guess(i, 1000, 0); !ok || math.Abs(usd-0.003) > 1e-9 { // 1000·1e-6 + 200·10e-6
		t.Errorf("by what it did so far: $%v, %v", usd, ok)
	}
	machine := info("p/m", providers.Quote{Source: providers.CostLocal, Machine: &providers.Machine{Watts: 1000, USDPerKWh: 0.36}})
	ms := 5000.0
	r.Metrics.Duration = &ms
	h = NewCalibration()
	h.Learn(r)
	if usd, ok := h.Guess(machine, 1000, 0); !ok || math.Abs(usd-0.0005) > 1e-9 { // 1 kW · 5 s = 1/720 kWh, at $0.36
		t.Errorf("of a machine: $%v, %v", usd, ok)
	}
	free := providers.Quote{Source: providers.CostConfig}
	if usd, ok := h.Guess(info("p/free", free), 10, 0); !ok || usd != 0 {
		t.Errorf("a free model: %v %v, want nothing", usd, ok)
	}
	free.Price.Output = 10 // only the input is free: the length decides, and nobody knows it
	if _, ok := h.Guess(info("p/half", free), 10, 0); ok {
		t.Error("an answer of unknown length is said to be free")
	}
	if _, ok := h.Guess(info("p/x", providers.Quote{}), 10, 0); ok {
		t.Error("without a price the cost is known")
	}
}

func TestWhatASessionHasCostInWords(t *testing.T) {
	money := func(usd float64, estimated bool) string { return fmt.Sprintf("%v%v", usd, estimated) }
	for _, c := range []struct {
		spent, simulated Spent
		want             string
	}{
		{Spent{}, Spent{}, ""},
		{Spent{}, Spent{Unknown: 2}, ""},
		{Spent{Unknown: 2}, Spent{USD: 1, Known: 1}, "$?"},
		{Spent{USD: 2, Known: 1, Unknown: 1, Estimated: true}, Spent{}, "2true + ?"},
		{Spent{USD: 2, Known: 1}, Spent{USD: 1, Known: 1}, "2false"},
		{Spent{}, Spent{USD: 1, Known: 1}, "1false (simulated)"},
	} {
		if got := TotalWords(c.spent, c.simulated, money); got != c.want {
			t.Errorf("%+v, %+v: %q, want %q", c.spent, c.simulated, got, c.want)
		}
	}
}
