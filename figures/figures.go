// Package figures writes the numbers of a reply: times, speed, tokens and money. The screen, the
// reports, `ask` and the exports all write them with it, so that one number reads the same in every
// place and is rounded once.
//
// Lines with little room have [Tokens] and [Money], documents the count itself and [Exact]. Both
// have the same times.
package figures

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration shows a duration as people say it, rounded to its last digit: 0.42s, 3.1s, 2m05s, 1h03m.
func Duration(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 0:
		return "0.0s"
	case s > 0 && s < 0.005: // it took some time, however little
		return "<0.01s"
	case s < 0.995:
		return fmt.Sprintf("%.2fs", s)
	case s < 59.95:
		return fmt.Sprintf("%.1fs", s)
	case s < 3599.5:
		whole := int(math.Round(s))
		return fmt.Sprintf("%dm%02ds", whole/60, whole%60)
	default:
		minutes := int(math.Round(s / 60))
		return fmt.Sprintf("%dh%02dm", minutes/60, minutes%60)
	}
}

// Millis is [Duration] for milliseconds; nil, an unknown time, is a dash.
func Millis(ms *float64) string {
	if ms == nil {
		return "–"
	}
	// in whole microseconds: a sum of others may lack the last bit and round another way
	return Duration(time.Duration(math.Round(*ms*1000)) * time.Microsecond)
}

// Fine shows milliseconds of things that mostly take less than a tenth of a second, the parts of a
// connection and the gaps between chunks: 0.4ms, 45ms. Longer ones read as in [Duration].
func Fine(ms float64) string {
	switch {
	case ms > 0 && ms < 0.95:
		return fmt.Sprintf("%.1fms", max(0.1, ms))
	case ms < 99.5:
		return fmt.Sprintf("%.0fms", ms)
	}
	return Millis(&ms)
}

// Speed shows a speed in whole tokens a second.
func Speed(perSecond float64) string { return strconv.FormatFloat(perSecond, 'f', 0, 64) }

// Approx is the mark before an estimated number, or nothing.
func Approx(estimated bool) string {
	if estimated {
		return "~"
	}
	return ""
}

// Tokens shows a number of tokens where room is short: 391, 12.3k.
func Tokens(n int) string {
	if n < 10000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%.1fk", float64(n)/1000)
}

// USD shows money with as many digits as its size needs: $12.40, $0.041, $0.0010.
func USD(v float64) string {
	switch {
	case v == 0:
		return "$0"
	case v >= 1:
		return fmt.Sprintf("$%.2f", v)
	case v >= 0.01:
		return fmt.Sprintf("$%.3f", v)
	case v >= 0.00005:
		return fmt.Sprintf("$%.4f", v)
	}
	return "<$0.0001"
}

// Money is [USD] with the mark of an estimate. A bound such as <$0.0001 needs no mark.
func Money(v float64, estimated bool) string {
	s := USD(v)
	return Approx(estimated && s[0] == '$') + s
}

// Exact shows money to a millionth of a dollar, for documents, with the mark of an estimate. A
// bound such as <$0.000001 needs no mark.
func Exact(v float64, estimated bool) string {
	switch {
	case v == 0, v >= 1:
		return Money(v, estimated)
	case v < 0.0000005:
		return "<$0.000001"
	}
	s := strings.TrimRight(strconv.FormatFloat(v, 'f', 6, 64), "0")
	return Approx(estimated) + "$" + strings.TrimSuffix(s, ".")
}

// Percent shows a number of percent with at most one decimal. Nothing but all of it is 100 %.
func Percent(v float64) string {
	if v >= 99.95 && v < 100 {
		v = 99.9
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") + " %"
}

// Span shows the ends of an interval of shares in percent; nil, an unknown end, makes it a dash.
func Span(low, high *float64) string {
	if low == nil || high == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f to %.1f %%", 100**low, 100**high)
}

// Probability shows a p with two digits.
func Probability(p float64) string {
	if p < 0.0001 {
		return "< 0.0001"
	}
	return strconv.FormatFloat(p, 'g', 2, 64)
}

// Signed shows a difference with its sign; 0 has none. show writes its size.
func Signed(v float64, show func(float64) string) string {
	switch {
	case v < 0:
		return "−" + show(-v)
	case v > 0:
		return "+" + show(v)
	}
	return show(0)
}
