package compare

import (
	"fmt"
	"strings"
	"testing"
)

func TestStretches(t *testing.T) {
	for _, c := range []struct{ name, a, b, want string }{
		{"marks are alike", "**Yes**, so", "Yes so", `("**Yes**, so" "Yes so")`},
		{"one word", "the cat sat", "the dog sat", `("the " "the ") ["cat" "dog"] (" sat" " sat")`},
		{"what was added", "a b", "a c b", `("a " "a ") ["" "c "] ("b" "b")`},
		{"a common word amid two changes", "one two the three four.", "five six the seven eight.",
			`["one two the three four" "five six the seven eight"] ("." ".")`},
		{"single words changed apart", "x the y", "v the w", `["x" "v"] (" the " " the ") ["y" "w"]`},
		{"nothing", "", "", ""},
	} {
		var got []string
		var a, b strings.Builder
		for _, s := range Diff(c.a, c.b).Stretches() {
			form := "(%q %q)"
			if s.Differs {
				form = "[%q %q]"
			}
			got = append(got, fmt.Sprintf(form, s.A, s.B))
			a.WriteString(s.A)
			b.WriteString(s.B)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, s, c.want)
		}
		if a.String() != c.a || b.String() != c.b {
			t.Errorf("%s: the stretches give %q and %q", c.name, a.String(), b.String())
		}
	}
}
