package turn_test

import (
	"testing"

	"lineup/providers"
	"lineup/session"
	"lineup/turn"
)

func TestWhatCostsNothingGoesOverNoBudget(t *testing.T) {
	limit := 0.5
	spent, budget := session.Spent{USD: 1, Known: 1}, session.Budget{Day: &limit}
	cal := session.NewCalibration()
	price := providers.Quote{Price: providers.Price{Input: 100, Output: 100}, Source: providers.CostConfig}
	most := 1000
	for name, c := range map[string]struct {
		info providers.Info
		over bool
	}{
		"a price":                 {providers.Info{Price: price, Params: providers.Params{MaxTokens: &most}}, true},
		"a price, unknown length": {providers.Info{Price: price}, true},
		"no price":                {providers.Info{}, true},
		"simulated":               {providers.Info{Price: price, Simulated: true}, false},
		"a local gateway":         {providers.Info{Local: true}, true},
		"one's own machine":       {providers.Info{Local: true, Own: true}, false},
		"free":                    {providers.Info{Price: providers.Quote{Source: providers.CostConfig}}, false},
	} {
		if l, over := turn.EstimateOf(cal, c.info, 1000, 0).Over(budget, session.Spent{}, spent); over != c.over || over && l.Of != "today" {
			t.Errorf("%s: over the budget: %v (%+v)", name, over, l)
		}
	}
}
