package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// deletedAtOnce is how many jobs one statement takes out.
const deletedAtOnce = 10_000

// endWithin is how long Cancel waits for what is asked just now.
const endWithin = 15 * time.Second

// Cancel takes the lines of a run that have no answer out of the queue, and stops those that are
// asked. It says how many they were. The same run goes on when it is enqueued again.
func (q *Queue) Cancel(ctx context.Context, name string) (int, error) {
	run, err := q.find(ctx, name)
	if err != nil {
		return 0, err
	}
	n, err := q.cancel(ctx, run)
	return n, q.explain(err)
}

func (q *Queue) cancel(ctx context.Context, run int64) (int, error) {
	n, err := q.takeOut(ctx, run)
	if err != nil {
		return n, err
	}
	running, err := q.stop(ctx, run)
	return n + running, err
}

// takeOut takes the lines of a run out that wait.
func (q *Queue) takeOut(ctx context.Context, run int64) (n int, err error) {
	for last := deletedAtOnce; last == deletedAtOnce; n += last {
		err := again(ctx, func() error {
			done, err := q.pool.Exec(ctx, `DELETE FROM river_job WHERE id IN (SELECT id
				FROM river_job WHERE state IN `+waiting+` AND kind = $1
				AND tags @> ARRAY[$2]::varchar[] LIMIT $3 FOR UPDATE SKIP LOCKED)`,
				kind, tag(run), deletedAtOnce)
			last = int(done.RowsAffected())
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// stop tells workers to stop what they ask for a run, and waits until they have.
func (q *Queue) stop(ctx context.Context, run int64) (int, error) {
	client, err := river.NewClient(riverpgxv5.New(q.pool),
		&river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, err
	}
	told := map[int64]bool{}
	for until := time.Now().Add(endWithin); time.Now().Before(until); {
		rows, err := q.pool.Query(ctx, `SELECT id FROM river_job WHERE state IN `+active+`
			AND kind = $1 AND tags @> ARRAY[$2]::varchar[] AND`+unanswered, kind, tag(run))
		if err != nil {
			return len(told), err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil || len(ids) == 0 {
			return len(told), err
		}
		for _, id := range ids {
			if told[id] {
				continue
			}
			if _, err := client.JobCancel(ctx, id); err != nil &&
				!errors.Is(err, river.ErrNotFound) {
				return len(told), err
			}
			told[id] = true
		}
		if err := pause(ctx, lookEvery); err != nil {
			return len(told), err
		}
	}
	return len(told), nil // a dead worker's: River cancels them when it finds out
}

// ErrWorked says that a run cannot be removed while it is worked.
var ErrWorked = errors.New("the run is still worked; lineup queue cancel stops it")

// Prune removes runs with their results and jobs: that of a name, else all that nobody works any
// more. It gives their names. A result file can no longer be made of them.
func (q *Queue) Prune(ctx context.Context, name string) ([]string, error) {
	if name != "" {
		run, err := q.find(ctx, name)
		if err != nil {
			return nil, err
		}
		yes, err := q.isActive(ctx, run)
		if err != nil {
			return nil, q.explain(err)
		}
		if yes {
			return nil, fmt.Errorf("%s: %w", name, ErrWorked)
		}
	} else if err := q.ready(ctx); err != nil {
		return nil, err
	}
	names, err := q.prune(ctx, name)
	return names, q.explain(err)
}

func (q *Queue) prune(ctx context.Context, name string) (gone []string, err error) {
	rows, err := q.pool.Query(ctx,
		"SELECT name FROM lineup_run WHERE $1 = '' OR name = $1 ORDER BY id", name)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		removed, err := q.remove(ctx, name)
		if err != nil {
			return gone, err
		}
		if removed {
			gone = append(gone, name)
		}
	}
	return gone, nil
}

// remove removes a run, unless it is worked.
func (q *Queue) remove(ctx context.Context, name string) (removed bool, err error) {
	err = pgx.BeginFunc(ctx, q.pool, func(tx pgx.Tx) error {
		var run int64
		err := tx.QueryRow(ctx, "SELECT id FROM lineup_run WHERE name = $1 FOR UPDATE", name).
			Scan(&run)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // somebody else did
		}
		if err != nil {
			return err
		}
		var alone bool // nobody puts lines into it now
		err = tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", enqueueLock+run).Scan(&alone)
		if err != nil || !alone {
			return err
		}
		done, err := tx.Exec(ctx, `DELETE FROM lineup_run WHERE id = $1 AND NOT EXISTS (SELECT
			FROM river_job WHERE state IN `+active+` AND kind = $2
			AND tags @> ARRAY[$3]::varchar[] AND`+unanswered+")", run, kind, tag(run))
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		removed = true
		_, err = tx.Exec(ctx, `DELETE FROM river_job WHERE kind = $1
			AND tags @> ARRAY[$2]::varchar[]`, kind, tag(run))
		return err
	})
	return removed, err
}
