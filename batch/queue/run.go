package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// nameBytes is how much of a hash the name of a run shows.
const nameBytes = 6

// NameOf is the name that a run has where nobody gives it one: a hash of the absolute path of its
// result file.
func NameOf(out string) string {
	sum := sha256.Sum256([]byte(out))
	return hex.EncodeToString(sum[:nameBytes])
}

// tag marks the jobs of a run in River's table.
func tag(run int64) string { return fmt.Sprintf("run_%d", run) }

// The states of jobs that are still to be worked.
const (
	waiting = "('available', 'pending', 'retryable', 'scheduled')"
	active  = "('available', 'pending', 'retryable', 'scheduled', 'running')"
)

// unanswered leaves jobs out whose result is there: River completes them in a moment, or, where
// their worker died in between, another worker finds the result.
const unanswered = ` NOT EXISTS (SELECT FROM lineup_result
	WHERE run = (args->>'run')::bigint AND line = args->>'line')`

// find gives the number of a run; the error is ErrNoRun where there is none.
func (q *Queue) find(ctx context.Context, name string) (run int64, err error) {
	if err := q.ready(ctx); err != nil {
		return 0, err
	}
	err = q.pool.QueryRow(ctx, "SELECT id FROM lineup_run WHERE name = $1", name).Scan(&run)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("%s: %w", name, ErrNoRun)
	}
	return run, q.explain(err)
}

// begin gives the number of a run, which it makes where there is none.
func (q *Queue) begin(ctx context.Context, name string, total int) (run int64, err error) {
	err = q.pool.QueryRow(ctx, `INSERT INTO lineup_run (name, total) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET total = excluded.total, updated_at = now()
		RETURNING id`, name, total).Scan(&run)
	return run, err
}

// beginAlone begins a run that nobody else puts lines into or removes before unlock.
func (q *Queue) beginAlone(
	ctx context.Context, conn *pgxpool.Conn, name string, total int,
) (run int64, unlock func(), err error) {
	for {
		if run, err = q.begin(ctx, name, total); err != nil {
			return 0, nil, err
		}
		if unlock, err = lock(ctx, conn, enqueueLock+run); err != nil {
			return 0, nil, err
		}
		var there bool // it may have been removed before the lock
		err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM lineup_run WHERE id = $1)", run).
			Scan(&there)
		if err == nil && there {
			return run, unlock, nil
		}
		if unlock(); err != nil {
			return 0, nil, err
		}
	}
}

// isActive reports whether a line of a run waits or is asked.
func (q *Queue) isActive(ctx context.Context, run int64) (yes bool, err error) {
	err = q.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM river_job
		WHERE state IN `+active+` AND kind = $2 AND tags @> ARRAY[$1]::varchar[]
		AND`+unanswered+")", tag(run), kind).Scan(&yes)
	return yes, err
}

// Retries of a statement that met a passing error.
const (
	firstPause = 50 * time.Millisecond
	longPause  = 2 * time.Second
)

// again does something until it meets no passing error, or ctx ends.
func again(ctx context.Context, do func() error) error {
	for wait := firstPause; ; wait = min(2*wait, longPause) {
		err := do()
		if !passing(err) || ctx.Err() != nil {
			return err
		}
		if pause(ctx, wait) != nil {
			return err
		}
	}
}
