package session

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// CastVote is a vote with the place where it was cast.
type CastVote struct {
	Session string
	Turn    string
	Prompt  string
	Tags    []string // of the session
	Vote
}

// errNoVote says that there is nothing to take back.
var errNoVote = errors.New("there is no vote on this turn")

// putVote and scanVote keep to the order of these columns.
const (
	voteColumns = `voter, kind, at, ` + markColumns + `, copied, ` + listColumns
	markColumns = `blind, named, fallback, simulated, partial`
	listColumns = `winners, ranking, slots, contenders`
)

// Vote stores a vote on a turn, in the place of an earlier one of the same voter. It fills in By
// and At where they are empty. The session does not count as used: nothing was said.
func (s *Store) Vote(ctx context.Context, turnID string, v *Vote) error {
	if v.At.IsZero() {
		v.At = s.now()
	}
	v.At = inMillis(v.At)
	return s.write(ctx, "save the vote", durable, func(tx *sql.Tx) error {
		turn, err := turnNumber(ctx, tx, turnID)
		if err != nil {
			return err
		}
		return putVote(ctx, tx, turn, v)
	})
}

// turnNumber is the number of a turn whose session is not deleted.
func turnNumber(ctx context.Context, tx *sql.Tx, turnID string) (turn int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT t.n FROM turns t JOIN sessions s ON s.n = t.session
		WHERE t.id = ? AND s.deleted_at IS NULL`, turnID).Scan(&turn)
	if err == sql.ErrNoRows {
		return 0, fmt.Errorf("its session was deleted meanwhile: %w", ErrNotFound)
	}
	return turn, err
}

// Unvote takes back a voter's vote on a turn, "" being VotedByYou.
func (s *Store) Unvote(ctx context.Context, turnID, voter string) error {
	if voter == "" {
		voter = VotedByYou
	}
	return s.write(ctx, "take back the vote", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `DELETE FROM votes WHERE turn = (SELECT n FROM turns
			WHERE id = ?) AND voter = ? RETURNING n`, turnID, voter).Scan(&n)
		if err == sql.ErrNoRows {
			return errNoVote
		}
		return err
	})
}

// SetBlind stores whether a session is blind, and whether it was revealed.
func (s *Store) SetBlind(ctx context.Context, id string, blind, revealed bool) error {
	return s.write(ctx, "save the session", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `UPDATE sessions SET blind = ?, revealed = ? WHERE id = ?
			AND deleted_at IS NULL RETURNING n`, blind, revealed, id).Scan(&n)
		return notFound(err, id)
	})
}

// putVote stores a vote in the place of an earlier one.
func putVote(ctx context.Context, tx *sql.Tx, turn int64, v *Vote) error {
	if err := v.Check(); err != nil {
		return err
	}
	if v.By == "" {
		v.By = VotedByYou
	}
	values := []any{turn, v.By, v.Kind, v.At.UnixMilli(), v.Blind, v.Named, v.Fallback, v.Simulated,
		v.Partial, v.Copied}
	for _, list := range []any{append([]int{}, v.Winners...), append([]int{}, v.Order...),
		append([]int{}, v.Slots...), v.Contenders} {
		b, err := plainJSON(list)
		if err != nil {
			return err
		}
		values = append(values, string(b))
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO votes (turn, `+voteColumns+`)
		VALUES (?`+strings.Repeat(", ?", len(values)-1)+`)`, values...)
	return err
}

// plainJSON is json.Marshal, but leaves < > and & as they are.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// scanVote reads voteColumns into a vote, and what stands before them.
func scanVote(rows *sql.Rows, v *Vote, before ...any) error {
	var at int64
	var winners, order, slots, contenders []byte
	err := rows.Scan(append(before, &v.By, &v.Kind, &at, &v.Blind, &v.Named, &v.Fallback,
		&v.Simulated, &v.Partial, &v.Copied, &winners, &order, &slots, &contenders)...)
	if err != nil {
		return err
	}
	v.At = time.UnixMilli(at).UTC()
	err = decodeParts([]jsonPart{{winners, &v.Winners}, {order, &v.Order}, {slots, &v.Slots},
		{contenders, &v.Contenders}})
	if err != nil {
		return err
	}
	if len(v.Slots) == 0 {
		v.Slots = nil
	}
	return nil
}

// readVotes puts the votes of session n into its turns.
func readVotes(ctx context.Context, tx *sql.Tx, n int64, turns map[int64]*Turn) error {
	rows, err := tx.QueryContext(ctx, `SELECT turn, `+voteColumns+` FROM votes
		WHERE turn IN (SELECT n FROM turns WHERE session = ?) ORDER BY at, n`, n)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var turn int64
		v := &Vote{}
		if err := scanVote(rows, v, &turn); err != nil {
			return err
		}
		turns[turn].Votes = append(turns[turn].Votes, v)
	}
	return rows.Err()
}

// VoteFilter says which votes, or judgements, are wanted. Its zero value means all.
type VoteFilter struct {
	Since time.Time // cast at this moment or later
	Tag   string    // in sessions with this tag
	// those of blind sessions too that have not been revealed
	Unrevealed bool
}

// where is the condition of the filter over sessions and votes, or judgements.
func (f VoteFilter) where() (where string, args []any) {
	where = `deleted_at IS NULL AND NOT copied`
	if !f.Since.IsZero() {
		where, args = where+` AND at >= ?`, append(args, f.Since.UnixMilli())
	}
	if !f.Unrevealed {
		where += ` AND (NOT hides OR revealed)`
	}
	if f.Tag != "" {
		where += ` AND session_n IN (SELECT session FROM tags WHERE tag = ?)`
		args = append(args, CleanTag(f.Tag))
	}
	return where, args
}

// Votes reads votes, the oldest first. Those of sessions in the trash are left out, and those that
// a fork took over: they count where they were cast.
func (s *Store) Votes(ctx context.Context, f VoteFilter) ([]CastVote, error) {
	var list []CastVote
	err := s.read(ctx, "read the votes", func(tx *sql.Tx) error {
		list = nil
		tags, err := tagsOf(ctx, tx, 0)
		if err != nil {
			return err
		}
		where, args := f.where()
		rows, err := tx.QueryContext(ctx, `SELECT session_n, session_id, t.id, t.prompt,
			`+voteColumns+` FROM votes JOIN turns t ON t.n = votes.turn
			JOIN (SELECT n AS session_n, id AS session_id, deleted_at, blind AS hides, revealed FROM sessions) ON session_n = t.session
			WHERE `+where+`
			ORDER BY at, votes.n`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c CastVote
			var n int64
			err := scanVote(rows, &c.Vote, &n, &c.Session, &c.Turn, &c.Prompt)
			if err != nil {
				return err
			}
			c.Tags = tags[n]
			list = append(list, c)
		}
		return rows.Err()
	})
	return list, err
}
