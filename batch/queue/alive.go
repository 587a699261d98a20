package queue

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// alive tells the database each beat which jobs its worker still has. Its connection has the name
// of the worker, by which a status sees those that have nothing to do, too.
type alive struct {
	q         *Queue
	worker    string
	providers []string
	log       *slog.Logger

	mu   sync.Mutex
	jobs map[int64]bool
}

func newAlive(q *Queue, worker string, providers []string, log *slog.Logger) *alive {
	return &alive{q: q, worker: worker, providers: providers, log: log, jobs: map[int64]bool{}}
}

func (a *alive) add(job int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.jobs[job] = true
}

func (a *alive) remove(job int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.jobs, job)
}

func (a *alive) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.jobs)
}

func (a *alive) all() []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.jobs))
}

// missedBeat is after how long a beat is tried again that failed. Those who come back first after
// the database was away keep their jobs.
const missedBeat = 200 * time.Millisecond

// run beats until ctx is done.
func (a *alive) run(ctx context.Context) {
	var conn *pgxpool.Conn
	drop := func() {
		if conn != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // it has a name of its own
			conn.Release()
			conn = nil
		}
	}
	defer drop()
	for wait := beat; ; {
		err := a.beat(ctx, &conn)
		wait = beat
		if err != nil {
			drop()
			wait = missedBeat
			a.log.Debug("no sign of life could be given", "why", err)
		}
		if pause(ctx, wait) != nil {
			return
		}
	}
}

// beat gives a sign of life. It waits for no row: one that is locked is being completed.
func (a *alive) beat(ctx context.Context, conn **pgxpool.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, beat)
	defer cancel()
	if *conn == nil {
		c, err := a.q.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		*conn = c
		if err := a.introduce(ctx, c); err != nil {
			return err
		}
	}
	_, err := (*conn).Exec(ctx, `WITH mine AS (SELECT id FROM river_job WHERE id = ANY($1)
			AND state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $2
			FOR UPDATE SKIP LOCKED)
		UPDATE river_job SET attempted_at = now() FROM mine WHERE river_job.id = mine.id`,
		a.all(), a.worker)
	return err
}

// introduce gives a connection the name of the worker, and tells whose lines it takes. It takes out
// workers whose connections are gone.
func (a *alive) introduce(ctx context.Context, c *pgxpool.Conn) error {
	name := connectionOf(a.worker)
	_, err := c.Exec(ctx, "SELECT set_config('application_name', $1, false)", name)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, `INSERT INTO lineup_worker (name, connection, providers)
		VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET providers = excluded.providers`,
		a.worker, name, a.providers)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, `DELETE FROM lineup_worker WHERE connection NOT IN (SELECT
		application_name FROM pg_stat_activity WHERE application_name IS NOT NULL)`)
	return err
}

// connectionOf is the name of a worker's connection. PostgreSQL keeps printable ASCII alone.
func connectionOf(worker string) string {
	return string(Server) + " " + strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '?'
		}
		return r
	}, worker)
}
