package promptfoo_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"lineup/batch/check"
	"lineup/batch/promptfoo"
	"lineup/batch/suite"
	"lineup/session"
)

// No text makes the reader panic, and each prompt of a file without mistakes can be made.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := promptfoo.Parse("none/p.yaml", text, suite.ReadOptions{})
		if err != nil {
			return
		}
		for i := range min(len(s.Cases), 20) {
			c := &s.Cases[i]
			for j := range s.Prompts {
				if _, err := s.Prompts[j].Render(c); err != nil {
					t.Fatalf("case %s: %v", c.ID, err)
				}
			}
			r := &session.Reply{Status: session.Done, Text: text}
			var results []check.Result
			for _, k := range c.Checks {
				results = append(results, k.Run(context.Background(),
					check.Subject{Reply: r, Vars: c.Vars.Map()}, check.Env{}))
			}
			c.Verdict(results)
		}
	})
}
