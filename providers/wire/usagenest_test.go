package wire

import (
	"strings"
	"testing"
)

// A cost within a cost within a cost, without a number, was looked through twice at each depth: 60 deep took years.
func TestCostsWithinCostsAreReadOnce(t *testing.T) {
	for _, name := range []string{"cost", "total_cost", "totalCost", "total_cost_usd", "cost_details", "response_cost"} {
		nested := func(depth int, value string) []byte {
			return []byte(strings.Repeat(`{"`+name+`":`, depth) + value + strings.Repeat("}", depth))
		}
		if _, ok := readUsage(nested(60, `"free"`)); ok {
			t.Errorf("%s: a word is no cost", name)
		}
		if c, ok := readUsage(nested(2, `0.25`)); !ok || c.usd != 0.25 {
			t.Errorf("%s: %v, %v, want 0.25", name, c.usd, ok)
		}
	}
}
