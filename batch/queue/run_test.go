package queue_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/batch"
	"lineup/batch/batchtest"
	"lineup/batch/queue"
	"lineup/batch/suite"
	"lineup/config"
	"lineup/registry"
)

// noWait keeps further tries short.
const noWait = `retry = { max = 2, base = "10ms", cap = "20ms" }`

// checked gives the cases of a suite a check, as a suite says it.
func checked(t testing.TB, s *suite.Suite, check string, cfg config.Config) *suite.Suite {
	t.Helper()
	path := filepath.Join(t.TempDir(), "suite.toml")
	text := "prompts = [{ text = \"x\" }]\ncases = [{ checks = [" + check + "] }]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	of, err := batch.ReadSuite(path, suite.ReadOptions{Config: cfg})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Cases {
		s.Cases[i].Checks, s.Cases[i].Rule = of.Cases[0].Checks, of.Cases[0].Rule
	}
	return s
}

func TestARunThroughTheQueueIsAsWithoutOne(t *testing.T) {
	q, url := ready(t)
	g := batchtest.NewGateway(t, nil)
	text := batchtest.Section("g", g.URL, "max_concurrent = 4", noWait)
	s := checked(t, batchtest.Numbered(30), `{ contains = "echo: prompt" }`, config.Config{})
	s.Cases[7].Vars = suite.VarsOf(map[string]any{"n": "7 \x00 안녕 <&> \u2028"})
	p := planOf(t, text, s, "g/a temperature=0.5", "g/a")
	p.Repeat, p.System = 2, "Be kind."
	work(t, url, text+"[models.\"g/a\"]\ntemperature = 1\n", "g")
	path := batchtest.OutFile(t)
	e, sum := collect(t, q, "r", newRun(t, p, path, batch.Options{}))
	if e.Total != 120 || e.Enqueued != 120 || sum.Answers != 120 || sum.Missed+sum.Unjudged+sum.Failed != 0 {
		t.Errorf("%+v, %+v", e, sum)
	}
	direct := batchtest.OutFile(t)
	r := newRun(t, p, direct, batch.Options{})
	if _, err := r.Do(t.Context(), t.Context()); err != nil {
		t.Fatal(err)
	}
	r.end(t)
	want, got := linesOf(t, direct), linesOf(t, path)
	if len(got) != len(want) {
		t.Fatalf("%d lines, not %d", len(got), len(want))
	}
	for key, w := range want {
		l := got[key]
		if l == nil {
			t.Errorf("%s is missing", key)
			continue
		}
		same := l.Text == w.Text && l.Prompt == w.Prompt && l.System == w.System && l.Request == w.Request &&
			l.Slot == w.Slot && l.Repeat == w.Repeat && l.Checking == w.Checking && *l.Pass && l.Ended != "" &&
			l.Contender.ID() == w.Contender.ID() && len(l.Checks) == 1 && l.Usage.Output == 10 && l.ServedBy == w.ServedBy &&
			reflect.DeepEqual(l.Params, w.Params)
		if !same {
			t.Errorf("%s:\n got %+v\nwant %+v", key, l, w)
		}
	}
	// a lost file comes from the table
	asked := len(g.Prompts())
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	e, sum = collect(t, q, "r", newRun(t, p, path, batch.Options{}))
	if e.Enqueued != 0 || e.Known != 120 || sum.Answers != 120 || len(linesOf(t, path)) != 120 || len(g.Prompts()) != asked {
		t.Errorf("again: %+v, %+v, %d requests more", e, sum, len(g.Prompts())-asked)
	}
}

func TestALineIsAskedNoMoreOftenThanRetrySays(t *testing.T) {
	q, url := ready(t)
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, n int) {
		switch {
		case strings.HasSuffix(prompt, "0"):
			refuses(w, 1)
		case strings.HasSuffix(prompt, "1"):
			w.WriteHeader(http.StatusServiceUnavailable)
		case strings.HasSuffix(prompt, "2") && n < 3:
			refuses(w, 1)
		case strings.HasSuffix(prompt, "3"):
			w.WriteHeader(http.StatusBadRequest)
		default:
			batchtest.Says(w, "fine", 3)
		}
	})
	text := batchtest.Section("g", g.URL, "max_concurrent = 1", noWait)
	p := planOf(t, text, batchtest.Numbered(5), "g/a")
	path := batchtest.OutFile(t)
	work(t, url, text, "g")
	_, sum := collect(t, q, "r", newRun(t, p, path, batch.Options{}))
	if sum.Failed != 3 || sum.Answers != 2 || len(linesOf(t, path)) != 5 {
		t.Errorf("%+v", sum)
	}
	for i, want := range []int{3, 3, 3, 1, 1} {
		if got := g.Times("prompt " + string(rune('0'+i))); got != want {
			t.Errorf("line %d was asked %d times, not %d", i, got, want)
		}
	}
	status, err := q.Status(t.Context(), "r")
	if err != nil || len(status) != 1 {
		t.Fatal(status, err)
	}
	if s := status[0]; s.Total != 5 || s.Done != 2 || s.Failed != 3 || s.Failures["rate_limit"] != 1 || s.Lost != 0 {
		t.Errorf("%+v", s)
	}
	// what failed stays, unless it is to be asked again
	if e, _ := collect(t, q, "r", newRun(t, p, path, batch.Options{})); e.Enqueued+e.Known != 0 {
		t.Errorf("without --retry-failed: %+v", e)
	}
	g.Answer = nil
	e, sum := collect(t, q, "r", newRun(t, p, path, batch.Options{RetryFailed: true}))
	if e.Enqueued != 3 || sum.Answers != 5 || len(linesOf(t, path)) != 5 {
		t.Errorf("with --retry-failed: %+v, %+v", e, sum)
	}
}

// The judge is asked by who follows the run: no worker needs its key.
func TestTheJudgeIsTheRunsOwn(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	g := batchtest.NewGateway(t, nil)
	judge := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		grade := `{"grade":5,"reason":"polite"}`
		if strings.Contains(prompt, "echo: prompt 1") {
			grade = `{"grade":2,"reason":"rude"}`
		}
		batchtest.Says(w, grade, 3)
	})
	text := batchtest.Section("g", g.URL, noWait)
	both := text + batchtest.Section("j", judge.URL, noWait)
	s := checked(t, batchtest.Numbered(3), `{ judge = "Is it polite?", by = "j/judge", at_least = 4 }`, registryOf(t, both).Config())
	p := planOf(t, both, s, "g/a")
	spec, err := registryOf(t, both).OpenReader("j/judge")
	if err != nil {
		t.Fatal(err)
	}
	work(t, url, text, "g")
	o := batch.Options{Judges: map[string]registry.Spec{"j/judge": spec}}
	_, sum := collect(t, q, "r", newRun(t, p, batchtest.OutFile(t), o))
	if sum.Answers != 3 || sum.Missed != 1 || len(judge.Prompts()) != 3 {
		t.Errorf("%+v, the judge was asked %d times", sum, len(judge.Prompts()))
	}
}

// Fault: lines of a provider that no worker takes waited without a word.
func TestAStatusNamesTheProvidersThatNobodyServes(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	g := batchtest.NewGateway(t, nil)
	const long = "a-provider-whose-name-is-longer-than-the-names-of-queues-may-be-한국"
	text := batchtest.Section("g", g.URL, noWait) + batchtest.Section("other", g.URL, noWait) + batchtest.Section(`"`+long+`"`, g.URL, noWait)
	r := newRun(t, planOf(t, text, batchtest.Numbered(2), "g/a", "other/b", long+"/c"), batchtest.OutFile(t), batch.Options{})
	if _, err := q.Enqueue(t.Context(), "r", r.Run); err != nil {
		t.Fatal(err)
	}
	of := func() queue.Status {
		t.Helper()
		all, err := q.Status(t.Context(), "r")
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		return all[0]
	}
	if s := of(); s.Unserved() != nil || !s.Providers[0].Unserved {
		t.Errorf("without any worker: %+v", s)
	}
	stop := work(t, url, text, "g", long)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	until(t, url, func() bool { s := of(); return s.Done == 4 && len(s.Workers) == 1 && s.Workers[0].Providers != nil })
	s := of()
	if names := s.Unserved(); !slices.Equal(names, []string{"other"}) {
		t.Errorf("nobody serves %v; %+v", names, s)
	}
	if w := s.Workers; len(w) != 1 || !w[0].Connected || !slices.Equal(w[0].Providers, []string{"g", long}) {
		t.Errorf("%+v", w)
	}
	stop()
	// who comes takes out who has gone
	work(t, url, text, "other")
	if _, err := q.Follow(ctx, "r", r.Run); err != nil {
		t.Error(err)
	}
	r.end(t)
	if n := rowsOf(t, url, "SELECT count(*) FROM lineup_worker"); n != 1 {
		t.Errorf("%d workers are noted, not 1", n)
	}
}
