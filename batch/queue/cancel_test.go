package queue_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"lineup/batch"
	"lineup/batch/batchtest"
	"lineup/batch/queue"
)

func TestACancelledRunGoesOn(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	begun, gone := make(chan struct{}, 10), make(chan struct{})
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, n int) {
		if prompt == "prompt 2" && n == 1 {
			begun <- struct{}{}
			<-gone
			return
		}
		batchtest.Says(w, "fine", 3)
	})
	var once sync.Once
	t.Cleanup(func() { once.Do(func() { close(gone) }) })
	text := batchtest.Section("g", g.URL, "max_concurrent = 1", noWait)
	p, path := planOf(t, text, batchtest.Numbered(5), "g/a"), batchtest.OutFile(t)
	work(t, url, text, "g")
	first := newRun(t, p, path, batch.Options{})
	if _, err := q.Enqueue(t.Context(), "r", first.Run); err != nil {
		t.Fatal(err)
	}
	<-begun
	if _, err := q.Prune(t.Context(), "r"); !errors.Is(err, queue.ErrWorked) {
		t.Errorf("a run that is worked was pruned: %v", err)
	}
	if n, err := q.Cancel(t.Context(), "r"); err != nil || n != 3 {
		t.Errorf("%d lines were taken out, not 3; %v", n, err)
	}
	once.Do(func() { close(gone) })
	sum, err := q.Follow(t.Context(), "r", first.Run)
	first.end(t)
	if err != nil || sum.Answers != 2 || sum.Unasked != 3 {
		t.Errorf("%+v, %v", sum, err)
	}
	status, err := q.Status(t.Context(), "r")
	if s := status[0]; err != nil || s.Total != 5 || s.Done != 2 || s.Lost != 3 || s.Running+s.Waiting != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	e, sum := collect(t, q, "r", newRun(t, p, path, batch.Options{}))
	if e.Enqueued != 3 || sum.Answers != 5 || len(g.Prompts()) != 6 {
		t.Errorf("%+v, %+v, %d requests", e, sum, len(g.Prompts()))
	}
	names, err := q.Prune(t.Context(), "")
	if err != nil || len(names) != 1 || names[0] != "r" {
		t.Errorf("%v, %v", names, err)
	}
	if n := rowsOf(t, url, "SELECT (SELECT count(*) FROM lineup_result) + (SELECT count(*) FROM river_job)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	for _, err := range []error{
		func() error { _, err := q.Status(t.Context(), "r"); return err }(),
		func() error { _, err := q.Cancel(t.Context(), "r"); return err }(),
		func() error { _, err := q.Prune(t.Context(), "r"); return err }(),
	} {
		if !errors.Is(err, queue.ErrNoRun) {
			t.Errorf("%v", err)
		}
	}
}

func TestWhoStopsFollowingDoesNotStopTheRun(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	begun, release := make(chan struct{}, 10), make(chan struct{})
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, n int) {
		begun <- struct{}{}
		<-release
		batchtest.Says(w, "fine", 3)
	})
	text := batchtest.Section("g", g.URL, "max_concurrent = 1", noWait)
	p, path := planOf(t, text, batchtest.Numbered(3), "g/a"), batchtest.OutFile(t)
	work(t, url, text, "g")
	r := newRun(t, p, path, batch.Options{})
	if _, err := q.Enqueue(t.Context(), "r", r.Run); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-begun
		stop()
	}()
	sum, err := q.Follow(ctx, "r", r.Run)
	r.end(t)
	if err != nil || sum.Unasked != 3 {
		t.Errorf("%+v, %v", sum, err)
	}
	close(release)
	if e, sum := collect(t, q, "r", newRun(t, p, path, batch.Options{})); e.Known != 3 || sum.Answers != 3 || len(g.Prompts()) != 3 {
		t.Errorf("%+v, %+v, %d requests", e, sum, len(g.Prompts()))
	}
}

func TestAFailureEndsARunThatFailsFast(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	begun, followed := make(chan struct{}, 50), make(chan struct{})
	g := batchtest.NewGateway(t, func(w http.ResponseWriter, prompt string, n int) {
		if prompt == "prompt 0" {
			<-begun
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		begun <- struct{}{}
		<-followed
		batchtest.Says(w, "fine", 3)
	})
	text := batchtest.Section("g", g.URL, "max_concurrent = 2", noWait)
	p := planOf(t, text, batchtest.Numbered(50), "g/a")
	work(t, url, text, "g")
	r := newRun(t, p, batchtest.OutFile(t), batch.Options{FailFast: true})
	if _, err := q.Enqueue(t.Context(), "r", r.Run); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(followed)
		until(t, url, func() bool { // all that waited is taken out
			s, err := q.Status(t.Context(), "r")
			return err != nil || s[0].Failed == 1 && s[0].Waiting == 0
		})
	}()
	sum, err := q.Follow(t.Context(), "r", r.Run)
	r.end(t)
	// one was asked at the time, and perhaps another one in place of the failed
	if err != nil || sum.Failed != 1 || sum.Answers < 1 || sum.Answers > 2 || sum.Answers+sum.Unasked != 49 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// Fault: an error at one run hid which ones had been removed before it.
func TestPruneNamesWhatItRemovedBeforeAnError(t *testing.T) {
	t.Parallel()
	q, url := ready(t)
	rowsOf(t, url, "WITH made AS (INSERT INTO lineup_run (name) VALUES ('one'), ('two') RETURNING 1) SELECT count(*) FROM made")
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;
		CREATE TRIGGER no BEFORE DELETE ON lineup_run FOR EACH ROW WHEN (OLD.name = 'two') EXECUTE FUNCTION no()`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := q.Prune(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), "not this one") || len(names) != 1 || names[0] != "one" {
		t.Errorf("%v, %v", names, err)
	}
}
