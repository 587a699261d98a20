package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// TestAskStopsAtTheBudget: the first answer uses the day's budget up, the second is refused before anything is sent, with
// the sums, and --over-budget sends it.
func TestAskStopsAtTheBudget(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked.Add(1)
		}
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"Blue.\"}}]}\n\n"+
			"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"+
			"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":200}}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	// An answer costs 1000·100e-6 + 200·1000e-6 = $0.30.
	config := fmt.Sprintf("[providers.gate]\nbase_url = %q\n[models.\"gate/m\"]\nprice = { input = 100, output = 1000 }\n[budget]\nday = 0.31\n", s.URL+"/v1")
	dir := t.TempDir()
	out, errs, code := command(t, dir, config, "ask", "-m", "gate/m", "Why?")
	if code != 0 || !strings.Contains(out, "Blue.") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	out, errs, code = command(t, dir, config, "ask", "-m", "gate/m", "Why?")
	if code != 2 || out != "" || !strings.Contains(errs, "over the budget: $0.3000 of $0.3100 today, and this is about $0.20") || !strings.Contains(errs, "--over-budget") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if _, _, code = command(t, dir, config, "ask", "--no-save", "-m", "gate/m", "Why?"); code != 2 {
		t.Errorf("with --no-save: exit code %d", code)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("%d requests went out, want 1", n)
	}
	if _, errs, code = command(t, dir, config, "ask", "--over-budget", "-m", "gate/m", "Why?"); code != 0 || asked.Load() != 2 {
		t.Errorf("exit code %d, %d requests: %s", code, asked.Load(), errs)
	}
}

// Regression: the sum of a day was told as exact where it rests on estimates or lacks what nobody knows.
func TestTheDaysSumSaysWhatItRestsOn(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"Blue.\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	config := fmt.Sprintf("[providers.gate]\nbase_url = %q\n[models.\"gate/m\"]\nprice = { input = 100, output = 1000 }\n[budget]\nday = 0.0001\n", s.URL+"/v1")
	dir := t.TempDir()
	if _, errs, code := command(t, dir, config, "ask", "--over-budget", "-m", "gate/m", "-m", "gate/unpriced", "Why?"); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if _, errs, code := command(t, dir, config, "ask", "-m", "gate/m", "Why?"); code != 2 || !strings.Contains(errs, "over the budget: ~$0.00") || !strings.Contains(errs, " + ? of $0.0001 today") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// What runs without a session, questions with --no-save and measurements had cost was in no sum of the day: two runs one
// after the other could go beyond the limit.
func TestTheDaysSumHasWhatNoSessionTells(t *testing.T) {
	url, _ := answering(t, "Blue.")
	// An answer costs $0.20.
	config := fmt.Sprintf("[providers.gate]\nbase_url = %q\nlocal = false\n[models.\"gate/m\"]\nprice = { input = 0, output = 1000 }\n[models.\"gate/free\"]\nprice = { input = 0, output = 0 }\n[budget]\nday = 0.40\n", url)
	for name, first := range map[string][]string{
		"run":        {"run", "prompts.txt", "-m", "gate/m", "-o", "out.jsonl", "--budget", "1"},
		"a kept run": {"run", "prompts.txt", "-m", "gate/m", "-o", "out.jsonl", "--budget", "1", "--session", "kept"},
		"no save":    {"ask", "--no-save", "-m", "gate/m", "--repeat", "2", "Why?"},
		"a judge":    {"ask", "--no-save", "-m", "gate/free", "-m", "gate/free", "--judge", "gate/m", "Why?"},
		"bench":      {"bench", "gate/m", "--concurrency", "1", "--requests", "2", "--yes"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			if err := os.WriteFile("prompts.txt", []byte("one\ntwo\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, errs, code := command(t, dir, config, first...); code > 1 {
				t.Fatalf("exit code %d: %s%s", code, out, errs)
			}
			for _, second := range [][]string{{"ask", "-m", "gate/m", "Why?"}, {"run", "prompts.txt", "-m", "gate/m", "-o", "other.jsonl"}} {
				_, errs, code := command(t, dir, config, second...)
				if code != 2 || !strings.Contains(errs, "$0.4000 of $0.4000 today") {
					t.Errorf("%s: exit code %d: %s; want a sum of $0.40", second[0], code, errs)
				}
			}
		})
	}
}

// Measuring a server of one's own left answers of unknown cost in the sum of the day.
func TestMeasuringOnesOwnServerCostsNothing(t *testing.T) {
	url, _ := answering(t, "Blue.")
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "llama.cpp")
		if r.Method == http.MethodGet {
			io.WriteString(w, `{"data":[{"id":"m","owned_by":"llamacpp"}]}`)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"Blue.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(own.Close)
	dir := t.TempDir()
	config := fmt.Sprintf("[providers.own]\nbase_url = \"%s/v1\"\n[providers.gate]\nbase_url = %q\nlocal = false\n[models.\"gate/m\"]\nprice = { input = 0, output = 1000 }\n[budget]\nday = 0.10\n", own.URL, url)
	if out, errs, code := command(t, dir, config, "bench", "own/m", "--concurrency", "1", "--requests", "2"); code != 0 {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	_, errs, code := command(t, dir, config, "ask", "-m", "gate/m max_tokens=200", "Why?")
	if code != 2 || !strings.Contains(errs, "over the budget: $0.0000 of $0.1000 today") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
