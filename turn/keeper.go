package turn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lineup/session"
)

// RetryEvery is how long the store is left alone after it has refused something.
const RetryEvery = 2 * time.Second

// Reopen opens a store that could not be opened before.
type Reopen func(context.Context) (*session.Store, error)

// Keeper brings turns into a store, and offers again what the store did not take. Its methods are
// for one goroutine and never wait, Close excepted:
//
//	keeper.Begin(ctx, t)
//	job := keeper.Next(now) // nil: nothing to write now
//	job.Run(ctx)            // in any goroutine
//	done := keeper.Done(job, now)
//
// There is one job at a time. Next is asked again after each Done, after each Take, by a clock
// while replies run, and RetryEvery after a failure.
type Keeper struct {
	store  *session.Store // nil: none could be opened
	reopen Reopen         // nil: there will be none

	begin    *Turn              // waits for its place in the store
	turns    []*Turn            // that the store lacks a part of, or may yet; oldest first
	sessions []*session.Session // that turns were begun in
	job      *Job               // under way
	retryAt  time.Time          // after a failure
	err      error
	lost     error // why turns were given up
	closing  bool  // what has not ended is written too
}

// NewKeeper makes the Keeper of a store. Where there is none, reopen may open one later, and err
// says why there is none now. With neither nothing is kept.
func NewKeeper(store *session.Store, reopen Reopen, err error) *Keeper {
	return &Keeper{store: store, reopen: reopen, err: err}
}

// Store is the store, nil where none could be opened so far.
func (k *Keeper) Store() *session.Store { return k.store }

// Err says why something that was said is not in the store. It is nil while nothing is missing.
func (k *Keeper) Err() error { return k.err }

// Waits reports whether another program holds the store: what it refused it may take later.
func (k *Keeper) Waits() bool { return passes(k.err) }

// Begin takes a turn that has not started. The requests go out, in ctx, after the next job: by then
// the turn is in the store, or it is known that the store does not take it.
func (k *Keeper) Begin(ctx context.Context, t *Turn) {
	t.ctx = ctx
	if !t.again {
		t.Session.Turns = append(t.Session.Turns, t.Record)
	}
	k.begin = t
	k.add(t)
}

// Copy adds a reply that has ended to a turn, and to what the store is to get. Nobody is asked.
func (k *Keeper) Copy(sess *session.Session, record *session.Turn, r *session.Reply) {
	record.Put(r)
	t := Again(sess, record)
	t.Replies = []*session.Reply{r}
	k.add(t)
}

func (k *Keeper) add(t *Turn) {
	k.turns = append(k.turns, t)
	if !slices.Contains(k.sessions, t.Session) {
		k.sessions = append(k.sessions, t.Session)
	}
}

// Next is the next job. It is nil if there is nothing to write, or if a job is under way.
func (k *Keeper) Next(now time.Time) *Job {
	waits := k.begin != nil || slices.ContainsFunc(k.turns, (*Turn).unsent)
	if k.job != nil || !waits && (!k.keeps() || now.Before(k.retryAt)) {
		return nil
	}
	j := k.plan(now)
	if len(j.steps) == 0 && j.begin == nil && len(j.takes) == 0 {
		return nil
	}
	k.job = j
	return j
}

// Outcome is what a job has come to.
type Outcome struct {
	Begun   *Turn            // whose requests are out now, or nil
	Entered *session.Session // that has its id now, or nil
	Failed  bool             // the store has refused something; it is due again after RetryEvery
	Deleted bool             // somebody has deleted the session for good: its turns are not kept
}

// Done takes the result of a job that has run, and sends the requests that waited for it.
func (k *Keeper) Done(j *Job, now time.Time) (o Outcome) {
	k.job = nil
	if j.opened != nil {
		k.store = j.opened
	}
	for _, s := range j.steps[:j.did] {
		if s.enters {
			o.Entered = s.session
		}
		s.apply()
	}
	k.forget()
	switch {
	case errors.Is(j.err, session.ErrNotFound):
		k.drop(j.steps[j.did].session)
		k.lost, o.Deleted = j.err, true
	case j.err != nil:
		k.err, k.retryAt, o.Failed = j.err, now.Add(RetryEvery), true
	case k.keeps() && !k.Owes() && !slices.ContainsFunc(k.turns, lacks):
		k.err = nil
	}
	for _, d := range j.takes {
		d.turn.send(d.replies)
	}
	if t := j.begin; t != nil && t == k.begin {
		k.begin, o.Begun = nil, t
		t.Start(t.ctx)
	}
	return o
}

// lacks reports whether the store has no row for one of the replies of a turn.
func lacks(t *Turn) bool { return len(t.lacking()) > 0 }

// keeps reports whether there is a store, or may be one.
func (k *Keeper) keeps() bool { return k.store != nil || k.reopen != nil }

// Owes reports whether something that has ended is not in the store.
func (k *Keeper) Owes() bool { return len(k.Owed()) > 0 }

// Owed are the replies that have ended and are not in the store as they are.
func (k *Keeper) Owed() (replies []*session.Reply) {
	if !k.keeps() {
		return nil
	}
	for _, s := range k.sessions {
		for _, t := range missing(s, false) {
			replies = append(replies, t.All()...)
		}
	}
	for _, t := range k.turns {
		if t.Record.ID != "" {
			replies = append(replies, t.owed()...)
		}
	}
	return replies
}

// missing are the turns of a session that the store lacks. Turns with running replies are left out:
// what the store has not taken at the beginning is written when it is whole. Where running is set,
// they are there without those replies.
func missing(s *session.Session, running bool) []*session.Turn {
	return slices.DeleteFunc(slices.Clone(s.Turns), func(t *session.Turn) bool {
		runs := func(r *session.Reply) bool { return !r.Status.Final() }
		return t.ID != "" || !running && slices.ContainsFunc(t.All(), runs)
	})
}

// forget drops turns that have ended and are in the store, and sessions without any others.
func (k *Keeper) forget() {
	k.turns = slices.DeleteFunc(k.turns, func(t *Turn) bool {
		return t.Ended() && t.Record.ID != "" && len(t.owed()) == 0
	})
	k.sessions = slices.DeleteFunc(k.sessions, func(s *session.Session) bool {
		has := func(t *Turn) bool { return t.Session == s }
		return len(missing(s, false)) == 0 && !slices.ContainsFunc(k.turns, has)
	})
}

// drop gives up the turns of a session that was deleted.
func (k *Keeper) drop(s *session.Session) {
	k.turns = slices.DeleteFunc(k.turns, func(t *Turn) bool { return t.Session == s })
	k.sessions = slices.DeleteFunc(k.sessions, func(o *session.Session) bool { return o == s })
}

// Close offers everything for the last time, also what has come of replies that have not ended, and
// waits for it until ctx is done. The requests of a turn that waits for its job do not go out.
func (k *Keeper) Close(ctx context.Context) error {
	k.begin, k.closing = nil, true
	for {
		j, last := k.job, false
		if j == nil {
			j, last = k.plan(time.Now()), true
			if len(j.steps) == 0 {
				return nil
			}
			k.job = j
		}
		if err := j.wait(ctx); err != nil {
			return fmt.Errorf("the database has not answered in time: %w", err)
		}
		if o := k.Done(j, time.Now()); last && j.err != nil && !o.Deleted {
			return j.err
		}
	}
}
