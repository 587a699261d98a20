package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"lineup/batch"
)

// Enqueued is what Enqueue did.
type Enqueued struct {
	Total    int // lines of the run that are asked for
	Enqueued int // new jobs
	Known    int // lines that the file lacks and the queue has: waiting, running, or answered
}

// SecretError says that a contender has what must not enter the database.
type SecretError struct {
	Contender string // its name, or its model reference
	Key       string // as in the config: "headers.X-Team", "body.user"
}

func (e *SecretError) Error() string {
	return e.Contender + " has " + e.Key + ", which does not enter the queue's database; " +
		"give it to the provider, in the config of each worker"
}

// Enqueue makes jobs of the lines that a run lacks and the queue does not have. Two at once do
// not enqueue a line twice: one waits for the other.
func (q *Queue) Enqueue(ctx context.Context, name string, r *batch.Run) (Enqueued, error) {
	e := r.Elsewhere()
	for _, s := range e.Specs() {
		if len(s.Extras) > 0 {
			own := s.Effective() // whose label would show the values
			return Enqueued{}, &SecretError{cmp.Or(own.Name, own.Ref.String()), s.Extras[0]}
		}
	}
	if err := q.ready(ctx); err != nil {
		return Enqueued{}, err
	}
	done, err := q.enqueue(ctx, name, e)
	return done, q.explain(err)
}

func (q *Queue) enqueue(ctx context.Context, name string, e *batch.Elsewhere) (Enqueued, error) {
	done := Enqueued{Total: e.Asks()}
	conn, err := q.pool.Acquire(ctx)
	if err != nil {
		return done, err
	}
	defer conn.Release()
	run, unlock, err := q.beginAlone(ctx, conn, name, done.Total)
	if err != nil {
		return done, err
	}
	defer unlock()
	known, err := q.known(ctx, run, e)
	if err != nil {
		return done, err
	}
	client, err := river.NewClient(riverpgxv5.New(q.pool),
		&river.Config{Logger: slog.New(slog.DiscardHandler), SkipUnknownJobCheck: true})
	if err != nil {
		return done, err
	}
	in := newInserter(client, run, known.fresh)
	for question, err := range e.Lacks(known.has) {
		if err == nil {
			err = in.add(ctx, question)
		}
		if err != nil {
			return done, errors.Join(err, in.end())
		}
	}
	in.flush(ctx)
	err = in.end()
	done.Enqueued, done.Known = in.made, known.todo+in.skipped
	return done, err
}

// known is what the queue has of a run.
type known struct {
	lines []bool // by their numbers
	todo  int    // of them, those that the result file lacks
	fresh bool   // it has never had anything
}

func (k *known) has(line int) bool { return k.lines[line] }

// known finds what the queue has of a run. It looks for jobs first: a job that has ended by then
// has left its result. Jobs that ask what the suite asks no more are taken out.
func (q *Queue) known(ctx context.Context, run int64, e *batch.Elsewhere) (*known, error) {
	k := &known{lines: make([]bool, e.Size())}
	err := q.pool.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM lineup_result WHERE run = $1)
		AND NOT EXISTS (SELECT FROM river_job WHERE tags @> ARRAY[$2]::varchar[])`,
		run, tag(run)).Scan(&k.fresh)
	if err != nil || k.fresh {
		return k, err
	}
	if e.RetriesFailed() {
		if err := q.settled(ctx, run); err != nil {
			return nil, err
		}
	}
	var stale, again []int64 // jobs
	err = q.eachKey(ctx, func(key batch.Key, job int64, _ string) {
		if !k.note(e, key) {
			stale = append(stale, job)
		}
	}, `SELECT args->>'key', id, '' FROM river_job WHERE state IN `+active+` AND kind = $1
		AND tags @> ARRAY[$2]::varchar[]`, kind, tag(run))
	if err != nil {
		return nil, err
	}
	err = q.eachKey(ctx, func(key batch.Key, job int64, failure string) {
		line := e.Index(key)
		if failure != "" && e.RetriesFailed() && line >= 0 && e.Todo(line) && !k.lines[line] {
			again = append(again, job)
			return
		}
		k.note(e, key)
	}, "SELECT key, job, failure FROM lineup_result WHERE run = $1", run)
	if err != nil {
		return nil, err
	}
	return k, q.forget(ctx, run, stale, again)
}

// settled waits until River has completed the jobs whose results are there, so that they can be
// taken out and made again.
func (q *Queue) settled(ctx context.Context, run int64) error {
	for until := time.Now().Add(endWithin); time.Now().Before(until); {
		var open bool
		err := q.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM river_job WHERE state = 'running'
			AND kind = $2 AND tags @> ARRAY[$1]::varchar[] AND NOT`+unanswered+")",
			tag(run), kind).Scan(&open)
		if err != nil || !open {
			return err
		}
		if err := pause(ctx, lookEvery); err != nil {
			return err
		}
	}
	return nil
}

// note notes a line that the queue has. It is false where the suite does not ask it any more.
func (k *known) note(e *batch.Elsewhere, key batch.Key) bool {
	line := e.Index(key)
	if line < 0 {
		return false
	}
	if !k.lines[line] && e.Todo(line) {
		k.todo++
	}
	k.lines[line] = true
	return true
}

// eachKey reads rows of a key, a job and a failure.
func (q *Queue) eachKey(ctx context.Context, each func(batch.Key, int64, string), query string,
	args ...any) error {
	rows, err := q.pool.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	var text, failure string
	var job int64
	_, err = pgx.ForEachRow(rows, []any{&text, &job, &failure}, func() error {
		var key batch.Key
		if json.Unmarshal([]byte(text), &key) == nil { // else it is of another version
			each(key, job, failure)
		}
		return nil
	})
	return err
}

// forget takes jobs out that wait in vain, and failed results with their jobs, which are asked
// again.
func (q *Queue) forget(ctx context.Context, run int64, stale, failed []int64) error {
	if len(stale) > 0 {
		err := again(ctx, func() error {
			_, err := q.pool.Exec(ctx, "DELETE FROM river_job WHERE id = ANY($1) AND state IN "+
				waiting, stale)
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return again(ctx, func() error {
		return pgx.BeginFunc(ctx, q.pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM river_job WHERE id = ANY($1)
				AND state <> 'running'`, failed)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "DELETE FROM lineup_result WHERE run = $1 AND job = ANY($2)",
				run, failed)
			return err
		})
	})
}
