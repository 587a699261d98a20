package batch

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"lineup/batch/batchtest"
	"lineup/batch/check"
	"lineup/batch/suite"
	"lineup/registry"
)

// A table whose expected answers were mended kept the verdicts of the wrong ones: only the words of a check were
// compared, not the values in it.
func TestAnotherValueInACheckIsAnotherCheck(t *testing.T) {
	for name, checks := range map[string]string{
		"a text":        `{"equals":"echo: {{want}}"}`,
		"a list":        `{"contains_all":["echo","{{want}}"]}`,
		"turned round":  `{"not_regex":"[^{{want}}]$"}`,
		"an expression": `{"expr":"text == 'echo: ' + vars.want"}`,
		"a command":     `{"command":["grep","-q","\"want\":\"1\""]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("grep"); err != nil && name == "a command" {
				t.Skip(err)
			}
			g := batchtest.NewGateway(t, nil)
			path := batchtest.OutFile(t)
			sum := func(want string, note string) Summary {
				line := fmt.Sprintf(`{"n":"1","want":%q,"note":%s,"checks":[%s]}`, want, note, checks)
				s, err := suite.Parse("c.jsonl", line, suite.ReadOptions{Template: "{{n}}"})
				if err != nil {
					t.Fatal(err)
				}
				return do(t, planOf(t, batchtest.Section("g", g.URL), s, "g/a"), path, Options{})
			}
			if s := sum("2", "1"); s.Answers != 1 || s.Missed != 1 {
				t.Errorf("%+v, want an answer that does not pass", s)
			}
			const big = "12345678901234567890" // which a float64 cannot hold
			if s := sum("1", big); s.Answers != 1 || s.Missed != 0 || len(g.Prompts()) != 1 {
				t.Errorf("%+v after %d requests, want that it passes now", s, len(g.Prompts()))
			}
			text, _ := os.ReadFile(path)
			if l := linesOf(t, path)[0]; l.Vars["want"] != "1" || !strings.Contains(string(text), `"note":`+big) {
				t.Errorf("the line says %v, the case has another value", l.Vars)
			}
		})
	}
}

// A value that no check looks at is no reason to ask a judge once more.
func TestAValueThatNoCheckLooksAtChangesNothing(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	var before []byte
	for _, note := range []string{"a", "b"} {
		line := fmt.Sprintf(`{"n":"1","note":%q,"checks":[{"contains":"{{n}}"}]}`, note)
		s, err := suite.Parse("c.jsonl", line, suite.ReadOptions{Template: "{{n}}"})
		if err != nil {
			t.Fatal(err)
		}
		do(t, planOf(t, batchtest.Section("g", g.URL), s, "g/a"), path, Options{})
		now, _ := os.ReadFile(path)
		if before != nil && string(now) != string(before) {
			t.Errorf("the line has changed:\n%s%s", before, now)
		}
		before = now
	}
}

// toJudge is a run whose answers are there, and whose cases have a judge now, at a cent for an answer of 10 tokens.
func toJudge(t *testing.T, n int, judge string, answer func(w http.ResponseWriter)) (g *batchtest.Gateway, p *Plan, path string, o Options) {
	t.Helper()
	g = batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		if strings.HasPrefix(prompt, "Is this fine?") {
			answer(w)
			return
		}
		batchtest.Says(w, "fine "+prompt, 20)
	})
	s := batchtest.Numbered(n)
	p = planOf(t, batchtest.Section("g", g.URL, "max_concurrent = 64")+priced("g/judge"), s, "g/a", judge)
	o = Options{Judges: map[string]registry.Spec{"g/judge": p.Specs[1]}}
	p.Specs = p.Specs[:1]
	path = batchtest.OutFile(t)
	do(t, p, path, o)
	for i := range s.Cases {
		s.Cases[i].Checks, s.Cases[i].Rule = []check.Check{judgedBy("g/judge")}, check.Rule{At: 1}
	}
	g.TakeMost()
	return g, p, path, o
}

// estimated is the estimate of the judges.
func estimated(t *testing.T, p *Plan, path string, o Options) Estimate {
	t.Helper()
	results, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	all, err := New(p, results, o).Estimate()
	if err != nil || len(all) == 0 || all[0].Requests != 0 {
		t.Fatalf("%+v, %v; want nothing to ask of the model", all, err)
	}
	return all[len(all)-1]
}

// Judges of kept answers were in no estimate, and what the budget left out of them was not told.
func TestJudgesOfKeptAnswersAreEstimatedAndBudgeted(t *testing.T) {
	g, p, path, o := toJudge(t, 20, "g/judge max_tokens=10", func(w http.ResponseWriter) { batchtest.Says(w, "yes", 10) })
	if e := estimated(t, p, path, o); e.Requests != 20 || !e.Judge || e.USD < 0.199 || e.USD > 0.201 {
		t.Errorf("%+v, want 20 requests at a cent", e)
	}
	budget := 0.1
	o.Budget = &budget
	s := do(t, p, path, o)
	if judged := len(g.Prompts()) - 20; s.Spent.USD > budget || judged < 5 || s.Outdated != 20-judged || s.Answers != 20 || s.Missed+s.Unjudged != 0 {
		t.Errorf("%+v after %d judgements", s, judged)
	}
	if e := estimated(t, p, path, o); e.Requests != s.Outdated {
		t.Errorf("%+v, want the %d judgements that were left out", e, s.Outdated)
	}
	o.Budget = nil
	if s := do(t, p, path, o); s.Outdated != 0 || s.Missed != 0 || len(g.Prompts()) != 40 {
		t.Errorf("%+v after %d requests, want one for each answer and one for its judge", s, len(g.Prompts()))
	}
}

// Of a judge without a known length, eight answers were asked at a time for the price of an assumed one.
func TestAJudgeOfUnknownLengthDoesNotOverrunTheBudget(t *testing.T) {
	g, p, path, o := toJudge(t, 10, "g/judge", func(w http.ResponseWriter) { batchtest.Says(w, "yes", 900) })
	budget := 1.0 // an answer costs 0.90, and is thought to cost 0.50
	o.Budget = &budget
	if s := do(t, p, path, o); s.Spent.USD > budget || s.Outdated != 9 || len(g.Prompts()) != 11 {
		t.Errorf("%+v after %d requests", s, len(g.Prompts()))
	}
}

// A Ctrl+C threw away what judges had said of kept answers so far, and --concurrency did not bound them.
func TestAStopKeepsWhatWasJudgedAgain(t *testing.T) {
	drain, stop := context.WithCancel(t.Context())
	var n atomic.Int64
	g, p, path, o := toJudge(t, 20, "g/judge max_tokens=10", nil)
	g.Answer = func(w http.ResponseWriter, prompt string, _ int) {
		if n.Add(1) == 5 {
			stop()
		}
		batchtest.Says(w, "yes", 10)
	}
	o.Concurrency = 2
	p.Suite.Cases = append(p.Suite.Cases, suite.Case{ID: "new", Vars: suite.VarsOf(map[string]any{"n": "new"})})
	results, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(p, results, o).Do(t.Context(), drain)
	if err != nil {
		t.Fatal(err)
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	judged, most := len(g.Prompts())-20, g.TakeMost()
	if judged < 5 || judged > 6 || s.Outdated != 20-judged || s.Unasked != 1 || most > 2 {
		t.Errorf("%+v after %d judgements, %d at a time", s, judged, most)
	}
	if s := do(t, p, path, o); s.Outdated != 0 || s.Missed != 0 {
		t.Errorf("%+v", s)
	}
}

// With --only, cases that were not asked for had their judges asked.
func TestOnlyTheCasesThatAreAskedForAreJudgedAgain(t *testing.T) {
	g, p, path, o := toJudge(t, 6, "g/judge max_tokens=10", func(w http.ResponseWriter) { batchtest.Says(w, "yes", 10) })
	p.Only([]string{"2", "4"})
	if s := do(t, p, path, o); s.All != 2 || s.Outdated != 0 || len(g.Prompts()) != 8 {
		t.Errorf("%+v after %d judgements, want 2", s, len(g.Prompts())-6)
	}
	p.Asked = nil
	if s := do(t, p, path, o); s.Outdated != 0 || s.Missed != 0 || len(g.Prompts()) != 12 {
		t.Errorf("%+v after %d judgements, want 6", s, len(g.Prompts())-6)
	}
}

// A run that was stopped while a judge was asked kept "no grade" as the verdict for ever.
func TestAStoppedCheckIsMadeByTheNextRun(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		if strings.HasPrefix(prompt, "Is this fine?") {
			stop()
			batchtest.Says(w, "yes", 10)
			return
		}
		batchtest.Says(w, "fine", 20)
	})
	s := batchtest.Numbered(1)
	s.Cases[0].Checks, s.Cases[0].Rule = []check.Check{judgedBy("g/judge")}, check.Rule{At: 1}
	p := planOf(t, batchtest.Section("g", g.URL), s, "g/a", "g/judge")
	o := Options{Judges: map[string]registry.Spec{"g/judge": p.Specs[1]}}
	p.Specs = p.Specs[:1]
	path := batchtest.OutFile(t)
	results, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(p, results, o).Do(ctx, ctx); err != nil {
		t.Fatal(err)
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	if l := linesOf(t, path); len(l) != 1 || l[0].Pass != nil || l[0].Text != "fine" {
		t.Errorf("%+v, want the answer without a verdict", l)
	}
	if s := do(t, p, path, o); s.Answers != 1 || s.Missed != 0 || s.Unjudged != 0 || len(g.Prompts()) != 3 {
		t.Errorf("%+v after %d requests", s, len(g.Prompts()))
	}
}

// promptfoo's assertions put the values of a case in too.
func TestAnotherValueInAnAssertionIsAnotherCheck(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path, file := batchtest.OutFile(t), filepath.Join(t.TempDir(), "promptfooconfig.yaml")
	for _, c := range []struct {
		want   string
		missed int
	}{{"2", 1}, {"1", 0}} {
		text := fmt.Sprintf("prompts: ['say {{n}}']\nproviders: [openai:chat:m]\ntests:\n- vars: {n: '1', want: %q}\n"+
			"  assert: [{type: equals, value: 'echo: say {{want}}'}]\n", c.want)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := ReadSuite(file, suite.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if sum := do(t, planOf(t, batchtest.Section("g", g.URL), s, "g/a"), path, Options{}); sum.Missed != c.missed || len(g.Prompts()) != 1 {
			t.Errorf("%+v after %d requests, wanted is %s", sum, len(g.Prompts()), c.want)
		}
	}
}
