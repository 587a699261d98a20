package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Price writes a price a million tokens with as many digits as it takes.
func Price(v float64) string {
	s := fmt.Sprintf("%.4f", v)
	for strings.HasSuffix(s, "0") && len(s)-strings.IndexByte(s, '.') > len(".00") {
		s = s[:len(s)-1]
	}
	if v >= 100 {
		s = strings.TrimSuffix(s, ".00")
	}
	return s
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

// AxisUSD writes a power of ten on the axis.
func AxisUSD(v float64) string {
	switch {
	case v >= 1:
	case v >= 0.01:
		return fmt.Sprintf("$%.2f", v)
	default:
		return "$" + strconv.FormatFloat(v, 'f', -1, 64)
	}
	return "$" + Grouped(int(math.Round(v)))
}

// PlanUSD writes an amount to the cent, and finer where a cent says nothing.
func PlanUSD(v float64) string {
	switch {
	case v >= 100_000:
		return "$" + Grouped(int(math.Round(v)))
	case v >= 0.01:
		cents := int(math.Round(v * 100))
		return fmt.Sprintf("$%s.%02d", Grouped(cents/100), cents%100)
	case v <= 0:
		return "$0.00"
	}
	return "$" + strconv.FormatFloat(v, 'g', 2, 64)
}
