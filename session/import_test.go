package session

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
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

// imported1 is a session as another program exported it: a prompt, its answer, and so on. A "|" parts the answers to one
// prompt, of which the last one is in force.
func imported1(origin string, texts ...string) *Session {
	s := &Session{Title: "imported", Origin: origin, CreatedAt: enter(), UpdatedAt: enter()}
	for i := 0; i < len(texts); i += 2 {
		t := &Turn{Prompt: texts[i], CreatedAt: at(float64(i) * 1000)}
		for _, text := range strings.Split(texts[i+1], "|") {
			r := untimed("chatgpt/gpt-4o")
			r.Text = text
			t.Put(r)
		}
		s.Turns = append(s.Turns, t)
	}
	return s
}

// said is a session as imported1 takes it.
func said(s *Session) (texts []string) {
	for _, t := range s.Turns {
		var answers []string
		for _, r := range t.Answers(0) {
			if r != t.Reply(0) {
				answers = append(answers, r.Text)
			}
		}
		texts = append(texts, t.Prompt, strings.Join(append(answers, t.Reply(0).Text), "|"))
	}
	return texts
}

// Regression: a conversation that had changed between two exports was stored twice.
func TestImportKnowsAConversationThatChanged(t *testing.T) {
	for name, c := range map[string]struct {
		then, now, want []string
		outcome         Outcome
	}{
		"nothing":              {[]string{"q", "a"}, []string{"q", "a"}, []string{"q", "a"}, OutcomeKnown},
		"a further turn":       {[]string{"q", "a"}, []string{"q", "a", "r", "b"}, []string{"q", "a", "r", "b"}, OutcomeExtended},
		"another answer":       {[]string{"q", "a"}, []string{"q", "a|a2"}, []string{"q", "a|a2"}, OutcomeExtended},
		"and a further turn":   {[]string{"q", "a"}, []string{"q", "a|a2", "r", "b"}, []string{"q", "a|a2", "r", "b"}, OutcomeExtended},
		"an edited prompt":     {[]string{"q", "a", "r", "b"}, []string{"q", "a", "r2", "c"}, []string{"q", "a", "r2", "c"}, OutcomeExtended},
		"the first one":        {[]string{"q", "a", "r", "b"}, []string{"q2", "a2"}, []string{"q2", "a2"}, OutcomeExtended},
		"an older export":      {[]string{"q", "a", "r", "b"}, []string{"q", "a"}, []string{"q", "a", "r", "b"}, OutcomeKnown},
		"another one in force": {[]string{"q", "a|a2"}, []string{"q", "a2|a|a3"}, []string{"q", "a|a2|a3"}, OutcomeExtended},
	} {
		s, _ := newStore(t)
		id := imported(t, s, imported1("chatgpt:1", c.then...), OutcomeNew).ID
		res := imported(t, s, imported1("chatgpt:1", c.now...), c.outcome)
		if got := said(load1(t, s, res.ID)); res.ID != id || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q in %s, want %q in %s", name, got, res.ID, c.want, id)
		}
		imported(t, s, imported1("chatgpt:1", c.now...), OutcomeKnown)
		if n := count(t, s, `SELECT count(*) FROM sessions`); n != 1 {
			t.Errorf("%s: %d sessions", name, n)
		}
		imported(t, s, imported1("chatgpt:2", c.now...), OutcomeNew)
	}
}

// What was asked here is not replaced by an import that went another way.
func TestImportKeepsWhatWasAskedHere(t *testing.T) {
	s, _ := newStore(t)
	id := imported(t, s, imported1("chatgpt:1", "q", "a"), OutcomeNew).ID
	say(t, s, id, "asked here", "and paid for")
	now := imported1("chatgpt:1", "q", "a", "r", "b")
	other := imported(t, s, now, OutcomeNew).ID
	if got := load1(t, s, id).Turns; other == id || len(got) != 2 || got[1].Prompt != "asked here" {
		t.Errorf("%d turns in %s", len(got), id)
	}
	imported(t, s, now, OutcomeKnown)
	imported(t, s, imported1("chatgpt:1", "q", "a|a2"), OutcomeExtended)
}

// A session that was imported before origins were kept is known by its beginning.
func TestImportKnowsSessionsWithoutAnOrigin(t *testing.T) {
	s, _ := newStore(t)
	id := imported(t, s, imported1("", "q", "a"), OutcomeNew).ID
	if res := imported(t, s, imported1("chatgpt:1", "q", "a|b", "r", "c"), OutcomeExtended); res.ID != id || res.Turns != 1 {
		t.Errorf("%+v", res)
	}
	if got := load1(t, s, id).Origin; got != "chatgpt:1" {
		t.Errorf("origin %q", got)
	}
}

// Regression: an imported reply without a version got that of the lineup that imported it.
func TestImportedRepliesKeepTheirVersion(t *testing.T) {
	s, _ := newStore(t)
	s.Version = "9.9"
	for _, version := range []string{"", "1.2"} {
		in := imported1("", "q"+version, "a")
		in.Turns[0].Replies[0].Version = version
		id := imported(t, s, in, OutcomeNew).ID
		if got := load1(t, s, id).Turns[0].Replies[0].Version; got != version {
			t.Errorf("version %q became %q", version, got)
		}
	}
}

// Regression: an imported reply that does not say when it ended counted as of today.
func TestImportedRepliesEndWhenTheyWereAsked(t *testing.T) {
	s, _ := newStore(t)
	old := imported1("", "q", "a")
	old.CreatedAt = enter().AddDate(-3, 0, 0)
	old.Turns[0].CreatedAt = old.CreatedAt
	old.Turns[0].Replies[0].Cost = Cost{USD: ptr(7.5), Source: "gateway"}
	id := imported(t, s, old, OutcomeNew).ID
	if got := load1(t, s, id).Turns[0].Replies[0].EndedAt; !got.Equal(old.CreatedAt) {
		t.Errorf("ended at %s", got)
	}
	if sum, err := s.Spent(context.Background(), Midnight(enter())); err != nil || sum.USD != 0 {
		t.Errorf("spent today: %+v, %v", sum, err)
	}
}

// Regression: the time of an import grew with the square of the sessions of one moment.
func TestImportOfManySessionsOfOneMoment(t *testing.T) {
	s, _ := newStore(t)
	const n = 60
	reads := 0
	for i := range n {
		sess := imported1(fmt.Sprintf("chatgpt:%d", i), "the same prompt", "a")
		in := *sess
		s.stamp(&in)
		if err := s.read(context.Background(), "count", func(tx *sql.Tx) error {
			list, err := candidatesFor(context.Background(), tx, &in)
			reads += len(list)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		imported(t, s, sess, OutcomeNew)
	}
	if reads != 0 {
		t.Errorf("%d sessions were compared for %d that are all new", reads, n)
	}
}
