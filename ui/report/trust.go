package report

import (
	"fmt"
	"strings"

	"lineup/compare"
	"lineup/providers"
)

// Trust says how far to trust a judge, in lines that are safe to show.
func Trust(judge string, t compare.Trust) []string {
	flips := fmt.Sprintf("Judged by %s: flips %d of %d", providers.CleanLine(judge), t.Flips,
		t.Pairs)
	if t.LengthCorrelation != nil {
		flips += fmt.Sprintf(" · correlation with length %+.2f", *t.LengthCorrelation)
	}
	var b strings.Builder
	b.WriteString("Agreement with your votes: ")
	if t.Kappa != nil {
		fmt.Fprintf(&b, "κ %.2f, ", *t.Kappa)
	}
	fmt.Fprintf(&b, "n = %d", t.Common)
	if t.IndicatorOnly {
		b.WriteString(" (indicator only)")
	}
	return []string{flips, b.String()}
}
