package turn

import (
	"context"
	"errors"
	"time"

	"lineup/providers"
	"lineup/session"
)

// Follow begins a turn and shows its events as they come, until all replies have ended. The store
// is written meanwhile. An error of show stops the requests, and is returned when they have ended.
// The errors of the replies are in them.
func (k *Keeper) Follow(
	ctx context.Context, t *Turn, show func(*session.Reply, []providers.Event) error,
) (err error) {
	look := func(r *session.Reply, events []providers.Event) {
		if err == nil {
			if err = show(r, events); err != nil {
				t.CancelAll()
			}
		}
	}
	tick := time.NewTicker(session.SaveEvery)
	defer tick.Stop()
	written := make(chan *Job, 1)
	k.Begin(ctx, t)
	writing := false
	for {
		if j := k.Next(time.Now()); j != nil {
			writing = true
			go func() {
				j.Run(context.WithoutCancel(ctx))
				written <- j
			}()
		}
		if !writing && t.Ended() {
			return err
		}
		select {
		case j := <-written:
			writing = false
			k.Done(j, time.Now())
		case <-t.Ready():
		case <-tick.C:
		}
		t.Take(look)
	}
}

// Patience is how long Settle waits for another program to give the store free.
const Patience = 30 * time.Second

// Settle offers what is owed until the store has it, and otherwise returns why it has not. Only a
// lock goes away by itself: Settle waits for that, up to Patience, and calls waiting once before.
// Anything else is tried once. So is a lock if ctx is done; a ctx that ends later ends the waiting.
func (k *Keeper) Settle(ctx context.Context, waiting func(error)) error {
	until := time.Now().Add(Patience)
	write := ctx
	if ctx.Err() != nil {
		write = context.WithoutCancel(ctx)
	}
	wait := func(why error) {
		if waiting != nil && passes(why) {
			waiting(why)
			waiting = nil
		}
	}
	for k.retryAt = (time.Time{}); k.Owes(); {
		why := k.err
		wait(why)
		j := k.Next(time.Now())
		if j == nil { // which cannot be: whatever is owed has ended
			return why
		}
		j.Run(write)
		k.Done(j, time.Now())
		switch {
		case j.err == nil || errors.Is(j.err, session.ErrNotFound):
			continue
		case errors.Is(j.err, context.Canceled) && why != nil: // which tells less
			return why
		case ctx.Err() != nil, !passes(j.err), time.Now().After(until):
			return j.err
		}
		wait(j.err)
		select {
		case <-time.After(time.Until(k.retryAt)):
		case <-ctx.Done():
			return j.err
		}
	}
	return k.lost
}

// passes reports whether a failure of the store may go away by itself.
func passes(err error) bool {
	var e *session.StoreError
	return errors.As(err, &e) && e.Reason == session.Locked
}
