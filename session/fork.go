package session

import (
	"context"
	"fmt"
	"slices"
)

// forkMark stands after the title of a fork.
const forkMark = " (fork)"

// Fork gives a new session that begins with the first turns of this one and is not stored: its id
// is empty until Store.Insert. Replies that have not ended are left out. The others are copies that
// say so: they were asked and paid for once.
func (s *Session) Fork(turns int) *Session {
	f := &Session{Title: s.Title, System: s.System, Panes: slices.Clone(s.Panes),
		Tags: slices.Clone(s.Tags), Parent: s.ID, Turns: []*Turn{},
		Blind: s.Blind, Revealed: s.Revealed}
	if n := len(f.Title) - len(forkMark); n < 0 || f.Title[n:] != forkMark {
		f.Title += forkMark
	}
	for _, t := range s.Turns[:min(turns, len(s.Turns))] {
		f.ParentTurn = t.ID
		f.Turns = append(f.Turns, t.Ended().copied())
	}
	return f
}

// Reword names a fork that begins with another first prompt in place of an edited one. A title that
// somebody gave stays.
func (s *Session) Reword(edited, prompt string) {
	if s.Title == TitleOf(edited)+forkMark {
		s.Title = TitleOf(prompt) + forkMark
	}
}

// Ended is a copy of the turn for a store that does not have it: without an id, and without the
// replies that have not ended. What has ended is shared, since nothing changes it.
func (t *Turn) Ended() *Turn {
	c := &Turn{Prompt: t.Prompt, ToolResult: t.ToolResult, Attachments: t.Attachments,
		CreatedAt: t.CreatedAt,
		Promoted:  t.Promoted, Replies: slices.Clone(t.Replies)}
	for i, r := range c.Replies {
		if r != nil && !r.Status.Final() {
			c.Replies[i] = nil
		}
	}
	for _, r := range t.Alternatives {
		if r.Status.Final() {
			c.Alternatives = append(c.Alternatives, r)
		}
	}
	c.Votes, c.Judgements = slices.Clone(t.Votes), slices.Clone(t.Judgements)
	return c
}

// copied replaces replies, votes and judgements by copies that are marked as such.
func (t *Turn) copied() *Turn {
	for _, list := range [][]*Reply{t.Replies, t.Alternatives} {
		for i, r := range list {
			if r != nil {
				list[i] = r.Snapshot()
				list[i].Copied = true
			}
		}
	}
	for i, v := range t.Votes {
		c := *v
		c.Copied = true
		t.Votes[i] = &c
	}
	for i, j := range t.Judgements {
		c := *j
		c.Copied = true
		t.Judgements[i] = &c
	}
	return t
}

// Fork stores a new session that begins with the turns of another one up to the given one, "" for
// all of them, and gives it back.
func (s *Store) Fork(ctx context.Context, id, turn string) (*Session, error) {
	from, err := s.Session(ctx, id)
	if err != nil {
		return nil, err
	}
	n := len(from.Turns)
	if turn != "" {
		n = 1 + slices.IndexFunc(from.Turns, func(t *Turn) bool { return t.ID == turn })
		if n == 0 {
			return nil, fmt.Errorf("cannot fork the session: it has no turn %s: %w", turn,
				ErrNotFound)
		}
	}
	f := from.Fork(n)
	if err := s.Insert(ctx, f); err != nil {
		return nil, err
	}
	return f, nil
}
