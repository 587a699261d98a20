package batch

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"lineup/session"

	"lineup/batch/batchtest"
)

func TestARunAsksEverythingOnceAndGoesOn(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("g", g.URL), batchtest.Numbered(20), "g/a", "g/b temperature=0")
	p.Repeat = 2
	s := do(t, p, path, Options{})
	if s.All != 80 || s.Answers != 80 || s.Failed+s.Unasked != 0 {
		t.Errorf("%+v, want 80 answers", s)
	}
	lines := linesOf(t, path)
	if len(lines) != 80 || len(g.Prompts()) != 80 {
		t.Fatalf("%d lines, %d requests; want 80", len(lines), len(g.Prompts()))
	}
	for _, l := range lines {
		if l.Status != session.Done || l.Text != "echo: "+l.Prompt || l.Prompt != "prompt "+l.ID || l.Vars["n"] != l.ID || l.Ended == "" {
			t.Errorf("%+v", l)
		}
	}
	text, _ := os.ReadFile(path)
	if line, _, _ := strings.Cut(string(text), "\n"); !strings.HasPrefix(line, `{"type":"reply",`) || !strings.HasSuffix(line, `,"checks":[],"pass":null}`) {
		t.Errorf("%s", line)
	}
	if s = do(t, p, path, Options{}); s.Answers != 80 || len(g.Prompts()) != 80 {
		t.Errorf("the second time %+v, and %d requests", s, len(g.Prompts()))
	}
}

func TestATornLineIsAskedAgain(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("g", g.URL), batchtest.Numbered(5), "g/a")
	do(t, p, path, Options{})
	text, _ := os.ReadFile(path)
	whole := strings.SplitAfter(string(text), "\n")
	last := whole[4]
	for _, cut := range []int{1, 10, len(last) / 2, len(last) - 2} {
		if err := os.WriteFile(path, []byte(strings.Join(whole[:4], "")+last[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		before := len(g.Prompts())
		do(t, p, path, Options{})
		if lines := linesOf(t, path); len(lines) != 5 || len(g.Prompts()) != before+1 {
			t.Errorf("cut after %d bytes: %d lines, %d requests", cut, len(lines), len(g.Prompts())-before)
		}
	}
	// a whole line without its newline is an answer that is there
	if err := os.WriteFile(path, []byte(strings.TrimSuffix(string(text), "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	before := len(g.Prompts())
	if do(t, p, path, Options{}); len(linesOf(t, path)) != 5 || len(g.Prompts()) != before {
		t.Error("a line without its newline was asked again")
	}
}

func TestFailuresStayUnlessTheyAreAskedAgain(t *testing.T) {
	broken := true
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		if broken && strings.HasSuffix(prompt, "3") {
			http.Error(w, `{"error":{"message":"no"}}`, http.StatusBadRequest)
			return
		}
		batchtest.Says(w, "fine", 3)
	})
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("g", g.URL, noRetry), batchtest.Numbered(5), "g/a")
	if s := do(t, p, path, Options{}); s.Failed != 1 || s.Answers != 4 {
		t.Errorf("%+v", s)
	}
	if s := do(t, p, path, Options{}); s.Failed != 1 || len(g.Prompts()) != 5 {
		t.Errorf("%+v after %d requests", s, len(g.Prompts()))
	}
	old, _ := os.ReadFile(path)
	if s := do(t, p, path, Options{RetryFailed: true}); s.Failed != 1 || len(g.Prompts()) != 6 {
		t.Errorf("%+v after %d requests", s, len(g.Prompts()))
	}
	if now, _ := os.ReadFile(path); string(now) != string(old) {
		t.Error("a failure has replaced the failure before")
	}
	broken = false
	if s := do(t, p, path, Options{RetryFailed: true}); s.Failed != 0 || s.Answers != 5 {
		t.Errorf("%+v", s)
	}
	if lines := linesOf(t, path); len(lines) != 5 {
		t.Errorf("%d lines", len(lines))
	}
}

// A run that is killed after the answer to an old failure was written has not taken the failure out yet.
func TestAnAnswerReplacesTheFailureAlsoAfterACrash(t *testing.T) {
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		if strings.HasSuffix(prompt, "1") {
			http.Error(w, `{"error":{"message":"no"}}`, http.StatusBadRequest)
			return
		}
		batchtest.Says(w, "fine", 3)
	})
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("g", g.URL, noRetry), batchtest.Numbered(3), "g/a")
	do(t, p, path, Options{})
	failed, _ := os.ReadFile(path)
	g.Answer = nil
	other := batchtest.OutFile(t)
	do(t, p, other, Options{})
	answered, _ := os.ReadFile(other)
	if err := os.WriteFile(path, append(failed, answered...), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := do(t, p, path, Options{}); s.Answers != 3 || len(g.Prompts()) != 6 {
		t.Errorf("%+v after %d requests", s, len(g.Prompts()))
	}
	lines := linesOf(t, path)
	if len(lines) != 3 {
		t.Errorf("%d lines", len(lines))
	}
	for _, l := range lines {
		if l.Status != session.Done {
			t.Errorf("case %s is %s", l.ID, l.Status)
		}
	}
}
