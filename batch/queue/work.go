package queue

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"lineup/batch"
	"lineup/providers"
	"lineup/providers/policy"
	"lineup/session"
)

// lineWorker works the jobs of River: it asks for a line, and writes the reply.
type lineWorker struct {
	river.WorkerDefaults[lineArgs]
	me *working
}

// Timeout is how long a job may run. River's rescuer asks, too, before it takes a job from a
// worker, and takes none that has time left. Only it sees a job without a sign of life.
func (l *lineWorker) Timeout(job *river.Job[lineArgs]) time.Duration {
	if at := job.AttemptedAt; at != nil && time.Since(*at)-l.me.skew > jobTimeout {
		return time.Second
	}
	return longestJob
}

// NextRetry is when a rescued job is tried again: at once.
func (l *lineWorker) NextRetry(*river.Job[lineArgs]) time.Time { return time.Now() }

// notMine is for how long a job is put back that this worker cannot do.
const notMine = 15 * time.Second

// metaTries has, in the metadata of a job, how often it was asked for so far. River's own count
// also has the times that a worker died with it.
const metaTries = "lineup_tries"

// Work does a job.
func (l *lineWorker) Work(ctx context.Context, job *river.Job[lineArgs]) error {
	me := l.me
	if me.stopping() {
		return river.JobSnooze(0)
	}
	if job.Args.Format != format {
		me.once("a job has a format that this version does not know; it is left to newer workers",
			"format", job.Args.Format, "run", job.Tags)
		return river.JobSnooze(notMine)
	}
	me.alive.add(job.ID)
	defer me.alive.remove(job.ID)
	if len(job.AttemptedBy) > 1 { // the worker before may have written it, and died
		var there bool
		err := again(me.ask, func() error {
			return me.q.pool.QueryRow(me.ask, `SELECT EXISTS (SELECT FROM lineup_result
				WHERE run = $1 AND line = $2)`, job.Args.Run, job.Args.Line).Scan(&there)
		})
		if err != nil || there {
			return err
		}
	}
	contender, req, err := job.Args.read()
	if err != nil {
		return river.JobCancel(err) // nobody can read it
	}
	to := me.open(contender)
	if to.err != nil {
		me.once("a model cannot be asked here; its jobs are left to other workers",
			"model", contender.Ref.String(), "why", to.err)
		return river.JobSnooze(notMine)
	}
	return me.work(ctx, job, contender, to, req)
}

// work asks, and says what becomes of the job.
func (me *working) work(ctx context.Context, job *river.Job[lineArgs],
	contender providers.Contender, to opened, req providers.Request) error {
	provider := contender.Ref.Provider
	gate := me.gates[provider]
	leave, err := gate.enter(ctx, me.stop, to.spec.Provider.Queue())
	if err != nil {
		if cancelled(ctx) {
			return context.Cause(ctx)
		}
		return river.JobSnooze(0)
	}
	within, cancel := context.WithTimeoutCause(ctx, longestAsk, &providers.Error{
		Kind: providers.TimeoutTotal, Model: contender.Ref.String(),
		Message: "no answer within " + longestAsk.String()})
	defer cancel()
	begun := time.Now()
	reply := batch.Ask(within, me.cal, 0, to.spec, req, nil)
	failure := batch.FailureOf(reply)
	leave(failure)
	tell := Attempt{Run: job.Args.Run, Provider: provider, Took: time.Since(begun),
		Tokens: reply.Usage.Output}
	if reply.Status == session.Cancelled {
		if cancelled(ctx) {
			return context.Cause(ctx)
		}
		return river.JobSnooze(0) // the worker stops
	}
	if failure != nil {
		tell.Failure = failure.Kind
	}
	tries := triesOf(job.JobRow)
	if failure != nil && tries < to.retry.Max && worthAnother(failure, reply) {
		wait := failure.RetryAfter
		if wait == 0 {
			wait = to.retry.Pause(tries)
		}
		me.tell(tell)
		me.log.Info("again", "job", job.ID, "kind", failure.Kind, "wait", wait)
		if err := river.MetadataSet(ctx, metaTries, tries+1); err != nil {
			return err
		}
		return river.JobSnooze(wait)
	}
	tell.Line = true
	defer me.tell(tell)
	reply.Contender = &contender // without what this machine's provider adds
	return me.keep(job, reply)
}

// keep writes a reply, and returns when it is in the table.
func (me *working) keep(job *river.Job[lineArgs], reply *session.Reply) error {
	text, err := json.Marshal(reply)
	if err != nil {
		return river.JobCancel(err)
	}
	row := row{run: job.Args.Run, line: job.Args.Line, key: job.Args.Key, job: job.ID,
		provider: reply.Contender.Ref.Provider, ended: reply.EndedAt, reply: string(text)}
	if e := batch.FailureOf(reply); e != nil {
		row.failure = string(e.Kind)
	} else if !reply.Status.Answer() {
		row.failure = string(reply.Status)
	}
	err = me.write.add(me.ask, row)
	if errors.Is(err, errNoRun) {
		return river.JobCancel(err) // it was pruned meanwhile
	}
	return err
}

func (me *working) tell(a Attempt) {
	if me.w.Ended != nil {
		me.w.Ended(a)
	}
}

// cancelled reports whether somebody took a running job out of the queue.
func cancelled(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), rivertype.ErrJobCancelledRemotely)
}

// triesOf is how often a job was asked for so far.
func triesOf(job *rivertype.JobRow) int {
	var meta struct {
		Tries int `json:"lineup_tries"`
	}
	_ = json.Unmarshal(job.Metadata, &meta) // River's own text
	return meta.Tries
}

// worthAnother reports whether another try may help: never after the first token, as without a
// queue.
func worthAnother(e *providers.Error, reply *session.Reply) bool {
	if reply.Text != "" || reply.Reasoning != "" || len(reply.ToolCalls) > 0 {
		return false
	}
	return e.Retryable() || policy.Busy(e.Status) && e.Kind != providers.Quota
}
