package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"lineup/providers"
	"lineup/providers/policy"
	"lineup/registry"
	"lineup/session"
)

// Worker is how a worker asks.
type Worker struct {
	// Registry opens the contenders of jobs, with the config and the keys of this machine.
	Registry *registry.Registry
	// Providers are whose queues are worked, each with its max_concurrent.
	Providers []string
	// Name is who the worker is, in statuses and logs: a host name and a process id.
	Name string
	Log  *slog.Logger // nil: none
	// Ended is told of each attempt. It may be called concurrently, and may be nil.
	Ended func(Attempt)
}

// Attempt is a request that a worker has made.
type Attempt struct {
	Run      int64
	Provider string
	Failure  providers.Kind // "" for an answer
	Line     bool           // it became a line; else it is tried again
	Took     time.Duration
	Tokens   int // of output
}

// How a worker of River works. The rescuer gives the jobs of dead workers to others. It goes by
// time alone: a job without a sign of life for rescueAfter has a dead worker. So a live worker
// gives one each beat, however long its jobs take.
const (
	jobTimeout    = 8 * time.Second
	rescueAfter   = 10 * time.Second
	beat          = 2 * time.Second
	softStop      = 28 * time.Second // for what runs when a worker stops
	hardStop      = 30 * time.Second
	fetchCooldown = 10 * time.Millisecond // MaxWorkers ÷ cooldown caps the throughput
	fetchPoll     = 500 * time.Millisecond

	longestJob  = 12 * time.Minute            // more than any deadline of the config's defaults
	longestAsk  = longestJob - 20*time.Second // of a request itself
	longestRest = time.Minute                 // that a job waits here before it is put back
)

// longestSkew is how far a worker's clock may be off the database's. The rescuer of a worker whose
// clock is ahead would take jobs from those who live.
const longestSkew = 5 * time.Second

// working is a worker at work.
type working struct {
	q     *Queue
	w     Worker
	log   *slog.Logger
	id    string // of River's client
	skew  time.Duration
	cal   *session.Calibration
	ask   context.Context // is done when nothing may run any more
	stop  <-chan struct{} // nothing begins any more
	write *writer
	alive *alive
	gates map[string]*gate // by provider

	mu     sync.Mutex
	opened map[string]opened // by contender
	said   map[string]bool
}

// opened is a contender that jobs ask.
type opened struct {
	spec  registry.Spec
	retry policy.Retry
	err   error
}

// Work works until ctx is done. Then it begins nothing, finishes what it has, and puts back what
// is not finished within 30 seconds.
func (q *Queue) Work(ctx context.Context, w Worker) error {
	if err := q.ready(ctx); err != nil {
		return err
	}
	hard, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	me := &working{q: q, w: w, log: w.Log, id: idOf(w.Name), cal: session.NewCalibration(),
		ask: hard, stop: ctx.Done(), gates: map[string]*gate{}, opened: map[string]opened{},
		said: map[string]bool{}}
	if me.log == nil {
		me.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if me.skew, err = q.skew(ctx); err != nil {
		return q.explain(err)
	}
	if me.skew.Abs() > longestSkew {
		return fmt.Errorf("the clock of this machine is %s off that of %s; set it right: "+
			"workers go by it to tell who is dead", me.skew.Abs().Round(time.Second), q.where)
	}
	client, err := me.client()
	if err != nil {
		return err
	}
	me.write, me.alive = newWriter(q, me.id, me.log), newAlive(q, me.id, w.Providers, me.log)
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer end()
	helpers.Go(func() { me.write.run(hard) })
	helpers.Go(func() { me.alive.run(hard) })
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return q.explain(err)
	}
	me.log.Info("worker started", "worker", me.id, "providers", w.Providers)
	<-ctx.Done()
	me.log.Info("worker stops", "running", me.alive.count())
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStop)
	defer cancel()
	if err := client.Stop(within); err != nil {
		me.log.Warn("not everything was put back; others take it in half a minute")
	}
	me.log.Info("worker stopped")
	return nil
}

// client makes the client of River that works the queues of the providers.
func (me *working) client() (*river.Client[pgx.Tx], error) {
	if len(me.w.Providers) == 0 {
		return nil, errors.New("there is no provider whose queue could be worked")
	}
	queues := map[string]river.QueueConfig{}
	for _, name := range me.w.Providers {
		n, err := me.w.Registry.MaxConcurrent(name)
		if err != nil {
			return nil, err
		}
		// No more than can be asked at once: what is fetched is kept from idle workers.
		queues[queueOf(name)] = river.QueueConfig{MaxWorkers: max(1, n)}
		me.gates[name] = &gate{}
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &lineWorker{me: me})
	return river.NewClient(riverpgxv5.New(me.q.pool), &river.Config{ID: me.id, Queues: queues,
		Workers: workers, Logger: slog.New(quiet{me.log.Handler()}),
		FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: softStop,
		MaxAttempts: maxAttempts})
}

// Bounds of a client's id.
const (
	longestName = 44 // the name of a connection has 63 bytes
	suffixBytes = 2
)

// idOf makes the id of River's client, which no two may share: two containers can have one name.
func idOf(name string) string {
	var suffix [suffixBytes]byte
	_, _ = rand.Read(suffix[:])
	name = strings.ToValidUTF8(name, "?")
	for cut := len(name); cut > longestName; cut = len(name) {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:cut-last]
	}
	return name + "-" + hex.EncodeToString(suffix[:])
}

// skew is how far this machine's clock is ahead of the database's.
func (q *Queue) skew(ctx context.Context) (time.Duration, error) {
	var theirs time.Time
	before := time.Now()
	err := q.pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&theirs)
	return before.Add(time.Since(before) / 2).Sub(theirs), err
}

// open opens a contender, once.
func (me *working) open(c providers.Contender) opened {
	key := c.ID() + " " + c.Name
	me.mu.Lock()
	defer me.mu.Unlock()
	o, known := me.opened[key]
	if !known {
		o.spec, o.retry, o.err = me.w.Registry.OpenOnce(c)
		if o.err == nil {
			// a wait that the server asks for is for all
			o.spec.Provider.Queue().Adapt(policy.Stay)
		}
		me.opened[key] = o
	}
	return o
}

// once logs a warning the first time that it is given.
func (me *working) once(message string, args ...any) {
	me.mu.Lock()
	defer me.mu.Unlock()
	if key := message + fmt.Sprint(args...); !me.said[key] {
		me.said[key] = true
		me.log.Warn(message, args...)
	}
}

// stopping reports whether nothing is to begin.
func (me *working) stopping() bool {
	select {
	case <-me.stop:
		return true
	default:
		return false
	}
}
