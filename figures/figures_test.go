package figures

import (
	"testing"
	"time"
)

func TestTimesAreRoundedOnce(t *testing.T) {
	for ms, want := range map[float64]string{-1: "0.0s", 0: "0.00s", 4.9: "<0.01s", 5: "0.01s", 45: "0.04s", 312.4: "0.31s", 994: "0.99s",
		996: "1.0s", 2349.9999999: "2.4s", 2350: "2.4s", 12_340: "12.3s", 59_940: "59.9s", 59_960: "1m00s", 119_700: "2m00s", 125_000: "2m05s", 3_599_400: "59m59s",
		3_599_700: "1h00m", 3_780_000: "1h03m", 86_400_000: "24h00m"} {
		if got := Millis(&ms); got != want {
			t.Errorf("%v ms read %q, want %q", ms, got, want)
		}
		if got := Duration(time.Duration(ms * 1e6)); ms == float64(int(ms)) && got != want {
			t.Errorf("the duration of %v ms reads %q, want %q", ms, got, want)
		}
	}
	if got := Millis(nil); got != "–" {
		t.Errorf("an unknown time reads %q", got)
	}
}

func TestFine(t *testing.T) {
	for ms, want := range map[float64]string{0: "0ms", 0.01: "0.1ms", 0.94: "0.9ms", 0.96: "1ms", 45.2: "45ms", 99.4: "99ms", 99.6: "0.10s", 1234: "1.2s"} {
		if got := Fine(ms); got != want {
			t.Errorf("%v reads %q, want %q", ms, got, want)
		}
	}
}

func TestTokensAndMoney(t *testing.T) {
	for n, want := range map[int]string{0: "0", 391: "391", 9999: "9999", 10_000: "10.0k", 12_345: "12.3k"} {
		if got := Tokens(n); got != want {
			t.Errorf("%d tokens read %q, want %q", n, got, want)
		}
	}
	for usd, want := range map[float64]string{0: "$0", 0.00001: "<$0.0001", 0.001: "~$0.0010", 0.0412: "~$0.041", 12.4: "~$12.40"} {
		if got := Money(usd, usd > 0); got != want {
			t.Errorf("%v USD read %q, want %q", usd, got, want)
		}
	}
	for usd, want := range map[float64]string{0: "$0", 1e-9: "<$0.000001", 0.00001: "~$0.00001", 0.00063: "~$0.00063", 0.5: "~$0.5", 0.9999999: "~$1", 12.4: "~$12.40"} {
		if got := Exact(usd, usd > 0); got != want {
			t.Errorf("%v USD read %q in a document, want %q", usd, got, want)
		}
	}
}

func TestStatistics(t *testing.T) {
	low, high := 0.0043, 1.0
	if got := Span(&low, &high) + ", " + Span(nil, &high); got != "0.4 to 100.0 %, –" {
		t.Errorf("intervals read %q", got)
	}
	for p, want := range map[float64]string{1: "1", 0.0703125: "0.07", 0.00012: "0.00012", 0.00009: "< 0.0001", 2.6e-50: "< 0.0001"} {
		if got := Probability(p); got != want {
			t.Errorf("p = %v reads %q, want %q", p, got, want)
		}
	}
}
