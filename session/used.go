package session

import (
	"context"
	"database/sql"
	"strconv"
	"time"
)

// clockSlack is how far ahead of this clock a session may be dated and still be of the present.
const clockSlack = time.Minute

// usedOrder is the order in which sessions are listed: the one used last first. A session dated in
// the future, by a wrong clock, comes after all others. Else it would be the last one for ever.
type usedOrder struct {
	now   int64 // in milliseconds since 1970, with clockSlack
	ahead bool  // there are such sessions, which is rare
}

func (s *Store) usedOrder(ctx context.Context, tx *sql.Tx) (o usedOrder, err error) {
	o.now = s.now().Add(clockSlack).UnixMilli()
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sessions WHERE deleted_at IS NULL
		AND updated_at > ?)`, o.now).Scan(&o.ahead)
	return o, err
}

// by is what sessions s are ordered by. An index serves, unless there are sessions of the future.
func (o usedOrder) by() string {
	if o.ahead {
		return `(updated_at > ` + strconv.FormatInt(o.now, 10) + `), updated_at DESC, n DESC`
	}
	return `updated_at DESC, n DESC`
}

// after is the condition on sessions s that stand after one of them in the order.
func (o usedOrder) after(updated, n int64) (where string, args []any) {
	if !o.ahead {
		return `(s.updated_at, s.n) < (?, ?)`, []any{updated, n}
	}
	return `(s.updated_at <= ?, s.updated_at, s.n) < (?, ?, ?)`,
		[]any{o.now, updated <= o.now, updated, n}
}
