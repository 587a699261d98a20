package queue_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lineup/batch"
	"lineup/batch/queue"
	"lineup/batch/queue/pgtest"
	"lineup/batch/suite"
	"lineup/config"
	"lineup/registry"
)

// cluster is one PostgreSQL for the tests that do not stop it; each has its own database.
var cluster struct {
	*pgtest.Cluster
	err error
}

func TestMain(m *testing.M) {
	if url := os.Getenv(workerEnv); url != "" {
		os.Exit(workerProcess(url))
	}
	cluster.Cluster, cluster.err = pgtest.New()
	code := m.Run()
	if cluster.Cluster != nil {
		if err := cluster.Close(); err != nil {
			code = 1
		}
	}
	os.Exit(code)
}

// database is the URL of an empty database.
func database(t testing.TB) string {
	t.Helper()
	if errors.Is(cluster.err, pgtest.ErrNone) {
		t.Skip(cluster.err)
	}
	if cluster.err != nil {
		t.Fatal(cluster.err)
	}
	return cluster.Database(t)
}

// open opens a queue that is closed with the test.
func open(t testing.TB, url string) *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.Context(), url, queue.Person)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

// ready is a queue with tables in a new database.
func ready(t testing.TB) (q *queue.Queue, url string) {
	t.Helper()
	url = database(t)
	q = open(t, url)
	if err := q.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	return q, url
}

// until waits for a change of the tables after which done is true, for a minute at most.
func until(t testing.TB, url string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	listen, stop := `CREATE OR REPLACE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN NOTIFY changed; RETURN NULL; END $$; LISTEN changed;`, ""
	for _, table := range []string{"lineup_result", "lineup_worker", "river_job"} {
		listen += "CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE ON " + table +
			" FOR EACH STATEMENT EXECUTE FUNCTION changed();"
		stop += "DROP TRIGGER changed ON " + table + ";"
	}
	if _, err = conn.Exec(ctx, listen, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Error(err)
		return
	}
	for err == nil && !done() {
		_, err = conn.WaitForNotification(ctx)
	}
	if err != nil {
		t.Errorf("what was waited for did not come: %v", err)
	}
	if _, err := conn.Exec(t.Context(), stop, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Error(err)
	}
}

// refuses is a 429 with a wait.
func refuses(w http.ResponseWriter, milliseconds int) {
	w.Header().Set("Retry-After-Ms", fmt.Sprint(milliseconds))
	w.WriteHeader(http.StatusTooManyRequests)
	fmt.Fprint(w, `{"error":{"message":"too many requests","type":"rate_limit_error"}}`)
}

// registryOf opens a config.
func registryOf(t testing.TB, text string) *registry.Registry {
	t.Helper()
	cfg, err := config.Parse("c.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return registry.New(cfg, registry.Options{Getenv: os.Getenv})
}

// planOf makes a plan of a config, a suite and contenders.
func planOf(t testing.TB, text string, s *suite.Suite, panes ...string) *batch.Plan {
	t.Helper()
	reg := registryOf(t, text)
	p := &batch.Plan{Suite: s, Repeat: 1}
	for _, arg := range panes {
		pane, err := reg.Config().ParsePane(arg)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := reg.OpenPane(pane)
		if err != nil {
			t.Fatal(err)
		}
		p.Specs = append(p.Specs, spec)
	}
	return p
}

// run is a run of a plan into a file.
type run struct {
	*batch.Run
	results *batch.Results
	path    string
}

func newRun(t testing.TB, p *batch.Plan, path string, o batch.Options) run {
	t.Helper()
	results, err := batch.Open(p, path)
	if err != nil {
		t.Fatal(err)
	}
	return run{batch.New(p, results, o), results, path}
}

// end closes the result file.
func (r run) end(t testing.TB) {
	t.Helper()
	if err := r.results.Close(); err != nil {
		t.Error(err)
	}
}

// work runs a worker in this process until the test ends, or stop is called, which waits for it.
func work(t testing.TB, url, text string, names ...string) (stop func()) {
	t.Helper()
	q, err := queue.Open(t.Context(), url, queue.Server)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	reg := registryOf(t, text)
	go func() {
		ended <- q.Work(ctx, queue.Worker{Registry: reg, Providers: names, Name: "한국-" + t.Name()})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the worker: %v", err)
		}
		q.Close()
	})
	t.Cleanup(stop)
	return stop
}

// collect enqueues and follows a run to its end.
func collect(t testing.TB, q *queue.Queue, name string, r run) (queue.Enqueued, batch.Summary) {
	t.Helper()
	e, err := q.Enqueue(t.Context(), name, r.Run)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, err := q.Follow(ctx, name, r.Run)
	if err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		all, _ := q.Status(t.Context(), name)
		t.Fatalf("the run does not end: %+v", all)
	}
	r.end(t)
	return e, s
}

// linesOf reads a result file, and fails where a line is torn or stands there twice.
func linesOf(t testing.TB, path string) map[string]*batch.Line {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]*batch.Line{}
	for row := range strings.Lines(string(text)) {
		l, err := batch.ParseLine([]byte(row))
		if err != nil || !strings.HasSuffix(row, "\n") {
			t.Fatalf("%q is no line: %v", row, err)
		}
		key := fmt.Sprint(l.ID, " ", l.PromptID, " ", l.Contender.ID(), " ", l.Take)
		if lines[key] != nil {
			t.Errorf("%s stands there twice", key)
		}
		lines[key] = l
	}
	return lines
}
