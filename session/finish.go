package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"unicode/utf8"
)

var errRunning = errors.New("a reply has not ended")

// AppendPartial stores the new pieces of running replies: all panes in one transaction. The cost
// does not grow with the answers, but for calls of tools, which are short and written whole. Giving
// the same pieces again does no harm.
func (s *Store) AppendPartial(ctx context.Context, batch []Partial) error {
	if len(batch) == 0 {
		return nil
	}
	const op = "save the answer so far"
	owner, err := s.owner.acquire(s.ids, s.now())
	if err != nil {
		return s.fail(ctx, op, err)
	}
	return s.write(ctx, op, relaxed, func(tx *sql.Tx) error {
		for i := range batch {
			if err := appendPart(ctx, tx, owner, &batch[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// appendPart stores one piece of a reply that this process still owns; a write that comes after
// FinishReply finds none. Of two pieces with the same start the longer one holds the other.
func appendPart(ctx context.Context, tx *sql.Tx, owner string, p *Partial) error {
	var n int64
	err := tx.QueryRowContext(ctx, `SELECT n FROM replies WHERE turn = (SELECT n FROM turns
		WHERE id = ?) AND slot = ? AND take = ? AND owner = ?`,
		p.Turn, p.Slot, p.Take, owner).Scan(&n)
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return err
	}
	if p.Start == 0 { // only now is it known who answers: a fallback may have taken over
		if _, err := tx.ExecContext(ctx,
			`UPDATE replies SET status = ?, served_by = ?, served_model = ?, simulated = ?
				WHERE n = ?`,
			Streaming, p.ServedBy, p.ServedModel, p.Simulated, n); err != nil {
			return err
		}
	}
	if len(p.Calls) > 0 {
		if err := saveCalls(ctx, tx, n, p); err != nil {
			return err
		}
	}
	if len(p.Chunks) == 0 {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO reply_parts (reply, start, count, text, reasoning,
		chunks) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (reply, start) DO UPDATE SET count = excluded.count, text = excluded.text,
		reasoning = excluded.reasoning,
		chunks = excluded.chunks WHERE excluded.count > count`,
		n, p.Start, len(p.Chunks), p.Text, p.Reasoning, encodeChunks(p.Chunks))
	return err
}

// saveCalls stores the calls of tools of a running reply so far, in place of those of before.
func saveCalls(ctx context.Context, tx *sql.Tx, n int64, p *Partial) error {
	calls, err := jsonText(p.Calls)
	if err != nil {
		return err
	}
	m := &p.Metrics
	_, err = tx.ExecContext(ctx, `UPDATE replies SET tool_calls = ?, ttft_ms = ?,
		visible_ttft_ms = ?, duration_ms = ? WHERE n = ?
		AND coalesce(length(tool_calls), 0) <= ?`,
		calls, m.TTFT, m.VisibleTTFT, m.Duration, n, utf8.RuneCountInString(calls))
	return err
}

// FinishReply stores a reply that has ended, with everything, in place of its pieces. It may be
// called again.
func (s *Store) FinishReply(ctx context.Context, turnID string, r *Reply) error {
	const op = "save the answer"
	if !r.Status.Final() {
		return fmt.Errorf("cannot %s: %w", op, errRunning)
	}
	now := s.now()
	return s.write(ctx, op, durable, func(tx *sql.Tx) error {
		var n, turn, session int64
		err := tx.QueryRowContext(ctx, `SELECT r.n, t.n, t.session FROM replies r JOIN turns t
			ON t.n = r.turn
			WHERE t.id = ? AND r.slot = ? AND r.take = ?`, turnID, r.Slot, r.Take).Scan(&n, &turn,
			&session)
		if err == sql.ErrNoRows {
			return fmt.Errorf("its session was deleted meanwhile: %w", ErrNotFound)
		}
		if err != nil {
			return err
		}
		if err := s.finish(ctx, tx, storedReply{n: n, turn: turn, Reply: r}); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE sessions SET updated_at = max(updated_at, ?)
			WHERE n = ?`, now.UnixMilli(), session)
		return err
	})
}

// finish writes the result of a reply, drops its pieces and makes its text searchable.
func (s *Store) finish(ctx context.Context, tx *sql.Tx, r storedReply) error {
	values, err := resultValues(r.Reply, "", s.Version, s.now())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE replies SET (`+resultColumns+`) = (`+resultMarks+`)
		WHERE n = ?`, append(values, r.n)...); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM reply_parts WHERE reply = ?`, r.n); err != nil {
		return err
	}
	return indexAnswer(ctx, tx, r.turn, r.Reply)
}
