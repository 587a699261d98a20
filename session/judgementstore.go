package session

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// putJudgement keeps to the order of these columns, and so does scanJudgement.
const judgementColumns = `judge, slot_a, slot_b, at, winner, flipped, self, fallback, simulated,
	copied, reason, verdicts, contenders, lengths, usage, cost`

// judgementRead are the columns that scanJudgement reads.
const judgementRead = judgementColumns + `, cost_unknown`

// Judge stores judgements on a turn, each in the place of an earlier one of the same judge on the
// same pair. It fills in At where it is zero. The session does not count as used.
func (s *Store) Judge(ctx context.Context, turnID string, list ...*Judgement) error {
	for _, j := range list {
		if j.At.IsZero() {
			j.At = s.now()
		}
		j.At = inMillis(j.At)
	}
	return s.write(ctx, "save the judgements", durable, func(tx *sql.Tx) error {
		turn, err := turnNumber(ctx, tx, turnID)
		if err != nil {
			return err
		}
		for _, j := range list {
			if err := keepReplaced(ctx, tx, turn, j); err != nil {
				return err
			}
			if err := putJudgement(ctx, tx, turn, j); err != nil {
				return err
			}
		}
		return nil
	})
}

func putJudgement(ctx context.Context, tx *sql.Tx, turn int64, j *Judgement) error {
	if err := j.Check(); err != nil {
		return err
	}
	values := []any{turn, j.Judge, j.A, j.B, j.At.UnixMilli(), j.Winner, j.Flipped, j.Self,
		j.Fallback, j.Simulated, j.Copied, j.Reason}
	for _, part := range []any{j.Verdicts, j.Contenders, j.Lengths, j.Usage, j.Cost} {
		b, err := plainJSON(part)
		if err != nil {
			return err
		}
		values = append(values, string(b))
	}
	values = append(values, j.Cost.USD, j.Cost.USD == nil && !j.Cost.Own)
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO judgements (turn, `+judgementColumns+`,
		cost_usd, cost_unknown) VALUES (?`+strings.Repeat(", ?", len(values)-1)+`)`, values...)
	return err
}

// scanJudgement reads judgementRead into a judgement, and what stands before it.
func scanJudgement(rows *sql.Rows, j *Judgement, before ...any) error {
	var at int64
	var verdicts, contenders, lengths, usage, cost []byte
	var unknown bool
	err := rows.Scan(append(before, &j.Judge, &j.A, &j.B, &at, &j.Winner, &j.Flipped, &j.Self,
		&j.Fallback, &j.Simulated, &j.Copied, &j.Reason, &verdicts, &contenders, &lengths, &usage,
		&cost, &unknown)...)
	if err != nil {
		return err
	}
	j.At = time.UnixMilli(at).UTC()
	err = decodeParts([]jsonPart{{verdicts, &j.Verdicts}, {contenders, &j.Contenders},
		{lengths, &j.Lengths}, {usage, &j.Usage}, {cost, &j.Cost}})
	j.Cost.Own = j.Cost.USD == nil && !unknown
	return err
}

// readJudgements puts the judgements of session n into its turns.
func readJudgements(ctx context.Context, tx *sql.Tx, n int64, turns map[int64]*Turn) error {
	rows, err := tx.QueryContext(ctx, `SELECT turn, `+judgementRead+` FROM judgements
		WHERE turn IN (SELECT n FROM turns WHERE session = ?) ORDER BY at, n`, n)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var turn int64
		j := &Judgement{}
		if err := scanJudgement(rows, j, &turn); err != nil {
			return err
		}
		turns[turn].Judgements = append(turns[turn].Judgements, j)
	}
	return rows.Err()
}

// MadeJudgement is a judgement with the place where it was made.
type MadeJudgement struct {
	Session string
	Turn    string
	Prompt  string
	Judgement
}

// Judgements reads the judgements of a judge, the oldest first. Those of sessions in the trash are
// left out, and those that a fork took over: they count where they were made.
func (s *Store) Judgements(ctx context.Context, judge string, f VoteFilter) (
	list []MadeJudgement, err error,
) {
	err = s.read(ctx, "read the judgements", func(tx *sql.Tx) error {
		list = nil
		where, args := f.where()
		rows, err := tx.QueryContext(ctx, `SELECT session_id, t.id, t.prompt, `+judgementRead+`
			FROM judgements JOIN turns t ON t.n = judgements.turn JOIN (SELECT n AS session_n,
			id AS session_id, deleted_at, blind AS hides, revealed FROM sessions)
			ON session_n = t.session WHERE `+where+` AND judge = ? ORDER BY at, judgements.n`,
			append(args, judge)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var m MadeJudgement
			err := scanJudgement(rows, &m.Judgement, &m.Session, &m.Turn, &m.Prompt)
			if err != nil {
				return err
			}
			list = append(list, m)
		}
		return rows.Err()
	})
	return list, err
}
