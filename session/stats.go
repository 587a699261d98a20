package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"lineup/providers"
)

// Grouping says what the replies are counted by.
type Grouping string

// The groupings of statistics. A reply counts for the model that served it; after a fallback that
// is not the requested one.
const (
	ByModel     Grouping = "model"
	ByProvider  Grouping = "provider"
	ByDay       Grouping = "day"
	ByContender Grouping = "contender"
)

// Groupings lists them all.
func Groupings() []Grouping { return []Grouping{ByModel, ByProvider, ByDay, ByContender} }

// StatsQuery says which replies are counted, and by what.
type StatsQuery struct {
	By        Grouping  // "" is ByModel
	Model     string    // only replies that this model reference served; "" for all
	Provider  string    // only replies of this provider's models; "" for all
	Since     time.Time // only replies that ended then or later
	Simulated bool      // simulated replies too; they stand in groups of their own
	Location  *time.Location
}

// Stats is what the finished replies of one group were like. Running replies are not in it, nor
// copies in forks: they count in their first session. Those of sessions in the trash are: their
// money is spent, and their times were measured.
type Stats struct {
	By Grouping `json:"by"`
	// a model reference, the label of a contender, a provider, or a day as 2006-01-02
	Group string `json:"group"`
	// of ByContender alone
	Contender *providers.Contender `json:"contender,omitempty"`
	Simulated bool                 `json:"simulated,omitempty"`
	First     time.Time            `json:"first"` // end of the earliest reply
	Last      time.Time            `json:"last"`

	// that this group served, or failed to serve as the last of a chain
	Replies  int `json:"replies"`
	Repeated int `json:"repeated_replies"` // of them, takes of a repeat
	Answers  int `json:"answers"`          // done, or cut at the length that was asked for
	Stopped  int `json:"stopped"`          // by the user: no fault of the model
	// all others, also where another group was asked after it
	Failed int `json:"failed"`
	// of Failed: by the kind of the error, or the status where there is none
	Failures map[string]int `json:"failures"`
	// asked of this group and served by another one; not in Replies
	FellBack int `json:"fell_back"`

	// replies for which this group was tried: Answers, Failed and Stopped
	Asked          int `json:"asked"`
	FellBackTo     int `json:"fell_back_to"` // asked of another group and served by this one
	Attempts       int `json:"attempts"`     // all tries over the network, retries too
	AttemptsFailed int `json:"attempts_failed"`
	// Answers of Asked without Stopped, 0 to 1; nil where there is none
	Availability *float64 `json:"availability"`

	TTFT Spread `json:"ttft_ms"`
	// from Enter to the first and to the last token of an answer, through queue, failed attempts of
	// whatever model and the waits between them
	WaitedFirst     Spread `json:"waited_ttft_ms"`
	Waited          Spread `json:"waited_ms"`
	TokensPerSecond Spread `json:"tokens_per_second"`
	// no reply had its tokens reported
	SpeedEstimated bool   `json:"tokens_per_second_estimated,omitempty"`
	ChunkGaps      Pauses `json:"chunk_gap_ms"`

	// whose tokens and time are in the sums below; where there is none, JSON has null for them
	Counted         int   `json:"counted_replies"`
	Input           int64 `json:"input_tokens"`
	Output          int64 `json:"output_tokens"`
	Reasoning       int64 `json:"reasoning_tokens"`  // a part of Output
	CacheRead       int64 `json:"cache_read_tokens"` // a part of Input
	EstimatedTokens int   `json:"estimated_tokens_replies"`

	// of the replies whose cost is known; nil where there is none. Refused requests are in none of
	// these
	CostUSD       *float64 `json:"cost_usd"`
	CostKnown     int      `json:"cost_known_replies"`
	CostEstimated int      `json:"cost_estimated_replies"`
	CostUnknown   int      `json:"cost_unknown_replies"`

	BusyMS float64 `json:"busy_ms"` // from request to last token, summed

	// what this group was paid for as a judge, in none of the sums above
	Judging Judging `json:"judging"`
}

// Judging is what judgements cost. A judgement that a later one replaced is not among them: it is
// known to the sum of the day alone.
type Judging struct {
	Judgements    int      `json:"judgements"`
	CostUSD       *float64 `json:"cost_usd"` // of those whose cost is known; nil where there is none
	CostKnown     int      `json:"cost_known"`
	CostEstimated int      `json:"cost_estimated"`
	CostUnknown   int      `json:"cost_unknown"`
}

// Add counts the judgements of another group too.
func (j *Judging) Add(o Judging) {
	j.Judgements += o.Judgements
	j.CostKnown += o.CostKnown
	j.CostEstimated += o.CostEstimated
	j.CostUnknown += o.CostUnknown
	if o.CostUSD != nil {
		sum := *o.CostUSD
		if j.CostUSD != nil {
			sum += *j.CostUSD
		}
		j.CostUSD = &sum
	}
}

// CachedShare is the share of the input tokens that servers read from their caches, 0 to 1; nil
// where no server told of any.
func (s *Stats) CachedShare() *float64 {
	if s.Input == 0 || s.CacheRead == 0 {
		return nil
	}
	share := float64(s.CacheRead) / float64(s.Input)
	return &share
}

// MarshalJSON gives the record of `lineup stats --json`, in which sums of nothing are unknown and
// not 0.
func (s Stats) MarshalJSON() ([]byte, error) {
	type bare Stats
	type record struct {
		bare
		Share *float64 `json:"cached_share"`
	}
	all := record{bare(s), s.CachedShare()}
	var unknown struct {
		record
		Input     *int64   `json:"input_tokens"`
		Output    *int64   `json:"output_tokens"`
		Reasoning *int64   `json:"reasoning_tokens"`
		CacheRead *int64   `json:"cache_read_tokens"`
		BusyMS    *float64 `json:"busy_ms"`
	}
	if s.Counted > 0 {
		return json.Marshal(all)
	}
	unknown.record = all
	return json.Marshal(unknown)
}

// Pauses are the gaps between the chunks of answers, in milliseconds: what one sees as a steady or
// a jerky stream. They say nothing of tokens, of which a chunk may hold many. All are nil where N
// is 0.
type Pauses struct {
	N   int      `json:"n"`   // replies of at least two chunks
	P50 *float64 `json:"p50"` // median of the replies' medians
	P95 *float64 `json:"p95"` // median of the replies' 95th percentiles
	Max *float64 `json:"max"` // the longest of all
}

// Stats counts the saved replies, group by group: models and providers by name, days in order. It
// reads no texts, and keeps two numbers a reply for the percentiles. Blind sessions are left out
// until their reveal.
func (s *Store) Stats(ctx context.Context, q StatsQuery) ([]Stats, error) {
	_ = s.recoverDead(ctx) // replies of a dead lineup count as interrupted
	c := newCounter(q)
	err := s.read(ctx, "count the replies", func(tx *sql.Tx) error {
		clear(c.groups)
		if err := c.left.read(ctx, tx); err != nil {
			return err
		}
		count := c.countReplies
		if c.q.By == ByContender {
			count = c.countContenders
		}
		if err := count(ctx, tx); err != nil {
			return err
		}
		if err := c.countTries(ctx, tx); err != nil {
			return err
		}
		return c.countJudgements(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return c.result(), nil
}

// countReplies counts all replies from the index alone.
func (c *counter) countReplies(ctx context.Context, tx *sql.Tx) error {
	where, args := c.q.where(c.left)
	rows, err := tx.QueryContext(ctx, `SELECT `+statsColumns+` FROM replies WHERE `+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var r statsRow
	for rows.Next() {
		if err := r.scan(rows); err != nil {
			return err
		}
		c.count(&r)
	}
	return rows.Err()
}

// hiddenReplies are those of blind sessions before their reveal: their numbers would tell the
// names.
const hiddenReplies = `SELECT r.n FROM sessions s JOIN turns t ON t.session = s.n
	JOIN replies r ON r.turn = t.n WHERE s.blind AND NOT s.revealed`

// caseReplies are those of the cases that somebody opened from the results of a run. They count in
// the session of the run, where one was kept.
const caseReplies = `SELECT r.n FROM replies r JOIN turns t ON t.n = r.turn
	JOIN sessions s ON s.n = t.session WHERE r.run IS NOT NULL AND s.origin GLOB 'case:*'`

// leftOut says which replies there are that statistics leave out. To look for them takes SQLite a
// fifth of the time of all, and mostly there are none.
type leftOut struct{ hidden, merges, cases bool }

// read finds out what there is.
func (l *leftOut) read(ctx context.Context, tx *sql.Tx) error {
	return tx.QueryRowContext(ctx, `SELECT
		EXISTS (SELECT 1 FROM sessions WHERE blind AND NOT revealed),
		EXISTS (SELECT 1 FROM replies WHERE merge IS NOT NULL), EXISTS (`+caseReplies+`)`).
		Scan(&l.hidden, &l.merges, &l.cases)
}

// where is the part of the query that SQLite can answer; matches does the rest.
func (q *StatsQuery) where(left leftOut) (where string, args []any) {
	where = `ended_at IS NOT NULL AND copied = 0`
	if !q.Since.IsZero() {
		where += ` AND ended_at >= ?`
		args = append(args, q.Since.UnixMilli())
	}
	if !q.Simulated {
		where += ` AND simulated = 0`
	}
	if left.merges && q.By == ByContender { // a model that merges is none
		where += ` AND n NOT IN (SELECT n FROM replies WHERE merge IS NOT NULL)`
	}
	if left.cases {
		where += ` AND n NOT IN (` + caseReplies + `)`
	}
	if left.hidden {
		where += ` AND n NOT IN (` + hiddenReplies + `)`
	}
	return where, args
}

// matches tells whether a model reference is asked for.
func (q *StatsQuery) matches(ref string) bool {
	return (q.Model == "" || ref == q.Model) && (q.Provider == "" || providerOf(ref) == q.Provider)
}

func providerOf(ref string) string {
	p, _, _ := strings.Cut(ref, "/")
	return p
}
