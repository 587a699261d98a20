package session

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"lineup/providers"
)

// Spent is a sum of costs. Simulated replies cost nothing.
type Spent struct {
	USD       float64
	Estimated bool // a part of it rests on estimated tokens
	Unknown   int  // replies whose cost is not known
}

// Add counts a reply in.
func (s *Spent) Add(r *Reply) {
	switch {
	case r == nil || r.Simulated:
	case r.Cost.USD != nil:
		s.USD += *r.Cost.USD
		s.Estimated = s.Estimated || strings.HasPrefix(r.Cost.Source, "~")
	case r.Usage.Output > 0:
		s.Unknown++
	}
}

// Spent sums up all sessions: the replies that ended at a moment or later.
func (s *Store) Spent(ctx context.Context, since time.Time) (sum Spent, err error) {
	err = s.read(ctx, "sum up the costs", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(sum(cost_usd), 0), coalesce(max(cost_usd IS NOT NULL AND cost_source GLOB '~*'), 0),
			count(*) FILTER (WHERE cost_usd IS NULL AND output_tokens > 0) FROM replies WHERE ended_at >= ? AND NOT simulated`, since.UnixMilli()).
			Scan(&sum.USD, &sum.Estimated, &sum.Unknown)
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

// Limits tells how the limits stand with what is spent, if a further turn costs so much.
func (b Budget) Limits(session, day Spent, next float64) (out []Limit) {
	for _, l := range []struct {
		of    string
		spent Spent
		usd   *float64
	}{{"this session", session, b.Session}, {"today", day, b.Day}} {
		if l.usd != nil {
			out = append(out, Limit{l.of, l.spent, next, *l.usd, l.spent.USD+next > *l.usd || l.spent.USD >= *l.usd, l.spent.USD >= nearLimit**l.usd})
		}
	}
	return out
}

// Guess is what a request to a model may cost in USD, before it is sent: its input by estimate, its output as the model's
// answers were so far, else as long as max_tokens lets it be. ok is false where the price or the length is not known.
func (h *Habits) Guess(info providers.Info, input float64) (usd float64, ok bool) {
	ref := info.Ref.String()
	if m := info.Price.Machine; m != nil {
		busy, ok := h.busy(ref)
		return m.PerSecond() * busy.Seconds(), ok
	}
	output, ok := h.Output(ref)
	if !ok && info.Params.MaxTokens != nil {
		output, ok = float64(*info.Params.MaxTokens), true
	}
	usd, known := info.Price.Cost(providers.Usage{Input: round(input), Output: round(output)}, 0)
	free := known && usd == 0
	return usd, known && (ok || free)
}
