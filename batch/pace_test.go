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
)

// refusing answers so many at a time, and refuses the others with a short wait.
func refusing(places int) (answer func(http.ResponseWriter, string), refusals *int) {
	var mu sync.Mutex
	running, refused := 0, 0
	return func(w http.ResponseWriter, prompt string) {
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
		says(w, "fine", 3)
		mu.Lock()
		running--
		mu.Unlock()
	}, &refused
}

func TestABusyGatewayIsAskedLessAndNothingFails(t *testing.T) {
	answer, refused := refusing(6)
	g := newGateway(t, answer)
	path := outFile(t)
	p := planOf(t, section("g", g.URL, "local = false", `retry = { base = "1ms" }`), numbered(300), "g/a")
	if s := do(t, p, path, Options{}); s.Answers != 300 {
		t.Errorf("%+v, want 300 answers", s)
	}
	if len(linesOf(t, path)) != 300 {
		t.Error("lines are missing")
	}
	if limit := p.Specs[0].Provider.Queue().Limit(); limit > 16 {
		t.Errorf("in the end %d requests at a time to a gateway that takes 6", limit)
	}
	t.Logf("%d refusals for 300 answers, at most %d at a time", *refused, g.most)
}

func TestConcurrencyBoundsAllProvidersTogether(t *testing.T) {
	slow := func(w http.ResponseWriter, _ string) {
		<-time.After(3 * time.Millisecond)
		says(w, "fine", 3)
	}
	a := newGateway(t, slow)
	limited := section("a", a.URL, "max_concurrent = 4") + section("b", a.URL, "max_concurrent = 4")
	p := planOf(t, limited, numbered(40), "a/m", "b/m")
	do(t, p, outFile(t), Options{Concurrency: 3})
	if a.most != 3 {
		t.Errorf("%d requests at a time, want 3", a.most)
	}
	a.most = 0
	do(t, p, outFile(t), Options{})
	if a.most > 8 || a.most < 5 {
		t.Errorf("%d requests at a time to two providers that take 4 each", a.most)
	}
}

// down is the address of a server that is not there.
func down(t *testing.T) string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

func TestADeadProviderHoldsNobodyUpAndIsGivenUp(t *testing.T) {
	live := newGateway(t, nil)
	path := outFile(t)
	p := planOf(t, section("live", live.URL)+section("dead", down(t), noRetry), numbered(40), "live/m", "dead/m")
	s := do(t, p, path, Options{Concurrency: 2, firstPause: time.Millisecond})
	if s.Answers != 40 || len(live.prompts()) != 40 {
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
	g := newGateway(t, func(w http.ResponseWriter, prompt string) {
		if asked.Add(1) <= 6 {
			http.Error(w, `{"error":{"message":"starting"}}`, http.StatusInternalServerError)
			return
		}
		says(w, "fine", 3)
	})
	p := planOf(t, section("g", g.URL, noRetry, "max_concurrent = 1"), numbered(30), "g/m")
	if s := do(t, p, outFile(t), Options{firstPause: time.Millisecond}); s.Failed != 6 || s.Answers != 24 {
		t.Errorf("%+v, want 6 failures and 24 answers", s)
	}
}

func TestADrainedRunFinishesWhatIsOnItsWay(t *testing.T) {
	release, came := make(chan struct{}), make(chan struct{}, 100)
	g := newGateway(t, func(w http.ResponseWriter, prompt string) {
		came <- struct{}{}
		<-release
		says(w, "fine", 3)
	})
	path := outFile(t)
	p := planOf(t, section("g", g.URL, "max_concurrent = 4"), numbered(40), "g/m")
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
	if s := do(t, p, path, Options{}); s.Answers != 40 || len(g.prompts()) != 40 {
		t.Errorf("%+v after %d requests", s, len(g.prompts()))
	}
}

func (r *Run) isStopped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopped
}

func TestFailFastAsksNothingAfterAFailure(t *testing.T) {
	g := newGateway(t, func(w http.ResponseWriter, prompt string) {
		if strings.HasSuffix(prompt, " 3") {
			http.Error(w, `{"error":{"message":"no"}}`, http.StatusBadRequest)
			return
		}
		says(w, "fine", 3)
	})
	p := planOf(t, section("g", g.URL, noRetry, "max_concurrent = 1"), numbered(30), "g/m")
	if s := do(t, p, outFile(t), Options{FailFast: true}); s.Answers != 3 || s.Failed != 1 || s.Unasked != 26 {
		t.Errorf("%+v, want 3 answers and the failure", s)
	}
}
