package ui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
)

// arbiter judges by a rule, after some time. It is asked in both orders.
type arbiter struct {
	info  providers.Info
	after time.Duration
	rule  func(first, second string) string // what it says; "" fails
	mu    sync.Mutex
	asked []string
}

func (m *arbiter) Stream(ctx context.Context, req providers.Request) iter.Seq2[providers.Event, error] {
	question := req.Messages[0].Content
	m.mu.Lock()
	m.asked = append(m.asked, question)
	m.mu.Unlock()
	answer := func(name string) string {
		_, rest, _ := strings.Cut(question, "BEGIN ANSWER "+name+" ")
		_, rest, _ = strings.Cut(rest, " -----\n")
		text, _, _ := strings.Cut(rest, "\n----- END ANSWER "+name+" ")
		return text
	}
	s := &script{info: m.info}
	said := m.rule(answer("A"), answer("B"))
	s.events = says("x/judge", said, m.after, 0).events
	if said == "" {
		s.events = fails("x/judge", "", &providers.Error{Kind: providers.ServerError, Status: 500, Message: "down"}).events
	}
	return s.Stream(ctx, req)
}

// count is how many questions it got.
func (m *arbiter) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.asked)
}

// bench is a shelf with a judge.
type bench struct {
	shelf
	judge *arbiter
}

func (b bench) OpenReader(ref string) (registry.Spec, error) {
	if ref == "x/judge" {
		return registry.Spec{Info: b.judge.info, Model: b.judge}, nil
	}
	return b.Open(ref)
}

// longer is a judge that finds the longer answer better.
func longer(first, second string) string {
	switch a, b := len(first), len(second); {
	case a > b:
		return "It says more.\nVERDICT: A"
	case a < b:
		return "It says more.\nVERDICT: B"
	}
	return "They are alike.\nVERDICT: TIE"
}

func newBench(ref string, rule func(first, second string) string, answers ...string) (bench, []*script) {
	r, err := providers.ParseRef(ref)
	if err != nil {
		panic(err)
	}
	b := bench{shelf{}, &arbiter{info: providers.Info{Ref: r, Name: r.Model}, rule: rule}}
	var models []*script
	for i, text := range answers {
		models = append(models, says(fmt.Sprintf("x/m%d", i+1), text, 0, 0))
	}
	return b, models
}

// J shows whom it will ask about what, for how much; Enter asks, in both orders. What it found is kept with the turn, and shown
// again.
func TestJudgingAnswers(t *testing.T) {
	b, models := newBench("x/judge", longer, "short", "a longer answer", "짧은 답")
	price := &providers.Price{Input: 1, Output: 10}
	b.judge.info.Price = providers.Quote{Price: *price, Source: providers.CostConfig}
	limit := 300
	b.judge.info.Params.MaxTokens = &limit
	store := openStore(t)
	cfg := Config{Panes: specs(models...), Models: b, Store: store, Compare: Compare{Readers: Readers{Judge: "x/judge"}, Criteria: "길이만 본다"}}
	drive(t, 130, 40, cfg, func(d *driver) {
		d.press("lit:왜?", "enter")
		d.settle()
		d.press("alt+1", "J")
		d.settle()
		d.wantSees("Judge · turn 1", "x/judge", "3 pairs of 3 answers, each in both orders: 6 questions", "길이만 본다", "cost", "~$")
		if b.judge.count() > 0 {
			t.Fatal("the judge was asked before anybody saw what it may cost")
		}
		d.press("enter")
		d.wantSees("Judge · turn 1 · x/judge is judging", "0 of 6 questions answered")
		d.settle()
		d.wantSees("Judge · turn 1 · x/judge", "1 m1 < 2 m2", "2 m2 > 3 m3", "1 m1 < 3 m3", "won–tied–lost: 1 m1 0–0–2 · 2 m2 2–0–0 · 3 m3 1–0–1",
			"3 pairs · 0 flips · 0 without a verdict · $", "was expected", "flips 0 of 3", "indicator only", "It says more.")
		if n := b.judge.count(); n != 6 {
			t.Errorf("%d questions", n)
		}
		if sess, _ := d.app.sums(); sess.USD <= 0 {
			t.Error("what the judge cost is not counted")
		}
		d.press("esc")
		d.wantNot("Judge · turn 1")
		d.press("J")
		d.wantSees("Judge · turn 1 · x/judge", "2 m2 > 3 m3")
	})
	s := last(t, store)
	if n := len(s.Turns[0].Judgements); n != 3 || s.Turns[0].Judgements[0].Cost.USD == nil || s.Turns[0].Judgements[0].At.IsZero() {
		t.Fatalf("%d judgements are kept", n)
	}
	cfg.Session = s
	drive(t, 130, 40, cfg, func(d *driver) {
		d.press("alt+2", "J")
		d.settle()
		d.wantSees("Judge · turn 1 · x/judge", "2 m2 > 3 m3", "flips 0 of 3")
	})
}

// A verdict that goes by the order is a flip, an answer without a verdict is none.
func TestFlipsAndMissingVerdictsAreShown(t *testing.T) {
	for said, want := range map[string]string{"VERDICT: A": "1 m1 = 2 m2  flipped: the order decided", "VERDICT: TIE": "1 m1 = 2 m2  tie",
		"I like A\nVERDICT: A, surely": "1 m1 ? 2 m2  no verdict"} {
		b, models := newBench("x/judge", func(string, string) string { return said }, "one", "two")
		drive(t, 130, 40, Config{Panes: specs(models...), Models: b}, func(d *driver) {
			d.press("lit:why", "enter")
			d.settle()
			d.press("lit:/judge x/judge", "enter", "enter")
			d.settle()
			d.wantSees(want)
		})
	}
}

// Esc stops the judge. Pairs that were judged in both orders are kept; what was half asked is no judgement.
func TestEscStopsAJudge(t *testing.T) {
	b, models := newBench("x/judge", longer, "1", "22", "333", "4444")
	b.judge.after = time.Second
	store := openStore(t)
	drive(t, 130, 40, Config{Panes: specs(models...), Models: b, Store: store}, func(d *driver) {
		d.press("lit:why", "enter")
		d.settle()
		d.press("lit:/judge x/judge", "enter")
		d.until(func() bool { return d.app.layer.overlay.(*judgeView).plan.strengths != nil })
		d.press("enter")
		d.until(func() bool { return len(d.app.lineup.judging.Judgements()) >= 2 })
		d.wantSees("4 of 12 questions answered", "1 m1 < 2 m2", "…")
		d.press("esc")
		d.settle()
		d.wantSees("2 pairs", "4 of 6 pairs not judged: stopped", "not judged")
		d.press("esc")
	})
	if n := len(last(t, store).Turns[0].Judgements); n != 2 {
		t.Errorf("%d judgements are kept", n)
	}
	if n := b.judge.count(); n > 8 {
		t.Errorf("the judge was asked %d questions at least, of which four were answered", n)
	}
}

// Fault: what the answered question of a pair had cost was in no sum of the day where the other one failed.
func TestAHalfJudgedPairCountsInTheDaysSum(t *testing.T) {
	b, models := newBench("x/judge", func(first, second string) string {
		if len(first) > len(second) {
			return ""
		}
		return longer(first, second)
	}, "1", "22")
	b.judge.info.Price = providers.Quote{Price: providers.Price{Input: 1, Output: 1000}, Source: providers.CostConfig}
	store := openStore(t)
	drive(t, 130, 40, Config{Panes: specs(models...), Models: b, Store: store}, func(d *driver) {
		d.press("lit:why", "enter")
		d.settle()
		d.press("lit:/judge x/judge", "enter")
		d.until(func() bool { return d.app.layer.overlay.(*judgeView).plan.strengths != nil })
		d.press("enter")
		d.settle()
		d.wantSees("1 of 1 pair not judged: down")
	})
	sum, err := store.Spent(t.Context(), time.Time{})
	if err != nil || sum.USD < 0.001 || len(last(t, store).Turns[0].Judgements) != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// Quitting in the middle of it keeps what was judged too.
func TestQuittingKeepsWhatWasJudged(t *testing.T) {
	b, models := newBench("x/judge", longer, "1", "22", "333")
	b.judge.after = time.Second
	store := openStore(t)
	drive(t, 130, 40, Config{Panes: specs(models...), Models: b, Store: store}, func(d *driver) {
		d.press("lit:why", "enter")
		d.settle()
		d.press("lit:/judge x/judge", "enter")
		d.until(func() bool { return d.app.layer.overlay.(*judgeView).plan.strengths != nil })
		d.press("enter")
		d.until(func() bool { return len(d.app.lineup.judging.Judgements()) >= 2 })
		if err := d.app.close(); err != nil {
			t.Error(err)
		}
	})
	if n := len(last(t, store).Turns[0].Judgements); n != 2 {
		t.Errorf("%d judgements are kept", n)
	}
}

// The judge's own answer is left out, or marked where it is asked for. Of more than four answers each meets one.
func TestOwnAnswersAndManyPanes(t *testing.T) {
	b, models := newBench("x/m1", longer, "1", "22", "333", "4444", "55555", "666666")
	b.shelf["x/m1"] = says("x/m1", "It is mine.\nVERDICT: TIE", 0, 0)
	drive(t, 160, 50, Config{Panes: specs(models...), Models: b}, func(d *driver) {
		d.press("lit:why", "enter")
		d.settle()
		d.press("lit:/judge x/m1", "enter")
		d.wantSees("4 pairs of 5 answers", "one in the middle of the ratings", "left out", "1 answer of the judge itself")
		d.press("p")
		d.wantSees("10 pairs of 5 answers")
		d.press("s")
		d.wantSees("15 pairs of 6 answers")
		d.press("esc", "lit:/judge x/m1 --self", "enter")
		d.wantSees("5 pairs of 6 answers")
		d.press("enter")
		d.settle()
		d.wantSees("the judge's own answer")
		d.press("esc", "lit:/judge --all-pairs", "enter")
		d.wantSees("10 pairs of 5 answers")
	})
}

// A judge that cannot be asked is asked once, not for each pair; why is shown.
func TestAJudgeThatCannotBeAsked(t *testing.T) {
	b, models := newBench("x/judge", longer, "1", "22", "333")
	gone := fails("x/gone", "", &providers.Error{Kind: providers.Auth, Message: "the key\x1b[31m is wrong"})
	b.shelf["x/gone"] = gone
	drive(t, 130, 40, Config{Panes: specs(models...), Models: b}, func(d *driver) {
		d.press("lit:why", "enter")
		d.settle()
		d.press("lit:/judge x/gone", "enter", "enter")
		d.settle()
		d.wantSees("nothing is judged", "3 of 3 pairs not judged: the key␛[31m is wrong")
		if n := len(gone.asked); n > 4 {
			t.Errorf("it was asked %d times", n)
		}
	})
}

// Merging and judging ask before they go over the budget, as sending does.
func TestMergingAndJudgingKeepToTheBudget(t *testing.T) {
	b, models := newBench("x/judge", longer, "1", "22")
	most, limit := 0.000001, 500
	for _, info := range []*providers.Info{&b.judge.info} {
		info.Price = providers.Quote{Price: providers.Price{Input: 100, Output: 100}, Source: providers.CostConfig}
		info.Params.MaxTokens = &limit
	}
	for _, command := range []string{"/judge x/judge", "/merge x/judge"} {
		drive(t, 130, 40, Config{Panes: specs(models...), Models: b, Budget: session.Budget{Session: &most}}, func(d *driver) {
			before := b.judge.count()
			d.press("lit:why", "enter")
			d.settle()
			d.press("lit:"+command, "enter", "enter")
			d.wantSees("over the budget")
			if b.judge.count() != before {
				t.Errorf("%s was sent over the budget", command)
			}
			d.press("enter")
			d.settle()
			if b.judge.count() == before {
				t.Errorf("%s was not sent after it was confirmed", command)
			}
		})
	}
}

// The plans, the progress, the results and a merge at three sizes, over answers in Korean.
func TestMergeAndJudgeFrames(t *testing.T) {
	var b bench
	overlayFrames(t, "readers", func() Config {
		var models []*script
		b, models = newBench("x/judge", func(first, second string) string {
			if len(first) < 60 && len(second) < 60 {
				return "둘 다 짧다. 어느 쪽도 낫지 않다."
			}
			return longer(first, second) + "\n"
		}, "토큰은 글의 조각이다.", "토큰은 모형이 읽고 쓰는 글의 조각이다. 낱말 하나가 여러 토큰일 수 있다.", "조각이다.")
		b.judge.info.Simulated = true
		b.shelf["x/chief"] = says("x/chief", "## Agreement\n- [A]와 [B], [C] 모두 조각이라고 한다.\n## Answer\n토큰은 글의 조각이다.\n", 0, 0)
		return Config{Panes: specs(models...), Models: b, Compare: Compare{Readers: Readers{Merge: "x/chief", Judge: "x/judge"}}}
	}, func(d *driver, shot func(string)) {
		d.press("alt+1", "M")
		shot("-merge-plan")
		d.press("esc", "J")
		d.settle()
		shot("-judge-plan")
		b.judge.after = time.Second
		d.press("enter")
		d.until(func() bool { return len(d.app.lineup.judging.Judgements()) > 1 }) // two pairs at a time
		shot("-judging")
		d.settle()
		shot("-judged")
	})
}

// In a blind session plans, results and merges name letters only. A judge that is one of the panes is refused: leaving its answers
// out would tell which they are.
func TestABlindSessionIsJudgedByLetters(t *testing.T) {
	b, models := newBench("x/judge", func(first, second string) string { return "m2 is better, I think.\n" + longer(first, second) }, "short", "a longer answer", "짧은 답")
	b.shelf["x/m2"] = says("x/m2", "VERDICT: TIE", 0, 0)
	b.shelf["x/chief"] = says("x/chief", merged, 0, 0)
	drive(t, 150, 40, Config{Panes: specs(models...), Models: b, Blind: true}, func(d *driver) {
		secret := func() {
			t.Helper()
			for _, name := range []string{"m1", "m2", "m3"} {
				d.wantNot(name)
			}
		}
		d.press("lit:왜?", "enter")
		d.settle()
		d.press("lit:/judge x/judge", "enter")
		d.wantSees("3 pairs of 3 answers")
		secret()
		d.press("enter")
		d.settle()
		d.wantSees("won–tied–lost: A ", "▒▒ is better, I think.")
		secret()
		d.press("esc", "lit:/judge x/m2 ", "enter")
		d.wantSees("leaving it out would tell which")
		d.press("enter")
		d.wantSees("leaving it out would tell which")
		d.press("esc", "lit:/merge x/chief", "enter")
		d.wantSees("A · B · C")
		d.press("enter")
		d.settle()
		secret()
		d.wantSees("merge", "Blue, not [green].")
		if got := d.app.sess.Turns[0].Reply(3).Merged; fmt.Sprint(got) != "[0 1 2]" {
			t.Errorf("the letters of the merge are %v, those of the panes 0 1 2", got)
		}
	})
}
