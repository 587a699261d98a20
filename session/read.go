package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Summary is a session in a list.
type Summary struct {
	ID        string
	Title     string
	CreatedAt time.Time
	UpdatedAt time.Time
	Turns     int      // how many
	Panes     []string // model references, left to right
}

// Filter says which part of a list is wanted.
type Filter struct {
	Limit  int    // at most so many; 0 for all
	Before string // only sessions that the list has behind the one with this id; "" for the start
}

const summaryColumns = `s.id, s.title, s.created_at, s.updated_at, s.turns, s.panes`

// scanner reads summaries, of which most have the same panes as the one before.
type scanner struct {
	list  string // JSON
	panes []string
}

// scan reads summaryColumns and what the query has behind them.
func (s *scanner) scan(row interface{ Scan(...any) error }, m *Summary, more ...any) (err error) {
	var created, updated int64
	var list string
	if err := row.Scan(append([]any{&m.ID, &m.Title, &created, &updated, &m.Turns, &list}, more...)...); err != nil {
		return err
	}
	m.CreatedAt, m.UpdatedAt = time.UnixMilli(created).UTC(), time.UnixMilli(updated).UTC()
	if list != s.list || s.panes == nil {
		if s.panes, err = parsePanes([]byte(list)); err != nil {
			return err
		}
		s.list = list
	}
	m.Panes = slices.Clone(s.panes)
	return nil
}

// Sessions lists sessions, the one that was used last first.
func (s *Store) Sessions(ctx context.Context, f Filter) ([]Summary, error) {
	_ = s.recoverDead(ctx) // the list does not depend on it
	var list []Summary
	err := s.read(ctx, "list the sessions", func(tx *sql.Tx) (err error) {
		limit := f.Limit
		if limit <= 0 {
			limit = -1
		}
		if f.Before == "" {
			list, err = summaries(ctx, tx, `TRUE ORDER BY updated_at DESC, n DESC LIMIT ?`, limit)
			return err
		}
		var n, updated int64
		err = tx.QueryRowContext(ctx, `SELECT n, updated_at FROM sessions WHERE id = ?`, f.Before).Scan(&n, &updated)
		if err != nil {
			return notFound(err, f.Before)
		}
		list, err = summaries(ctx, tx, `(updated_at, n) < (?, ?) ORDER BY updated_at DESC, n DESC LIMIT ?`, updated, n, limit)
		return err
	})
	return list, err
}

func summaries(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]Summary, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+summaryColumns+` FROM sessions s WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Summary
	var sc scanner
	for rows.Next() {
		var m Summary
		if err := sc.scan(rows, &m); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

func parsePanes(list []byte) (panes []string, err error) {
	if err := json.Unmarshal(list, &panes); err != nil {
		return nil, fmt.Errorf("%w: %w", errContent, err)
	}
	return panes, nil
}

// candidates is how many sessions an ambiguous id lists.
const candidates = 8

// Resolve gives the whole id for what a user typed: an id, its beginning, its last part or the beginning of that,
// or "last" for the session that was used last. The error is a *ResolveError where it names none or several.
func (s *Store) Resolve(ctx context.Context, id string) (string, error) {
	id = strings.ToLower(strings.TrimSpace(id))
	var found []Summary
	err := s.read(ctx, "find the session", func(tx *sql.Tx) (err error) {
		switch id {
		case "":
		case "last":
			found, err = summaries(ctx, tx, `TRUE ORDER BY updated_at DESC, n DESC LIMIT 1`)
		default:
			// No id has a character behind "~", so these are all that begin with it.
			found, err = summaries(ctx, tx, `id >= ?1 AND id < ?1 || '~' OR short >= ?1 AND short < ?1 || '~'
				ORDER BY updated_at DESC, n DESC LIMIT ?2`, id, candidates)
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

// Session reads a whole session by its id. Replies that another lineup is still streaming come as far as they are;
// those that a dead one left come as interrupted.
func (s *Store) Session(ctx context.Context, id string) (*Session, error) {
	_ = s.recoverDead(ctx) // what it could not write is made up for below
	var sess *Session
	err := s.read(ctx, "open the session", func(tx *sql.Tx) error {
		sess = &Session{ID: id, Turns: []*Turn{}}
		var n, created, updated int64
		var panes []byte
		err := tx.QueryRowContext(ctx, `SELECT n, title, created_at, updated_at, panes, system FROM sessions WHERE id = ?`, id).
			Scan(&n, &sess.Title, &created, &updated, &panes, &sess.System)
		if err != nil {
			return notFound(err, id)
		}
		sess.CreatedAt, sess.UpdatedAt = time.UnixMilli(created).UTC(), time.UnixMilli(updated).UTC()
		if sess.Panes, err = parsePanes(panes); err != nil {
			return err
		}
		turns, err := s.readTurns(ctx, tx, sess, n)
		if err != nil {
			return err
		}
		return s.readReplies(ctx, tx, sess, n, turns)
	})
	if err != nil {
		return nil, err
	}
	return sess, nil
}

// readTurns fills in the turns of session n and gives them by number.
func (s *Store) readTurns(ctx context.Context, tx *sql.Tx, sess *Session, n int64) (map[int64]*Turn, error) {
	rows, err := tx.QueryContext(ctx, `SELECT n, id, created_at, prompt FROM turns WHERE session = ? ORDER BY n`, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	turns := map[int64]*Turn{}
	for rows.Next() {
		var turn, created int64
		t := &Turn{}
		if err := rows.Scan(&turn, &t.ID, &created, &t.Prompt); err != nil {
			return nil, err
		}
		t.CreatedAt = time.UnixMilli(created).UTC()
		turns[turn] = t
		sess.Turns = append(sess.Turns, t)
	}
	return turns, rows.Err()
}

// readReplies puts the replies of session n into its turns, each at its slot; a slot that was not asked is nil.
func (s *Store) readReplies(ctx context.Context, tx *sql.Tx, sess *Session, n int64, turns map[int64]*Turn) error {
	replies, err := queryReplies(ctx, tx, sess.System, `turn IN (SELECT n FROM turns WHERE session = ?)`, n)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if r.owner != "" {
			if err := s.readRunning(ctx, tx, r); err != nil {
				return err
			}
		}
		t := turns[r.turn]
		for len(t.Replies) <= r.Slot {
			t.Replies = append(t.Replies, nil)
		}
		t.Replies[r.Slot] = r.Reply
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

// queryReplies reads replies in the order of turns and slots.
func queryReplies(ctx context.Context, tx *sql.Tx, sessionSystem, where string, args ...any) ([]storedReply, error) {
	rows, err := tx.QueryContext(ctx, `SELECT n, `+askedColumns+`, `+resultColumns+` FROM replies WHERE `+where+` ORDER BY turn, slot`, args...)
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
	return replies, rows.Err()
}
