package theme

import (
	"testing"

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
