package queue_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lineup/batch"
	"lineup/batch/batchtest"
	"lineup/batch/queue"
)

// Fault: with one connection allowed, what holds a lock waited for ever for a second one.
func TestAnAddressThatAllowsOneConnectionEnqueues(t *testing.T) {
	address := database(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	values := u.Query()
	values.Set("pool_max_conns", "1")
	u.RawQuery = values.Encode()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	q := open(t, u.String())
	if err := q.Init(ctx); err != nil {
		t.Fatal(err)
	}
	p := planOf(t, batchtest.Section("g", "http://127.0.0.1:1", noWait), batchtest.Numbered(10), "g/a")
	r := batch.New(p, batch.Nothing(p), batch.Options{})
	if done, err := q.Enqueue(ctx, "r", r); err != nil || done.Enqueued != 10 {
		t.Errorf("%+v, %v", done, err)
	}
}

// Fault: a run into which somebody still put lines was removed, because none of them was there yet.
func TestARunThatIsBeingEnqueuedIsNotPruned(t *testing.T) {
	q, address := ready(t)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var run int64
	err = conn.QueryRow(t.Context(),
		"INSERT INTO lineup_run (name, total) VALUES ('r', 1) RETURNING id").Scan(&run)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conn.Exec(t.Context(), fmt.Sprintf("SELECT pg_advisory_lock(%d)", queue.EnqueueLock+run)); err != nil {
		t.Fatal(err)
	}
	if gone, err := q.Prune(t.Context(), ""); err != nil || len(gone) > 0 {
		t.Errorf("removed while it is enqueued: %q, %v", gone, err)
	}
	if _, err = conn.Exec(t.Context(), fmt.Sprintf("SELECT pg_advisory_unlock(%d)", queue.EnqueueLock+run)); err != nil {
		t.Fatal(err)
	}
	if gone, err := q.Prune(t.Context(), ""); err != nil || len(gone) != 1 {
		t.Errorf("afterwards: %q, %v", gone, err)
	}
}
