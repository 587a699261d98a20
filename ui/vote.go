package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/blind"
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
	return castVote(a, v.Turn, v.Turn.VoteFor(p.Slot), p.Slot)
}

// voteByLetter votes by a digit, while letters stand for the panes: 1 says that A is the best, 0
// that none is good. done is false for any other key.
func voteByLetter(a *app, key string) (cmd tea.Cmd, done bool) {
	if len(key) != 1 || key[0] < '0' || key[0] > '9' {
		return nil, false
	}
	p := a.panes.now()
	v := p.InSight()
	if v == nil {
		a.flash = "there is no answer to vote for"
		return nil, true
	}
	if a.flash = canVote(p, v.Reply, v); a.flash != "" {
		return nil, true
	}
	if key == "0" {
		return castVote(a, v.Turn, v.Turn.VoteFor()), true
	}
	slot := int(key[0] - '1')
	if !slices.Contains(v.Turn.Votable(), slot) {
		a.flash = session.Letter(slot) + " has no answer to this prompt"
		return nil, true
	}
	return castVote(a, v.Turn, v.Turn.VoteFor(slot), slot), true
}

// voteKeys are the keys that vote for the first answers. There may be no A among them: its pane was
// closed, or the turn was not put to its model.
func voteKeys(panes []*pane.Pane) (said string) {
	for i, p := range panes[:min(2, len(panes))] {
		key := fmt.Sprintf("%d %s", p.Slot+1, session.Letter(p.Slot))
		if i == 0 {
			said = key + " is best"
			continue
		}
		said += ", " + key + " …"
	}
	return said
}

// voteHint says in a blind session how to vote, and what the vote is.
func voteHint(a *app) string {
	if a.sess == nil {
		return "blind: who is who stays hidden until " + a.keys.Label(keys.Blind)
	}
	words := voteKeys(a.panes.asked()) + ", 0 all bad (in a pane)"
	if p := a.panes.now(); p != nil {
		if t, _ := p.TurnIn(a.sess); t != nil {
			if v := t.VoteBy(session.VotedByYou); v != nil {
				words = "voted: " + toldVote(a, v)
			}
		}
	}
	return "blind · " + words + " · " + a.keys.Label(keys.Ballot) + " ballot · " +
		a.keys.Label(keys.Blind) + " reveals"
}

// castVote keeps a vote on a turn, in the place of an earlier one. chosen are the slots that were
// chosen, the best first.
func castVote(a *app, t *session.Turn, v *session.Vote, chosen ...int) tea.Cmd {
	if v.Check() != nil {
		a.flash = "all these answers are of one contender; a vote compares several"
		if hides(a) { // which ones are the same would tell
			a.flash = "a vote on these answers would say nothing"
		}
		return nil
	}
	a.votes.note(v, choiceWords(v.Kind, chosen))
	v.At, v.Blind, v.Named = a.now(), blind.Hides(a.sess), masksIn(a, t)
	if earlier := t.VoteBy(v.By); earlier != nil {
		if a.votes.replaced == nil {
			a.votes.replaced = map[*session.Turn][]*session.Vote{}
		}
		a.votes.replaced[t] = append(a.votes.replaced[t], earlier)
	}
	a.flash = "voted: " + toldVote(a, v) + "; " + a.keys.Label(keys.Unvote) + " takes that back"
	return putVote(a, t, v)
}

// putVote shows and stores a vote.
func putVote(a *app, t *session.Turn, v *session.Vote) tea.Cmd {
	t.SetVote(v)
	a.panes.remark(t)
	kept := *v // the store completes its own
	return a.mark(t, func(ctx context.Context, store *session.Store, turn string) error {
		return store.Vote(ctx, turn, &kept)
	})
}

// masksIn reports whether names are masked in the answers that stand in a vote on a turn.
func masksIn(a *app, t *session.Turn) bool {
	return slices.ContainsFunc(t.Votable(), func(slot int) bool {
		return len(a.reading.Veil.Named(t.Reply(slot))) > 0
	})
}

// unvote takes back the vote on the turn in sight. One that it has replaced stands again.
func unvote(a *app, p *pane.Pane) tea.Cmd {
	v := p.InSight()
	if v == nil || v.Turn.VoteBy(session.VotedByYou) == nil {
		a.flash = "there is no vote on this turn"
		return nil
	}
	if earlier := a.votes.replaced[v.Turn]; len(earlier) > 0 {
		last := earlier[len(earlier)-1]
		a.votes.replaced[v.Turn] = earlier[:len(earlier)-1]
		a.flash = "the vote before stands again: " + toldVote(a, last)
		return putVote(a, v.Turn, last)
	}
	a.flash = "the vote on this turn is taken back"
	return dropVote(a, v.Turn)
}

// dropVote takes a vote away from the panes and the store.
func dropVote(a *app, t *session.Turn) tea.Cmd {
	t.DropVote(session.VotedByYou)
	a.panes.remark(t)
	return a.mark(t, func(ctx context.Context, store *session.Store, turn string) error {
		return store.Unvote(ctx, turn, session.VotedByYou)
	})
}

// toldVote says what was voted. In a blind session it says what was pressed. The vote itself has
// each contender once, which tells whose panes are the same.
func toldVote(a *app, v *session.Vote) string {
	if !hides(a) {
		return voteWords(v)
	}
	return cmp.Or(a.votes.words[v], "before")
}

// note keeps what was pressed for a vote.
func (b *votes) note(v *session.Vote, pressed string) {
	if b.words == nil {
		b.words = map[*session.Vote]string{}
	}
	b.words[v] = pressed
}

// choiceWords says by letters what was chosen.
func choiceWords(kind session.VoteKind, chosen []int) string {
	letters := make([]string, len(chosen))
	for i, slot := range chosen {
		letters[i] = session.Letter(slot)
	}
	switch {
	case len(chosen) == 0:
		return "none is good"
	case kind == session.VoteRanking:
		return strings.Join(letters, " > ")
	case len(chosen) == 1:
		return letters[0] + " is the best"
	}
	return strings.Join(letters, " = ")
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
