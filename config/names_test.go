package config

import "testing"

// Names that a section, a header and a variable may have; the edges are those of the characters, not of the words.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		what string
		is   func(string) bool
		yes  []string
		no   []string
	}{
		{"provider", isProviderName, []string{"a", "_", "한국", "9x", "a.b-c_d", "Ⅷ", "é"},
			[]string{"", ".a", "-a", "a/b", "a b", "a\n", "e\u0301", "a\xff", "a@b", "\u200b"}},
		{"header", isHeaderName, []string{"X-Key", "a", "!#$%&'*+.^_`|~-", "0"},
			[]string{"", "X Key", "X:", "X-Ké", "a\n", "a\xff", "(a)", "a/b"}},
		{"variable", isVariableName, []string{"A", "_", "a1_B", "KEY"},
			[]string{"", "1A", "A-B", "A B", "KÉY", "A\n", "$A"}},
	} {
		for _, s := range c.yes {
			if !c.is(s) {
				t.Errorf("%q is no name of a %s", s, c.what)
			}
		}
		for _, s := range c.no {
			if c.is(s) {
				t.Errorf("%q is the name of a %s", s, c.what)
			}
		}
	}
}
