package cli

import (
	"context"
	"fmt"

	"lineup/batch"
)

// keep keeps the lines of the run as a session, and names it.
func (r *running) keep(ctx context.Context) error {
	sess, err := batch.ReadSession(r.f.out, r.f.session)
	if err != nil || len(sess.Turns) == 0 {
		return err
	}
	store, err := r.g.openStore(ctx, r.cfg)
	if err != nil {
		return fmt.Errorf("the session is not kept: %w", err)
	}
	defer store.Close()
	kept, err := store.Import(ctx, sess)
	if err != nil {
		return fmt.Errorf("the session is not kept: %w", err)
	}
	r.say("kept as session %s, %s", kept.ID, kept.Outcome)
	return nil
}
