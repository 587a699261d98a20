package ui

import "testing"

// A light terminal that does not answer got dark colours: green on white.
func TestTheGroundOfATerminal(t *testing.T) {
	for _, c := range []struct {
		env, answer string
		dark, known bool
	}{
		{"", "", true, false}, {"0;15", "", false, true}, {"15;0", "", true, true}, {"0;default;15", "", false, true}, {"12;8", "", true, true},
		{"0;7", "", false, true}, {"nonsense", "", true, false}, {"0;default", "", true, false}, {"0;99", "", true, false},
		{"0;15", "dark", true, true}, {"", "light", false, true}, {"15;0", "light", false, true},
	} {
		a := newAppearance("", nil)
		a.hint(c.env)
		a.waited()
		if c.answer != "" {
			a.ground(c.answer == "dark")
		}
		if a.dark != c.dark || a.known != c.known {
			t.Errorf("%q, then %q: dark %v, known %v", c.env, c.answer, a.dark, a.known)
		}
		terminal := newAppearance("terminal", nil)
		terminal.dark = a.dark
		terminal.restyle()
		if own := a.Colours.Good == terminal.Colours.Good; own == c.known {
			t.Errorf("%q, then %q: the terminal's own colours: %v", c.env, c.answer, own)
		}
	}
}
