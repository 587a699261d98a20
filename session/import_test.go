package session

import (
	"context"
	"testing"
)

func imported(t testing.TB, s *Store, sess *Session, want Outcome) ImportResult {
	t.Helper()
	res, err := s.Import(context.Background(), sess)
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcome != want {
		t.Fatalf("outcome %q, want %q", res.Outcome, want)
	}
	return res
}

// TestImportTwice: the same file does not make two sessions, also where the session was renamed meanwhile or has
// another id; and one that goes on further is gone on with.
func TestImportTwice(t *testing.T) {
	s, _ := newStore(t)
	sess := everything()
	id := imported(t, s, sess, OutcomeNew).ID
	imported(t, s, sess, OutcomeKnown)
	if err := s.Rename(context.Background(), id, "Renamed"); err != nil {
		t.Fatal(err)
	}
	other := everything()
	other.ID = ""
	if res := imported(t, s, other, OutcomeKnown); res.ID != id {
		t.Errorf("it is here as %s, not %s", id, res.ID)
	}

	longer := everything()
	longer.Turns = append(longer.Turns, &Turn{ID: "01m8483h70ajpb49b09s381p1q", Prompt: "More", CreatedAt: at(9000),
		Replies: []*Reply{answer(NewReply(0, info("p/one", priced()), ask(), at(9000)), "Yes.")}})
	longer.UpdatedAt = at(9000)
	if res := imported(t, s, longer, OutcomeExtended); res.ID != id || res.Turns != 1 {
		t.Errorf("%+v", res)
	}
	got := load1(t, s, id)
	if len(got.Turns) != 3 || got.Turns[2].Prompt != "More" || got.Turns[2].ID != "01m8483h70ajpb49b09s381p1q" || got.Title != "Renamed" {
		t.Errorf("%d turns, the last %+v, title %q", len(got.Turns), got.Turns[len(got.Turns)-1], got.Title)
	}
	imported(t, s, sess, OutcomeKnown) // the shorter one is a part of it
	if n := count(t, s, `SELECT count(*) FROM sessions`); n != 1 {
		t.Errorf("%d sessions", n)
	}

	// One that went another way is another session, and both ids stay what they are.
	fork := everything()
	fork.Turns[1].Prompt = "Else"
	res := imported(t, s, fork, OutcomeNew)
	if res.ID == id {
		t.Error("the fork took the id of the first one")
	}
	if got := load1(t, s, res.ID); got.Turns[1].Prompt != "Else" || got.Turns[0].ID == fork.Turns[0].ID {
		t.Errorf("fork %+v", got.Turns[1])
	}
}

// TestImportIsWholeOrNothing: a session of which one turn cannot be stored leaves nothing behind.
func TestImportIsWholeOrNothing(t *testing.T) {
	s, _ := newStore(t)
	sess := everything()
	sess.Turns[1].Replies[1].Slot = maxSlot + 1
	if _, err := s.Import(context.Background(), sess); err == nil {
		t.Fatal("stored a reply of a pane that cannot be")
	}
	for _, table := range []string{"sessions", "turns", "replies"} {
		if n := count(t, s, `SELECT count(*) FROM `+table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
}

func TestImportOfARunningReply(t *testing.T) {
	s, _ := newStore(t)
	i := info("p/m", priced())
	sess := &Session{CreatedAt: enter(), UpdatedAt: enter(), Turns: []*Turn{{Prompt: "p", CreatedAt: enter(),
		Replies: []*Reply{apply(newReply(i), start(0, i), text(5, "so far")), NewReply(1, i, ask(), enter())}}}}
	res := imported(t, s, sess, OutcomeNew)
	got := load1(t, s, res.ID).Turns[0].Replies
	if got[0].Status != Interrupted || got[0].Text != "so far" || got[0].Error == nil {
		t.Errorf("%+v", got[0])
	}
	if got[1].Status != Cancelled {
		t.Errorf("%+v", got[1])
	}
	imported(t, s, sess, OutcomeKnown)
	if n := count(t, s, `SELECT count(*) FROM replies WHERE owner IS NOT NULL`); n != 0 {
		t.Errorf("%d replies have an owner", n)
	}
}
