package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"lineup/batch/queue"
	"lineup/metrics"
)

// pinger is the database of a worker.
type pinger interface{ Ping(context.Context) error }

// workerService counts what a worker does, and tells others how it is.
type workerService struct {
	database pinger
	ends     atomic.Bool // it takes no more
	lines    atomic.Int64
	failed   atomic.Int64

	set      metrics.Set
	attempts *metrics.Metric
	ready    *metrics.Metric
	took     *metrics.Metric
	tokens   *metrics.Metric
	up       *metrics.Metric
}

// pingWithin is how long the database may take to answer for /healthz.
const pingWithin = 2 * time.Second

func newWorkerService(database pinger) *workerService {
	s := &workerService{database: database}
	s.attempts = s.set.Counter("lineup_worker_requests_total",
		"Requests to models, by how they ended: answer, or the kind of the failure.",
		"provider", "outcome")
	s.ready = s.set.Counter("lineup_worker_lines_total",
		"Lines of runs that have ended, by answer or failure.", "provider", "outcome")
	s.took = s.set.Histogram("lineup_worker_request_seconds", "How long requests took.",
		[]float64{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600}, "provider")
	s.tokens = s.set.Counter("lineup_worker_output_tokens_total", "Tokens of output.", "provider")
	s.up = s.set.Gauge("lineup_worker_queue_up", "Whether the queue's database answers.")
	return s
}

// ended counts a request.
func (s *workerService) ended(a queue.Attempt) {
	s.attempts.Add(1, a.Provider, cmp.Or(string(a.Failure), "answer"))
	s.took.Observe(a.Took.Seconds(), a.Provider)
	s.tokens.Add(float64(a.Tokens), a.Provider)
	if !a.Line {
		return
	}
	s.lines.Add(1)
	outcome := "answer"
	if a.Failure != "" {
		outcome = "failure"
		s.failed.Add(1)
	}
	s.ready.Add(1, a.Provider, outcome)
}

// words say what the worker has done.
func (s *workerService) words() string {
	return fmt.Sprintf("ended %s, %d of them failed", count(int(s.lines.Load()), "line"),
		s.failed.Load())
}

// serve answers at an address until stop is called.
func (s *workerService) serve(ctx context.Context, address string) (
	url string, stop func(), err error,
) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	go func() { _ = server.Serve(listener) }() // returns when stop closes it
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

func (s *workerService) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		problem := ""
		switch {
		case s.ends.Load():
			problem = "the worker ends"
		case !s.answers(r.Context()):
			problem = "the queue's database does not answer"
		}
		if problem != "" {
			http.Error(w, problem, http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n") // a client that has gone
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		up := 0.0
		if s.answers(r.Context()) {
			up = 1
		}
		s.up.Set(up)
		w.Header().Set("Content-Type", metrics.ContentType)
		_, _ = s.set.WriteTo(w) // a client that has gone
	})
	return mux
}

// answers reports whether the database answers.
func (s *workerService) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	return s.database.Ping(ctx) == nil
}
