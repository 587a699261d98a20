// Package batchtest has what the tests of runs share, with a queue and without: a server that
// answers as a test wants, and a suite and a config to ask it by.
package batchtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"lineup/batch/suite"
	"lineup/providers"
)

// Gateway is a server of Chat Completions that answers as a test wants.
type Gateway struct {
	*httptest.Server
	// Answer answers a prompt that came for the n-th time; nil answers with the prompt itself.
	Answer func(w http.ResponseWriter, prompt string, n int)

	mu      sync.Mutex
	prompts []string // in the order in which they came
	times   map[string]int
	running int
	most    int // that ran at a time
}

// NewGateway starts a server that ends with the test.
func NewGateway(
	t testing.TB, answer func(w http.ResponseWriter, prompt string, n int),
) *Gateway {
	g := &Gateway{Answer: answer, times: map[string]int{}}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.Close)
	return g
}

func (g *Gateway) serve(w http.ResponseWriter, req *http.Request) {
	var body struct {
		Messages []providers.Message `json:"messages"`
	}
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil || len(body.Messages) == 0 {
		http.Error(w, "no messages", http.StatusBadRequest)
		return
	}
	prompt := body.Messages[len(body.Messages)-1].Content
	g.mu.Lock()
	g.prompts = append(g.prompts, prompt)
	g.times[prompt]++
	n := g.times[prompt]
	g.running++
	g.most = max(g.most, g.running)
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.running--
	}()
	if g.Answer != nil {
		g.Answer(w, prompt, n)
		return
	}
	Says(w, "echo: "+prompt, 10)
}

// Prompts are those that came so far.
func (g *Gateway) Prompts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.prompts)
}

// Times is how often a prompt came.
func (g *Gateway) Times(prompt string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.times[prompt]
}

// TakeMost is how many requests ran at a time at most, and begins to count again.
func (g *Gateway) TakeMost() (most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	most, g.most = g.most, 0
	return most
}

// Says streams an answer of one piece, with a usage of so many tokens of output.
func Says(w http.ResponseWriter, text string, tokens int) {
	w.Header().Set("Content-Type", "text/event-stream")
	piece, _ := json.Marshal(text)
	fmt.Fprintf(w, `data: {"choices":[{"delta":{"content":%s},"finish_reason":null}]}`+"\n\n"+
		`data: {"choices":[{"delta":{},"finish_reason":"stop"}]}`+"\n\n"+
		`data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":%d}}`+"\n\n"+
		"data: [DONE]\n\n", piece, tokens)
}

// Section is a provider of a config, with further lines.
func Section(name, url string, further ...string) string {
	return fmt.Sprintf("[providers.%s]\nkind = \"openai\"\nbase_url = %q\n%s\n", name, url+"/v1",
		strings.Join(further, "\n"))
}

// Numbered is a suite of so many cases with one prompt.
func Numbered(n int) *suite.Suite {
	s := &suite.Suite{Prompts: []suite.Prompt{{ID: "0", Text: "prompt {{n}}"}}}
	for i := range n {
		s.Cases = append(s.Cases, suite.Case{ID: fmt.Sprint(i),
			Vars: suite.VarsOf(map[string]any{"n": fmt.Sprint(i)})})
	}
	return s
}

// OutFile is a place for a result file.
func OutFile(t testing.TB) string { return filepath.Join(t.TempDir(), "out.jsonl") }
