package session

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
)

// Outcome says what Import did with a session.
type Outcome string

// The outcomes of an import.
const (
	OutcomeNew      Outcome = "imported"
	OutcomeExtended Outcome = "extended" // further turns or answers of a session that was here
	// it was in the trash; further turns may have been added too
	OutcomeRestored Outcome = "restored"
	OutcomeKnown    Outcome = "already here" // with every answer that was given
)

// ImportResult is what became of one session.
type ImportResult struct {
	ID      string // in the store
	Outcome Outcome
	Turns   int // how many were added
}

// Import stores a whole session, in one transaction. Its id and those of its turns are kept where
// they are free, and made new elsewhere. sess is left as it is. A reply that had not ended becomes
// an interrupted one.
//
// A session that is here already is not stored twice, whatever its id and title are now. It is
// known by its Origin or its id; else by the moment at which it began and by all its turns. What
// the given one has beyond it is added: further turns, and further answers to the same prompts,
// which are in force then. If the given one went another way after some turns, its turns replace
// those of an earlier import. Turns asked here stay, and it becomes a session of its own. One in
// the trash comes back: its replies would count twice beside a copy.
func (s *Store) Import(ctx context.Context, sess *Session) (ImportResult, error) {
	in := *sess
	s.stamp(&in)
	in.Turns = make([]*Turn, len(sess.Turns))
	for i, t := range sess.Turns {
		in.Turns[i] = settledTurn(t, in.CreatedAt)
		for _, r := range in.Turns[i].All() {
			if err := r.Check(); err != nil {
				return ImportResult{}, fmt.Errorf("cannot import the session: turns[%d]: %w", i,
					err)
			}
		}
		if err := in.Turns[i].checkVotes(); err != nil {
			return ImportResult{}, fmt.Errorf("cannot import the session: turns[%d].%w", i, err)
		}
		if err := in.Turns[i].checkJudgements(); err != nil {
			return ImportResult{}, fmt.Errorf("cannot import the session: turns[%d].%w", i, err)
		}
	}
	var res ImportResult
	err := s.write(ctx, "import the session", durable, func(tx *sql.Tx) error {
		known, n, err := s.twin(ctx, tx, &in)
		if err != nil {
			return err
		}
		im := importing{s: s, tx: tx, in: &in, ids: sess}
		if known == nil {
			res, err = im.whole(ctx)
		} else {
			res, err = im.into(ctx, known, n)
		}
		return err
	})
	return res, err
}

// importing is one import in its transaction.
type importing struct {
	s   *Store
	tx  *sql.Tx
	in  *Session // what is stored
	ids *Session // as it was given, with the ids that are wanted
}

// whole stores a session that is not here.
func (im importing) whole(ctx context.Context) (res ImportResult, err error) {
	n, err := im.s.insertSession(ctx, im.tx, im.in)
	if err != nil {
		return res, err
	}
	if im.in.ID, err = keepID(ctx, im.tx, n, im.ids.ID, im.in.ID); err != nil {
		return res, err
	}
	err = im.turns(ctx, n, 0, im.in.System)
	return ImportResult{ID: im.in.ID, Outcome: OutcomeNew, Turns: len(im.in.Turns)}, err
}

// into adds to session n, which is here, what it lacks.
func (im importing) into(ctx context.Context, known *Session, n int64) (res ImportResult,
	err error) {
	same := alignedTurns(known, im.in)
	res = ImportResult{ID: known.ID, Outcome: OutcomeKnown, Turns: len(im.in.Turns) - same}
	back, err := restore(ctx, im.tx, known.ID)
	if err != nil {
		return res, err
	}
	answers := false
	for i := range same {
		added, err := im.answers(ctx, known.Turns[i], im.in.Turns[i], known.System)
		if err != nil {
			return res, err
		}
		voted, err := im.votes(ctx, known.Turns[i], im.in.Turns[i])
		if err != nil {
			return res, err
		}
		judged, err := im.judgements(ctx, known.Turns[i], im.in.Turns[i])
		if err != nil {
			return res, err
		}
		filed, err := im.files(ctx, known.Turns[i], im.in.Turns[i])
		if err != nil {
			return res, err
		}
		answers = answers || added || voted || judged || filed
	}
	if res.Turns > 0 { // what follows here is another way, or nothing
		for _, t := range known.Turns[same:] {
			if _, err := im.tx.ExecContext(ctx, `DELETE FROM turns WHERE id = ?`,
				t.ID); err != nil {
				return res, err
			}
		}
		if err := im.turns(ctx, n, same, known.System); err != nil {
			return res, err
		}
	}
	if err := im.claim(ctx, n); err != nil {
		return res, err
	}
	switch {
	case back:
		res.Outcome = OutcomeRestored
	case answers || res.Turns > 0:
		res.Outcome = OutcomeExtended
	default:
		return res, nil
	}
	_, _, err = useSession(ctx, im.tx, known.ID, im.in.UpdatedAt)
	return res, err
}

// claim notes the origin of session n, if it is new.
func (im importing) claim(ctx context.Context, n int64) error {
	if im.in.Origin == "" {
		return nil
	}
	_, err := im.tx.ExecContext(ctx,
		`UPDATE sessions SET origin = ? WHERE n = ? AND origin IS NULL`, im.in.Origin, n)
	return err
}

// turns stores the turns from one on, under the ids that they had where these are free.
func (im importing) turns(ctx context.Context, n int64, from int, system string) error {
	for i := from; i < len(im.in.Turns); i++ {
		t := im.in.Turns[i]
		if err := im.s.insertTurn(ctx, im.tx, n, t, system, "", ""); err != nil {
			return fmt.Errorf("turns[%d]: %w", i, err)
		}
		wanted := im.ids.Turns[i].ID
		if !turnID.MatchString(wanted) {
			continue
		}
		if _, err := im.tx.ExecContext(ctx, `UPDATE turns SET id = ?1 WHERE id = ?2
			AND NOT EXISTS (SELECT 1 FROM turns WHERE id = ?1)`, wanted, t.ID); err != nil {
			return err
		}
	}
	return nil
}

// answers adds those answers of a turn that the same turn here lacks, and reports whether there
// were any. Then the one that the given turn goes on from is in force.
func (im importing) answers(ctx context.Context, here, given *Turn, system string) (added bool,
	err error) {
	turn, err := im.numberOf(ctx, here)
	if err != nil {
		return false, err
	}
	for _, r := range given.All() {
		if here.has(r) {
			continue
		}
		added = true
		c := r.Snapshot()
		if takes := here.Answers(r.Slot); len(takes) > 0 {
			c.Take = takes[len(takes)-1].Take + 1
		}
		here.Add(c, false)
		if err := im.s.insertReply(ctx, im.tx, turn, c, false, system, "", ""); err != nil {
			return false, err
		}
	}
	if !added {
		return false, nil
	}
	for _, r := range given.Replies {
		if r == nil {
			continue
		}
		for _, h := range here.Answers(r.Slot) {
			if !sameReply(h, r) {
				continue
			}
			if _, err := im.tx.ExecContext(ctx,
				`UPDATE replies SET in_force = (take = ?) WHERE turn = ? AND slot = ?`,
				h.Take, turn, h.Slot); err != nil {
				return false, err
			}
			break
		}
	}
	_, err = im.tx.ExecContext(ctx, `UPDATE turns SET promoted = ? WHERE n = ?`,
		cmp.Or(given.Promoted, here.Promoted), turn)
	return true, err
}

// votes adds those votes of a turn that are later than the same voter's here, and reports whether
// there were any.
func (im importing) votes(ctx context.Context, here, given *Turn) (added bool, err error) {
	for _, v := range given.Votes {
		old := slices.IndexFunc(here.Votes, func(o *Vote) bool { return o.By == v.By })
		if old >= 0 && !v.At.After(here.Votes[old].At) {
			continue
		}
		turn, err := im.numberOf(ctx, here)
		if err != nil {
			return false, err
		}
		if err := putVote(ctx, im.tx, turn, v); err != nil {
			return false, err
		}
		added = true
	}
	return added, nil
}

// files gives a turn that has no files those of the same turn. An earlier import left them out.
func (im importing) files(ctx context.Context, here, given *Turn) (added bool, err error) {
	if len(given.Attachments) == 0 {
		return false, nil
	}
	turn, err := im.numberOf(ctx, here)
	if err != nil {
		return false, err
	}
	var has bool
	err = im.tx.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM turn_attachments WHERE turn = ?)`, turn).Scan(&has)
	if err != nil || has {
		return false, err
	}
	return true, insertAttachments(ctx, im.tx, turn, given.Attachments)
}

// judgements is votes for the judgements of a turn.
func (im importing) judgements(ctx context.Context, here, given *Turn) (added bool, err error) {
	for _, j := range given.Judgements {
		old := slices.IndexFunc(here.Judgements, j.again)
		if old >= 0 && !j.At.After(here.Judgements[old].At) {
			continue
		}
		turn, err := im.numberOf(ctx, here)
		if err != nil {
			return false, err
		}
		if err := putJudgement(ctx, im.tx, turn, j); err != nil {
			return false, err
		}
		added = true
	}
	return added, nil
}

// numberOf is the number of a turn that is here.
func (im importing) numberOf(ctx context.Context, here *Turn) (turn int64, err error) {
	err = im.tx.QueryRowContext(ctx, `SELECT n FROM turns WHERE id = ?`, here.ID).Scan(&turn)
	return turn, err
}

// restore takes a session out of the trash, and reports whether it was there.
func restore(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	res, err := tx.ExecContext(ctx,
		`UPDATE sessions SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL`, id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// sessionID and turnID are what ids look like that this package makes; others are not taken over.
var (
	sessionID = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-[a-hjkmnp-tv-z]{2}[0-9a-hjkmnp-tv-z]{3}$`)
	turnID    = regexp.MustCompile(`^[0-7][0-9a-hjkmnp-tv-z]{25}$`)
)

// keepID gives session n its earlier id if that is free, and returns its id.
func keepID(ctx context.Context, tx *sql.Tx, n int64, wanted, made string) (string, error) {
	if !sessionID.MatchString(wanted) {
		return made, nil
	}
	res, err := tx.ExecContext(ctx, `UPDATE sessions SET id = ?1, short = ?2 WHERE n = ?3
		AND NOT EXISTS (SELECT 1 FROM sessions WHERE (id = ?1 OR short = ?2) AND n <> ?3)`, wanted,
		ShortID(wanted), n)
	if err != nil {
		return "", err
	}
	if changed, err := res.RowsAffected(); err != nil || changed == 0 {
		return made, err
	}
	return wanted, nil
}
