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
