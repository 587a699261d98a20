package session

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
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

// statsColumns are the columns of a reply that the index replies_by_end holds. The usual value is
// NULL or a number, because a text in each row costs more than all the rest: the requested model if
// it served, the status of a whole answer, no error. The source of an estimated cost begins with
// "~", which stands behind all letters.
const statsColumns = `served_by, CASE WHEN model <> served_by THEN model END, CASE WHEN status <>
	'done' THEN status END,
	(usage_source = 'reported') + 2 * simulated + 4 * CASE WHEN cost_usd IS NULL THEN cost_unknown
	ELSE cost_source >= '~' END + 8 * (repeat IS NOT NULL),
	ended_at, ttft_ms, tokens_per_second, duration_ms, from_enter_ms,
	chunk_gap_p50_ms, chunk_gap_p95_ms, chunk_gap_max_ms, input_tokens, output_tokens, reasoning_tokens, cache_read_tokens,
	cost_usd, error_kind`

// The bits of the fourth column. Each column takes time of its own, so that four of them are one.
const (
	rowReported = 1 << iota
	rowSimulated
	rowDoubtful
	rowRepeated
)

// statsRow is one reply as far as statistics look at it.
type statsRow struct {
	servedBy             string
	model, status, kind  sql.NullString
	reported, simulated  bool
	ended                int64 // milliseconds since 1970
	ttft, tps, busy      sql.NullFloat64
	waited               sql.NullFloat64
	gap50, gap95, gapMax sql.NullFloat64
	in, out              int64
	reasoning, cacheRead int64
	usd                  sql.NullFloat64
	doubtful             bool // a known cost is an estimate; an unknown one may be more than none
	repeated             bool // a take of a repeat

	contender, server string // the ids of those asked and served, of ByContender alone
}

// scan reads the columns of a row, and more columns after them.
func (r *statsRow) scan(rows *sql.Rows, more ...any) error {
	var flags int64
	err := rows.Scan(append([]any{&r.servedBy, &r.model, &r.status, &flags, &r.ended, &r.ttft,
		&r.tps, &r.busy, &r.waited,
		&r.gap50, &r.gap95, &r.gapMax, &r.in, &r.out, &r.reasoning, &r.cacheRead, &r.usd, &r.kind},
		more...)...)
	r.reported, r.simulated, r.doubtful = flags&rowReported != 0, flags&rowSimulated != 0,
		flags&rowDoubtful != 0
	r.repeated = flags&rowRepeated != 0
	return err
}

func (r *statsRow) ending() Status {
	if r.status.Valid {
		return Status(r.status.String)
	}
	return Done
}

// Stats counts the saved replies, group by group: models and providers by name, days in order. It
// reads no texts, and keeps two numbers a reply for the percentiles. Sessions that hide who is who
// are left out.
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
		return c.countTries(ctx, tx)
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

// hiddenReplies are those of sessions that hide who is who: their numbers would tell it.
const hiddenReplies = `SELECT r.n FROM sessions s JOIN turns t ON t.session = s.n
	JOIN replies r ON r.turn = t.n WHERE s.blind AND NOT s.revealed`

// leftOut says which replies there are that statistics leave out. To look for them takes SQLite a
// fifth of the time of all, and mostly there are none.
type leftOut struct{ hidden, merges bool }

// read finds out what there is.
func (l *leftOut) read(ctx context.Context, tx *sql.Tx) error {
	return tx.QueryRowContext(ctx, `SELECT
		EXISTS (SELECT 1 FROM sessions WHERE blind AND NOT revealed),
		EXISTS (SELECT 1 FROM replies WHERE merge IS NOT NULL)`).Scan(&l.hidden, &l.merges)
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

// groupKey names a group. Simulated replies never share one with real ones.
type groupKey struct {
	name      string
	simulated bool
}

// group is a Stats in the making with the samples of its spreads.
type group struct {
	Stats
	first, last              int64
	ttft, reported, estimate []float64
	waitedFirst, waited      []float64
	gap50, gap95             []float64
	gapMax                   float64
	usd                      float64
}

// counter sorts replies into groups.
type counter struct {
	q      StatsQuery
	left   leftOut
	groups map[groupKey]*group
	day    dayNamer
	// of ByContender alone
	askers *askers
}

func newCounter(q StatsQuery) *counter {
	q.By = cmp.Or(q.By, ByModel)
	if q.Location == nil {
		q.Location = time.Local
	}
	return &counter{q: q, groups: map[groupKey]*group{}, day: dayNamer{in: q.Location}}
}

// nameFor is the group of a reply that was, or should have been, served by a model.
func (c *counter) nameFor(ref string, r *statsRow) string {
	switch c.q.By {
	case ByContender:
		return c.askers.nameFor(ref, r)
	case ByProvider:
		return providerOf(ref)
	case ByDay:
		return c.day.name(r.ended)
	}
	return ref
}

func (c *counter) group(name string, simulated bool) *group {
	key := groupKey{name, simulated}
	g := c.groups[key]
	if g == nil {
		g = &group{Stats: Stats{By: c.q.By, Group: name, Simulated: simulated,
			Failures: map[string]int{}}}
		c.groups[key] = g
	}
	return g
}

func (c *counter) count(r *statsRow) {
	served := c.nameFor(r.servedBy, r)
	if r.model.Valid && c.q.matches(r.model.String) {
		if asked := c.nameFor(r.model.String, r); asked != served || !c.q.matches(r.servedBy) {
			c.group(asked, r.simulated).note(r).FellBack++
		}
	}
	if r.model.Valid && c.q.matches(r.servedBy) && c.nameFor(r.model.String, r) != served {
		c.group(served, r.simulated).FellBackTo++
	}
	if c.q.matches(r.servedBy) {
		c.group(served, r.simulated).note(r).add(r)
	}
}

// note widens the time that a group spans.
func (g *group) note(r *statsRow) *group {
	if g.first == 0 || r.ended < g.first {
		g.first = r.ended
	}
	g.last = max(g.last, r.ended)
	return g
}

func (g *group) add(r *statsRow) {
	g.Replies++
	if r.repeated {
		g.Repeated++
	}
	g.Asked++
	g.Attempts++
	switch status := r.ending(); {
	case status.Answer():
		g.Answers++
		g.addWait(r)
	case status == Cancelled:
		g.Stopped++
	default:
		g.Failed++
		g.AttemptsFailed++
		g.Failures[failureKind(r)]++
	}
	if r.ttft.Valid {
		g.ttft = append(g.ttft, r.ttft.Float64)
	}
	switch {
	case r.tps.Valid && r.reported:
		g.reported = append(g.reported, r.tps.Float64)
	case r.tps.Valid:
		g.estimate = append(g.estimate, r.tps.Float64)
	}
	if r.gapMax.Valid {
		g.gap50, g.gap95 = append(g.gap50, r.gap50.Float64), append(g.gap95, r.gap95.Float64)
		g.gapMax = max(g.gapMax, r.gapMax.Float64)
	}
	g.addTokens(r)
	g.addCost(r)
}

// addWait counts answers alone: a failure that came at once saved nobody any time.
func (g *group) addWait(r *statsRow) {
	if !r.waited.Valid {
		return
	}
	g.waited = append(g.waited, r.waited.Float64)
	if r.ttft.Valid && r.busy.Valid { // both from the request that was answered
		g.waitedFirst = append(g.waitedFirst, r.waited.Float64-r.busy.Float64+r.ttft.Float64)
	}
}

// addTokens leaves out a reply of which nothing came: its prompt was estimated, and perhaps never
// read.
func (g *group) addTokens(r *statsRow) {
	if !r.reported && !r.ttft.Valid {
		return
	}
	g.Counted++
	g.Input += r.in
	g.Output += r.out
	g.Reasoning += r.reasoning
	g.CacheRead += r.cacheRead
	g.BusyMS += r.busy.Float64
	if !r.reported {
		g.EstimatedTokens++
	}
}

// addCost keeps what is unknown apart.
func (g *group) addCost(r *statsRow) {
	switch {
	case r.usd.Valid:
		g.CostKnown++
		g.usd += r.usd.Float64
		if r.doubtful {
			g.CostEstimated++
		}
	case r.doubtful:
		g.CostUnknown++
	}
}

// failureKind is the kind of a reply's error, or its status where it has none.
func failureKind(r *statsRow) string {
	return providers.CleanLine(cmp.Or(r.kind.String, string(r.ending())))
}

// result settles the groups: days in order, others by name, real replies before simulated ones.
func (c *counter) result() []Stats {
	out := make([]Stats, 0, len(c.groups))
	for _, g := range c.groups {
		g.First, g.Last = time.UnixMilli(g.first).UTC(), time.UnixMilli(g.last).UTC()
		if tried := g.Asked - g.Stopped; tried > 0 {
			share := float64(g.Answers) / float64(tried)
			g.Availability = &share
		}
		if g.CostKnown > 0 {
			g.CostUSD = &g.usd
		}
		g.TTFT = SpreadOf(g.ttft)
		g.WaitedFirst, g.Waited = SpreadOf(g.waitedFirst), SpreadOf(g.waited)
		g.ChunkGaps = g.pauses()
		g.TokensPerSecond = SpreadOf(g.reported)
		if len(g.reported) == 0 && len(g.estimate) > 0 {
			g.TokensPerSecond, g.SpeedEstimated = SpreadOf(g.estimate), true
		}
		out = append(out, g.Stats)
	}
	if c.askers != nil {
		c.askers.labelled(out)
	}
	slices.SortFunc(out, func(a, b Stats) int {
		if a.Simulated != b.Simulated {
			if a.Simulated {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Group, b.Group)
	})
	return out
}

// pauses makes the summary of the gaps.
func (g *group) pauses() Pauses {
	p := Pauses{N: len(g.gap50)}
	if p.N > 0 {
		p.P50, p.P95, p.Max = SpreadOf(g.gap50).P50, SpreadOf(g.gap95).P50, &g.gapMax
	}
	return p
}

// dayNamer names the day of a moment. It remembers the last one, because replies come roughly in
// order and calendars are slow.
type dayNamer struct {
	in       *time.Location
	from, to int64 // milliseconds since 1970
	last     string
}

func (d *dayNamer) name(ms int64) string {
	if d.last != "" && ms >= d.from && ms < d.to {
		return d.last
	}
	t := time.UnixMilli(ms).In(d.in)
	y, m, day := t.Date()
	d.from = time.Date(y, m, day, 0, 0, 0, 0, d.in).UnixMilli()
	d.to = time.Date(y, m, day+1, 0, 0, 0, 0, d.in).UnixMilli()
	d.last = t.Format(time.DateOnly)
	return d.last
}
