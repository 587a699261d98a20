package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/dustin/go-humanize"

	"lineup/batch/queue"
	"lineup/ui/report"
)

// throughQueue is the part of a run that other machines do.
type throughQueue struct {
	queueFlags
	name   string
	detach bool
}

// wanted reports whether the run goes through a queue: a flag says so, or the variable is set that
// the config names. --queue none says no.
func (f *throughQueue) wanted(g *globals, r *running) (bool, error) {
	url, problem := f.address(g, r.cfg)
	only := f.name != "" || f.detach
	switch {
	case url == noQueue && only:
		return false, usagef("--name and --detach are for runs through a queue, not --queue none")
	case url == noQueue:
		return false, nil
	case problem != "" && (only || f.given()):
		return false, usagef("%s", problem)
	}
	return url != "", nil
}

// refused names the flag that the queue has no use for; "" for none.
func (f *runFlags) refused() error {
	switch {
	case !f.unlimited:
		return usagef("--budget cannot hold through a queue: several workers spend at the same " +
			"time; leave it out, or ask from here with --queue none")
	case f.concurrency > 0:
		return usagef("--concurrency is not for a queue: each worker asks as much at once as " +
			"max_concurrent of its config says")
	case f.detach && f.session != "":
		return usagef("--session cannot go with --detach; the same command without --detach " +
			"collects the answers and keeps them")
	}
	return nil
}

// doThere lets workers ask, and collects what they have got.
func (r *running) doThere(ctx context.Context) error {
	q, err := r.g.openQueue(ctx, &r.f.queueFlags, r.cfg, queue.Person)
	if err != nil {
		return errors.Join(err, r.results.Close())
	}
	defer q.Close()
	name, err := r.queueName()
	if err != nil {
		return errors.Join(err, r.results.Close())
	}
	began := time.Now()
	in, err := q.Enqueue(ctx, name, r.run)
	if err != nil {
		err = errors.Join(queueError(err), r.results.Close())
		if ctx.Err() != nil {
			r.say("the same command goes on")
		}
		return err
	}
	r.say("run %s at %s: %s put into the queue, %s there already", name, q.Where(),
		count(in.Enqueued, "line"), humanize.Comma(int64(in.Known)))
	r.tellWorkers(ctx, q, name)
	if r.f.detach {
		r.say("the same command without --detach collects the answers; lineup queue status "+
			"--name %s tells how far it is", name)
		return r.results.Close()
	}
	return r.follow(ctx, q, name, began)
}

// queueName is the name of the run.
func (r *running) queueName() (string, error) {
	if r.f.name != "" {
		return r.f.name, nil
	}
	out, err := filepath.Abs(r.f.out)
	return queue.NameOf(out), err
}

// tellWorkers says so where nobody takes the lines of the run, or of one of its providers. It says
// nothing twice in a row.
func (r *running) tellWorkers(ctx context.Context, q *queue.Queue, name string) {
	all, err := q.Status(ctx, name)
	if err != nil || len(all) == 0 {
		return // whoever follows will say why
	}
	words := report.QueueUnserved(&all[0])
	idle := !slices.ContainsFunc(all[0].Workers,
		func(w queue.WorkerStatus) bool { return w.Connected })
	if idle && all[0].Waiting+all[0].Running > 0 {
		words = "no worker is connected; start lineup worker here or on another machine"
	}
	if words != "" && words != r.toldWorkers {
		r.say("%s", words)
	}
	r.toldWorkers = words
}

// workersEvery is how often whoever follows a run looks for workers: one may end, or be restarted
// with other providers.
const workersEvery = 20 * time.Second

// watchWorkers tells of missing workers now and then until stop is called.
func (r *running) watchWorkers(ctx context.Context, q *queue.Queue, name string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(workersEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				r.tellWorkers(ctx, q, name)
			}
		}
	})
	return func() {
		cancel()
		looking.Wait()
	}
}

// follow collects the answers until all are there. Ctrl+C ends the following alone.
func (r *running) follow(
	ctx context.Context, q *queue.Queue, name string, began time.Time,
) error {
	defer steadyGC()()
	stop := r.watch(ctx, "stops following; the run goes on")
	stopLooking := r.watchWorkers(ctx, q, name)
	sum, err := q.Follow(ctx, name, r.run)
	stopLooking()
	stop()
	closed := r.results.Close()
	if err == nil {
		err = closed
	}
	if ctx.Err() != nil {
		r.tellSum(sum, time.Since(began))
		r.say("the same command follows it again; lineup queue cancel --name %s ends it", name)
		if err == nil || errors.Is(err, context.Canceled) {
			return context.Canceled
		}
		return fmt.Errorf("%s: %w", r.f.out, queueError(err))
	}
	r.tellAfter(sum, time.Since(began), false)
	if err == nil && r.f.session != "" {
		err = r.keep(context.WithoutCancel(ctx))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.f.out, queueError(err))
	}
	return r.verdict(sum)
}
