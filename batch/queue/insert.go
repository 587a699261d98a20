package queue

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"lineup/batch"
)

// How jobs are inserted.
const (
	copied     = 5000    // by one statement into a fresh run
	inserted   = 500     // by one statement into another
	mostBody   = 8 << 20 // bytes in one statement, but for a single line that has more
	statements = 2       // at a time: the server takes a core for each
)

// maxAttempts is how often River gives a job to a worker. Workers count their own tries; what
// counts here is how often a worker died with it.
const maxAttempts = 25

// inserter makes jobs, many in a statement. Those of a fresh run are copied, which is faster but
// knows no conflict.
type inserter struct {
	client *river.Client[pgx.Tx]
	run    int64
	fresh  bool
	next   []river.InsertManyParams
	bytes  int // of the questions in next

	places chan struct{} // has one for each statement on its way
	all    sync.WaitGroup

	mu            sync.Mutex // for what follows
	made, skipped int
	err           error
}

func newInserter(client *river.Client[pgx.Tx], run int64, fresh bool) *inserter {
	return &inserter{client: client, run: run, fresh: fresh,
		places: make(chan struct{}, statements)}
}

// uniqueStates hold completed: a line whose result is on its way must not be asked again.
func uniqueStates() []rivertype.JobState { return rivertype.UniqueOptsByStateDefault() }

// add takes a line. Its error may be that of an earlier one.
func (in *inserter) add(ctx context.Context, question batch.Question) error {
	args, err := argsOf(in.run, question)
	if err != nil {
		return err
	}
	in.next = append(in.next, river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{
		Queue: queueOf(question.Spec.Info.Ref.Provider), Tags: []string{tag(in.run)},
		MaxAttempts: maxAttempts,
		UniqueOpts:  river.UniqueOpts{ByArgs: true, ByState: uniqueStates()}}})
	in.bytes += len(args.Body)
	if !in.full() {
		return nil
	}
	in.flush(ctx)
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.err
}

// full reports whether one statement takes no more. PostgreSQL refuses a value of 1 GB.
func (in *inserter) full() bool {
	most := inserted
	if in.fresh {
		most = copied
	}
	return len(in.next) >= most || in.bytes >= mostBody
}

// flush begins to insert what was added.
func (in *inserter) flush(ctx context.Context) {
	jobs := in.next
	in.next, in.bytes = nil, 0
	if len(jobs) == 0 {
		return
	}
	in.places <- struct{}{}
	in.all.Go(func() {
		defer func() { <-in.places }()
		made, skipped, err := in.insert(ctx, jobs)
		in.mu.Lock()
		defer in.mu.Unlock()
		in.made, in.skipped = in.made+made, in.skipped+skipped
		if in.err == nil {
			in.err = err
		}
	})
}

// end waits for what is on its way.
func (in *inserter) end() error {
	in.all.Wait()
	return in.err
}

// insert inserts jobs in the way that is right for the run.
func (in *inserter) insert(
	ctx context.Context, jobs []river.InsertManyParams,
) (made, skipped int, err error) {
	if in.fresh {
		n, err := in.client.InsertManyFast(ctx, jobs)
		if err == nil {
			return n, 0, nil
		}
		// A conflict, or a lost connection: the jobs may be there or not.
		var pg *pgconn.PgError
		if !passing(err) && !(errors.As(err, &pg) && pg.Code == codeUnique) {
			return 0, 0, err
		}
	}
	for len(jobs) > 0 {
		n := min(inserted, len(jobs))
		m, s, err := in.merge(ctx, jobs[:n])
		made, skipped = made+m, skipped+s
		if err != nil {
			return made, skipped, err
		}
		jobs = jobs[n:]
	}
	return made, skipped, nil
}

// merge inserts jobs unless they are there. It rewrites those that are, and may meet a worker that
// completes them the other way round (40P01): then it tries again.
func (in *inserter) merge(
	ctx context.Context, jobs []river.InsertManyParams,
) (made, skipped int, err error) {
	err = again(ctx, func() error {
		results, err := in.client.InsertMany(ctx, jobs)
		if err != nil {
			return err
		}
		for _, r := range results {
			if r.UniqueSkippedAsDuplicate {
				skipped++
			} else {
				made++
			}
		}
		return nil
	})
	return made, skipped, err
}
