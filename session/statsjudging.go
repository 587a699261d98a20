package session

import (
	"context"
	"database/sql"
)

// hiddenTurns are those of blind sessions before their reveal.
const hiddenTurns = `SELECT t.n FROM sessions s JOIN turns t ON t.session = s.n
	WHERE s.blind AND NOT s.revealed`

// countJudgements counts what judges cost, each for its model. A judge is no contender.
func (c *counter) countJudgements(ctx context.Context, tx *sql.Tx) error {
	if c.q.By == ByContender {
		return nil
	}
	where, args := `copied = 0 AND turn NOT IN (`+hiddenTurns+`)`, []any(nil)
	if !c.q.Since.IsZero() {
		where, args = where+` AND at >= ?`, append(args, c.q.Since.UnixMilli())
	}
	if !c.q.Simulated {
		where += ` AND simulated = 0`
	}
	rows, err := tx.QueryContext(ctx, `SELECT judge, at, simulated, cost_usd,
		CASE WHEN cost_usd IS NULL THEN cost_unknown ELSE cost ->> 'source' GLOB '~*' END
		FROM judgements WHERE `+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r statsRow
		var doubtful sql.NullBool
		err := rows.Scan(&r.servedBy, &r.ended, &r.simulated, &r.usd, &doubtful)
		if err != nil {
			return err
		}
		if c.q.matches(r.servedBy) {
			g := c.group(c.nameFor(r.servedBy, &r), r.simulated).note(&r)
			g.Judging.Add(judgingOf(r.usd, doubtful.Bool))
		}
	}
	return rows.Err()
}

// judgingOf is a judgement that cost usd. It is doubtful where that is an estimate, or unknown.
func judgingOf(usd sql.NullFloat64, doubtful bool) Judging {
	j := Judging{Judgements: 1}
	switch {
	case usd.Valid:
		j.CostUSD, j.CostKnown = &usd.Float64, 1
		if doubtful {
			j.CostEstimated = 1
		}
	case doubtful:
		j.CostUnknown = 1
	}
	return j
}
