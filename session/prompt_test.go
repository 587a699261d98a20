package session

import "testing"

func TestTrimPrompt(t *testing.T) {
	for in, want := range map[string]string{
		"  hi  ":                       "  hi",
		"\n \t\n    def f():\n  x\n\n": "    def f():\n  x",
		"\tall:\n\t\tgcc":              "\tall:\n\t\tgcc",
		" \n\t ":                       "",
		"":                             "",
	} {
		if got := TrimPrompt(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
