package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"lineup/batch"
	"lineup/providers"
	"lineup/registry"
)

// NameOf is the name that a run has where nobody gives it one: a hash of the absolute path of its
// result file.
func NameOf(out string) string {
	sum := sha256.Sum256([]byte(out))
	return hex.EncodeToString(sum[:6])
}

// SecretError says that a contender has what must not enter the database.
type SecretError struct {
	Contender string // its label
	Key       string // as in the config: "headers.X-Team", "body.user"
}

func (e *SecretError) Error() string {
	return e.Contender + " has " + e.Key + ", which does not enter the queue's database; " +
		"give it to the provider, in the config of each worker"
}

// Enqueued is what Enqueue did.
type Enqueued struct {
	Total    int // lines of the run that are asked for
	Enqueued int // new jobs
	Known    int // lines that the queue has already: waiting, running, or answered
}

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
	Run, Provider string
	Failure       providers.Kind // "" for an answer
	Line          bool           // it became a line; else it is tried again
	Took          time.Duration
	Tokens        int // of output
}

// Status is how far a run is.
type Status struct {
	Name                                  string
	Total, Done, Failed, Running, Waiting int
	// Lost are lines that nobody will ask: cancelled, or given up by River.
	Lost      int
	Providers []ProviderStatus
	Workers   []WorkerStatus
	Failures  map[string]int // lines by the kind of their failure
	Rate      float64        // lines a second, over the last minute at most
	ETA       time.Duration  // 0 where nothing is known
	Created   time.Time
	Updated   time.Time // of the last run
}

// ProviderStatus is a run's part at one provider.
type ProviderStatus struct {
	Name                           string
	Done, Failed, Running, Waiting int
	Rate                           float64 // lines a second
}

// WorkerStatus is a worker that is connected now, or has ended a line in the last minute.
type WorkerStatus struct {
	Name      string
	Connected bool
	Running   int
	Lines     int     // ended in the last minute
	Rate      float64 // of them, a second
	Last      time.Time
}

var errUnfinished = errors.New("this part of the queue is not there yet")

// Enqueue makes jobs of the lines that a run lacks and the queue does not have.
func (q *Queue) Enqueue(context.Context, string, *batch.Run) (Enqueued, error) {
	return Enqueued{}, errUnfinished
}

// Follow collects the replies of a run into its result file until everything is there. When ctx
// is done it stops following; the run goes on.
func (q *Queue) Follow(
	context.Context, string, *batch.Run,
) (batch.Summary, error) {
	return batch.Summary{}, errUnfinished
}

// Work works until ctx is done, then ends what it has, within 30 seconds.
func (q *Queue) Work(context.Context, Worker) error { return errUnfinished }

// Status tells how far runs are; without a name all.
func (q *Queue) Status(context.Context, string) ([]Status, error) { return nil, errUnfinished }

// Cancel takes the lines of a run that are not answered out of the queue.
func (q *Queue) Cancel(context.Context, string) (int, error) { return 0, errUnfinished }

// Prune removes runs with their results: that of a name, else all that have ended.
func (q *Queue) Prune(context.Context, string) ([]string, error) { return nil, errUnfinished }
