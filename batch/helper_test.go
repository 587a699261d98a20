package batch

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"lineup/batch/suite"
	"lineup/config"
	"lineup/registry"
)

// noRetry lets a test not wait for further tries.
const noRetry = "retry = { max = 0 }"

// planOf makes a plan of a config, contenders and a suite.
func planOf(t testing.TB, sections string, s *suite.Suite, panes ...string) *Plan {
	t.Helper()
	cfg, err := config.Parse("c.toml", []byte(sections))
	if err != nil {
		t.Fatal(err)
	}
	reg := registry.New(cfg, registry.Options{})
	p := &Plan{Suite: s, Repeat: 1}
	for _, arg := range panes {
		pane, err := cfg.ParsePane(arg)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := reg.OpenPane(pane)
		if err != nil {
			t.Fatal(err)
		}
		p.Specs = append(p.Specs, spec)
	}
	reg.Adapt()
	return p
}

// do runs a plan to its end.
func do(t testing.TB, p *Plan, path string, o Options) Summary {
	t.Helper()
	results, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(p, results, o).Do(t.Context(), t.Context())
	if err := results.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// linesOf reads a result file, and fails where a line is torn or stands there twice.
func linesOf(t testing.TB, path string) []*Line {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines []*Line
	seen := map[string]bool{}
	for row := range strings.Lines(string(text)) {
		l, err := ParseLine([]byte(row))
		if err != nil || !strings.HasSuffix(row, "\n") {
			t.Fatalf("%q is no line: %v", row, err)
		}
		key := fmt.Sprint(l.ID, " ", l.PromptID, " ", l.Contender.ID(), " ", l.Take)
		if seen[key] {
			t.Errorf("%s stands there twice", key)
		}
		seen[key] = true
		lines = append(lines, l)
	}
	return lines
}
