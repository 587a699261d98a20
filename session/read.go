package session

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Sessions lists sessions, the one that was used last first; those in the trash by when they came
// there, the newest first.
func (s *Store) Sessions(ctx context.Context, f Filter) ([]Summary, error) {
	_ = s.recoverDead(ctx) // the list does not depend on it
	var list []Summary
	err := s.read(ctx, "list the sessions", func(tx *sql.Tx) (err error) {
		wanted, err := f.resolve(ctx, tx)
		if err != nil {
			return err
		}
		where, args := wanted.where()
		limit := f.Limit
		if limit <= 0 {
			limit = -1
		}
		if f.Deleted {
			list, err = s.trashed(ctx, tx, where, append(args, limit))
			return err
		}
		used, err := s.usedOrder(ctx, tx)
		if err != nil {
			return err
		}
		if f.Before != "" {
			var n, updated int64
			err = tx.QueryRowContext(ctx, `SELECT n, updated_at FROM sessions WHERE id = ?`,
				f.Before).Scan(&n, &updated)
			if err != nil {
				return notFound(err, f.Before)
			}
			after, more := used.after(updated, n)
			where, args = where+` AND `+after, append(args, more...)
		}
		about := min(limit, 100)
		if limit < 0 { // moving a long list while it grows takes a quarter of the time
			if err = tx.QueryRowContext(ctx,
				`SELECT count(*) FROM sessions WHERE deleted_at IS NULL`).Scan(&about); err != nil {
				return err
			}
		}
		list, err = summaries(ctx, tx, about, where+` ORDER BY `+used.by()+` LIMIT ?`,
			append(args, limit)...)
		return err
	})
	return list, err
}

// Summary gives one session as in a list, also one in the trash.
func (s *Store) Summary(ctx context.Context, id string) (Summary, error) {
	var m Summary
	err := s.read(ctx, "find the session", func(tx *sql.Tx) error {
		list, err := summaries(ctx, tx, 1, `id = ?`, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return &ResolveError{ID: id, kind: ErrNotFound}
		}
		m = list[0]
		var deleted sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT deleted_at FROM sessions WHERE id = ?`,
			id).Scan(&deleted); err != nil {
			return err
		}
		if deleted.Valid {
			m.DeletedAt = time.UnixMilli(deleted.Int64).UTC()
		}
		return nil
	})
	return m, err
}

// trashed lists what is in the trash.
func (s *Store) trashed(ctx context.Context, tx *sql.Tx, where string, args []any) ([]Summary,
	error) {
	list, err := summaries(ctx, tx, 0, where+` ORDER BY deleted_at DESC, n DESC LIMIT ?`, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		var at int64
		if err := tx.QueryRowContext(ctx, `SELECT deleted_at FROM sessions WHERE id = ?`,
			list[i].ID).Scan(&at); err != nil {
			return nil, err
		}
		list[i].DeletedAt = time.UnixMilli(at).UTC()
	}
	return list, nil
}

// candidates is how many sessions an ambiguous id lists.
const candidates = 8

// Resolve gives the whole id for a user's short form: an id, its beginning, its last part or the
// beginning of that, or "last" for the most recent session. The error is a *ResolveError where it
// names none or several.
func (s *Store) Resolve(ctx context.Context, id string) (string, error) {
	return s.resolve(ctx, id, false)
}

// ResolveDeleted is Resolve for the sessions in the trash; "last" is the one that came there last.
func (s *Store) ResolveDeleted(ctx context.Context, id string) (string, error) {
	return s.resolve(ctx, id, true)
}

func (s *Store) resolve(ctx context.Context, id string, deleted bool) (string, error) {
	id = strings.ToLower(strings.TrimSpace(id))
	var found []Summary
	err := s.read(ctx, "find the session", func(tx *sql.Tx) (err error) {
		where, order := `deleted_at IS NOT NULL`, `deleted_at DESC, n DESC`
		if !deleted {
			used, err := s.usedOrder(ctx, tx)
			if err != nil {
				return err
			}
			where, order = `deleted_at IS NULL`, used.by()
		}
		switch id {
		case "":
		case "last":
			found, err = summaries(ctx, tx, 1, where+` ORDER BY `+order+` LIMIT 1`)
		default:
			// No id has a character after "~", so these are all that begin with it.
			found, err = summaries(ctx, tx, 1, `(id >= ?1 AND id < ?1 || '~' OR short >= ?1
				AND short < ?1 || '~') AND `+where+`
				ORDER BY `+order+` LIMIT ?2`, id, candidates)
		}
		return err
	})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", &ResolveError{ID: id, kind: ErrNotFound}
	case len(found) == 1:
		return found[0].ID, nil
	}
	return "", &ResolveError{ID: id, Candidates: found, kind: ErrAmbiguous}
}

// Session reads a whole session by its id, also one in the trash. Replies still streaming in
// another lineup are included as far as they go; those of a dead one are interrupted.
func (s *Store) Session(ctx context.Context, id string) (*Session, error) {
	_ = s.recoverDead(ctx) // what it could not write is made up for below
	var sess *Session
	err := s.read(ctx, "open the session", func(tx *sql.Tx) error {
		sess = &Session{ID: id, Turns: []*Turn{}}
		var n, created, updated int64
		var panes []byte
		err := tx.QueryRowContext(ctx, `SELECT n, title, created_at, updated_at, panes, system,
			coalesce(parent, ''),
			coalesce(parent_turn, ''), coalesce(origin, ''), blind, revealed FROM sessions WHERE id = ?`, id).
			Scan(&n, &sess.Title, &created, &updated, &panes, &sess.System, &sess.Parent,
				&sess.ParentTurn, &sess.Origin, &sess.Blind, &sess.Revealed)
		if err != nil {
			return notFound(err, id)
		}
		sess.CreatedAt, sess.UpdatedAt = time.UnixMilli(created).UTC(),
			time.UnixMilli(updated).UTC()
		if sess.Panes, sess.Layout, err = parsePanes(panes); err != nil {
			return err
		}
		tags, err := tagsOf(ctx, tx, n)
		if err != nil {
			return err
		}
		sess.Tags = tags[n]
		turns, err := s.readTurns(ctx, tx, sess, n)
		if err != nil {
			return err
		}
		if err := readAttachments(ctx, tx, n, turns); err != nil {
			return err
		}
		if err := s.readReplies(ctx, tx, sess, n, turns); err != nil {
			return err
		}
		if err := readVotes(ctx, tx, n, turns); err != nil {
			return err
		}
		return readJudgements(ctx, tx, n, turns)
	})
	if err != nil {
		return nil, err
	}
	return sess, nil
}

// readTurns fills in the turns of session n and gives them by number.
func (s *Store) readTurns(ctx context.Context, tx *sql.Tx, sess *Session, n int64) (map[int64]*Turn,
	error) {
	rows, err := tx.QueryContext(ctx,
		`SELECT n, id, created_at, prompt, promoted, tool_result FROM turns
			WHERE session = ? ORDER BY n`, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	turns := map[int64]*Turn{}
	for rows.Next() {
		var turn, created int64
		t := &Turn{}
		if err := rows.Scan(&turn, &t.ID, &created, &t.Prompt, &t.Promoted,
			&t.ToolResult); err != nil {
			return nil, err
		}
		t.CreatedAt = time.UnixMilli(created).UTC()
		turns[turn] = t
		sess.Turns = append(sess.Turns, t)
	}
	return turns, rows.Err()
}

// readReplies puts the replies of session n into its turns, each at its slot; a slot that was not
// asked is nil.
func (s *Store) readReplies(ctx context.Context, tx *sql.Tx, sess *Session, n int64,
	turns map[int64]*Turn) error {
	replies, err := queryReplies(ctx, tx, sess.System,
		`turn IN (SELECT n FROM turns WHERE session = ?)`, n)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if r.owner != "" {
			if err := s.readRunning(ctx, tx, r); err != nil {
				return err
			}
		}
		turns[r.turn].Add(r.Reply, r.inForce)
	}
	return nil
}

// readRunning completes a reply that has not ended in the database.
func (s *Store) readRunning(ctx context.Context, tx *sql.Tx, r storedReply) error {
	if err := addParts(ctx, tx, r); err != nil {
		return err
	}
	if s.owner.is(r.owner) {
		return nil
	}
	if bury, dead := s.owner.dead(r.owner); dead {
		bury()
		endOrphan(r.Reply)
	}
	return nil
}

// queryReplies reads replies in the order of turns, slots and takes.
func queryReplies(ctx context.Context, tx *sql.Tx, sessionSystem, where string,
	args ...any) ([]storedReply, error) {
	rows, err := tx.QueryContext(ctx, `SELECT n, `+askedColumns+`, `+resultColumns+` FROM replies
		WHERE `+where+` ORDER BY turn, slot, take`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var replies []storedReply
	for rows.Next() {
		r, err := scanReply(rows, sessionSystem)
		if err != nil {
			return nil, err
		}
		replies = append(replies, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return replies, readContenders(ctx, tx, replies, sessionSystem)
}
