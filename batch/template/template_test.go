package template_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lineup/batch/template"
)

func TestFill(t *testing.T) {
	values := map[string]any{"a": "안녕", "b b": "{{a}}", "n": json.Number("1.50"), "l": []any{"<", 1}}
	for text, want := range map[string]string{
		"{{a}} {{ a }}{{\ta\n}}": "안녕 안녕안녕",
		"{{b b}}":                "{{a}}", // once
		"{{n}} {{l}}":            `1.50 ["<",1]`,
		"{{c}} {{}} {a} {{a}":    "{{c}} {{}} {a} {{a}",
		"{{{a}}}":                "{안녕}",
	} {
		if got := template.Fill(text, values); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if d := cmp.Diff([]string{"c", "d"}, template.Missing("{{c}} {{a}} {{d}} {{c}}", values)); d != "" {
		t.Error(d)
	}
}

// A text that is filled has no variable left of those that have values.
func FuzzFill(f *testing.F) {
	f.Add("{{a}} {{b}}", "x")
	f.Add("{{{{a}}}}", "}}{{")
	f.Fuzz(func(t *testing.T, text, value string) {
		values := map[string]any{}
		for _, name := range template.Variables(text) {
			values[name] = value
		}
		if missing := template.Missing(text, values); len(missing) > 0 {
			t.Fatalf("%q lacks %q", text, missing)
		}
		filled := template.Fill(text, values)
		if len(values) == 0 && filled != text {
			t.Fatalf("%q becomes %q", text, filled)
		}
	})
}
