package batch

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"lineup/batch/batchtest"
	"lineup/batch/check"
	"lineup/batch/suite"
)

// says of an answer whether it has a word.
func has(word string) check.Check {
	return check.New("has "+word, 1, func(map[string]any) string { return "has " + word },
		func(_ context.Context, s check.Subject, _ check.Env) check.Result {
			pass := strings.Contains(s.Reply.Text, word)
			return check.Result{Pass: &pass, Score: 1}
		})
}

func TestLinesThatNobodyAsksForMoveAway(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	sections := batchtest.Section("g", g.URL)
	s := batchtest.Numbered(4)
	do(t, planOf(t, sections, s, "g/a", "g/b"), path, Options{})
	s.Cases[1].Vars = suite.VarsOf(map[string]any{"n": "changed"}) // two lines
	s.Cases[3].ID = "other"                                        // two lines
	p := planOf(t, sections, s, "g/a", "g/c")                      // two more
	results, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	if len(results.Stale) != 6 || !strings.Contains(strings.Join(results.Stale, "\n"), "case 3, prompt 0, g/b") {
		t.Errorf("stale are\n%s", strings.Join(results.Stale, "\n"))
	}
	before, _ := os.ReadFile(path)
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("looking has changed the file")
	}
	asked := len(g.Prompts())
	if s := do(t, p, path, Options{}); s.Answers != 8 || len(g.Prompts()) != asked+6 {
		t.Errorf("%+v after %d requests", s, len(g.Prompts())-asked)
	}
	if n := len(linesOf(t, path)); n != 8 {
		t.Errorf("%d lines", n)
	}
	if n := len(linesOf(t, path+StaleSuffix)); n != 6 {
		t.Errorf("%d stale lines", n)
	}
}

func TestOtherSettingsSystemPromptsAndRepeatsAreOtherRequests(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	sections := batchtest.Section("g", g.URL)
	for name, change := range map[string]func(p *Plan) *Plan{
		"another setting":       func(p *Plan) *Plan { return planOf(t, sections, p.Suite, "g/a temperature=1") },
		"another system prompt": func(p *Plan) *Plan { p.System = "Be brief."; return p },
		"another template": func(p *Plan) *Plan {
			p.Suite.Prompts[0].Text = "Please: {{n}}"
			return p
		},
		"fewer repeats": func(p *Plan) *Plan { p.Repeat = 1; return p },
	} {
		t.Run(name, func(t *testing.T) {
			path := batchtest.OutFile(t)
			p := planOf(t, sections, batchtest.Numbered(2), "g/a")
			p.Repeat = 2
			do(t, p, path, Options{})
			results, err := Open(change(p), path)
			if err != nil {
				t.Fatal(err)
			}
			defer results.Close()
			want := 4
			if name == "fewer repeats" {
				want = 2
			}
			if len(results.Stale) != want {
				t.Errorf("%d lines are stale, want %d", len(results.Stale), want)
			}
		})
	}
}

func TestWhereOnlyChecksChangedAnswersAreJudgedAgain(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	s := batchtest.Numbered(30)
	p := planOf(t, batchtest.Section("g", g.URL), s, "g/a")
	for i := range s.Cases {
		s.Cases[i].Checks, s.Cases[i].Rule = []check.Check{has("echo")}, check.Rule{At: 1}
	}
	if sum := do(t, p, path, Options{}); sum.Missed != 0 || sum.Answers != 30 {
		t.Errorf("%+v", sum)
	}
	for i := range s.Cases {
		s.Cases[i].Checks = []check.Check{has("echo"), has("7")}
	}
	if sum := do(t, p, path, Options{}); sum.Missed != 27 || sum.Answers != 30 || len(g.Prompts()) != 30 {
		t.Errorf("%+v after %d requests; 3 of 30 prompts have a 7", sum, len(g.Prompts()))
	}
	for _, l := range linesOf(t, path) {
		if len(l.Checks) != 2 || l.Checks[1].Check != "has 7" || *l.Pass != strings.Contains(l.ID, "7") || l.Text != "echo: "+l.Prompt || l.Usage.Output != 10 {
			t.Errorf("%+v %v", l, l.Checks)
		}
	}
	again, _ := os.ReadFile(path)
	do(t, p, path, Options{})
	if now, _ := os.ReadFile(path); string(now) != string(again) {
		t.Error("a third run has changed the lines")
	}
}

func TestTheSecondRunIntoAFileIsRefused(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("g", g.URL), batchtest.Numbered(2), "g/a")
	first, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(p, path); !errors.Is(err, ErrBusy) {
		t.Errorf("%v, want that it is busy", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
	if _, err := os.Stat(path + lockSuffix); !os.IsNotExist(err) {
		t.Errorf("the lock stays behind: %v", err)
	}
}

// An editor on Windows writes a mark at the beginning and ends lines in its own way; some end the last line not at all.
func TestAFileThatAnEditorHasSavedIsGoneOnWith(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	s := batchtest.Numbered(3)
	s.Cases[1].Vars = suite.VarsOf(map[string]any{"n": "안녕하세요 — 두 번째\r\n줄"})
	p := planOf(t, batchtest.Section("g", g.URL), s, "g/a")
	do(t, p, path, Options{})
	text, _ := os.ReadFile(path)
	edited := "\ufeff" + strings.ReplaceAll(strings.TrimSuffix(string(text), "\n"), "\n", "\r\n\r\n")
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if sum := do(t, p, path, Options{}); sum.Answers != 3 || len(g.Prompts()) != 3 {
		t.Errorf("%+v after %d requests", sum, len(g.Prompts()))
	}
	if !strings.Contains(string(text), "안녕하세요 — 두 번째\\r\\n줄") {
		t.Errorf("%s", text)
	}
}

func TestAForeignFileIsLeftAlone(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	p := planOf(t, batchtest.Section("g", g.URL), batchtest.Numbered(3), "g/a")
	for _, text := range []string{"my notes", "my notes\n", "{\"a\":1}\n", "[1]\n", "{\"type\":\"reply\"}x\n"} {
		path := batchtest.OutFile(t)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(p, path); err == nil || !strings.Contains(err.Error(), ":1: this is no line of a run") {
			t.Errorf("%q: %v", text, err)
		}
		if now, _ := os.ReadFile(path); string(now) != text {
			t.Errorf("%q has become %q", text, now)
		}
	}
	if _, err := Open(p, t.TempDir()); err == nil {
		t.Error("a folder was taken for a file")
	}
}
