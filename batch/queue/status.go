package queue

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Status is how far a run is.
type Status struct {
	Name                                  string
	Total, Done, Failed, Running, Waiting int
	// Lost are lines that nobody will ask as it is: taken out, given up by River, or still on
	// their way into the queue.
	Lost      int
	Providers []ProviderStatus // by name
	Workers   []WorkerStatus   // of the whole database, by name
	Failures  map[string]int   // lines by the kind of their failure
	Rate      float64          // lines a second, over the last minute at most
	ETA       time.Duration    // 0 where nothing is known
	Created   time.Time
	Updated   time.Time // of the last `run`
}

// ProviderStatus is a run's part at one provider.
type ProviderStatus struct {
	Name                           string
	Done, Failed, Running, Waiting int
	Rate                           float64 // lines a second
	Unserved                       bool    // no connected worker takes its lines
}

// Unserved are the providers whose lines wait although workers are connected: none takes them.
func (s *Status) Unserved() (names []string) {
	if !slices.ContainsFunc(s.Workers, func(w WorkerStatus) bool { return w.Connected }) {
		return nil
	}
	for _, p := range s.Providers {
		if p.Unserved && p.Waiting > 0 {
			names = append(names, p.Name)
		}
	}
	return names
}

// WorkerStatus is a worker that is connected now, or has ended a line of a run in the last minute.
type WorkerStatus struct {
	Name      string
	Connected bool
	Providers []string  // whose lines it takes; nil where it has not said so
	Running   int       // lines
	Lines     int       // ended in the last minute
	Rate      float64   // of them, a second
	Last      time.Time // of the last line; zero where there is none
}

// Rates are over the last minute, or the last so many lines.
const (
	rateOver  = time.Minute
	rateLines = 5000
)

// Status tells how far a run is, or all runs where the name is "". The error is ErrNoRun where
// there is none of the name.
func (q *Queue) Status(ctx context.Context, name string) ([]Status, error) {
	if name != "" {
		if _, err := q.find(ctx, name); err != nil {
			return nil, err
		}
	} else if err := q.ready(ctx); err != nil {
		return nil, err
	}
	all, err := q.statuses(ctx, name)
	return all, q.explain(err)
}

// statuses reads everything in one snapshot: counts of different moments would not add up.
func (q *Queue) statuses(ctx context.Context, name string) (all []Status, err error) {
	how := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, q.pool, how, func(tx pgx.Tx) error {
		var c census
		if err := c.read(ctx, tx, name); err != nil {
			return err
		}
		all = c.statuses()
		return nil
	})
	return all, err
}

// census is what the tables say of runs.
type census struct {
	now     time.Time
	ids     []int64
	runs    map[int64]*Status
	by      map[int64]map[string]*ProviderStatus
	workers map[string]*WorkerStatus
	first   map[string]time.Time // of the lines of a worker that count for its rate
}

func (c *census) read(ctx context.Context, tx pgx.Tx, name string) error {
	c.runs, c.by = map[int64]*Status{}, map[int64]map[string]*ProviderStatus{}
	c.workers, c.first = map[string]*WorkerStatus{}, map[string]time.Time{}
	rows, err := tx.Query(ctx, `SELECT id, name, total, created_at, updated_at, now()
		FROM lineup_run WHERE $1 = '' OR name = $1 ORDER BY id`, name)
	if err != nil {
		return err
	}
	var id int64
	var s Status
	_, err = pgx.ForEachRow(rows, []any{&id, &s.Name, &s.Total, &s.Created, &s.Updated, &c.now},
		func() error {
			one := s
			one.Failures = map[string]int{}
			c.ids, c.runs[id], c.by[id] = append(c.ids, id), &one, map[string]*ProviderStatus{}
			return nil
		})
	if err != nil {
		return err
	}
	for _, read := range []func(context.Context, pgx.Tx) error{c.results, c.jobs, c.connected} {
		if err := read(ctx, tx); err != nil {
			return err
		}
	}
	for _, id := range c.ids {
		if err := c.rates(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// at is a run's part at a provider.
func (c *census) at(run int64, provider string) *ProviderStatus {
	by := c.by[run]
	if by[provider] == nil {
		by[provider] = &ProviderStatus{Name: provider}
	}
	return by[provider]
}

func (c *census) worker(name string) *WorkerStatus {
	if c.workers[name] == nil {
		c.workers[name] = &WorkerStatus{Name: name}
	}
	return c.workers[name]
}

// results counts the lines that have ended.
func (c *census) results(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT run, provider, failure, count(*) FROM lineup_result
		WHERE run = ANY($1) GROUP BY run, provider, failure`, c.ids)
	if err != nil {
		return err
	}
	var run int64
	var provider, failure string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&run, &provider, &failure, &n}, func() error {
		s, p := c.runs[run], c.at(run, provider)
		if failure == "" {
			s.Done, p.Done = s.Done+n, p.Done+n
			return nil
		}
		s.Failed, p.Failed = s.Failed+n, p.Failed+n
		s.Failures[failure] += n
		return nil
	})
	return err
}

// jobs counts the lines that wait or are asked.
func (c *census) jobs(ctx context.Context, tx pgx.Tx) error {
	ids := map[string]int64{}
	var tags []string
	for _, id := range c.ids {
		ids[tag(id)], tags = id, append(tags, tag(id))
	}
	rows, err := tx.Query(ctx, `SELECT tags[1], queue, state = 'running', CASE state
			WHEN 'running' THEN attempted_by[array_upper(attempted_by, 1)] ELSE '' END, count(*)
		FROM river_job WHERE state IN `+active+` AND kind = $1 AND tags[1] = ANY($2)
			AND (state <> 'running' OR `+unanswered+`)
		GROUP BY 1, 2, 3, 4`, kind, tags)
	if err != nil {
		return err
	}
	var mark, queue, worker string
	var running bool
	var n int
	_, err = pgx.ForEachRow(rows, []any{&mark, &queue, &running, &worker, &n}, func() error {
		s, p := c.runs[ids[mark]], c.at(ids[mark], providerOf(queue))
		if !running {
			s.Waiting, p.Waiting = s.Waiting+n, p.Waiting+n
			return nil
		}
		s.Running, p.Running = s.Running+n, p.Running+n
		c.worker(worker).Running += n
		return nil
	})
	return err
}

// connected finds the workers that are there, by the names of their connections, and whose lines
// they take.
func (c *census) connected(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT coalesce(name, substr(application_name, length($1) + 2)),
		providers FROM pg_stat_activity LEFT JOIN lineup_worker ON connection = application_name
		WHERE datname = current_database() AND starts_with(application_name, $1 || ' ')`,
		string(Server))
	if err != nil {
		return err
	}
	var name string
	var providers []string
	_, err = pgx.ForEachRow(rows, []any{&name, &providers}, func() error {
		w := c.worker(name)
		w.Connected, w.Providers = true, slices.Clone(providers)
		return nil
	})
	return err
}

// served reports whether a connected worker takes the lines of a queue, as far as is known.
func (c *census) served(queue string) bool {
	for _, w := range c.workers {
		takes := func(provider string) bool { return queueOf(provider) == queue }
		if w.Connected && (w.Providers == nil || slices.ContainsFunc(w.Providers, takes)) {
			return true
		}
	}
	return false
}

// rates looks at the last lines of a run.
func (c *census) rates(ctx context.Context, tx pgx.Tx, run int64) error {
	rows, err := tx.Query(ctx, `SELECT provider, worker, written_at FROM lineup_result
		WHERE run = $1 ORDER BY seq DESC LIMIT $2`, run, rateLines)
	if err != nil {
		return err
	}
	var provider, worker string
	var at, first time.Time
	lines, by := 0, map[string]int{}
	_, err = pgx.ForEachRow(rows, []any{&provider, &worker, &at}, func() error {
		if c.now.Sub(at) > rateOver {
			return nil
		}
		lines, first = lines+1, at
		by[provider]++
		w := c.worker(worker)
		w.Lines++
		if at.After(w.Last) {
			w.Last = at
		}
		if old := c.first[worker]; old.IsZero() || at.Before(old) {
			c.first[worker] = at
		}
		return nil
	})
	if err != nil || lines == 0 {
		return err
	}
	s := c.runs[run]
	s.Rate = c.perSecond(lines, first)
	for provider, n := range by {
		c.at(run, provider).Rate = c.perSecond(n, first)
	}
	s.ETA = slowest(c.by[run])
	return nil
}

// slowest is the time of the provider that takes longest for its lines; 0 where one has lines and
// no rate yet.
func slowest(providers map[string]*ProviderStatus) (longest time.Duration) {
	for _, p := range providers {
		left := p.Running + p.Waiting
		switch {
		case left == 0:
		case p.Rate == 0:
			return 0
		default:
			took := time.Duration(float64(left) / p.Rate * float64(time.Second))
			longest = max(longest, took)
		}
	}
	return longest
}

// perSecond is the rate of lines since the first of them.
func (c *census) perSecond(lines int, since time.Time) float64 {
	return float64(lines) / max(1, c.now.Sub(since).Seconds())
}

// statuses puts everything together.
func (c *census) statuses() []Status {
	var workers []WorkerStatus
	for name, w := range c.workers {
		if w.Lines > 0 {
			w.Rate = c.perSecond(w.Lines, c.first[name])
		}
		workers = append(workers, *w)
	}
	slices.SortFunc(workers, func(a, b WorkerStatus) int { return strings.Compare(a.Name, b.Name) })
	out := make([]Status, 0, len(c.ids))
	for _, id := range c.ids {
		s := c.runs[id]
		for _, p := range c.by[id] {
			p.Unserved = !c.served(queueOf(p.Name))
			s.Providers = append(s.Providers, *p)
		}
		slices.SortFunc(s.Providers,
			func(a, b ProviderStatus) int { return strings.Compare(a.Name, b.Name) })
		known := s.Done + s.Failed + s.Running + s.Waiting
		s.Total = max(s.Total, known)
		s.Lost, s.Workers = s.Total-known, workers
		out = append(out, *s)
	}
	return out
}
