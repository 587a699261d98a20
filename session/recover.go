package session

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lineup/providers"
)

// recoverDead ends the replies whose process died. It is called before sessions are read, and costs
// a look into an index that holds running replies only. What it cannot write now, because the disk
// is full or read-only, is still shown right: reading ends such replies for itself.
func (s *Store) recoverDead(ctx context.Context) error {
	owners, err := s.orphans(ctx)
	if err != nil {
		return err
	}
	var all []error
	for _, id := range owners {
		bury, dead := s.owner.dead(id)
		if !dead {
			continue
		}
		all = append(all, s.write(ctx, "repair the answers of a lineup that died", durable,
			func(tx *sql.Tx) error {
				return s.recoverOwner(ctx, tx, id)
			}))
		bury()
	}
	return errors.Join(all...)
}

// orphans are the owners of running replies but for this process.
func (s *Store) orphans(ctx context.Context) (owners []string, err error) {
	rows, err := s.r.QueryContext(ctx, `SELECT DISTINCT owner FROM replies WHERE owner IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		if !s.owner.is(id) {
			owners = append(owners, id)
		}
	}
	return owners, rows.Err()
}

// recoverOwner ends the replies of one dead owner. Times of sessions stay: nothing was said since.
func (s *Store) recoverOwner(ctx context.Context, tx *sql.Tx, owner string) error {
	replies, err := queryReplies(ctx, tx, "", `owner = ?`, owner)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if err := addParts(ctx, tx, r); err != nil {
			return err
		}
		endOrphan(r.Reply)
		if err := s.finish(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

// part is a row of reply_parts.
type part struct {
	start           int
	text, reasoning string
	chunks          []Chunk
}

// addParts puts the pieces of a running reply together, by the same function that builds a live
// one: the times are those of the pieces, the tokens are estimated, and what the process had not
// written is not known.
func addParts(ctx context.Context, tx *sql.Tx, r storedReply) error {
	rows, err := tx.QueryContext(ctx, `SELECT start, text, reasoning, chunks FROM reply_parts
		WHERE reply = ? ORDER BY start`, r.n)
	if err != nil {
		return err
	}
	defer rows.Close()
	t0, row := time.Unix(0, 0), r.Metrics
	r.live = live{phase: PhaseWaiting, from: t0, input: float64(r.Usage.Input), ratios: even()}
	for rows.Next() {
		var p part
		var packed []byte
		if err := rows.Scan(&p.start, &p.text, &p.reasoning, &packed); err != nil {
			return err
		}
		if p.chunks, err = decodeChunks(packed); err != nil {
			return err
		}
		p.replay(r.Reply, t0)
	}
	r.replayCalls(t0, row)
	r.fill()
	return rows.Err()
}

// replayCalls applies the saved calls of tools with their saved times, all as if they had come with
// the last one.
func (r *Reply) replayCalls(t0 time.Time, m Metrics) {
	last := max(spanOf(m.Duration), spanOf(r.Metrics.Duration))
	calls := r.ToolCalls
	for i, c := range calls {
		r.Apply(providers.Event{Type: providers.EventCall, At: t0.Add(last), Text: c.Arguments,
			Call: &providers.ToolCall{Index: i, ID: c.ID, Name: c.Name}})
	}
	if len(calls) > 0 {
		r.Metrics.TTFT, r.Metrics.VisibleTTFT = m.TTFT, m.VisibleTTFT
	}
}

// replay applies the pieces of a part that the reply does not have yet. Parts overlap where a write
// was confirmed late.
func (p *part) replay(r *Reply, t0 time.Time) {
	have := len(r.Chunks) - p.start
	for i, c := range p.chunks {
		ev := providers.Event{Type: providers.EventText, At: t0.Add(c.At)}
		from := &p.text
		if c.Reasoning {
			ev.Type, from = providers.EventReasoning, &p.reasoning
		}
		n := min(c.Len, len(*from))
		ev.Text, *from = (*from)[:n], (*from)[n:]
		if i >= have {
			r.Apply(ev)
		}
	}
}

// endOrphan ends a reply whose process died. With text it is interrupted, as by a lost connection.
// Without, it is cancelled: the model did not fail, lineup left before it could answer. The cost is
// not known, since the one to whom the bill goes may be a fallback.
func endOrphan(r *Reply) {
	e := &providers.Error{Kind: providers.ConnectionLost, Model: r.ServedBy,
		Message: "lineup ended before the answer did",
		Hint:    "ask again, or go on from the text that is there"}
	if r.live.firstTok.IsZero() {
		e.Kind, e.Message, e.Hint = providers.Cancelled, "lineup ended before the answer began",
			"ask again"
	}
	r.Apply(providers.Event{Type: providers.EventEnd, Err: e})
	r.Metrics.FromEnter = nil // nobody noted when Enter was pressed, nor when lineup died
}
