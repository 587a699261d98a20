package session

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"lineup/providers"
)

// idTries bounds how often a new session looks for a short id that is free. One in a thousand is taken
// after ten thousand sessions.
const idTries = 10

// CreateSession stores a new session without its turns and fills ID, CreatedAt and UpdatedAt. A CreatedAt that is
// set already stays. The title is cleaned.
func (s *Store) CreateSession(ctx context.Context, sess *Session) error {
	s.stamp(sess)
	return s.write(ctx, "save the session", durable, func(tx *sql.Tx) error {
		_, err := s.insertSession(ctx, tx, sess)
		return err
	})
}

// Insert stores a whole session under a new id, as importing and forking need it. Sessions and turns that have a
// CreatedAt keep it, turns get new ids, and every reply must have ended.
func (s *Store) Insert(ctx context.Context, sess *Session) error {
	const op = "save the session"
	s.stamp(sess)
	for _, t := range sess.Turns {
		for _, r := range t.Replies {
			if r != nil && !r.Status.Final() {
				return fmt.Errorf("cannot %s: %w", op, errRunning)
			}
		}
	}
	return s.write(ctx, op, durable, func(tx *sql.Tx) error {
		n, err := s.insertSession(ctx, tx, sess)
		if err != nil {
			return err
		}
		for _, t := range sess.Turns {
			if t.CreatedAt.IsZero() {
				t.CreatedAt = sess.CreatedAt
			}
			if err := s.insertTurn(ctx, tx, n, t, sess.System, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// stamp fills in what a new session lacks. The store keeps milliseconds.
func (s *Store) stamp(sess *Session) {
	if sess.CreatedAt.IsZero() {
		sess.CreatedAt = s.now()
	}
	if sess.UpdatedAt.Before(sess.CreatedAt) {
		sess.UpdatedAt = sess.CreatedAt
	}
	sess.CreatedAt, sess.UpdatedAt = inMillis(sess.CreatedAt), inMillis(sess.UpdatedAt)
	sess.Title = providers.CleanLine(sess.Title)
}

func inMillis(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

func (s *Store) insertSession(ctx context.Context, tx *sql.Tx, sess *Session) (n int64, err error) {
	panes, err := paneList(sess.Panes)
	if err != nil {
		return 0, err
	}
	for range idTries {
		sess.ID = s.ids.session(sess.CreatedAt)
		err = tx.QueryRowContext(ctx, `INSERT INTO sessions (id, short, created_at, updated_at, title, panes, system)
			VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING n`, sess.ID, ShortID(sess.ID),
			sess.CreatedAt.UnixMilli(), sess.UpdatedAt.UnixMilli(), sess.Title, panes, sess.System).Scan(&n)
		if !taken(err) {
			break
		}
	}
	if err != nil {
		return 0, err
	}
	return n, index(ctx, tx, `title_search`, n, sess.Title)
}

func paneList(panes []string) (string, error) {
	if panes == nil {
		panes = []string{}
	}
	b, err := json.Marshal(panes)
	return string(b), err
}

// AddTurn stores a turn and a waiting reply for each pane, in one transaction. It comes before the requests go out,
// so that there is no answer to a prompt that is not kept. A slot may be given once.
func (s *Store) AddTurn(ctx context.Context, sessionID, prompt string, replies []*Reply) (*Turn, error) {
	const op = "save the prompt"
	t := &Turn{Prompt: prompt, CreatedAt: inMillis(s.now()), Replies: replies}
	owner, err := s.owner.acquire(s.ids, s.now())
	if err != nil {
		return nil, s.fail(ctx, op, err)
	}
	err = s.write(ctx, op, durable, func(tx *sql.Tx) error {
		var n int64
		var system string
		err := tx.QueryRowContext(ctx, `UPDATE sessions SET updated_at = max(updated_at, ?) WHERE id = ? RETURNING n, system`,
			t.CreatedAt.UnixMilli(), sessionID).Scan(&n, &system)
		if err != nil {
			return notFound(err, sessionID)
		}
		return s.insertTurn(ctx, tx, n, t, system, owner)
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// insertTurn stores a turn of session n with its replies; those that have not ended get the owner.
func (s *Store) insertTurn(ctx context.Context, tx *sql.Tx, session int64, t *Turn, system, owner string) (err error) {
	if t.ID, err = s.ids.turn(t.CreatedAt); err != nil {
		return err
	}
	var turn int64
	err = tx.QueryRowContext(ctx, `INSERT INTO turns (id, session, created_at, prompt) VALUES (?, ?, ?, ?) RETURNING n`,
		t.ID, session, t.CreatedAt.UnixMilli(), t.Prompt).Scan(&turn)
	if err != nil {
		return err
	}
	if err := index(ctx, tx, `search`, turn*rowsPerTurn, t.Prompt); err != nil {
		return err
	}
	for _, r := range t.Replies {
		if r == nil {
			continue
		}
		if err := s.insertReply(ctx, tx, turn, r, system, owner); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insertReply(ctx context.Context, tx *sql.Tx, turn int64, r *Reply, system, owner string) error {
	if r.Slot < 0 || r.Slot > maxSlot {
		return fmt.Errorf("slot %d is out of range 0 to %d", r.Slot, maxSlot)
	}
	if r.Status.Final() {
		owner = ""
	}
	values, err := askedValues(turn, r, system)
	if err != nil {
		return err
	}
	result, err := resultValues(r, owner, s.Version, s.now())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO replies (`+askedColumns+`, `+resultColumns+`) VALUES (`+askedMarks+`, `+resultMarks+`)`,
		append(values, result...)...); err != nil {
		return err
	}
	if owner != "" {
		return nil
	}
	return index(ctx, tx, `search`, turn*rowsPerTurn+int64(r.Slot)+1, r.Text)
}

// Rename gives a session another title, cleaned.
func (s *Store) Rename(ctx context.Context, id, title string) error {
	title = providers.CleanLine(title)
	return s.write(ctx, "rename the session", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `UPDATE sessions SET title = ? WHERE id = ? RETURNING n`, title, id).Scan(&n)
		if err != nil {
			return notFound(err, id)
		}
		return index(ctx, tx, `title_search`, n, title)
	})
}

// SetPanes stores which models a session has now.
func (s *Store) SetPanes(ctx context.Context, id string, panes []string) error {
	return s.write(ctx, "save the panes", durable, func(tx *sql.Tx) error {
		list, err := paneList(panes)
		if err != nil {
			return err
		}
		var n int64
		err = tx.QueryRowContext(ctx, `UPDATE sessions SET panes = ? WHERE id = ? RETURNING n`, list, id).Scan(&n)
		return notFound(err, id)
	})
}

// Delete removes a session with its turns, replies and votes.
func (s *Store) Delete(ctx context.Context, id string) error {
	return s.write(ctx, "delete the session", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `DELETE FROM sessions WHERE id = ? RETURNING n`, id).Scan(&n)
		return notFound(err, id)
	})
}

// notFound turns "no row" into ErrNotFound.
func notFound(err error, id string) error {
	if err == sql.ErrNoRows {
		return &ResolveError{ID: id, kind: ErrNotFound}
	}
	return err
}
