package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lineup/batch/queue"
	"lineup/metrics"
	"lineup/providers"
)

// database is a database that answers or does not.
type database struct{ err error }

func (d *database) Ping(context.Context) error { return d.err }

func get(t *testing.T, url string) (status int, kind, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text)
}

func TestWorkerTellsHowItIs(t *testing.T) {
	db := &database{}
	s := newWorkerService(db)
	url, stop, err := s.serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if status, _, body := get(t, url+"/healthz"); status != 200 || body != "ok\n" {
		t.Errorf("/healthz: %d %q", status, body)
	}
	s.ended(queue.Attempt{Provider: "a", Line: true, Took: 2 * time.Second, Tokens: 7})
	s.ended(queue.Attempt{Provider: "a", Failure: providers.RateLimit})
	s.ended(queue.Attempt{Provider: "a", Failure: providers.Auth, Line: true})
	_, kind, body := get(t, url+"/metrics")
	if kind != metrics.ContentType {
		t.Errorf("the metrics are %q", kind)
	}
	for _, want := range []string{
		`lineup_worker_requests_total{provider="a",outcome="answer"} 1`,
		`lineup_worker_requests_total{provider="a",outcome="rate_limit"} 1`,
		`lineup_worker_lines_total{provider="a",outcome="failure"} 1`,
		`lineup_worker_lines_total{provider="a",outcome="answer"} 1`,
		`lineup_worker_request_seconds_count{provider="a"} 3`,
		`lineup_worker_output_tokens_total{provider="a"} 7`,
		`lineup_worker_queue_up 1`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("the metrics lack %s:\n%s", want, body)
		}
	}
	if got := s.words(); got != "ended 2 lines, 1 of them failed" {
		t.Errorf("it says %q", got)
	}
	db.err = errors.New("gone")
	if status, _, body := get(t, url+"/healthz"); status != 503 || !strings.Contains(body, "database") {
		t.Errorf("without its database: %d %q", status, body)
	}
	if _, _, body := get(t, url+"/metrics"); !strings.Contains(body, "lineup_worker_queue_up 0\n") {
		t.Error("the metrics say that the database answers")
	}
	db.err = nil
	s.ends.Store(true)
	if status, _, _ := get(t, url+"/healthz"); status != 503 {
		t.Errorf("a worker that ends says %d", status)
	}
}
