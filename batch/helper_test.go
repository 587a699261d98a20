package batch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"lineup/batch/suite"
	"lineup/config"
	"lineup/providers"
	"lineup/registry"
)

// gateway is a server of Chat Completions that answers as a test wants.
type gateway struct {
	*httptest.Server
	answer func(w http.ResponseWriter, prompt string) // nil: with the prompt itself

	mu      sync.Mutex
	asked   []string // prompts, in the order in which they came
	running int
	most    int // that ran at a time
}

func newGateway(t testing.TB, answer func(w http.ResponseWriter, prompt string)) *gateway {
	g := &gateway{answer: answer}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) serve(w http.ResponseWriter, req *http.Request) {
	var body struct {
		Messages []providers.Message `json:"messages"`
	}
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil || len(body.Messages) == 0 {
		http.Error(w, "no messages", http.StatusBadRequest)
		return
	}
	prompt := body.Messages[len(body.Messages)-1].Content
	g.mu.Lock()
	g.asked = append(g.asked, prompt)
	g.running++
	g.most = max(g.most, g.running)
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.running--
	}()
	if g.answer != nil {
		g.answer(w, prompt)
		return
	}
	says(w, "echo: "+prompt, 10)
}

// prompts are those that were asked so far.
func (g *gateway) prompts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.asked)
}

// says streams an answer of one piece, with a usage of so many tokens of output.
func says(w http.ResponseWriter, text string, tokens int) {
	w.Header().Set("Content-Type", "text/event-stream")
	piece, _ := json.Marshal(text)
	fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%s},\"finish_reason\":null}]}\n\n", piece)
	fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
	fmt.Fprintf(w, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":%d}}\n\ndata: [DONE]\n\n", tokens)
}

// section is a provider of a config, with further lines.
func section(name, url string, further ...string) string {
	return fmt.Sprintf("[providers.%s]\nkind = \"openai\"\nbase_url = %q\n%s\n", name, url+"/v1", strings.Join(further, "\n"))
}

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

// numbered is a suite of so many cases with one prompt.
func numbered(n int) *suite.Suite {
	s := &suite.Suite{Prompts: []suite.Prompt{{ID: "0", Text: "prompt {{n}}"}}}
	for i := range n {
		s.Cases = append(s.Cases, suite.Case{ID: fmt.Sprint(i),
			Vars: suite.VarsOf(map[string]any{"n": fmt.Sprint(i)})})
	}
	return s
}

// outFile is a place for a result file.
func outFile(t testing.TB) string { return filepath.Join(t.TempDir(), "out.jsonl") }

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
