package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"lineup/providers"
	"lineup/registry"
)

// answering is a gateway whose every answer has 200 tokens. It counts the questions.
func answering(t *testing.T, text string) (url string, asked *atomic.Int32) {
	asked = &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked.Add(1)
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", text)
		io.WriteString(w, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"+
			"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":200}}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1", asked
}

// A judge of kept answers was asked whatever --budget said of its price, and what was left out was not told.
func TestTheBudgetHoldsForJudgesOfKeptAnswers(t *testing.T) {
	url, asked := answering(t, `{"grade": 5, "reason": "Fine."}`)
	config := fmt.Sprintf("[providers.gate]\nbase_url = %q\nlocal = false\n[models.\"gate/judge\"]\nprice = { input = 0, output = 1000 }\n", url)
	dir := t.TempDir()
	file := filepath.Join(dir, "suite.toml")
	run := func(checks string, args ...string) (out, errs string, code int) {
		t.Helper()
		text := fmt.Sprintf("[[prompts]]\ntext = \"{{n}}\"\n[[cases]]\nvars = { n = 1 }\n[[cases]]\nvars = { n = 2 }\n[defaults]\nchecks = [%s]\n", checks)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return command(t, dir, config, append([]string{"run", file, "-m", "gate/m", "-o", filepath.Join(dir, "out.jsonl")}, args...)...)
	}
	if _, errs, code := run(""); code != 0 || asked.Load() != 2 {
		t.Fatalf("exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
	if _, errs, code := run(`{ judge = "Fine?", by = "gate/unpriced" }`, "--budget", "1"); code != 2 || asked.Load() != 2 || !strings.Contains(errs, "the price of gate/unpriced is not known") {
		t.Errorf("a judge of unknown price: exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
	const judge = `{ judge = "Fine?", by = "gate/judge" }`
	if out, errs, code := run(judge, "--dry-run"); code != 0 || !strings.Contains(out, "gate/judge (judge)") || asked.Load() != 2 {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if _, errs, code := run(judge, "--budget", "0.01"); code != 1 || asked.Load() != 2 ||
		!strings.Contains(errs, "2 of 2 answers in ") || !strings.Contains(errs, ", 2 still to check again") || !strings.Contains(errs, "the budget of $0.010 left out the judges of 2 answers") {
		t.Errorf("too little money: exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
	if _, errs, code := run(judge, "--budget", "1"); code != 0 || asked.Load() != 4 {
		t.Errorf("exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
}

// The config's budget of a day held for questions, and a run of many of them went beyond it unsaid.
func TestARunStopsAtTheBudgetOfTheDay(t *testing.T) {
	url, asked := answering(t, "Blue.")
	// An answer costs $0.20.
	config := fmt.Sprintf("[providers.gate]\nbase_url = %q\n[models.\"gate/m\"]\nprice = { input = 0, output = 1000 }\n[budget]\nday = 0.50\n", url)
	dir := t.TempDir()
	if out, errs, code := command(t, dir, config, "ask", "-m", "gate/m", "Why?"); code != 0 {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	file := filepath.Join(dir, "prompts.txt")
	if err := os.WriteFile(file, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := []string{"run", file, "-m", "gate/m", "-o", filepath.Join(dir, "out.jsonl")}
	_, errs, code := command(t, dir, config, run...)
	if code != 2 || asked.Load() != 1 || !strings.Contains(errs, "over the budget: $0.2000 of $0.5000 today, and this is about $0.4000") || !strings.Contains(errs, "--budget") {
		t.Errorf("exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
	if _, errs, code = command(t, dir, config, append(run, "--limit", "1")...); code != 0 || asked.Load() != 2 {
		t.Errorf("one prompt, which the day has money for: exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
	if _, errs, code = command(t, dir, config, append(run, "--budget", "1")...); code != 0 || asked.Load() != 3 {
		t.Errorf("with --budget: exit code %d after %d requests: %s", code, asked.Load(), errs)
	}
}

// The queue of a judge, which was opened late, did not follow its server.
func TestAJudgesServerIsAskedAsMuchAsItTakes(t *testing.T) {
	for local, want := range map[bool]int{true: 1, false: 4} {
		dir := t.TempDir()
		path, file := filepath.Join(dir, "config.toml"), filepath.Join(dir, "suite.toml")
		for name, text := range map[string]string{
			path: fmt.Sprintf("[providers.a]\nbase_url = \"http://127.0.0.1:1/v1\"\n[providers.b]\nbase_url = \"http://127.0.0.1:2/v1\"\nlocal = %v\n", local),
			file: "[[prompts]]\ntext = \"x\"\n[defaults]\nchecks = [{ judge = \"Fine?\", by = \"b/judge\" }]\n",
		} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		vars := map[string]string{"LINEUP_CONFIG": path, "LINEUP_DATA_DIR": dir}
		g := &globals{env: env{err: io.Discard, getenv: func(n string) string { return vars[n] }}}
		r := &running{g: g, tell: io.Discard, f: runFlags{unlimited: true, paneFlags: paneFlags{models: []string{"a/m"}}}}
		reg, err := r.read(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.makePlan(reg); err != nil {
			t.Fatal(err)
		}
		o, err := r.options(t.Context(), reg)
		if err != nil {
			t.Fatal(err)
		}
		if n := o.Judges["b/judge"].Provider.Queue().Limit(); n != want {
			t.Errorf("local %v: the judge is asked %d at a time at first, want %d", local, n, want)
		}
	}
}

// A pane whose model is no longer in the config ended the program when a file was run.
func TestARunOfTheScreenAsksNoPaneThatOnlyShows(t *testing.T) {
	dir := t.TempDir()
	path, file := filepath.Join(dir, "config.toml"), filepath.Join(dir, "prompts.txt")
	for name, text := range map[string]string{path: "panes = [\"a/m\"]\n[providers.a]\nbase_url = \"http://127.0.0.1:1/v1\"\n[retry]\nmax = 0\n", file: "one\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	vars := map[string]string{"LINEUP_CONFIG": path, "LINEUP_DATA_DIR": dir}
	g := &globals{env: env{err: io.Discard, getenv: func(n string) string { return vars[n] }}}
	gone := registry.Spec{Info: providers.Info{Ref: providers.Ref{Provider: "gone", Model: "m"}}}
	run, err := g.startRun(t.Context(), file, []registry.Spec{gone})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	if plan := strings.Join(run.Plan(), "\n"); !strings.Contains(plan, "1 request to 1 model") {
		t.Errorf("%s", plan)
	}
	// Fault: the screen named a flag of the command line, which it has no place for.
	words, err := run.Do(t.Context(), t.Context())
	if want := "to ask again what failed: lineup run " + file + " -o " + run.Out() + " --retry-failed -m a/m"; err != nil ||
		!strings.Contains(strings.Join(words, "\n"), want) {
		t.Errorf("%q, %v; want %q", words, err, want)
	}
}
