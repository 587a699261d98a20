package ui

import "testing"

func TestFromTemplate(t *testing.T) {
	for _, c := range []struct {
		template, prompt string
		want             bool
	}{
		{"Translate into {{ language }}:\n{{text}}\n", "Translate into 한국어:\nOne.\nTwo.", true},
		{"Translate into {{language}}:\n{{text}}", "translate into x:\ny", false},
		{"Why (a+b)? {{x}}", "Why (a+b)? c", true},
		{"Why (a+b)? {{x}}", "Why aab? x", false},
		{"No variable.", " No variable.\n", true},
		{"No variable.", "No variable. And more.", false},
		{"{{x}}", "", true},
	} {
		if got := FromTemplate(c.template)(c.prompt); got != c.want {
			t.Errorf("%q from %q: %v", c.prompt, c.template, got)
		}
	}
}
