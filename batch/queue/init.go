package queue

import (
	"context"
	_ "embed" // the tables
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed sql/tables.sql
var tables string

// Advisory locks: that of Init is "lineup" in ASCII; those of runs have higher numbers.
const (
	initLock    int64 = 0x6c696e657570
	enqueueLock int64 = initLock << 8
)

// Init makes the tables: those of River by its own migrations, and lineup's. It may be repeated,
// and run at the same time as another one.
//
// Some of River's migrations cannot share a transaction (55P04), so a lock keeps two of them
// apart. It is tried and not waited for: a statement that waits holds a snapshot, for which
// an index built concurrently would wait in turn.
func (q *Queue) Init(ctx context.Context) error {
	return q.explain(q.init(ctx))
}

func (q *Queue) init(ctx context.Context) error {
	conn, err := q.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	unlock, err := lock(ctx, conn, initLock)
	if err != nil {
		return err
	}
	defer unlock()
	m, err := q.migrator()
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	_, err = q.pool.Exec(ctx, tables, pgx.QueryExecModeSimpleProtocol)
	return err
}

// lock takes an advisory lock, which lasts no longer than the connection.
func lock(ctx context.Context, conn *pgxpool.Conn, number int64) (unlock func(), err error) {
	for {
		var got bool
		err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", number).Scan(&got)
		if err != nil {
			return nil, err
		}
		if got {
			return func() {
				_, _ = conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)",
					number)
			}, nil
		}
		if err := pause(ctx, firstPause); err != nil {
			return nil, err
		}
	}
}

func (q *Queue) migrator() (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(riverpgxv5.New(q.pool),
		&rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}

// ready reports with ErrNoTables whether Init has not been here.
func (q *Queue) ready(ctx context.Context) error {
	m, err := q.migrator()
	if err != nil {
		return err
	}
	valid, err := m.Validate(ctx, nil)
	if err != nil {
		return q.explain(err)
	}
	var there bool
	err = q.pool.QueryRow(ctx, `SELECT to_regclass('lineup_run') IS NOT NULL
		AND to_regclass('lineup_result') IS NOT NULL
		AND to_regclass('lineup_worker') IS NOT NULL`).Scan(&there)
	if err != nil {
		return q.explain(err)
	}
	if !there || !valid.OK {
		return ErrNoTables
	}
	return nil
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
