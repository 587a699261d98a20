package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"lineup/batch"
	"lineup/session"
)

// Bounds of following a run.
const (
	keysAtOnce    = 2000                   // of results
	repliesAtOnce = 200                    // that are in memory
	lookEvery     = 100 * time.Millisecond // whether there are new ones
	askEvery      = time.Second            // whether anything is still on its way
)

// Follow collects the replies of a run into its result file, checks them, and ends when everything
// is there or nothing more will come. Its judges are those of the run: they are asked here. When
// ctx is done it stops following; the run goes on. While the database is away it waits.
func (q *Queue) Follow(ctx context.Context, name string, r *batch.Run) (batch.Summary, error) {
	e := r.Elsewhere()
	err := e.Begin(context.WithoutCancel(ctx), ctx)
	if err == nil {
		f := follower{q: q, e: e}
		if f.run, err = q.find(ctx, name); err == nil {
			err = f.follow(ctx)
		}
		var ofFile fileError
		switch {
		case errors.As(err, &ofFile):
			err = ofFile.error
		case ctx.Err() != nil:
			err = nil
		}
	}
	return e.End(), err
}

// follower follows a run.
type follower struct {
	q   *Queue
	e   *batch.Elsewhere
	run int64

	seq    int64 // of the last result that was looked at
	looked time.Time
}

// follow collects until nothing is left.
func (f *follower) follow(ctx context.Context) error {
	for f.e.Left() > 0 && ctx.Err() == nil {
		over, err := f.round(ctx)
		var ofFile fileError
		switch {
		case errors.As(err, &ofFile):
			return ofFile
		case over && err == nil:
			return nil
		case err != nil && !passing(err):
			return f.q.explain(err)
		case err != nil:
			_ = pause(ctx, longPause)
		default:
			_ = pause(ctx, lookEvery)
		}
	}
	return nil
}

// round takes what is new. It is over where nothing more will come.
func (f *follower) round(ctx context.Context) (over bool, err error) {
	if err := f.collect(ctx); err != nil || f.e.Left() == 0 {
		return false, err
	}
	if f.e.Stopped() { // what is asked just now may come back to be tried again
		if _, err := f.q.takeOut(ctx, f.run); err != nil {
			return false, err
		}
	}
	if time.Since(f.looked) < askEvery {
		return false, nil
	}
	f.looked = time.Now()
	if err := f.running(ctx); err != nil {
		return false, err
	}
	yes, err := f.q.isActive(ctx, f.run)
	if err != nil || yes {
		return false, err
	}
	// Results may become visible in another order than that of their numbers. Now all are there.
	f.seq = 0
	return true, f.collect(ctx)
}

// running tells the run how many lines are asked now.
func (f *follower) running(ctx context.Context) error {
	rows, err := f.q.pool.Query(ctx, `SELECT queue, count(*) FROM river_job
		WHERE state = 'running' AND kind = $2 AND tags @> ARRAY[$1]::varchar[]
		AND`+unanswered+" GROUP BY queue",
		tag(f.run), kind)
	if err != nil {
		return err
	}
	by := map[string]int{}
	var queue string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&queue, &n}, func() error {
		by[providerOf(queue)] = n
		return nil
	})
	f.e.Running(by)
	return err
}

// wanted is a result that the run lacks.
type wanted struct {
	line  int
	seq   int64
	ended time.Time
	reply string
}

// collect takes all results after the last one that was looked at.
func (f *follower) collect(ctx context.Context) error {
	for ctx.Err() == nil {
		lacks, last, err := f.keys(ctx)
		if err != nil || last == f.seq {
			return err
		}
		for len(lacks) > 0 && ctx.Err() == nil {
			n := min(repliesAtOnce, len(lacks))
			if err := f.take(ctx, lacks[:n]); err != nil {
				return err
			}
			lacks = lacks[n:]
		}
		if len(lacks) == 0 {
			f.seq = last
		}
	}
	return nil
}

// keys looks at the next results, and gives those that the run lacks.
func (f *follower) keys(ctx context.Context) (lacks []wanted, last int64, err error) {
	rows, err := f.q.pool.Query(ctx, `SELECT seq, key FROM lineup_result
		WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3`, f.run, f.seq, keysAtOnce)
	if err != nil {
		return nil, f.seq, err
	}
	last = f.seq
	var text string
	var seq int64
	_, err = pgx.ForEachRow(rows, []any{&seq, &text}, func() error {
		last = seq
		var key batch.Key
		if json.Unmarshal([]byte(text), &key) != nil {
			return nil // of another version
		}
		if line := f.e.Index(key); line >= 0 && f.e.Todo(line) {
			lacks = append(lacks, wanted{line: line, seq: seq})
		}
		return nil
	})
	return lacks, last, err
}

// take reads replies, and lets the run check and write them, several at a time.
func (f *follower) take(ctx context.Context, lacks []wanted) error {
	if err := f.read(ctx, lacks); err != nil {
		return err
	}
	errs := make([]error, len(lacks))
	places := make(chan struct{}, max(1, f.e.Concurrency()))
	var all sync.WaitGroup
	for i := range lacks {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			// What is begun is finished: a judge may have been paid already.
			errs[i] = f.takeOne(context.WithoutCancel(ctx), lacks[i])
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return fileError{err}
		}
	}
	return nil
}

// fileError is an error of the result file, which no waiting mends.
type fileError struct{ error }

func (f *follower) takeOne(ctx context.Context, w wanted) error {
	if w.reply == "" {
		return nil // it was taken out of the table meanwhile
	}
	reply := &session.Reply{}
	if err := json.Unmarshal([]byte(w.reply), reply); err != nil {
		return fmt.Errorf("a result of the queue cannot be read: %w", err)
	}
	reply.EndedAt = w.ended
	return f.e.Take(ctx, w.line, reply)
}

// read reads the replies of results.
func (f *follower) read(ctx context.Context, lacks []wanted) error {
	at := make(map[int64]int, len(lacks))
	numbers := make([]int64, len(lacks))
	for i, w := range lacks {
		at[w.seq], numbers[i] = i, w.seq
	}
	rows, err := f.q.pool.Query(ctx, `SELECT seq, ended_at, reply FROM lineup_result
		WHERE run = $1 AND seq = ANY($2)`, f.run, numbers)
	if err != nil {
		return err
	}
	var seq int64
	var ended time.Time
	var reply string
	_, err = pgx.ForEachRow(rows, []any{&seq, &ended, &reply}, func() error {
		lacks[at[seq]].ended, lacks[at[seq]].reply = ended, reply
		return nil
	})
	return err
}
