package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// canVote is of the turn in sight of the current pane.
func canVote(_ *pane.Pane, _ *session.Reply, v *pane.View) string {
	return unless(len(v.Turn.Votable()) > 1, "there is no other answer to compare with")
}

// canVoteFor is of the answer in sight.
func canVoteFor(p *pane.Pane, r *session.Reply, v *pane.View) string {
	if v.Turn.Reply(p.Slot) != v.Reply || v.Reply.VisibleText() == "" {
		return "only an answer that the conversation goes on from can be voted for"
	}
	return canVote(p, r, v)
}

func hasVote(_ *pane.Pane, _ *session.Reply, v *pane.View) string {
	return unless(v.Turn.VoteBy(session.VotedByYou) != nil, "there is no vote on this turn")
}

// voteBest says that the answer in sight is the best of its turn.
func voteBest(a *app, p *pane.Pane) tea.Cmd {
	v := p.InSight()
	if v == nil {
		a.flash = "there is no answer to vote for"
		return nil
	}
	if a.flash = canVoteFor(p, v.Reply, v); a.flash != "" {
		return nil
	}
	return castVote(a, v.Turn, v.Turn.VoteFor(p.Slot))
}

// castVote keeps a vote on a turn, in the place of an earlier one.
func castVote(a *app, t *session.Turn, v *session.Vote) tea.Cmd {
	if v.Check() != nil {
		a.flash = "all these answers are of one contender; a vote compares several"
		return nil
	}
	v.At, v.Blind = a.now(), a.sess.Blind && !a.sess.Revealed
	t.SetVote(v)
	a.panes.remark(t)
	a.flash = "voted: " + voteWords(v) + "; " + a.keys.Label(keys.Unvote) + " takes that back"
	kept := *v // the store completes its own
	return a.mark(t, func(ctx context.Context, store *session.Store, turn string) error {
		return store.Vote(ctx, turn, &kept)
	})
}

// unvote takes back the vote on the turn in sight.
func unvote(a *app, p *pane.Pane) tea.Cmd {
	v := p.InSight()
	if v == nil || v.Turn.VoteBy(session.VotedByYou) == nil {
		a.flash = "there is no vote on this turn"
		return nil
	}
	v.Turn.DropVote(session.VotedByYou)
	a.panes.remark(v.Turn)
	a.flash = "the vote on this turn is taken back"
	return a.mark(v.Turn, func(ctx context.Context, store *session.Store, turn string) error {
		return store.Unvote(ctx, turn, session.VotedByYou)
	})
}

// voteWords says what was voted, in the labels of the contenders.
func voteWords(v *session.Vote) string {
	labels := func(places []int, between string) string {
		var names []string
		for _, i := range places {
			names = append(names, text.OneLine(v.Contenders[i].Label))
		}
		return strings.Join(names, between)
	}
	switch v.Kind {
	case session.VoteBad:
		return "none is good"
	case session.VoteTie:
		return labels(v.Winners, " = ")
	case session.VoteRanking:
		return labels(v.Order, " > ")
	}
	return labels(v.Winners, "") + " is the best"
}
