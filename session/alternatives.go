package session

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Reply gives the reply of a slot that is in force, nil where the pane was not asked.
func (t *Turn) Reply(slot int) *Reply {
	if slot < 0 || slot >= len(t.Replies) {
		return nil
	}
	return t.Replies[slot]
}

// Answered reports whether a reply is an answer to rely on, with something in it.
func (r *Reply) Answered() bool {
	return r.Status.Answer() && strings.TrimSpace(r.VisibleText()) != ""
}

// Answered lists the slots with an answer that a judge or a merge may be shown. An answer that
// merges the others is none of them.
func (t *Turn) Answered() []int {
	var slots []int
	for slot, r := range t.Replies {
		if r != nil && !r.Merge && r.Answered() {
			slots = append(slots, slot)
		}
	}
	return slots
}

// GoesOnFrom gives the reply that the history of a slot has for this turn, nil for none.
func (t *Turn) GoesOnFrom(slot int) *Reply {
	if t.Promoted != nil {
		if r := t.Reply(*t.Promoted); r != nil && r.VisibleText() != "" {
			return r
		}
	}
	if r := t.Reply(slot); r != nil && !r.Merge { // a later pane may have the slot of a merge
		return r
	}
	return nil
}

// Answers gives all replies of a slot, the oldest first, the one in force among them.
func (t *Turn) Answers(slot int) []*Reply {
	var takes []*Reply
	if r := t.Reply(slot); r != nil {
		takes = append(takes, r)
	}
	for _, r := range t.Alternatives {
		if r.Slot == slot {
			takes = append(takes, r)
		}
	}
	slices.SortFunc(takes, func(a, b *Reply) int { return cmp.Compare(a.Take, b.Take) })
	return takes
}

// Repeated gives the takes of repeats to which a reply belongs: those that its pane was asked with
// the same settings. There are none for a reply that was asked alone.
func (t *Turn) Repeated(r *Reply) (takes []*Reply) {
	if r.Repeat == 0 {
		return nil
	}
	for _, o := range t.Answers(r.Slot) {
		same := o.Contender == r.Contender
		if o.Contender != nil && r.Contender != nil {
			same = o.Contender.Same(*r.Contender)
		}
		if o.Repeat > 0 && same {
			takes = append(takes, o)
		}
	}
	return takes
}

// SameAnswer reports whether one of two replies of a turn is a copy of the other, as in a pane that
// was doubled.
func (r *Reply) SameAnswer(o *Reply) bool {
	a, b := r.Metrics.Duration, o.Metrics.Duration
	same := a == nil && b == nil || a != nil && b != nil && *a == *b
	return (r.Copied || o.Copied) && same && r.Model == o.Model && r.Text == o.Text
}

// All gives every reply of the turn, those in force first.
func (t *Turn) All() []*Reply {
	var all []*Reply
	for _, r := range t.Replies {
		if r != nil {
			all = append(all, r)
		}
	}
	return append(all, t.Alternatives...)
}

// Put makes a reply the newest of its slot and puts it in force; the former one becomes an
// alternative.
func (t *Turn) Put(r *Reply) { t.put(r, true) }

// PutTake makes a reply the newest of its slot, as the next take of a repeat. The first answer
// among the takes stays in force; as long as there is none, the newest take is.
func (t *Turn) PutTake(r *Reply) {
	former := t.Reply(r.Slot)
	t.put(r, former == nil || !former.Status.Answer())
}

func (t *Turn) put(r *Reply, inForce bool) {
	r.Take = 0
	if takes := t.Answers(r.Slot); len(takes) > 0 {
		r.Take = takes[len(takes)-1].Take + 1
	}
	t.Add(r, inForce)
}

// Add adds a reply that the turn does not have, to those in force or to the alternatives. It must
// pass Check.
func (t *Turn) Add(r *Reply, inForce bool) {
	for len(t.Replies) <= r.Slot && inForce {
		t.Replies = append(t.Replies, nil)
	}
	if !inForce {
		t.Alternatives = append(t.Alternatives, r)
	} else {
		if old := t.Replies[r.Slot]; old != nil {
			t.Alternatives = append(t.Alternatives, old)
		}
		t.Replies[r.Slot] = r
	}
	slices.SortFunc(t.Alternatives, func(a, b *Reply) int {
		return cmp.Or(cmp.Compare(a.Slot,
			b.Slot), cmp.Compare(a.Take, b.Take))
	})
}

// Choose puts another reply of a slot in force. It reports whether there is such a reply.
func (t *Turn) Choose(slot, take int) bool {
	if r := t.Reply(slot); r != nil && r.Take == take {
		return true
	}
	for i, r := range t.Alternatives {
		if r.Slot == slot && r.Take == take {
			t.Alternatives = slices.Delete(t.Alternatives, i, i+1)
			t.Add(r, true)
			return true
		}
	}
	return false
}

// errNoReply says that a turn has no such reply.
var errNoReply = errors.New("there is no such answer")

// AddAlternatives stores further replies of a turn that is stored, before their requests go out.
// Each must have a take that its slot does not have yet, as Turn.Put gives it, and is in force from
// now on.
func (s *Store) AddAlternatives(ctx context.Context, turnID string, replies []*Reply) error {
	return s.addReplies(ctx, turnID, replies, true)
}

// AddTake is AddAlternatives for the next take of a repeat, which need not be in force.
func (s *Store) AddTake(ctx context.Context, turnID string, r *Reply, inForce bool) error {
	return s.addReplies(ctx, turnID, []*Reply{r}, inForce)
}

func (s *Store) addReplies(
	ctx context.Context, turnID string, replies []*Reply, inForce bool,
) error {
	const op = "save the prompt"
	owner, err := s.owner.acquire(s.ids, s.now())
	if err != nil {
		return s.fail(ctx, op, err)
	}
	now := s.now()
	return s.write(ctx, op, durable, func(tx *sql.Tx) error {
		turn, system, err := useTurn(ctx, tx, turnID, now.UnixMilli())
		if err != nil {
			return err
		}
		for _, r := range replies {
			if inForce {
				if _, err := tx.ExecContext(ctx,
					`UPDATE replies SET in_force = 0 WHERE turn = ? AND slot = ?`, turn,
					r.Slot); err != nil {
					return err
				}
			}
			if err := s.insertReply(ctx, tx, turn, r, inForce, system, owner,
				s.Version); err != nil {
				return err
			}
		}
		return nil
	})
}

// useTurn finds a turn of a session that is not deleted, and marks the session as used.
func useTurn(ctx context.Context, tx *sql.Tx, turnID string, at int64) (turn int64, system string,
	err error) {
	err = tx.QueryRowContext(ctx, `UPDATE sessions SET updated_at = max(updated_at, ?2)
		WHERE n = (SELECT session FROM turns WHERE id = ?1) AND deleted_at IS NULL
		RETURNING (SELECT n FROM turns WHERE id = ?1), system`, turnID, at).Scan(&turn, &system)
	if err == sql.ErrNoRows {
		return 0, "", fmt.Errorf("its session was deleted meanwhile: %w", ErrNotFound)
	}
	return turn, system, err
}

// Choose stores which reply of a slot is in force. The turn's time stays: nothing was said.
func (s *Store) Choose(ctx context.Context, turnID string, slot, take int) error {
	return s.write(ctx, "save the choice of an answer", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `SELECT r.turn FROM replies r JOIN turns t ON t.n = r.turn
			WHERE t.id = ? AND r.slot = ? AND r.take = ?`,
			turnID, slot, take).Scan(&n)
		if err == sql.ErrNoRows {
			return errNoReply
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx,
			`UPDATE replies SET in_force = (take = ?) WHERE turn = ? AND slot = ?`, take, n, slot)
		return err
	})
}

// Promote stores that all panes go on from the answer of one slot, or, with nil, each from its own
// again.
func (s *Store) Promote(ctx context.Context, turnID string, slot *int) error {
	return s.write(ctx, "promote the answer", durable, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, `UPDATE turns SET promoted = ?1 WHERE id = ?2
			AND (?1 IS NULL OR EXISTS (SELECT 1 FROM replies WHERE turn = turns.n AND slot = ?1))
			RETURNING n`, slot, turnID).Scan(&n)
		if err == sql.ErrNoRows {
			return errNoReply
		}
		return err
	})
}
