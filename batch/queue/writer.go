package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// row is a line of the table of results.
type row struct {
	run                              int64
	line, key                        string
	job                              int64
	provider, worker, failure, reply string
	ended                            time.Time
}

// errNoRun says that the run of a result is gone.
var errNoRun = errors.New("the run is no longer in the queue")

// writer writes results: all that have come while the statement before ran, in one statement. It
// tries until the database takes them. A line that is there stays as it is.
type writer struct {
	q      *Queue
	worker string
	log    *slog.Logger

	mu      sync.Mutex
	waiting []*written
	wake    chan struct{}
}

// written is a row, and tells whether it is in the table.
type written struct {
	row
	done chan error // gets one value
}

func newWriter(q *Queue, worker string, log *slog.Logger) *writer {
	return &writer{q: q, worker: worker, log: log, wake: make(chan struct{}, 1)}
}

// add returns when the row is in the table, or ctx is done.
func (w *writer) add(ctx context.Context, r row) error {
	r.worker = w.worker
	one := &written{row: r, done: make(chan error, 1)}
	w.mu.Lock()
	w.waiting = append(w.waiting, one)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // it will look anyway
	}
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Bounds of one statement.
const (
	mostRows  = 500
	mostBytes = 8 << 20
)

// take takes rows for one statement.
func (w *writer) take() []*written {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, bytes := 0, 0
	for n < len(w.waiting) && n < mostRows && (n == 0 || bytes < mostBytes) {
		bytes += len(w.waiting[n].reply)
		n++
	}
	taken := w.waiting[:n:n]
	w.waiting = w.waiting[n:]
	return taken
}

// run writes until ctx is done.
func (w *writer) run(ctx context.Context) {
	for {
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		}
		for rows := w.take(); len(rows) > 0; rows = w.take() {
			w.settle(ctx, rows)
		}
	}
}

// settle writes rows, and tells each how it went. Where one of them is refused the others are
// written without it.
func (w *writer) settle(ctx context.Context, rows []*written) {
	err := w.insert(ctx, rows)
	if err != nil && len(rows) > 1 && ctx.Err() == nil {
		for i := range rows {
			w.settle(ctx, rows[i:i+1])
		}
		return
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == codeForeign {
		err = errNoRun
	}
	for _, r := range rows {
		r.done <- err
	}
}

// insert writes rows in one statement, until the database is there.
func (w *writer) insert(ctx context.Context, rows []*written) error {
	n := len(rows)
	runs, jobs, ended := make([]int64, n), make([]int64, n), make([]time.Time, n)
	var texts [6][]string
	for i := range texts {
		texts[i] = make([]string, n)
	}
	for i, r := range rows {
		runs[i], jobs[i], ended[i] = r.run, r.job, r.ended
		for j, text := range []string{r.line, r.key, r.provider, r.worker, r.failure, r.reply} {
			texts[j][i] = text
		}
	}
	told := false
	return again(ctx, func() error {
		_, err := w.q.pool.Exec(ctx, `INSERT INTO lineup_result
			(run, job, ended_at, line, key, provider, worker, failure, reply)
			SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[],
				$5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
			ON CONFLICT (run, line) DO NOTHING`,
			runs, jobs, ended, texts[0], texts[1], texts[2], texts[3], texts[4], texts[5])
		if passing(err) && !told && ctx.Err() == nil {
			told = true
			w.log.Warn("results wait for the database", "results", n, "why", w.q.explain(err))
		}
		return err
	})
}
