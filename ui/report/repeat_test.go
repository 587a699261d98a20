package report

import (
	"strings"
	"testing"

	"lineup/compare"
)

func ranged(median, low, high float64) compare.Range {
	return compare.Range{Median: &median, Min: &low, Max: &high}
}

func TestRepeat(t *testing.T) {
	sum := 0.006
	full := compare.Repeat{N: 6, Done: 4, Stopped: 1, Alike: []int{3, 1}, TTFT: ranged(120, 98, 340), Duration: ranged(1500, 1500, 1500),
		TokensPerSecond: ranged(45.5, 40, 48), Output: ranged(210.5, 200, 230), Spend: ranged(0.0012, 0.0011, 0.0013), USD: compare.Money{Sum: &sum},
		Seed: compare.SeedNotHonoured, Warmup: 1}
	for _, c := range []struct {
		name  string
		of    compare.Repeat
		width int
		want  string
	}{
		{"wide", full, 60, `6 takes, 1 failed, 1 stopped: 3 the same, 1 other
TTFT   0.12s    98ms to 0.34s
time   1.5s
tok/s  46       40 to 48
tokens 210.5    200 to 230
cost   $0.0012  $0.0011 to $0.0013
sum    $0.0060
seed not honoured
the first take loaded the model; it is in no median`},
		{"narrow", full, 24, `6 takes, 1 failed, 1
stopped: 3 the same, 1
other
TTFT   0.12s
time   1.5s
tok/s  46       40 to 48
tokens 210.5
cost   $0.0012
sum    $0.0060
seed not honoured
the first take loaded
the model; it is in no
median`},
		{"all failed", compare.Repeat{N: 2}, 60, "2 takes, 2 failed"},
		{"the same", compare.Repeat{N: 5, Done: 5, Alike: []int{5}, Seed: compare.SeedHonoured}, 60, "5 takes: 5 the same\nseed honoured"},
		{"groups", compare.Repeat{N: 6, Done: 6, Alike: []int{2, 2, 1, 1}}, 60, "6 takes: 2 and 2 the same, 2 others"},
		{"different", compare.Repeat{N: 2, Done: 2, Alike: []int{1, 1}}, 60, "2 takes: no two are the same"},
		{"estimated", compare.Repeat{N: 1, Done: 1, Alike: []int{1}, Estimated: true, Output: ranged(5, 5, 5)}, 60, "1 take\ntokens ~5"},
	} {
		if got := strings.Join(Repeat(c.of, c.width), "\n"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
