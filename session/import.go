package session

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"time"

	"lineup/providers"
)

// Outcome says what Import did with a session.
type Outcome string

// The outcomes of an import. Extended is a session of which the store had the first turns: the further ones were added;
// restored is one that was in the trash, to which further turns may have been added too.
const (
	OutcomeNew      Outcome = "imported"
	OutcomeExtended Outcome = "extended"
	OutcomeRestored Outcome = "restored"
	OutcomeKnown    Outcome = "already here"
)

// ImportResult is what became of one session.
type ImportResult struct {
	ID      string // in the store
	Outcome Outcome
	Turns   int // how many were added
}

// Import stores a whole session, in one transaction. Its id and those of its turns are kept where they are free, and
// made anew elsewhere. A session that was begun at the same moment with the same turns is the same one, whatever its
// id and title are now: it is not stored twice, and where the given one goes on further, its further turns are added. One in
// the trash comes back, since who imports it again wants it, and its replies would count twice beside a copy.
// A reply that had not ended becomes an interrupted one. sess is left as it is.
func (s *Store) Import(ctx context.Context, sess *Session) (ImportResult, error) {
	in := *sess
	s.stamp(&in)
	in.Turns = make([]*Turn, len(sess.Turns))
	for i, t := range sess.Turns {
		in.Turns[i] = settledTurn(t, in.CreatedAt)
	}
	var res ImportResult
	err := s.write(ctx, "import the session", durable, func(tx *sql.Tx) error {
		known, err := s.twin(ctx, tx, &in)
		if err != nil {
			return err
		}
		from := 0
		var n int64
		switch {
		case known == nil:
			res.Outcome = OutcomeNew
			n, err = s.insertSession(ctx, tx, &in)
			if err == nil {
				in.ID, err = keepID(ctx, tx, n, sess.ID, in.ID)
			}
		default:
			from = len(known.Turns)
			in.ID, in.System = known.ID, known.System
			var back bool
			if back, err = restore(ctx, tx, known.ID); err != nil {
				return err
			}
			n, _, err = useSession(ctx, tx, known.ID, in.UpdatedAt)
			res.Outcome = OutcomeExtended
			if back {
				res.Outcome = OutcomeRestored
			}
		}
		if err != nil {
			return err
		}
		if from >= len(in.Turns) && res.Outcome == OutcomeExtended {
			res = ImportResult{ID: known.ID, Outcome: OutcomeKnown}
			return nil
		}
		for i := from; i < len(in.Turns); i++ {
			if err := s.importTurn(ctx, tx, n, in.Turns[i], sess.Turns[i].ID, in.System); err != nil {
				return err
			}
		}
		res.ID, res.Turns = in.ID, max(0, len(in.Turns)-from)
		return nil
	})
	return res, err
}

// settledTurn is a copy of a turn whose replies have all ended.
func settledTurn(t *Turn, created time.Time) *Turn {
	c := *t
	if c.CreatedAt.IsZero() {
		c.CreatedAt = created
	}
	c.CreatedAt = inMillis(c.CreatedAt)
	c.Replies, c.Alternatives = settled(t.Replies), settled(t.Alternatives)
	return &c
}

func settled(replies []*Reply) []*Reply {
	out := make([]*Reply, len(replies))
	for i, r := range replies {
		if r != nil && !r.Status.Final() {
			r = cutOff(r.Snapshot())
		}
		out[i] = r
	}
	return out
}

// cutOff ends a reply that was running when its session was exported.
func cutOff(r *Reply) *Reply {
	r.Status = Interrupted
	r.Error = &ErrorInfo{Kind: providers.ConnectionLost, Message: "the session was exported before the answer had ended",
		Hint: "ask again, or go on from the text that is there"}
	if r.Text == "" && r.Reasoning == "" {
		r.Status = Cancelled
		r.Error = &ErrorInfo{Kind: providers.Cancelled, Message: "the session was exported before the answer began", Hint: "ask again"}
	}
	return r
}

// restore takes a session out of the trash, and reports whether it was there.
func restore(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	res, err := tx.ExecContext(ctx, `UPDATE sessions SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL`, id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// twin finds the session that is the same as sess or its beginning, nil where there is none.
func (s *Store) twin(ctx context.Context, tx *sql.Tx, sess *Session) (*Session, error) {
	ids, err := s.begunAt(ctx, tx, sess)
	if err != nil {
		return nil, err
	}
	var best *Session
	for _, id := range ids {
		there, err := s.load(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if !there.CreatedAt.Equal(sess.CreatedAt) || len(there.Turns) == 0 && there.ID != sess.ID {
			continue
		}
		if n := sameTurns(there, sess); n == min(len(there.Turns), len(sess.Turns)) && (best == nil || len(there.Turns) > len(best.Turns)) {
			best = there
		}
	}
	return best, nil
}

// begunAt gives the ids of the sessions that were begun in the same second, by their ids, and the one with the same id, those
// in the trash last.
func (s *Store) begunAt(ctx context.Context, tx *sql.Tx, sess *Session) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM sessions WHERE id >= ?1 AND id < ?1 || '~' OR id = ?2 ORDER BY deleted_at IS NOT NULL, id`,
		sess.CreatedAt.UTC().Format(idLayout), sess.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// sameTurns counts the turns that two sessions have in common at their beginning.
func sameTurns(there, given *Session) int {
	n := 0
	for n < len(there.Turns) && n < len(given.Turns) && there.Turns[n].holds(given.Turns[n]) {
		n++
	}
	return n
}

// holds reports whether a turn has the same prompt at the same moment as another one and all its answers, perhaps with
// further ones, since the same may have been asked again.
func (t *Turn) holds(o *Turn) bool {
	if t.Prompt != o.Prompt || !t.CreatedAt.Equal(o.CreatedAt) {
		return false
	}
	all := t.All()
	for _, r := range o.All() {
		if !slices.ContainsFunc(all, func(h *Reply) bool {
			return h.Slot == r.Slot && h.Take == r.Take && h.Model == r.Model && h.Text == r.Text && h.Status == r.Status
		}) {
			return false
		}
	}
	return true
}

// load reads a session within a transaction.
func (s *Store) load(ctx context.Context, tx *sql.Tx, id string) (*Session, error) {
	sess := &Session{ID: id, Turns: []*Turn{}}
	var n, created int64
	err := tx.QueryRowContext(ctx, `SELECT n, created_at, system FROM sessions WHERE id = ?`, id).Scan(&n, &created, &sess.System)
	if err != nil {
		return nil, notFound(err, id)
	}
	sess.CreatedAt = time.UnixMilli(created).UTC()
	turns, err := s.readTurns(ctx, tx, sess, n)
	if err != nil {
		return nil, err
	}
	return sess, s.readReplies(ctx, tx, sess, n, turns)
}

// sessionID and turnID are what ids look like that this package makes; others are not taken over.
var (
	sessionID = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-[a-hjkmnp-tv-z]{2}[0-9a-hjkmnp-tv-z]{3}$`)
	turnID    = regexp.MustCompile(`^[0-7][0-9a-hjkmnp-tv-z]{25}$`)
)

// keepID gives session n the id that it had before, where that is free, and returns the id that it has.
func keepID(ctx context.Context, tx *sql.Tx, n int64, wanted, made string) (string, error) {
	if !sessionID.MatchString(wanted) {
		return made, nil
	}
	res, err := tx.ExecContext(ctx, `UPDATE sessions SET id = ?1, short = ?2 WHERE n = ?3
		AND NOT EXISTS (SELECT 1 FROM sessions WHERE (id = ?1 OR short = ?2) AND n <> ?3)`, wanted, ShortID(wanted), n)
	if err != nil {
		return "", err
	}
	if changed, err := res.RowsAffected(); err != nil || changed == 0 {
		return made, err
	}
	return wanted, nil
}

// importTurn stores a turn of session n under the id that it had, where that is free.
func (s *Store) importTurn(ctx context.Context, tx *sql.Tx, n int64, t *Turn, wanted, system string) error {
	if err := s.insertTurn(ctx, tx, n, t, system, ""); err != nil {
		return fmt.Errorf("turn %q: %w", t.Prompt[:min(len(t.Prompt), 20)], err)
	}
	if !turnID.MatchString(wanted) {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE turns SET id = ?1 WHERE id = ?2 AND NOT EXISTS (SELECT 1 FROM turns WHERE id = ?1)`, wanted, t.ID)
	return err
}
