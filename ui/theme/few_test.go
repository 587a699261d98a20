package theme

import (
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Fault: in 256 colours the failures of the themes light, paper and midnight were grey.
func TestHuesStayIn256Colours(t *testing.T) {
	own := map[string]Theme{"mine": {Base: "light", Bad: "#B01030",
		Accents: []string{"#C0213F", "#F2879D", "9"}}}
	for _, name := range append(Names(), "mine") {
		for _, dark := range []bool{true, false} {
			full := New(name, own, dark, colorprofile.TrueColor).Colours
			few := New(name, own, dark, colorprofile.ANSI256).Colours
			wanted := append([]string{full.Good, full.Warn, full.Bad, full.Code}, full.Accents...)
			got := append([]string{few.Good, few.Warn, few.Bad, few.Code}, few.Accents...)
			for i, s := range got {
				hue := spread(parts(wanted[i])) >= leastHue
				if shown := partsOf(ansi.Convert256(Colour(s)).RGBA()); hue && spread(shown) == 0 {
					t.Errorf("%s: %s is shown as the grey %v", name, wanted[i], shown)
				}
			}
		}
	}
}
