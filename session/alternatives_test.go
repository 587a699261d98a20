package session

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lineup/providers"
)

// again asks slot 0 of a turn once more and answers, in memory and in the store.
func again(t *testing.T, s *Store, turn *Turn, text string) *Reply {
	t.Helper()
	r := NewReply(0, info("p/other", priced()), ask(), enter())
	turn.Put(r)
	if err := s.AddAlternatives(context.Background(), turn.ID, []*Reply{r}); err != nil {
		t.Fatal(err)
	}
	if err := s.FinishReply(context.Background(), turn.ID, answer(r, text)); err != nil {
		t.Fatal(err)
	}
	return r
}

func texts(replies []*Reply) (out []string) {
	for _, r := range replies {
		out = append(out, r.Text)
	}
	return out
}

func TestTakes(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	turn := say(t, s, sess.ID, "prompt", "first", "beside")
	again(t, s, turn, "second")
	again(t, s, turn, "third")
	check := func(when string, want string) {
		t.Helper()
		for where, got := range map[string]*Turn{"memory": turn, "store": load1(t, s, sess.ID).Turns[0]} {
			if r := got.Reply(0); r == nil || r.Text != want || got.Reply(1).Text != "beside" {
				t.Errorf("%s, in %s: %q is in force, want %q", when, where, r.Text, want)
			}
			if all := texts(got.Answers(0)); !slices.Equal(all, []string{"first", "second", "third"}) || len(got.All()) != 4 {
				t.Errorf("%s, in %s: takes %q of %d replies", when, where, all, len(got.All()))
			}
		}
	}
	check("asked again", "third")
	if !turn.Choose(0, 0) || turn.Choose(0, 7) || turn.Choose(5, 0) {
		t.Error("choosing in memory")
	}
	if err := s.Choose(ctx, turn.ID, 0, 0); err != nil {
		t.Fatal(err)
	}
	check("chosen", "first")
	if err := s.Choose(ctx, turn.ID, 0, 7); err == nil {
		t.Error("a take that is not there was chosen")
	}
	check("behind a wrong choice", "first")
	for _, word := range []string{"first", "second", "third"} { // all are found, and shown where they are
		if hits := search(t, s, word); len(hits) != 1 || hits[0].Slot != 0 || hits[0].Excerpt != word {
			t.Errorf("%s: %+v", word, hits)
		}
	}
	if err := s.AddAlternatives(ctx, turn.ID, []*Reply{{Slot: 0, Take: 1, Status: Waiting}}); err == nil {
		t.Error("a take was stored twice")
	}
	check("behind a take that could not be stored", "first")
}

// TestTakeIsSavedWhileItRuns: the pieces go to the new take, and it is the one that is found interrupted.
func TestTakeIsSavedWhileItRuns(t *testing.T) {
	path := dbPath(t)
	s, err := tryOpen(path, settings{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	sess := create(t, s, "t")
	turn := say(t, s, sess.ID, "prompt", "first")
	r := newReply(info("p/m", priced()))
	turn.Put(r)
	if err := s.AddAlternatives(ctx, turn.ID, []*Reply{r}); err != nil {
		t.Fatal(err)
	}
	apply(r, start(0, info("p/m", priced())), text(10, "half"))
	if err := s.AppendPartial(ctx, NewSaver(turn.ID).Batch(turn.Replies)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got := load1(t, openAt(t, path, settings{}), sess.ID).Turns[0]
	if r := got.Reply(0); r.Text != "half" || r.Status != Interrupted || r.Take != 1 || len(got.Alternatives) != 1 || got.Alternatives[0].Text != "first" {
		t.Errorf("in force %+v, beside it %+v", r, got.Alternatives)
	}
}

func TestPromote(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	turn := say(t, s, sess.ID, "which?", "mine", "yours", "")
	say(t, s, sess.ID, "and then?", "a", "b", "c")
	history := func(slot int) string { return fmt.Sprint(load1(t, s, sess.ID).History(slot)) }
	said := func(answers ...string) string {
		h := []providers.Message{}
		for i, q := range []string{"which?", "and then?"} {
			if answers[i] != "" {
				h = append(h, providers.Message{Role: providers.User, Content: q}, providers.Message{Role: providers.Assistant, Content: answers[i]})
			}
		}
		return fmt.Sprint(h)
	}
	one, two, none := 1, 2, 9
	for _, c := range []struct {
		slot *int
		want []string // of each slot
	}{
		{nil, []string{said("mine", "a"), said("yours", "b"), said("", "c")}},
		{&one, []string{said("yours", "a"), said("yours", "b"), said("yours", "c")}},
		{&two, []string{said("mine", "a"), said("yours", "b"), said("", "c")}}, // nothing to go on from
		{nil, []string{said("mine", "a"), said("yours", "b"), said("", "c")}},
	} {
		if err := s.Promote(ctx, turn.ID, c.slot); err != nil {
			t.Fatal(err)
		}
		for slot, want := range c.want {
			if got := history(slot); got != want {
				t.Errorf("slot %d: %s, want %s", slot, got, want)
			}
		}
	}
	if err := s.Promote(ctx, turn.ID, &none); err == nil {
		t.Error("the answer of a pane that there is not was promoted")
	}
}

func TestFork(t *testing.T) {
	s, clock := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	if err := s.Tag(ctx, sess.ID, "demo"); err != nil {
		t.Fatal(err)
	}
	first := say(t, s, sess.ID, "one", "1", "eins")
	again(t, s, first, "I")
	slot := 1
	if err := s.Promote(ctx, first.ID, &slot); err != nil {
		t.Fatal(err)
	}
	say(t, s, sess.ID, "two", "2")
	addTurn(t, s, sess.ID, "running", asked(1))
	clock.pass(time.Hour)

	f, err := s.Fork(ctx, sess.ID, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := load1(t, s, f.ID)
	if got.Title != "t (fork)" || got.System != sess.System || !slices.Equal(providers.Refs(got.Panes), providers.Refs(sess.Panes)) || !slices.Equal(got.Tags, []string{"demo"}) ||
		got.Parent != sess.ID || got.ParentTurn != first.ID || !got.CreatedAt.Equal(clock.now()) {
		t.Errorf("%+v", got)
	}
	if len(got.Turns) != 1 || got.Turns[0].ID == first.ID || !slices.Equal(texts(got.Turns[0].Answers(0)), []string{"1", "I"}) || *got.Turns[0].Promoted != 1 {
		t.Fatalf("turns %+v", got.Turns)
	}
	for i, r := range got.Turns[0].All() {
		if old := load1(t, s, sess.ID).Turns[0].All()[i]; !r.Copied || old.Copied {
			t.Errorf("take %d: copied is %v in the fork and %v in the first session", r.Take, r.Copied, old.Copied)
		}
		r.Copied = false
	}
	if r, old := got.Turns[0].Reply(0), load1(t, s, sess.ID).Turns[0].Reply(0); !r.EndedAt.Equal(old.EndedAt) || marshal(t, r) != marshal(t, old) {
		t.Errorf("the copy %s differs from %s", marshal(t, r), marshal(t, old))
	}
	say(t, s, f.ID, "another way", "anders")
	if n := len(load1(t, s, sess.ID).Turns); n != 3 {
		t.Errorf("the first session has %d turns now", n)
	}

	whole, err := s.Fork(ctx, f.ID, "")
	if err != nil || whole.Title != "t (fork)" || len(whole.Turns) != 2 {
		t.Errorf("a fork of the fork: %+v, %v", whole, err)
	}
	running, err := s.Fork(ctx, sess.ID, "")
	if err != nil || len(running.Turns) != 3 || running.Turns[2].Reply(0) != nil {
		t.Errorf("with a running reply: %v", err)
	}
	if _, err := s.Fork(ctx, sess.ID, "nobody"); err == nil {
		t.Error("forked at a turn that there is not")
	}
}

// TestAppendTurn: what could not be stored when it was asked comes later, whole.
func TestAppendTurn(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	late := &Turn{Prompt: "late", CreatedAt: at(60_000), Replies: []*Reply{nil, full(1)}}
	if err := s.AppendTurn(ctx, sess.ID, late); err != nil || late.ID == "" {
		t.Fatalf("%q, %v", late.ID, err)
	}
	got := load1(t, s, sess.ID)
	if len(got.Turns) != 1 || got.Turns[0].Reply(0) != nil || got.Turns[0].Reply(1).Text != full(1).Text || !got.UpdatedAt.Equal(at(60_000)) {
		t.Errorf("%+v", got)
	}
	if err := s.AppendTurn(ctx, sess.ID, &Turn{Replies: asked(1)}); err == nil {
		t.Error("a running reply was appended")
	}
}
