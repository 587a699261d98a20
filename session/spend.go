package session

import (
	"context"
	"database/sql"
)

// What kept sums were spent on.
const (
	SpentOnRuns     = "run"       // lineup run
	SpentOnBenches  = "bench"     // lineup bench
	SpentOnQuestion = "question"  // lineup ask --no-save
	SpentOnJudging  = "judgement" // that a later one replaced, or that did not come about
)

// quarter floors a time in milliseconds to the quarter of an hour.
const quarter = ` / 900000 * 900000`

// addSpending ends the statement that adds rows of at, what, usd, known, unknown and estimated.
const (
	addSpending = `INSERT INTO spendings (at, what, usd, known, unknown, estimated) `
	toSpending  = ` ON CONFLICT (at, what) DO UPDATE SET usd = usd + excluded.usd,
		known = known + excluded.known, unknown = unknown + excluded.unknown,
		estimated = max(estimated, excluded.estimated)`
)

// Spend keeps money that no reply in the store tells of, so that the sum of the day has it
// ([Store.Spent]). what is one of the constants of this package. Texts are not kept.
func (s *Store) Spend(ctx context.Context, what string, sum Spent) error {
	at := s.now().UnixMilli()
	return s.write(ctx, "save the spending", durable, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, addSpending+`VALUES (?`+quarter+`, ?, ?, ?, ?, ?)`+toSpending,
			at, what, sum.USD, sum.Known, sum.Unknown, sum.Estimated)
		return err
	})
}

// keepReplaced keeps the cost of the judgement that another one replaces.
func keepReplaced(ctx context.Context, tx *sql.Tx, turn int64, j *Judgement) error {
	_, err := tx.ExecContext(ctx, addSpending+`SELECT at`+quarter+`, ?1, coalesce(cost_usd, 0),
		cost_usd IS NOT NULL, cost_unknown, cost_usd IS NOT NULL AND cost ->> 'source' GLOB '~*'
		FROM judgements WHERE turn = ?2 AND judge = ?3 AND slot_a = ?4 AND slot_b = ?5 AND at <> ?6
		AND NOT simulated AND NOT copied AND (cost_usd IS NOT NULL OR cost_unknown)`+toSpending,
		SpentOnJudging, turn, j.Judge, j.A, j.B, j.At.UnixMilli())
	return err
}
