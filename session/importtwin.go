package session

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// twin finds the same session as sess, with its number; nil for none. Sessions in the trash come
// last.
func (s *Store) twin(ctx context.Context, tx *sql.Tx, sess *Session) (best *Session, number int64,
	err error) {
	list, err := candidatesFor(ctx, tx, sess)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range list {
		there, err := s.load(ctx, tx, c.id)
		if err != nil {
			return nil, 0, err
		}
		if !c.sure && !begunAlike(there, sess) || !mayReplace(there, sess) {
			continue
		}
		if best == nil || len(there.Turns) > len(best.Turns) && !c.sure {
			best, number = there, c.n
		}
		if c.sure {
			break
		}
	}
	return best, number, nil
}

// candidate is a session that may be the same as another one; sure is one with the same origin or
// id.
type candidate struct {
	id   string
	n    int64
	sure bool
}

// candidatesFor gives the sessions that may equal a given one: those of its origin and its id, then
// those of unknown origin with the same start.
func candidatesFor(ctx context.Context, tx *sql.Tx, sess *Session) (list []candidate, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, n, 1, deleted_at IS NOT NULL FROM sessions WHERE origin = ?1 AND ?1 <> ''
		UNION SELECT id, n, 1, deleted_at IS NOT NULL FROM sessions WHERE id = ?2
		AND created_at = ?3 AND coalesce(origin, '') = ?1
		UNION SELECT id, n, 0, deleted_at IS NOT NULL FROM sessions WHERE origin IS NULL
		AND created_at = ?3 AND id <> ?2
			AND coalesce((SELECT prompt FROM turns WHERE session = sessions.n ORDER BY turns.n
			LIMIT 1), ?4) = ?4
		ORDER BY 3 DESC, 4, 1`, sess.Origin, sess.ID, sess.CreatedAt.UnixMilli(), firstPrompt(sess))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c candidate
		var deleted bool
		if err := rows.Scan(&c.id, &c.n, &c.sure, &deleted); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

func firstPrompt(sess *Session) string {
	if len(sess.Turns) == 0 {
		return ""
	}
	return sess.Turns[0].Prompt
}

// begunAlike reports whether of two sessions without a common origin one is the beginning of the
// other.
func begunAlike(there, given *Session) bool {
	least := min(len(there.Turns), len(given.Turns))
	if len(there.Turns) == 0 || alignedTurns(there, given) < least {
		return false
	}
	if given.Origin != "" { // imported before origins were kept
		return true
	}
	for i := range least {
		if !there.Turns[i].holds(given.Turns[i]) {
			return false
		}
	}
	return true
}

// mayReplace reports whether turns may give way to others of the given session. Imported turns may,
// turns asked here may not.
func mayReplace(there, given *Session) bool {
	same := alignedTurns(there, given)
	if len(given.Turns) <= same {
		return true // nothing takes their place
	}
	for _, t := range there.Turns[same:] {
		for _, r := range t.All() {
			if len(r.Attempts) > 0 || len(r.Chunks) > 0 || given.Origin == "" {
				return false
			}
		}
	}
	return true
}

// alignedTurns counts the prompts that two sessions have in common at their beginning.
func alignedTurns(a, b *Session) int {
	n := 0
	for n < len(a.Turns) && n < len(b.Turns) && a.Turns[n].Prompt == b.Turns[n].Prompt &&
		a.Turns[n].CreatedAt.Equal(b.Turns[n].CreatedAt) {
		n++
	}
	return n
}

// holds reports whether a turn has all answers of another one, perhaps with further ones.
func (t *Turn) holds(o *Turn) bool {
	return !slices.ContainsFunc(o.All(), func(r *Reply) bool { return !t.has(r) })
}

func (t *Turn) has(r *Reply) bool {
	return slices.ContainsFunc(t.Answers(r.Slot), func(h *Reply) bool { return sameReply(h, r) })
}

// sameReply reports whether two replies of a prompt are the same one. The number of the take may
// differ, since each program counts its own.
func sameReply(a, b *Reply) bool {
	return a.Slot == b.Slot && a.Model == b.Model && a.Text == b.Text && a.Status == b.Status
}

// load reads a session within a transaction.
func (s *Store) load(ctx context.Context, tx *sql.Tx, id string) (*Session, error) {
	sess := &Session{ID: id, Turns: []*Turn{}}
	var n, created int64
	err := tx.QueryRowContext(ctx,
		`SELECT n, created_at, system, coalesce(origin, '') FROM sessions WHERE id = ?`, id).
		Scan(&n, &created, &sess.System, &sess.Origin)
	if err != nil {
		return nil, notFound(err, id)
	}
	sess.CreatedAt = time.UnixMilli(created).UTC()
	turns, err := s.readTurns(ctx, tx, sess, n)
	if err != nil {
		return nil, err
	}
	if err := s.readReplies(ctx, tx, sess, n, turns); err != nil {
		return nil, err
	}
	if err := readVotes(ctx, tx, n, turns); err != nil {
		return nil, err
	}
	return sess, readJudgements(ctx, tx, n, turns)
}
