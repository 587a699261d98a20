package turn

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"lineup/providers/wire"
	"lineup/session"
)

// Job is one visit to the store. It works on copies, so that the turns can go on meanwhile.
type Job struct {
	store  *session.Store
	reopen Reopen
	steps  []step
	begin  *Turn // whose connections are opened, or nil
	takes  []due // whose requests go out after it

	claimed atomic.Bool
	ended   chan struct{}
	did     int            // steps that the store has taken
	opened  *session.Store // by this job, or nil
	err     error          // of the step that comes after them
}

// step is one write. The first one that fails ends its job.
type step struct {
	session *session.Session
	enters  bool // it gives the session its id
	write   func(context.Context, *session.Store) error
	apply   func() // notes what was written; called by Done
}

// due says of a turn how many of its replies may be asked for after a job.
type due struct {
	turn    *Turn
	replies int
}

// warmWithin is how long requests wait for the connections of all models.
const warmWithin = 1500 * time.Millisecond

// Run does the job. It may run in any goroutine; ctx is for the writes.
func (j *Job) Run(ctx context.Context) {
	if !j.claimed.CompareAndSwap(false, true) {
		return
	}
	defer close(j.ended)
	j.write(ctx)
	if j.begin != nil {
		wire.WarmAll(j.begin.ctx, warmWithin, j.begin.warm)
	}
}

// wait waits for the end of a job. One that nobody runs it runs itself, without the connections.
func (j *Job) wait(ctx context.Context) error {
	if j.claimed.CompareAndSwap(false, true) {
		j.write(ctx)
		close(j.ended)
	}
	select {
	case <-j.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (j *Job) write(ctx context.Context) {
	store := j.store
	if store == nil && j.reopen != nil && len(j.steps) > 0 {
		j.opened, j.err = j.reopen(ctx)
		store = j.opened
	}
	if store == nil {
		return
	}
	for _, s := range j.steps {
		if j.err = s.write(ctx, store); j.err != nil {
			return
		}
		j.did++
	}
}

// plan makes the next job: the turn that begins, or else whatever the store lacks.
func (k *Keeper) plan(now time.Time) *Job {
	j := &Job{store: k.store, reopen: k.reopen, begin: k.begin, ended: make(chan struct{})}
	for _, t := range k.turns {
		if t.unsent() && !k.closing {
			j.takes = append(j.takes, due{t, len(t.Replies)})
		}
	}
	if !k.keeps() {
		return j
	}
	if k.begin != nil {
		k.enter(j, k.begin)
		return j
	}
	for _, s := range k.sessions {
		if turns := missing(s, k.closing); len(turns) > 0 {
			k.append(j, s, turns)
		}
	}
	for _, t := range k.turns {
		if t.entered() {
			k.update(j, t, now)
		} else if t.Record.ID != "" && t.Ended() {
			k.addLate(j, t)
		}
	}
	return j
}

// append writes whole turns, and before them their session if it is new. It returns the copies that
// get the ids.
func (k *Keeper) append(
	j *Job, s *session.Session, turns []*session.Turn,
) (*session.Session, []*session.Turn) {
	sess, copies := *s, make([]*session.Turn, len(turns))
	whole := make([][]*Turn, len(turns)) // the ones whose replies are all in a copy
	for i, record := range turns {
		copies[i] = record.Ended()
		for _, t := range k.turns {
			if t.Record == record && t.Ended() {
				whole[i] = append(whole[i], t)
			}
		}
	}
	applyTurn := func(i int) {
		turns[i].ID = copies[i].ID
		for _, t := range whole[i] {
			t.kept(copies[i].ID)
		}
	}
	if s.ID == "" {
		sess.Turns = copies
		j.steps = append(j.steps, step{session: s, enters: true,
			write: func(ctx context.Context, store *session.Store) error {
				return store.Insert(ctx, &sess)
			},
			apply: func() {
				s.ID, s.Panes, s.Layout = sess.ID, sess.Panes, sess.Layout
				for i := range turns {
					applyTurn(i)
				}
			}})
		return &sess, copies
	}
	for i := range turns {
		j.steps = append(j.steps, step{session: s, apply: func() { applyTurn(i) },
			write: func(ctx context.Context, store *session.Store) error {
				return store.AppendTurn(ctx, sess.ID, copies[i])
			}})
	}
	return &sess, copies
}

// kept notes that the store has all replies of a turn.
func (t *Turn) kept(id string) {
	t.saver, t.rows = session.NewSaver(id), len(t.Replies)
	for _, r := range t.Replies {
		t.saver.Finished(r)
	}
}

// enter writes a turn before it is asked, after whatever else the store lacks of its session.
func (k *Keeper) enter(j *Job, t *Turn) {
	earlier := missing(t.Session, true)
	if !t.again {
		earlier = slices.DeleteFunc(earlier, func(r *session.Turn) bool { return r == t.Record })
	}
	sess, copies := t.Session, []*session.Turn(nil)
	if t.Session.ID == "" || len(earlier) > 0 {
		sess, copies = k.append(j, t.Session, earlier)
	}
	id, prompt, replies := t.Record.ID, t.Record.Prompt, snapshots(t.Replies)
	files, result := t.Record.Attachments, t.Record.ToolResult
	write := func(ctx context.Context, store *session.Store) error {
		if t.again {
			if id == "" { // it is the last of those that have just been written
				id = copies[len(copies)-1].ID
			}
			return store.AddAlternatives(ctx, id, replies)
		}
		add := func() (*session.Turn, error) {
			if result {
				return store.AddResult(ctx, sess.ID, prompt, replies)
			}
			return store.AddTurn(ctx, sess.ID, prompt, replies, files...)
		}
		stored, err := add()
		if err == nil {
			id = stored.ID
		}
		return err
	}
	j.steps = append(j.steps, step{session: t.Session, write: write, apply: func() {
		t.Record.ID, t.saver, t.rows = id, session.NewSaver(id), len(replies)
	}})
}

// update writes what is new in the replies of a stored turn: further takes and ends at once, pieces
// when they are due.
func (k *Keeper) update(j *Job, t *Turn, now time.Time) {
	k.addTakes(j, t)
	have := t.Replies[:t.rows]
	if k.closing || t.saver.Due(now) {
		if batch := t.saver.Batch(have); len(batch) > 0 {
			j.steps = append(j.steps, step{session: t.Session,
				write: func(ctx context.Context, store *session.Store) error {
					return store.AppendPartial(ctx, batch)
				},
				apply: func() { t.saver.Saved(batch) }})
		}
	}
	id := t.Record.ID
	for _, r := range t.saver.Ended(have) {
		final := r.Snapshot()
		j.steps = append(j.steps, step{session: t.Session,
			write: func(ctx context.Context, store *session.Store) error {
				return store.FinishReply(ctx, id, final)
			},
			apply: func() { t.saver.Finished(final) }})
	}
}

// addTakes writes the takes of a repeat that have begun since. At the end one that was not asked
// for is left out.
func (k *Keeper) addTakes(j *Job, t *Turn) {
	id := t.Record.ID
	for i, r := range t.lacking() {
		if k.closing && t.rows+i >= t.sent {
			return
		}
		take, inForce := r.Snapshot(), t.Record.Reply(r.Slot) == r
		j.steps = append(j.steps, step{session: t.Session,
			write: func(ctx context.Context, store *session.Store) error {
				return store.AddTake(ctx, id, take, inForce)
			},
			apply: func() {
				if t.rows++; take.Status.Final() {
					t.saver.Finished(take)
				}
			}})
	}
}

// addLate writes further replies to a stored prompt that the store did not take when they were
// asked for. The reply that is in force stays so.
func (k *Keeper) addLate(j *Job, t *Turn) {
	id, replies := t.Record.ID, snapshots(t.owed())
	type choice struct{ slot, take int }
	var choices []choice
	for _, r := range t.Replies {
		inForce := t.Record.Reply(r.Slot)
		if inForce != r && (slices.Contains(t.Replies, inForce) || !k.lacks(inForce)) {
			choices = append(choices, choice{r.Slot, inForce.Take})
		}
	}
	write := func(ctx context.Context, store *session.Store) error {
		err := store.AddAlternatives(ctx, id, replies)
		for _, c := range choices {
			if err == nil {
				err = store.Choose(ctx, id, c.slot, c.take)
			}
		}
		return err
	}
	j.steps = append(j.steps, step{session: t.Session, write: write, apply: func() { t.kept(id) }})
}

// lacks reports whether the store has no row for a reply.
func (k *Keeper) lacks(r *session.Reply) bool {
	return slices.ContainsFunc(k.turns, func(t *Turn) bool {
		return slices.Contains(t.lacking(), r)
	})
}
