package session

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lineup/providers"
)

// idTries bounds how often a new session looks for a short id that is free. One in a thousand is
// taken after ten thousand sessions.
const idTries = 10

// CreateSession stores a new session without its turns and fills ID, CreatedAt and UpdatedAt. A
// CreatedAt that is set already stays. The title is cleaned.
func (s *Store) CreateSession(ctx context.Context, sess *Session) error {
	s.stamp(sess)
	return s.write(ctx, "save the session", durable, func(tx *sql.Tx) error {
		_, err := s.insertSession(ctx, tx, sess)
		return err
	})
}

// Insert stores a whole session under a new id, as importing and forking need it. Sessions and
// turns that have a CreatedAt keep it, turns get new ids, and every reply must have ended.
func (s *Store) Insert(ctx context.Context, sess *Session) error {
	const op = "save the session"
	s.stamp(sess)
	for _, t := range sess.Turns {
		for _, r := range t.All() {
			if !r.Status.Final() {
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
			if err := s.insertTurn(ctx, tx, n, t, sess.System, "", ""); err != nil {
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
	sess.Title, sess.Tags = providers.CleanLine(sess.Title), cleanTags(sess.Tags)
}

func inMillis(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

func (s *Store) insertSession(ctx context.Context, tx *sql.Tx, sess *Session) (n int64, err error) {
	panes, err := paneList(sess.Panes, sess.Layout)
	if err != nil {
		return 0, err
	}
	for range idTries {
		sess.ID = s.ids.session(sess.CreatedAt)
		err = tx.QueryRowContext(ctx, `INSERT INTO sessions (id, short, created_at, updated_at,
			title, panes, system, parent,
			parent_turn, origin, blind, revealed) VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ''),
			nullif(?, ''), nullif(?, ''), ?, ?) RETURNING n`, sess.ID, ShortID(sess.ID), sess.CreatedAt.UnixMilli(),
			sess.UpdatedAt.UnixMilli(), sess.Title, panes, sess.System, sess.Parent,
			sess.ParentTurn,
			sess.Origin, sess.Blind, sess.Revealed).Scan(&n)
		if !taken(err) {
			break
		}
	}
	if err != nil {
		return 0, err
	}
	if err := addTags(ctx, tx, n, sess.Tags); err != nil {
		return 0, err
	}
	return n, indexTitle(ctx, tx, n)
}

// AddTurn stores a turn and a waiting reply for each pane, in one transaction. It comes before the
// requests go out, so that there is no answer to a prompt that is not kept. A slot may be given
// once.
func (s *Store) AddTurn(ctx context.Context, sessionID, prompt string, replies []*Reply,
	files ...providers.Attachment) (*Turn, error) {
	return s.addTurn(ctx, sessionID, &Turn{Prompt: prompt, Attachments: files}, replies)
}

// AddResult is AddTurn for the result of tools, typed by hand.
func (s *Store) AddResult(ctx context.Context, sessionID, result string, replies []*Reply) (*Turn,
	error) {
	return s.addTurn(ctx, sessionID, &Turn{Prompt: result, ToolResult: true}, replies)
}

func (s *Store) addTurn(
	ctx context.Context, sessionID string, t *Turn, replies []*Reply,
) (*Turn, error) {
	const op = "save the prompt"
	for _, r := range replies { // some panes may not be asked
		if r != nil {
			t.Add(r, true)
		}
	}
	t.CreatedAt = inMillis(s.now())
	owner, err := s.owner.acquire(s.ids, s.now())
	if err != nil {
		return nil, s.fail(ctx, op, err)
	}
	err = s.write(ctx, op, durable, func(tx *sql.Tx) error {
		n, system, err := useSession(ctx, tx, sessionID, t.CreatedAt)
		if err != nil {
			return err
		}
		return s.insertTurn(ctx, tx, n, t, system, owner, s.Version)
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// insertTurn stores a turn of session n with its replies; those that have not ended get the owner.
// version is that of replies that carry none, "" for unknown.
func (s *Store) insertTurn(ctx context.Context, tx *sql.Tx, session int64, t *Turn, system,
	owner, version string) (err error) {
	if t.ID, err = s.ids.turn(t.CreatedAt); err != nil {
		return err
	}
	var turn int64
	err = tx.QueryRowContext(ctx, `INSERT INTO turns (id, session, created_at, prompt, promoted,
		tool_result) VALUES (?, ?, ?, ?, ?, ?) RETURNING n`,
		t.ID, session, t.CreatedAt.UnixMilli(), t.Prompt, t.Promoted, t.ToolResult).Scan(&turn)
	if err != nil {
		return err
	}
	if err := index(ctx, tx, `search`, turn*rowsPerTurn, t.Prompt); err != nil {
		return err
	}
	if err := insertAttachments(ctx, tx, turn, t.Attachments); err != nil {
		return err
	}
	for _, r := range t.All() {
		inForce := r == t.Reply(r.Slot)
		if err := s.insertReply(ctx, tx, turn, r, inForce, system, owner, version); err != nil {
			return err
		}
	}
	for _, v := range t.Votes {
		if err := putVote(ctx, tx, turn, v); err != nil {
			return err
		}
	}
	for _, j := range t.Judgements {
		if err := putJudgement(ctx, tx, turn, j); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insertReply(ctx context.Context, tx *sql.Tx, turn int64, r *Reply, inForce bool,
	system, owner, version string) error {
	if r.Slot < 0 || r.Slot > maxSlot {
		return fmt.Errorf("slot %d is out of range 0 to %d", r.Slot, maxSlot)
	}
	if r.Status.Final() {
		owner = ""
	}
	contender, err := putContender(ctx, tx, r.Asked(system))
	if err != nil {
		return err
	}
	values := askedValues(turn, r, inForce, system, contender)
	result, err := resultValues(r, owner, version, s.now())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO replies (`+askedColumns+`, `+resultColumns+`)
		VALUES (`+askedMarks+`, `+resultMarks+`)`,
		append(values, result...)...); err != nil {
		return err
	}
	if owner != "" {
		return nil
	}
	return indexAnswer(ctx, tx, turn, r)
}

// indexAnswer makes a reply's text searchable, together with those of the other takes of its slot:
// they share a row.
func indexAnswer(ctx context.Context, tx *sql.Tx, turn int64, r *Reply) error {
	text := r.Text
	rows, err := tx.QueryContext(ctx, `SELECT text FROM replies WHERE turn = ? AND slot = ?
		AND take <> ? AND owner IS NULL`, turn, r.Slot, r.Take)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var other string
		if err := rows.Scan(&other); err != nil {
			return err
		}
		text += "\n" + other
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return index(ctx, tx, `search`, turn*rowsPerTurn+int64(r.Slot)+1, text)
}

// AppendTurn stores a turn with ended replies at the end of a session, such as one that could not
// be stored at its time. It fills in the turn's id.
func (s *Store) AppendTurn(ctx context.Context, sessionID string, t *Turn) error {
	const op = "save the turn"
	for _, r := range t.All() {
		if !r.Status.Final() {
			return fmt.Errorf("cannot %s: %w", op, errRunning)
		}
	}
	if t.CreatedAt.IsZero() {
		t.CreatedAt = inMillis(s.now())
	}
	return s.write(ctx, op, durable, func(tx *sql.Tx) error {
		n, system, err := useSession(ctx, tx, sessionID, t.CreatedAt)
		if err != nil {
			return err
		}
		return s.insertTurn(ctx, tx, n, t, system, "", s.Version)
	})
}

// useSession finds a session that is not deleted and marks it as used.
func useSession(ctx context.Context, tx *sql.Tx, id string, at time.Time) (n int64, system string,
	err error) {
	err = tx.QueryRowContext(ctx, `UPDATE sessions SET updated_at = max(updated_at, ?) WHERE id = ?
		AND deleted_at IS NULL RETURNING n, system`,
		at.UnixMilli(), id).Scan(&n, &system)
	return n, system, notFound(err, id)
}

// Rename gives a session another title, cleaned.
func (s *Store) Rename(ctx context.Context, id, title string) error {
	title = providers.CleanLine(title)
	return s.write(ctx, "rename the session", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `UPDATE sessions SET title = ? WHERE id = ?
			AND deleted_at IS NULL RETURNING n`, title, id).Scan(&n)
		if err != nil {
			return notFound(err, id)
		}
		return indexTitle(ctx, tx, n)
	})
}

// SetPanes stores which panes a session has now, with their own settings, and how they stand.
func (s *Store) SetPanes(
	ctx context.Context, id string, panes []providers.Contender, l Layout,
) error {
	return s.write(ctx, "save the panes", durable, func(tx *sql.Tx) error {
		list, err := paneList(panes, l)
		if err != nil {
			return err
		}
		var n int64
		err = tx.QueryRowContext(ctx, `UPDATE sessions SET panes = ? WHERE id = ?
			AND deleted_at IS NULL RETURNING n`, list, id).Scan(&n)
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
