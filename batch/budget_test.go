package batch

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lineup/batch/check"
	"lineup/registry"

	"lineup/batch/batchtest"
)

// priced is a section for a model that costs a dollar for each thousand tokens of output.
func priced(ref string) string {
	return fmt.Sprintf("[models.%q]\nprice = { input = 0, output = 1000 }\n", ref)
}

// tokensOf is how long the answer to a prompt is.
func tokensOf(prompt string) int {
	h := fnv.New32a()
	h.Write([]byte(prompt))
	return 50 + int(h.Sum32()%51)
}

func TestTheBudgetHoldsWithManyInFlight(t *testing.T) {
	for _, setting := range []string{"", " max_tokens=100"} {
		// The first answer tells how long answers are; the next eight wait for each other.
		var asked atomic.Int64
		together := make(chan struct{})
		g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
			n := asked.Add(1)
			if n == 9 {
				close(together)
			}
			if n > 1 {
				select {
				case <-together:
				case <-time.After(10 * time.Second):
					t.Errorf("%q: eight requests are never on their way together", setting)
				}
			}
			batchtest.Says(w, "fine", tokensOf(prompt))
		})
		sections := batchtest.Section("g", g.URL, "max_concurrent = 64") + priced("g/a")
		p := planOf(t, sections, batchtest.Numbered(300), "g/a"+setting)
		budget := 5.0 // of about 22 that all would cost
		path := batchtest.OutFile(t)
		s := do(t, p, path, Options{Budget: &budget})
		if s.Spent.USD > budget || s.Spent.USD < 0.9*budget {
			t.Errorf("%q: spent $%.3f of $%.0f", setting, s.Spent.USD, budget)
		}
		if s.Left != s.Unasked || s.Left+s.Answers != 300 || s.Answers < 50 {
			t.Errorf("%q: %+v", setting, s)
		}
		if len(linesOf(t, path)) != s.Answers || len(g.Prompts()) != s.Answers {
			t.Errorf("%q: what was left out has a line, or was asked", setting)
		}
		// it counts one invocation
		if again := do(t, p, path, Options{Budget: &budget}); again.Answers <= s.Answers || again.Spent.USD > budget {
			t.Errorf("%q: the second time %+v", setting, again)
		}
	}
}

func TestABudgetStopsNobodyWhoCostsNothing(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	sections := batchtest.Section("g", g.URL) + priced("g/dear") + "[models.\"g/free\"]\nprice = { input = 0, output = 0 }\n"
	p := planOf(t, sections, batchtest.Numbered(50), "g/dear", "g/free")
	nothing := 0.0
	if s := do(t, p, batchtest.OutFile(t), Options{Budget: &nothing}); s.Answers != 50 || s.Left != 50 || s.Spent.USD != 0 {
		t.Errorf("%+v, want the answers of the free model", s)
	}
}

// judged is a check that asks a model.
func judgedBy(model string) check.Check {
	c := check.New("judged by "+model, 1, func(map[string]any) string { return "judged" },
		func(ctx context.Context, s check.Subject, e check.Env) check.Result {
			said, err := e.Ask(ctx, model, "Is this fine? "+s.Reply.Text)
			pass := err == nil && strings.Contains(said, "yes")
			return check.Result{Pass: &pass, Why: fmt.Sprint(err)}
		})
	c.Models = []string{model}
	return c
}

func TestJudgesAreAskedOncePerAnswerAndTheirCostCounts(t *testing.T) {
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		if strings.HasPrefix(prompt, "Is this fine?") {
			batchtest.Says(w, "yes", 10)
			return
		}
		batchtest.Says(w, "fine", 20)
	})
	s := batchtest.Numbered(40)
	for i := range s.Cases {
		s.Cases[i].Checks, s.Cases[i].Rule = []check.Check{judgedBy("g/judge")}, check.Rule{At: 1}
	}
	sections := batchtest.Section("g", g.URL, "max_concurrent = 16") + priced("g/a") + priced("g/judge")
	p := planOf(t, sections, s, "g/a max_tokens=20", "g/judge max_tokens=10")
	judge := p.Specs[1]
	p.Specs = p.Specs[:1]
	options := Options{Judges: map[string]registry.Spec{"g/judge": judge}}
	path := batchtest.OutFile(t)
	sum := do(t, p, path, options)
	if sum.Answers != 40 || sum.Missed != 0 || len(g.Prompts()) != 80 || sum.Spent.USD < 1.199 || sum.Spent.USD > 1.201 {
		t.Errorf("%+v after %d requests, want $1.20", sum, len(g.Prompts()))
	}
	if again := do(t, p, path, options); again.Spent.USD != 0 || len(g.Prompts()) != 80 {
		t.Errorf("the second time %+v", again)
	}
	budget := 0.5
	options.Budget = &budget
	sum = do(t, p, batchtest.OutFile(t), options)
	if sum.Spent.USD > budget || sum.Answers < 12 || sum.Answers > 16 || sum.Missed != 0 || sum.Left != 40-sum.Answers {
		t.Errorf("%+v for $0.50, at 3 cents an answer with its judge", sum)
	}
}

func TestTheEstimateSaysWhoIsAskedHowOften(t *testing.T) {
	g := batchtest.NewGateway(t, nil)
	s := batchtest.Numbered(10)
	s.Cases[0].Checks = []check.Check{judgedBy("g/judge")}
	p := planOf(t, batchtest.Section("g", g.URL)+priced("g/a"), s, "g/a max_tokens=100", "g/b", "g/judge")
	judge := p.Specs[2]
	p.Specs, p.Repeat = p.Specs[:2], 2
	r := New(p, Nothing(p), Options{Judges: map[string]registry.Spec{"g/judge": judge}})
	got, err := r.Estimate()
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	if a := got[0]; a.Requests != 20 || a.Unknown || a.USD < 1.99 || a.USD > 2.01 {
		t.Errorf("%+v, want 20 requests at 10 cents", a)
	}
	if b := got[1]; b.Requests != 20 || !b.Unknown {
		t.Errorf("%+v, want 20 requests of unknown price", b)
	}
	if j := got[2]; j.Requests != 4 || !j.Judge || j.Label != "g/judge" {
		t.Errorf("%+v, want a judge of 4", j)
	}
}
