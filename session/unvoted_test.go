package session

import (
	"slices"
	"testing"
)

// A turn wants a vote while you have none on it, and where there are ended answers of several contenders.
func TestWantsVote(t *testing.T) {
	with := func(change func(*Turn)) bool {
		turn := ballotTurn()
		change(turn)
		return turn.WantsVote()
	}
	each := func(change func(*Reply)) func(*Turn) {
		return func(t *Turn) {
			for _, r := range t.Replies {
				change(r)
			}
		}
	}
	for name, c := range map[string]struct {
		got, want bool
	}{
		"as it is":         {with(func(*Turn) {}), true},
		"a vote of yours":  {with(func(t *Turn) { v := t.VoteFor(1); t.SetVote(v) }), false},
		"another's vote":   {with(func(t *Turn) { v := t.VoteFor(1); v.By = "kim"; t.SetVote(v) }), true},
		"one contender":    {with(func(t *Turn) { t.Replies[1], t.Replies[3] = nil, nil }), false},
		"still streaming":  {with(func(t *Turn) { t.Replies[1].Status = Streaming }), false},
		"the failed one":   {with(func(t *Turn) { t.Replies[4].Status = Waiting }), true}, // it has no answer, and is not voted on
		"cut":              {with(func(t *Turn) { t.Replies[1].Status = Truncated }), true},
		"a fork":           {with(each(func(r *Reply) { r.Copied = true })), false},
		"asked after fork": {with(func(t *Turn) { t.Replies[0].Copied = true }), true},
		"merged":           {with(each(func(r *Reply) { r.Merge = r.Slot > 0 })), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v", name, c.got)
		}
	}
}

// Turns without a vote are found over all sessions or over those of a tag; those in the trash are not.
func TestUnvoted(t *testing.T) {
	s, _ := newStore(t)
	var ids []string
	for i := range 3 {
		sess := &Session{Title: "t", Turns: []*Turn{ballotTurn(), ballotTurn()}}
		if err := s.Insert(t.Context(), sess); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, sess.ID)
		if i == 0 {
			vote(t, s, sess.Turns[0].ID, sess.Turns[0].VoteFor(0))
		}
	}
	if err := s.Tag(t.Context(), ids[0], "work"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), ids[2]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		f    Filter
		want []int // turns of each session
	}{{Filter{}, []int{1, 2, 0}}, {Filter{Tag: "work"}, []int{1, 0, 0}}, {Filter{Tag: "none"}, []int{0, 0, 0}}} {
		list, err := s.Unvoted(t.Context(), c.f)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]int, len(ids))
		for _, ref := range list {
			got[slices.Index(ids, ref.Session)]++
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.f, got, c.want)
		}
	}
}
