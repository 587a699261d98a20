package session

import (
	"context"
	"errors"
	"slices"
)

// WantsVote reports whether you have not voted on a turn yet and can: its answers have ended, and
// are of two contenders at least. What a fork took over is voted on in its first session.
func (t *Turn) WantsVote() bool {
	if t.VoteBy(VotedByYou) != nil || t.VoteFor().Check() != nil {
		return false
	}
	own := func(slot int) bool { return !t.Reply(slot).Copied }
	running := func(slot int) bool { return !t.Reply(slot).Status.Final() }
	return slices.ContainsFunc(t.Votable(), own) && !slices.ContainsFunc(t.Votable(), running)
}

// TurnRef is where a turn is.
type TurnRef struct{ Session, Turn string }

// Unvoted lists the turns that want a vote, of the sessions that fit: those used last first, and
// the turns of each in their order. It reads one session at a time.
func (s *Store) Unvoted(ctx context.Context, f Filter) (list []TurnRef, err error) {
	sessions, err := s.Sessions(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, m := range sessions {
		sess, err := s.Session(ctx, m.ID)
		switch {
		case errors.Is(err, ErrNotFound): // deleted meanwhile
			continue
		case err != nil:
			return nil, err
		}
		list = append(list, sess.Unvoted()...)
	}
	return list, nil
}

// Unvoted lists the turns of a session that want a vote.
func (s *Session) Unvoted() (list []TurnRef) {
	for _, t := range s.Turns {
		if t.WantsVote() {
			list = append(list, TurnRef{s.ID, t.ID})
		}
	}
	return list
}
