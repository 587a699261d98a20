package session

import (
	"context"
	"database/sql"
	"time"
)

// AddBench keeps a measurement.
func (s *Store) AddBench(ctx context.Context, b *Bench) error {
	values := []any{b.At.UnixMilli(), b.Contender.Ref.String(), b.Summary.Knee != nil, s.Version}
	for _, part := range []any{b.Contender, b.Terms, b.Levels, b.Summary} {
		text, err := plainJSON(part)
		if err != nil {
			return err
		}
		values = append(values, string(text))
	}
	return s.write(ctx, "save the measurement", durable, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO benches (at, model, has_knee, version, contender,
			terms, levels, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, values...)
		return err
	})
}

// NewestBench is the last measurement of a model that found how much its server can serve. It is
// nil where there is none.
func (s *Store) NewestBench(ctx context.Context, model string) (b *Bench, err error) {
	err = s.read(ctx, "read the measurements", func(tx *sql.Tx) error {
		found := Bench{}
		var at int64
		var contender, terms, levels, summary []byte
		err := tx.QueryRowContext(ctx, `SELECT at, version, contender, terms, levels, summary
			FROM benches WHERE model = ? AND has_knee ORDER BY at DESC, n DESC LIMIT 1`,
			model).Scan(&at, &found.Version, &contender, &terms, &levels, &summary)
		if err == sql.ErrNoRows {
			return nil
		}
		if err != nil {
			return err
		}
		found.At = time.UnixMilli(at).UTC()
		b = &found
		return decodeParts([]jsonPart{{contender, &b.Contender}, {terms, &b.Terms},
			{levels, &b.Levels}, {summary, &b.Summary}})
	})
	return b, err
}
