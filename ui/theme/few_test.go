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

// Fault: with sixteen colours the selected row was black on blue, which some palettes have as dark as black.
func TestTheSelectedRowIsReversedWithSixteenColours(t *testing.T) {
	for _, dark := range []bool{true, false} {
		if st := New("auto", nil, dark, colorprofile.ANSI); !st.Picked.GetReverse() {
			t.Errorf("dark %v: the selected row rests on a colour of the palette", dark)
		}
	}
}

// The bars of the themes with a ground of their own stay blue and wheat in 256 colours; they were teal and olive.
func TestBarsKeepTheirColourIn256Colours(t *testing.T) {
	for name, want := range map[string][3]int{"midnight": {0, 0x5f, 0x87}, "paper": {0xff, 0xd7, 0xaf}} {
		st := New(name, nil, true, colorprofile.ANSI256)
		if got := partsOf(ansi.Convert256(Colour(st.Colours.Select)).RGBA()); got != want {
			t.Errorf("%s: the bar is %x, want %x", name, got, want)
		}
	}
}

// Fault: the nearest colour to the red of light was the violet of a pane.
func TestFailuresAreRedIn256Colours(t *testing.T) {
	for _, name := range []string{"light", "paper"} {
		bad := New(name, nil, false, colorprofile.ANSI256).Colours.Bad
		if c := parts(bad); c[0] == 0 || c[1] > 0 || c[2] > 0 {
			t.Errorf("%s: %s is no red", name, bad)
		}
	}
}
