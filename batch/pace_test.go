package batch

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lineup/session"

	"lineup/batch/batchtest"
)

// refusing answers so many at a time, and refuses the others with a short wait.
func refusing(places int) (answer func(http.ResponseWriter, string, int), refusals *int) {
	var mu sync.Mutex
	running, refused := 0, 0
	return func(w http.ResponseWriter, prompt string, _ int) {
		mu.Lock()
		full := running >= places
		if full {
			refused++
		} else {
			running++
		}
		mu.Unlock()
		if full {
			w.Header().Set("Retry-After-Ms", "20")
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"error":{"message":"too many requests","type":"rate_limit_error"}}`)
			return
		}
		<-time.After(2 * time.Millisecond) // the work of the model
		batchtest.Says(w, "fine", 3)
		mu.Lock()
		running--
		mu.Unlock()
	}, &refused
}

func TestABusyGatewayIsAskedLessAndNothingFails(t *testing.T) {
	answer, refused := refusing(6)
	g := batchtest.NewGateway(t, answer)
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("g", g.URL, "local = false", `retry = { base = "1ms" }`), batchtest.Numbered(300), "g/a")
	if s := do(t, p, path, Options{}); s.Answers != 300 {
		t.Errorf("%+v, want 300 answers", s)
	}
	if len(linesOf(t, path)) != 300 {
		t.Error("lines are missing")
	}
	if limit := p.Specs[0].Provider.Queue().Limit(); limit > 16 {
		t.Errorf("in the end %d requests at a time to a gateway that takes 6", limit)
	}
	t.Logf("%d refusals for 300 answers, at most %d at a time", *refused, g.TakeMost())
}

func TestConcurrencyBoundsAllProvidersTogether(t *testing.T) {
	slow := func(w http.ResponseWriter, _ string, _ int) {
		<-time.After(3 * time.Millisecond)
		batchtest.Says(w, "fine", 3)
	}
	a := batchtest.NewGateway(t, slow)
	limited := batchtest.Section("a", a.URL, "max_concurrent = 4") + batchtest.Section("b", a.URL, "max_concurrent = 4")
	p := planOf(t, limited, batchtest.Numbered(40), "a/m", "b/m")
	do(t, p, batchtest.OutFile(t), Options{Concurrency: 3})
	if most := a.TakeMost(); most != 3 {
		t.Errorf("%d requests at a time, want 3", most)
	}
	do(t, p, batchtest.OutFile(t), Options{})
	if most := a.TakeMost(); most > 8 || most < 5 {
		t.Errorf("%d requests at a time to two providers that take 4 each", most)
	}
}

// down is the address of a server that is not there.
func down(t *testing.T) string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

func TestADeadProviderHoldsNobodyUpAndIsGivenUp(t *testing.T) {
	live := batchtest.NewGateway(t, nil)
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("live", live.URL)+batchtest.Section("dead", down(t), noRetry), batchtest.Numbered(40), "live/m", "dead/m")
	s := do(t, p, path, Options{Concurrency: 2, firstPause: time.Millisecond})
	if s.Answers != 40 || len(live.Prompts()) != 40 {
		t.Errorf("%+v, want the 40 answers of the live one", s)
	}
	if s.Failed < downAfter || s.Failed > 20 || s.Unasked != 40-s.Failed || len(s.Down) != 1 ||
		s.Down[0].Provider != "dead" || s.Down[0].Unasked != s.Unasked || !strings.Contains(s.Down[0].Why, "nothing answers") {
		t.Errorf("%+v, want a few failures, and the rest not asked", s)
	}
	for _, l := range linesOf(t, path) {
		if strings.HasPrefix(l.Model, "dead/") && (l.Status != session.Failed || l.Error.Kind != "unreachable") {
			t.Errorf("%s %+v", l.Status, l.Error)
		}
	}
}

func TestAProviderThatComesBackIsAskedOn(t *testing.T) {
	var asked atomic.Int32
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		if asked.Add(1) <= 6 {
			http.Error(w, `{"error":{"message":"starting"}}`, http.StatusInternalServerError)
			return
		}
		batchtest.Says(w, "fine", 3)
	})
	p := planOf(t, batchtest.Section("g", g.URL, noRetry, "max_concurrent = 1"), batchtest.Numbered(30), "g/m")
	if s := do(t, p, batchtest.OutFile(t), Options{firstPause: time.Millisecond}); s.Failed != 6 || s.Answers != 24 {
		t.Errorf("%+v, want 6 failures and 24 answers", s)
	}
}

func TestADrainedRunFinishesWhatIsOnItsWay(t *testing.T) {
	release, came := make(chan struct{}), make(chan struct{}, 100)
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		came <- struct{}{}
		<-release
		batchtest.Says(w, "fine", 3)
	})
	path := batchtest.OutFile(t)
	p := planOf(t, batchtest.Section("g", g.URL, "max_concurrent = 4"), batchtest.Numbered(40), "g/m")
	results, err := Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	drain, stop := context.WithCancel(t.Context())
	r := New(p, results, Options{})
	ended := make(chan Summary)
	go func() {
		s, err := r.Do(t.Context(), drain)
		if err != nil {
			t.Error(err)
		}
		ended <- s
	}()
	for range 4 {
		<-came
	}
	if now := r.Progress(time.Now()).Providers[0]; now.Running != 4 || now.All != 40 || now.Done != 0 {
		t.Errorf("%+v", now)
	}
	stop()
	for r.isStopped() == false { // the loop has heard of it
		<-time.After(time.Millisecond)
	}
	close(release)
	if s := <-ended; s.Answers != 4 || s.Unasked != 36 {
		t.Errorf("%+v, want the 4 answers that were on their way", s)
	}
	if err := results.Close(); err != nil {
		t.Error(err)
	}
	if s := do(t, p, path, Options{}); s.Answers != 40 || len(g.Prompts()) != 40 {
		t.Errorf("%+v after %d requests", s, len(g.Prompts()))
	}
}

func (r *Run) isStopped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

func TestFailFastAsksNothingAfterAFailure(t *testing.T) {
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, _ int) {
		if strings.HasSuffix(prompt, " 3") {
			http.Error(w, `{"error":{"message":"no"}}`, http.StatusBadRequest)
			return
		}
		batchtest.Says(w, "fine", 3)
	})
	p := planOf(t, batchtest.Section("g", g.URL, noRetry, "max_concurrent = 1"), batchtest.Numbered(30), "g/m")
	if s := do(t, p, batchtest.OutFile(t), Options{FailFast: true}); s.Answers != 3 || s.Failed != 1 || s.Unasked != 26 {
		t.Errorf("%+v, want 3 answers and the failure", s)
	}
}
