package suite_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"lineup/batch/suite"
	"lineup/config"
)

// fuzzed reads a text as a file: no panic, all mistakes within the file, and every prompt of a suite
// without mistakes can be made.
func fuzzed(t *testing.T, file, text, template string) {
	s, err := suite.Parse(file, text, suite.ReadOptions{Template: template})
	if err != nil {
		wrong, ok := err.(config.Errors)
		if !ok || len(wrong) == 0 {
			t.Fatalf("%T %v", err, err)
		}
		lines := strings.Count(text, "\n") + 1
		for _, d := range wrong {
			if d.File == file && (d.Line < 1 || d.Line > lines || d.Column < 1) {
				t.Fatalf("%v lies outside of %d lines", d, lines)
			}
		}
		return
	}
	seen := map[string]bool{}
	for i := range s.Cases {
		c := &s.Cases[i]
		if seen[c.ID] {
			t.Fatalf("the id %q is there twice", c.ID)
		}
		seen[c.ID] = true
		for j := range s.Prompts {
			asked, err := s.Prompts[j].Render(c)
			if err != nil {
				t.Fatalf("case %s: %v", c.ID, err)
			}
			if utf8.ValidString(text+template) && !utf8.ValidString(asked.Text) {
				t.Fatalf("case %s is no text: %q", c.ID, asked.Text)
			}
		}
	}
}

func FuzzTOML(f *testing.F) {
	f.Add(contract)
	f.Add("[[prompts]]\ntext = \"{{a}}\"\n[[cases]]\nid = \"x\"\nvars = { a = [1, {b = 2}] }\nchecks = [{ json_path = \"$.a\", equals = 1 }]")
	f.Fuzz(func(t *testing.T, text string) {
		fuzzed(t, "none/s.toml", text, "")
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("id,prompt,checks\na,{{x}},\"[{\"\"contains\"\":\"\"b\"\"}]\"\n", "")
	f.Add("a,b\n1,\"2\n3\"\n", "{{a}} {{b}}")
	f.Fuzz(func(t *testing.T, text, template string) { fuzzed(t, "none/s.csv", text, template) })
}

func FuzzJSONL(f *testing.F) {
	f.Add(`{"id":"a","prompt":"{{x}}","vars":{"x":1e9},"system":"s","checks":[{"regex":"a"}]}`, "")
	f.Add("{\"a\":[1]}\n{\"a\":{\"b\":null}}", "{{a}}")
	f.Fuzz(func(t *testing.T, text, template string) { fuzzed(t, "none/s.jsonl", text, template) })
}
