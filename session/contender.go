package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"lineup/providers"
)

// Asked is the contender of a reply. For one of a time before there were contenders it is made
// from what the reply has; nil where that names no model.
func (r *Reply) Asked(sessionSystem string) *providers.Contender {
	if r.Contender != nil || r.Model == "" {
		return r.Contender
	}
	c := providers.Contender{Ref: providers.RefOf(r.Model), Name: r.Name}
	if r.ServedBy == "" || r.ServedBy == r.Model { // else the parameters are another model's
		c.Settings.Params = r.Params
	}
	if r.System != sessionSystem {
		c.Settings.System = &r.System
	}
	return &c
}

// putContender gives the number of a contender in the store, and stores one that is not there.
func putContender(ctx context.Context, tx *sql.Tx, c *providers.Contender) (n *int64, err error) {
	if c == nil {
		return nil, nil
	}
	n = new(int64)
	id := c.ID()
	err = tx.QueryRowContext(ctx, `SELECT n FROM contenders WHERE id = ? AND name = ?`, id,
		c.Name).Scan(n)
	if !errors.Is(err, sql.ErrNoRows) {
		return n, err
	}
	settings, err := json.Marshal(c.Settings)
	if err != nil {
		return nil, err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO contenders (id, name, model, settings)
		VALUES (?, ?, ?, ?) RETURNING n`, id, c.Name, c.Ref.String(), string(settings)).Scan(n)
	return n, err
}

// readContenders gives replies the contenders that they were asked of.
func readContenders(ctx context.Context, tx *sql.Tx, replies []storedReply, sessionSystem string,
) error {
	known := map[int64]*providers.Contender{}
	for _, r := range replies {
		if n := r.contender; n.Valid {
			c, seen := known[n.Int64]
			if !seen {
				var err error
				if c, err = readContender(ctx, tx, n.Int64); err != nil {
					return err
				}
				known[n.Int64] = c
			}
			if c != nil {
				r.Contender, r.Name = c, c.Name
			}
		}
		r.Contender = r.Asked(sessionSystem)
	}
	return nil
}

// readContender is the contender with a number, nil where a damaged store has lost it.
func readContender(ctx context.Context, tx *sql.Tx, n int64) (*providers.Contender, error) {
	var name, model, settings string
	err := tx.QueryRowContext(ctx, `SELECT name, model, settings FROM contenders WHERE n = ?`, n).
		Scan(&name, &model, &settings)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := contenderOf(name, model, settings)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// contenderOf is a contender as the columns of the store have it.
func contenderOf(name, model, settings string) (providers.Contender, error) {
	c := providers.Contender{Name: name, Ref: providers.RefOf(model)}
	if err := json.Unmarshal([]byte(settings), &c.Settings); err != nil {
		return c, fmt.Errorf("%w: %w", errContent, err)
	}
	return c, nil
}
