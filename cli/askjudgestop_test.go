package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A judge that is asked one question at a time, and what happens at its fourth: the first pair has been judged in both
// orders then, and the second in one.
func askJudgeUntil(t *testing.T, fourth func(w http.ResponseWriter, r *http.Request, stop func())) (out, errs, dir, config string, code int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var q struct{ Model string }
		if json.Unmarshal(body, &q) != nil { // a connection is opened
			return
		}
		said := "answer of " + q.Model
		if q.Model == "judge" {
			if n := asked.Add(1); n >= 4 {
				fourth(w, r, stop)
				return
			}
			said = "Both are short.\nVERDICT: TIE"
		}
		text, _ := json.Marshal(said)
		fmt.Fprintf(w, `{"choices":[{"index":0,"message":{"content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2}}`, text)
	}))
	t.Cleanup(s.Close)
	dir = t.TempDir()
	path := filepath.Join(dir, "config.toml")
	config = fmt.Sprintf("[retry]\nmax = 0\n[providers.p]\nbase_url = \"%s/v1\"\nmax_concurrent = 1\nlocal = false\n"+
		"[models.\"p/judge\"]\nprice = { input = 0, output = 1000 }\n", s.URL)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"LINEUP_CONFIG": path, "LINEUP_DATA_DIR": filepath.Join(dir, "data")}
	var o, e bytes.Buffer
	code = run(ctx, env{in: strings.NewReader(""), out: &o, err: &e, getenv: func(n string) string { return vars[n] },
		tty: func(any) bool { return false }}, []string{"ask", "--json", "-m", "p/a", "-m", "p/b", "-m", "p/c", "--judge", "p/judge", "Why?"})
	return o.String(), e.String(), dir, config, code
}

// What was judged before a Ctrl+C, or before a server died, is told and kept. A pair that was asked in one order only has
// no judgement: it would be a guess.
func TestAHalfDoneJudgementIsKeptAsFarAsItGoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		fourth func(w http.ResponseWriter, r *http.Request, stop func())
		code   int
	}{
		{"ctrl+c", func(_ http.ResponseWriter, r *http.Request, stop func()) {
			stop()
			<-r.Context().Done()
		}, exitInterrupted},
		{"the server dies", func(http.ResponseWriter, *http.Request, func()) { panic(http.ErrAbortHandler) }, exitFailed},
		{"the server refuses", func(w http.ResponseWriter, _ *http.Request, _ func()) {
			w.WriteHeader(http.StatusUnauthorized)
		}, exitFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errs, dir, config, code := askJudgeUntil(t, c.fourth)
			if code != c.code || strings.Count(out, `"type":"reply"`) != 3 || strings.Count(out, `"type":"judgement"`) != 1 {
				t.Fatalf("exit code %d, want %d\n%s\n%s", code, c.code, out, errs)
			}
			if !strings.Contains(errs, "2 of 3 pairs not judged: a question was stopped or failed") {
				t.Errorf("standard error:\n%s", errs)
			}
			// Each answer of the judge cost $0.002. Fault: the third, of a pair without a judgement, was in no sum of the day.
			_, over, code := command(t, dir, config+"[budget]\nday = 0.005\n", "ask", "-m", "p/judge", "Why?")
			if code != 2 || !strings.Contains(over, "$0.0060 ") || !strings.Contains(over, "of $0.0050 today") {
				t.Errorf("exit code %d; the sum of the day is not that of three answers: %s", code, over)
			}
			kept, _, _ := command(t, dir, config, "sessions", "show", "last", "--json")
			if strings.Count(kept, `"verdicts"`) != 1 || strings.Count(kept, `"winner": "tie"`) != 1 {
				t.Errorf("kept:\n%s", kept)
			}
		})
	}
}
