package session

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"lineup/providers"
)

// Spent is a sum of costs.
type Spent struct {
	USD       float64
	Known     int  // replies whose cost is in the sum
	Estimated bool // a part of it rests on estimated tokens
	Unknown   int  // replies that may have cost something that nobody knows
}

// Add counts the money spent on a reply. A simulated reply costs none. A copy in a fork was paid
// for in its first session.
func (s *Spent) Add(r *Reply) {
	if r != nil && !r.Simulated && !r.Copied {
		s.Count(r)
	}
}

// AddSimulated counts what a simulated reply would have cost, and any other as nothing. A copy
// counts where it was first.
func (s *Spent) AddSimulated(r *Reply) {
	if r != nil && r.Simulated && !r.Copied {
		s.Count(r)
	}
}

// Count counts a reply in whatever it is.
func (s *Spent) Count(r *Reply) { s.count(r.Cost, r.CostUnknown()) }

// AddJudgements counts the money spent on the judgements of a turn, as Add does.
func (s *Spent) AddJudgements(t *Turn) {
	for _, j := range t.Judgements {
		if !j.Simulated && !j.Copied {
			s.CountJudgement(j)
		}
	}
}

// Spent is the money spent on a turn: all answers, merges and judgements.
func (t *Turn) Spent() (sum Spent) {
	for _, r := range t.All() {
		sum.Add(r)
	}
	sum.AddJudgements(t)
	return sum
}

// CountJudgement counts a judgement in whatever it is.
func (s *Spent) CountJudgement(j *Judgement) {
	s.count(j.Cost, j.Cost.USD == nil && !j.Cost.Own)
}

func (s *Spent) count(c Cost, unknown bool) {
	switch {
	case c.USD != nil:
		s.USD += *c.USD
		s.Known++
		s.Estimated = s.Estimated || strings.HasPrefix(c.Source, "~")
	case unknown:
		s.Unknown++
	}
}

// Plus adds up two sums.
func (s Spent) Plus(o Spent) Spent {
	return Spent{USD: s.USD + o.USD, Known: s.Known + o.Known,
		Estimated: s.Estimated || o.Estimated, Unknown: s.Unknown + o.Unknown}
}

// Words says a sum, written by money; the mark of an estimate is its second argument. "+ ?" stands
// for what is not known. Where nothing of it is known it is no 0.
func (s Spent) Words(money func(usd float64, estimated bool) string) string {
	switch {
	case s.Unknown > 0 && s.Known == 0:
		return "$?"
	case s.Unknown > 0:
		return money(s.USD, s.Estimated) + " + ?"
	}
	return money(s.USD, s.Estimated)
}

// TotalWords says what a session has cost, "" where nothing was to pay. What simulated replies cost
// is no money: it is said where there is nothing else.
func TotalWords(spent, simulated Spent, money func(usd float64, estimated bool) string) string {
	switch {
	case spent.Known+spent.Unknown > 0:
		return spent.Words(money)
	case simulated.Known > 0:
		return simulated.Words(money) + " (simulated)"
	}
	return ""
}

// CostUnknown reports whether a reply may have cost something that nobody knows.
func (r *Reply) CostUnknown() bool { return r.Cost.USD == nil && !r.Cost.Own && !r.Refused() }

// Refused reports whether nobody bills a reply of which nothing came: it still waits, it was
// stopped in the queue, no connection came about, or the server answered with an error. A reply
// stopped or lost mid-request may or may not be billed. A reply without attempts that does not know
// its time either is of a lineup that died.
func (r *Reply) Refused() bool {
	if r.Usage.Output > 0 {
		return false
	}
	e := r.Error
	return !r.Status.Final() || len(r.Attempts) == 0 && r.Metrics.FromEnter != nil ||
		e != nil && (e.Status >= 400 || e.Kind == providers.Unreachable ||
			e.Kind == providers.TimeoutConnect)
}

// Spent sums up all sessions, those in the trash too, since their money is spent: the replies that
// ended at a moment or later, and the judgements of that time. Money that no session tells of is in
// it by the quarter of an hour ([Store.Spend]).
// A reply dated in the future, by a wrong clock, counts on its day. Else it would count every day.
func (s *Store) Spent(ctx context.Context, since time.Time) (sum Spent, err error) {
	until := s.now().Add(clockSlack).UnixMilli()
	err = s.read(ctx, "sum up the costs", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(cost_usd), 0), count(cost_usd),
			coalesce(max(cost_usd IS NOT NULL AND cost_source GLOB '~*'), 0),
			count(*) FILTER (WHERE cost_unknown) FROM (
				SELECT cost_usd, cost_source, cost_unknown FROM replies
				WHERE ended_at BETWEEN ?1 AND ?2 AND NOT simulated AND NOT copied
				AND n NOT IN (SELECT n FROM replies WHERE run IS NOT NULL)
				UNION ALL SELECT cost_usd, cost ->> 'source', cost_unknown FROM judgements
				WHERE at BETWEEN ?1 AND ?2 AND NOT simulated AND NOT copied)`,
			since.UnixMilli(), until).Scan(&sum.USD, &sum.Known, &sum.Estimated, &sum.Unknown)
		if err != nil {
			return err
		}
		var kept Spent
		err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(usd), 0), coalesce(sum(known), 0),
			coalesce(max(estimated), 0), coalesce(sum(unknown), 0) FROM spendings
			WHERE at BETWEEN ?1 AND ?2`, since.UnixMilli(), until).
			Scan(&kept.USD, &kept.Known, &kept.Estimated, &kept.Unknown)
		sum = sum.Plus(kept)
		return err
	})
	return sum, err
}

// Midnight is when the day of a moment began, in its own time zone.
func Midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Budget is where spending stops, in USD; nil is no limit.
type Budget struct{ Session, Day *float64 }

// Limit is one limit of a budget and how it stands.
type Limit struct {
	Of      string // "this session" or "today"
	Spent   Spent
	Next    float64 // USD that the next turn is expected to cost
	USD     float64 // the limit
	Reached bool    // the next turn would go beyond it, or it is reached already
	Near    bool    // four fifths of it are spent
}

// nearLimit is from which part of a limit on it is warned of.
const nearLimit = 0.8

// Limits compares the limits with the money spent and the cost of a further turn.
func (b Budget) Limits(session, day Spent, next float64) (out []Limit) {
	for _, l := range []struct {
		of    string
		spent Spent
		usd   *float64
	}{{"this session", session, b.Session}, {"today", day, b.Day}} {
		if l.usd != nil {
			out = append(out, Limit{l.of, l.spent, next, *l.usd, l.spent.USD+next > *l.usd ||
				l.spent.USD >= *l.usd, l.spent.USD >= nearLimit**l.usd})
		}
	}
	return out
}

// Guess is the likely cost of a request in USD, before it is sent. Its input is estimated. Its
// output is the mean of the model's earlier answers, else max_tokens. ok is false where the price
// or the length is not known.
func (c *Calibration) Guess(info providers.Info, input float64, images int) (usd float64, ok bool) {
	ref := info.Ref.String()
	if m := info.Price.Machine; m != nil {
		busy, ok := c.busy(ref)
		return m.PerSecond() * busy.Seconds(), ok
	}
	output, ok := c.Output(ref)
	if !ok && info.Params.MaxTokens != nil {
		output, ok = float64(*info.Params.MaxTokens), true
	}
	u := providers.Usage{Input: round(input), Output: round(output)}
	if info.Price.Source == providers.CostConfig {
		u.Images = images
	}
	usd, known := info.Price.Cost(u, 0)
	if known && !ok && usd == 0 { // whatever the length: only the input may be free
		u.Output = 1
		whole, _ := info.Price.Cost(u, 0)
		ok = whole == 0
	}
	return usd, known && ok
}
