package theme

import (
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// A number on a heated ground can be read, and the ground says on which side it is, and how far.
func TestHeatCanBeRead(t *testing.T) {
	for _, c := range []struct {
		name  string
		dark  bool
		least float64
	}{{"dark", true, 4.5}, {"light", false, 4.5}, {"contrast", true, 7}, {"contrast", false, 7}, {"dracula", true, 4.5}} {
		st := New(c.name, nil, c.dark, colorprofile.TrueColor)
		for _, v := range []float64{-1, -0.5, -0.1, 0, 0.1, 0.5, 1, 7} {
			s := st.Heat(v)
			if got := contrastOf(s.GetForeground(), s.GetBackground()); got < c.least {
				t.Errorf("%s at %.1f: a contrast of %.1f", c.name, v, got)
			}
		}
		less, more := st.Heat(0.5).GetBackground(), st.Heat(1).GetBackground()
		if more == less || more == st.Heat(-1).GetBackground() {
			t.Errorf("%s: good, better and bad look alike", c.name)
		}
	}
	if got := New("plain", nil, true, colorprofile.TrueColor).Heat(1).Render("9"); got != "9" {
		t.Errorf("without colours: %q", got)
	}
	terminal := New("terminal", nil, true, colorprofile.ANSI)
	if got := terminal.Heat(0.05).Render("9"); got != "9" {
		t.Errorf("neither good nor bad: %q", got)
	}
	if terminal.Heat(1).Render("9") == terminal.Heat(-1).Render("9") {
		t.Error("good and bad look alike in the terminal's colours")
	}
}

// Fault: in 256 colours the grounds became grey, olive, purple and green without an order, so that
// 88 % was grey and 21 % purple.
func TestHeatIn256ColoursSaysGoodOrBad(t *testing.T) {
	for _, name := range []string{"dark", "light", "midnight", "paper", "contrast"} {
		st := New(name, nil, name != "light" && name != "paper", colorprofile.ANSI256)
		for _, v := range []float64{0.3, 0.5, 0.75, 1} {
			for _, side := range []struct {
				v    float64
				want string
			}{{v, st.Colours.Good}, {-v, st.Colours.Bad}} {
				s := st.Heat(side.v)
				if _, none := s.GetBackground().(lipgloss.NoColor); !none ||
					s.GetForeground() != Colour(side.want) {
					t.Errorf("%s at %.2f: %v on %v", name, side.v, s.GetForeground(), s.GetBackground())
				}
			}
		}
	}
}
