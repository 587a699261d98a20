package session

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func bestOf(winner int, models ...string) *Vote {
	v := &Vote{Kind: VoteBest, Winners: []int{winner}, Order: []int{}}
	for i, m := range models {
		v.Contenders, v.Slots = append(v.Contenders, BareCandidate(m)), append(v.Slots, i)
	}
	return v
}

func vote(t *testing.T, s *Store, turn string, v *Vote) {
	t.Helper()
	if err := s.Vote(context.Background(), turn, v); err != nil {
		t.Fatal(err)
	}
}

func votes(t *testing.T, s *Store, f VoteFilter) []CastVote {
	t.Helper()
	list, err := s.Votes(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestVoteIsKeptWholeAndReplaced(t *testing.T) {
	s, clock := newStore(t)
	sess := create(t, s, "t")
	turn := addTurn(t, s, sess.ID, "a < b?", []*Reply{answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")})
	vote(t, s, turn.ID, bestOf(0, "p/a", "p/b"))
	clock.pass(time.Minute)
	second := &Vote{Kind: VoteRanking, Order: []int{2, 0, 1}, Winners: []int{}, VoteMarks: VoteMarks{Named: true, Partial: true}, Slots: []int{0, 1, 3},
		Contenders: []Candidate{BareCandidate("p/a"), {ID: "0123456789ab", Model: "p/<b>", Label: "cold", Settings: []byte(`{"stop":["<"]}`)}, BareCandidate("p/c")}}
	vote(t, s, turn.ID, second)
	other := bestOf(1, "p/a", "p/b")
	other.By = "somebody"
	vote(t, s, turn.ID, other)

	got := load1(t, s, sess.ID)
	if second.By != VotedByYou || !second.At.Equal(enter().Add(time.Minute)) {
		t.Errorf("cast at %v by %q", second.At, second.By)
	}
	if d := cmp.Diff([]*Vote{second, other}, got.Turns[0].Votes); d != "" {
		t.Errorf("(-kept +read)\n%s", d)
	}
	if !got.UpdatedAt.Equal(enter()) {
		t.Errorf("a vote counts as use: %v", got.UpdatedAt)
	}
	want := []CastVote{{sess.ID, turn.ID, "a < b?", nil, *second}, {sess.ID, turn.ID, "a < b?", nil, *other}}
	if d := cmp.Diff(want, votes(t, s, VoteFilter{})); d != "" {
		t.Error(d)
	}
	if err := s.Unvote(context.Background(), turn.ID, ""); err != nil {
		t.Fatal(err)
	}
	if left := load1(t, s, sess.ID).Turns[0].Votes; len(left) != 1 || left[0].By != "somebody" {
		t.Errorf("left %+v", left)
	}
	if err := s.Unvote(context.Background(), turn.ID, ""); !errors.Is(err, errNoVote) {
		t.Error(err)
	}
}

func TestVoteThatSaysNothingClearIsRefused(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	turn := addTurn(t, s, sess.ID, "p", nil)
	for _, v := range []*Vote{bestOf(2, "p/a", "p/b"), bestOf(0, "p/a"), bestOf(0, "p/a", "p/a"), {}} {
		if err := s.Vote(context.Background(), turn.ID, v); err == nil {
			t.Errorf("%+v is taken", v)
		}
	}
	if err := s.Vote(context.Background(), "01m8483h70ajpb49b09s381p1x", bestOf(0, "p/a", "p/b")); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestWhichVotesCount(t *testing.T) {
	ctx := context.Background()
	s, clock := newStore(t)
	cast := func(title string) (*Session, string) {
		sess := create(t, s, title)
		turn := addTurn(t, s, sess.ID, title, []*Reply{answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")})
		vote(t, s, turn.ID, bestOf(0, "p/a", "p/b"))
		clock.pass(time.Hour)
		return sess, turn.ID
	}
	old, _ := cast("old")
	hidden, _ := cast("hidden")
	shown, _ := cast("shown")
	gone, _ := cast("gone")
	said := func(f VoteFilter) (titles []string) {
		for _, v := range votes(t, s, f) {
			titles = append(titles, v.Prompt)
		}
		return titles
	}
	for _, err := range []error{s.Tag(ctx, old.ID, "demo"), s.SetBlind(ctx, hidden.ID, true, false), s.SetBlind(ctx, shown.ID, true, true),
		s.Delete(ctx, gone.ID), s.SetBlind(ctx, "20261123-130412-zzzzz", true, true)} {
		if err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
	}
	fork, err := s.Fork(ctx, old.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if v := load1(t, s, fork.ID).Turns[0].Votes; len(v) != 1 || !v[0].Copied || load1(t, s, old.ID).Turns[0].Votes[0].Copied {
		t.Errorf("the fork has %+v", v)
	}
	if f, err := s.Fork(ctx, hidden.ID, ""); err != nil || !load1(t, s, f.ID).Blind {
		t.Errorf("a fork of a blind session shows who is who: %v", err)
	}
	for _, c := range []struct {
		f    VoteFilter
		want []string
	}{
		{VoteFilter{}, []string{"old", "shown"}},
		{VoteFilter{Unrevealed: true}, []string{"old", "hidden", "shown"}},
		{VoteFilter{Tag: "#Demo"}, []string{"old"}},
		{VoteFilter{Since: enter().Add(time.Minute)}, []string{"shown"}},
	} {
		if d := cmp.Diff(c.want, said(c.f)); d != "" {
			t.Errorf("%+v: %s", c.f, d)
		}
	}
	if err := s.Undelete(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"old", "shown", "gone"}, said(VoteFilter{})); d != "" {
		t.Error("back from the trash:", d)
	}
}

// An import of a session that is here brings later votes, and leaves earlier ones alone.
func TestImportBringsLaterVotes(t *testing.T) {
	ctx := context.Background()
	s, clock := newStore(t)
	sess := create(t, s, "t")
	turn := addTurn(t, s, sess.ID, "p", []*Reply{answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")})
	if err := s.FinishReply(ctx, turn.ID, turn.Replies[0]); err != nil {
		t.Fatal(err)
	}
	before := load1(t, s, sess.ID)
	clock.pass(time.Hour)
	vote(t, s, turn.ID, bestOf(0, "p/a", "p/b"))
	imported := func(at time.Time, winner int) (Outcome, int) {
		t.Helper()
		in := *before
		turn := *before.Turns[0]
		v := bestOf(winner, "p/a", "p/b")
		v.At = at
		turn.Votes, in.Turns = []*Vote{v}, []*Turn{&turn}
		res, err := s.Import(ctx, &in)
		if err != nil {
			t.Fatal(err)
		}
		return res.Outcome, load1(t, s, sess.ID).Turns[0].Votes[0].Winners[0]
	}
	if outcome, winner := imported(enter(), 1); outcome != OutcomeKnown || winner != 0 {
		t.Errorf("an earlier vote: %s, winner %d", outcome, winner)
	}
	if outcome, winner := imported(enter().Add(2*time.Hour), 1); outcome != OutcomeExtended || winner != 1 {
		t.Errorf("a later vote: %s, winner %d", outcome, winner)
	}
	bad := *before
	worse := *before.Turns[0]
	worse.Votes, bad.Turns = []*Vote{bestOf(7, "p/a", "p/b")}, []*Turn{&worse}
	if _, err := s.Import(ctx, &bad); err == nil {
		t.Error("a vote for nobody is imported")
	}
}

func TestSalvageKeepsVotes(t *testing.T) {
	path := dbPath(t)
	s, err := tryOpen(path, settings{})
	if err != nil {
		t.Fatal(err)
	}
	sess := create(t, s, "t")
	turn := addTurn(t, s, sess.ID, "p", []*Reply{answer(NewReply(0, info("p/m", priced()), ask(), enter()), "x")})
	vote(t, s, turn.ID, bestOf(1, "p/a", "p/b"))
	if err := errors.Join(s.SetBlind(context.Background(), sess.ID, true, true), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Salvage(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	again := openAt(t, path, settings{})
	got := load1(t, again, sess.ID)
	if v := got.Turns[0].Votes; len(v) != 1 || v[0].Winners[0] != 1 || !got.Blind || !got.Revealed {
		t.Errorf("%+v", got)
	}
}
