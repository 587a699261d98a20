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

// A cost that says nothing was read as a reported cost of $0.
func TestACostWithoutANumberIsNone(t *testing.T) {
	for _, cost := range []string{`{}`, `{"currency":"USD"}`, `{"note":0.5}`, `{"input":null}`, `{"total":"free","tier":1}`, `[]`, `true`, `null`} {
		if c, ok := readUsage([]byte(`{"prompt_tokens":12,"completion_tokens":34,"cost":` + cost + `}`)); !ok || c.priced {
			t.Errorf("%s: %v, priced %v", cost, c.usd, c.priced)
		}
	}
}
