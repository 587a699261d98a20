package cli

import "testing"

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
