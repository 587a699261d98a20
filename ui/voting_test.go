package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/pane"
)

// votedOn is a session of turns that are answered by two models, in the order one, two.
func votedOn(t *testing.T, store *session.Store, title string, turns int, tags ...string) *session.Session {
	t.Helper()
	s := &session.Session{Title: title, Panes: []providers.Contender{{Ref: providers.RefOf("p/first")}, {Ref: providers.RefOf("p/second")}}}
	for i := range turns {
		turn := &session.Turn{Prompt: fmt.Sprintf("%s question %d", title, i+1)}
		for slot, model := range []string{"p/first", "p/second"} {
			turn.Replies = append(turn.Replies, &session.Reply{Slot: slot, Model: model, ServedBy: model, Status: session.Done,
				Text: fmt.Sprintf("answer of slot %d to %d", slot, i+1), Cost: session.Cost{Own: true}})
		}
		s.Turns = append(s.Turns, turn)
	}
	if err := store.Insert(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if len(tags) > 0 {
		if err := store.Tag(t.Context(), s.ID, tags...); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Fault: the keys of a turn that the first model was not asked began with an A that it does not have.
func TestVotingKeysAreThoseOfTheTurn(t *testing.T) {
	v := &votingRound{turn: &session.Turn{}}
	v.board.open = []*pane.Pane{{Slot: 1}, {Slot: 2}, {Slot: 3}}
	a := newApp(t.Context(), Config{})
	if got := v.hints(a); got[0] != "2 B is best, 3 C …" || got[1] != "esc end" {
		t.Errorf("the keys are %q", got)
	}
}

// winners are the models that the votes of a session chose, turn by turn.
func winners(t *testing.T, store *session.Store, id string) string {
	t.Helper()
	s, err := store.Session(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, turn := range s.Turns {
		v := turn.VoteBy(session.VotedByYou)
		switch {
		case v == nil:
			words = append(words, "-")
		default:
			words = append(words, voteWords(v))
		}
	}
	return strings.Join(words, ", ")
}

// turnedAround swaps the letters of two panes.
func turnedAround(n int, swap func(i, j int)) {
	if n == 2 {
		swap(0, 1)
	}
}

// A voting session takes one key a turn, in letters that are shuffled, and knows what it showed.
func TestVotingSession(t *testing.T) {
	store := openStore(t)
	s := votedOn(t, store, "Alpha", 5, "work")
	cfg := Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}, Shuffle: turnedAround}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:/vote #work", "enter")
		d.wantSees("Vote · #work · turn 1 of 5", "1 of 5", "Alpha question 1", "answer of slot 1 to 1", "0 all bad")
		d.wantNot("first")
		d.wantNot("second")
		d.wantNot("╭ Vote") // the panes have frames of their own
		screen := d.app.View().Content
		if a, b := strings.Index(screen, "slot 1 to 1"), strings.Index(screen, "slot 0 to 1"); a > b {
			t.Error("the letters are not shuffled: slot 0 stands first")
		}
		d.press("1") // A, which is the second model
		d.wantSees("2 of 5", "last vote: A is the best", "Alpha question 2")
		d.press("2", "0", "s")
		d.wantSees("5 of 5", "1 skipped")
		d.press("V", "1", "2")
		d.wantSees("good: A = B")
		d.press("enter")
		d.wantSees("4 of 5 turns voted on", "1 all bad · 1 tie · 1 skipped", "p/second", "p/first", "s vote on the skipped ones")
		if got, want := winners(t, store, s.ID), "p/second is the best, p/first is the best, none is good, -, p/first = p/second"; got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
		d.press("s")
		d.wantSees("1 of 1", "Alpha question 4")
		d.press("r", "2", "enter")
		d.wantSees("1 of 1 turn voted on")
		d.press("esc")
		d.wantNot("Vote ·")
		if got := winners(t, store, s.ID); !strings.Contains(got, "p/first > p/second") {
			t.Errorf("kept %q", got)
		}
		d.press("lit:/vote #work", "enter")
		d.wantSees("No turn is left to vote on")
	})
	votes, err := store.Votes(t.Context(), session.VoteFilter{})
	if err != nil || len(votes) != 5 {
		t.Fatalf("%d votes, %v", len(votes), err)
	}
	for _, v := range votes {
		if !v.Blind {
			t.Errorf("a vote in a voting session is not blind: %+v", v)
		}
	}
}

// One can go back and vote otherwise, or take a vote back.
func TestVotingSessionGoesBack(t *testing.T) {
	store := openStore(t)
	s := votedOn(t, store, "Alpha", 3)
	kept(t, Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}, Shuffle: turnedAround}, func(d *realDriver) {
		d.press("lit:/vote "+s.ID, "enter", "b")
		d.wantSees("this is the first one")
		d.press("1", "b")
		d.wantSees("1 of 3", "voted: A is the best")
		d.press("2")
		d.wantSees("2 of 3")
		if got := winners(t, store, s.ID); got != "p/first is the best, -, -" {
			t.Errorf("kept %q", got)
		}
		d.press("b", "U")
		d.wantSees("the vote on this turn is taken back")
		if got := winners(t, store, s.ID); got != "-, -, -" {
			t.Errorf("kept %q", got)
		}
		d.press("7")
		d.wantSees("G has no answer to this prompt")
		d.press("V", "enter")
		d.wantSees("mark the good answers first")
		d.press("esc", "1", "s")
		d.wantSees("3 of 3", "Alpha question 3")
		d.wantNot("Alpha question 2")
		d.press("c")
		d.wantSees("Alpha question 2") // what was said before
		d.press("c")
		d.wantNot("Alpha question 2")
		d.press("esc")
		d.wantSees("1 of 3 turns voted on", "1 skipped")
	})
}

// Without a session on the screen /vote takes all sessions; each has letters of its own.
func TestVotingSessionOverAllSessions(t *testing.T) {
	store := openStore(t)
	one, two := votedOn(t, store, "Alpha", 1), votedOn(t, store, "Beta", 1)
	shuffles := 0
	cfg := Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}, Shuffle: func(n int, swap func(i, j int)) {
		if shuffles++; shuffles == 1 {
			swap(0, 1)
		}
	}}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:/vote", "enter")
		d.wantSees("Vote · all sessions", "1 of 2")
		d.press("1", "1")
		if shuffles != 2 {
			t.Errorf("%d shuffles of two sessions", shuffles)
		}
		got := []string{winners(t, store, one.ID), winners(t, store, two.ID)}
		slices.Sort(got)
		if !slices.Equal(got, []string{"p/first is the best", "p/second is the best"}) {
			t.Errorf("kept %q", got)
		}
		d.press("f3")
		d.wantSees("Ratings · by contender", "2 votes")
		d.press("esc", "lit:/vote nowhere", "enter")
		d.wantSees("nowhere")
		d.wantNot("Vote ·")
	})
}

// The session on the screen is voted on as it is: what it shows hides meanwhile, and knows the vote at once.
func TestVotingOnTheSessionOnTheScreen(t *testing.T) {
	voting(t, func(d *realDriver) {
		d.press("i", "lit:/vote", "enter")
		d.wantSees("1 of 1", "hi")
		for _, name := range []string{"p/one", "p/two", "p/three", "first 2"} {
			d.wantNot(name)
		}
		d.press("0")
		d.wantSees("1 of 1 turn voted on", "1 all bad")
		d.press("esc")
		d.wantSees("one", "two", "bad ")
		if got := voteKept(t, d.store); got != "bad none is good" {
			t.Errorf("kept %q", got)
		}
	})
	// nothing is kept: the turn has no id
	drive(t, 110, 30, Config{Panes: []registry.Spec{counting("p/one").spec(), counting("p/two").spec()}}, func(d *driver) {
		d.press("lit:hi", "enter")
		d.settle()
		d.press("lit:/vote", "enter", "1")
		d.settle()
		d.wantSees("1 of 1 turn voted on")
		if d.app.sess.Turns[0].VoteBy(session.VotedByYou) == nil {
			t.Error("no vote on the turn")
		}
	})
}

// A session that is blind keeps its letters and stays blind; who has seen one revealed votes with open eyes.
func TestVotingInBlindSessions(t *testing.T) {
	for _, revealed := range []bool{false, true} {
		store := openStore(t)
		s := votedOn(t, store, "Alpha", 1)
		if err := store.SetBlind(t.Context(), s.ID, true, revealed); err != nil {
			t.Fatal(err)
		}
		kept(t, Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}, Shuffle: turnedAround}, func(d *realDriver) {
			d.press("lit:/vote all", "enter", "1")
			got := winners(t, store, s.ID)
			if revealed {
				d.wantSees("p/second")
				if got != "p/second is the best" {
					t.Errorf("kept %q", got)
				}
				return
			}
			d.wantSees("1 of them in sessions that stay blind")
			d.wantNot("p/first")
			if got != "p/first is the best" {
				t.Errorf("the letters of a blind session have changed: %q", got)
			}
		})
		v, err := store.Votes(t.Context(), session.VoteFilter{Unrevealed: true})
		if err != nil || len(v) != 1 || v[0].Blind == revealed {
			t.Errorf("revealed %v: %+v, %v", revealed, v, err)
		}
	}
}

// A contender stands in a vote once. What a round says of a vote is what was pressed, so that nobody sees which panes
// are the same.
func TestVotingSessionTellsNotWhichPanesAreTheSame(t *testing.T) {
	store := openStore(t)
	s := votedOn(t, store, "Alpha", 4)
	s.ID = ""
	s.Panes = append(s.Panes, s.Panes[0])
	for i, turn := range s.Turns {
		twin := *turn.Replies[0]
		twin.Slot, twin.Text = 2, fmt.Sprintf("answer of slot 2 to %d", i+1)
		turn.ID, turn.Replies = "", append(turn.Replies, &twin)
	}
	if err := store.Insert(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := store.SetBlind(t.Context(), s.ID, true, false); err != nil {
		t.Fatal(err)
	}
	kept(t, Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}}, func(d *realDriver) {
		d.press("lit:/vote "+s.ID, "enter", "3")
		d.wantSees("last vote: C is the best")
		d.press("V", "1", "3", "enter")
		d.wantSees("last vote: A = C")
		d.press("b")
		d.wantSees("voted: A = C")
		d.press("s", "r", "1", "2", "3", "enter")
		d.wantSees("last vote: A > B > C")
		d.press("V", "1", "2", "enter")
		d.wantSees("4 of 4 turns voted on")
		d.wantNot("tie")
	})
	want := "p/first is the best, p/first is the best, p/first > p/second, p/first = p/second"
	if got := winners(t, store, s.ID); got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

// A vote that a round casts stands in the panes of the session on the screen too, and goes when the round takes it back.
func TestVotingSessionTakesBackInThePanes(t *testing.T) {
	cfg := Config{Panes: []registry.Spec{counting("p/one").spec(), counting("p/two").spec()}, Blind: true}
	drive(t, 110, 30, cfg, func(d *driver) {
		for _, prompt := range []string{"first", "second"} {
			d.press("lit:"+prompt, "enter")
			d.settle()
		}
		d.press("lit:/vote", "enter", "s", "2", "esc")
		d.settle()
		d.wantSees("blind · voted: B is the best", " voted ")
		d.press("alt+1", "U", "i", "lit:/vote", "enter", "0", "b", "U", "esc")
		d.settle()
		d.wantNot("voted")
	})
}

// A model that names itself, or goes on from another's answer, tells nothing; the vote wears the mark.
func TestVotingSessionHidesWhatAnswersTell(t *testing.T) {
	store := openStore(t)
	s := votedOn(t, store, "Alpha", 1)
	s.ID, s.Turns[0].ID = "", ""
	zero := 0
	s.Turns[0].Promoted = &zero
	s.Turns[0].Replies[0].Text = "As first of p I say: 제미나이, GPT-4 and Qwen are others."
	s.Turns[0].Replies[1].Model, s.Turns[0].Replies[1].ServedBy = "p/gpt-4o", "p/qwen3"
	s.Turns[0].Replies[1].Notes = []string{"served by p/qwen3"}
	cost := 0.5
	s.Turns[0].Replies[1].Cost.USD = &cost
	if err := store.Insert(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{200, 60}, {120, 40}, {80, 24}, {60, 18}, {40, 12}} {
		drive(t, size[0], size[1], Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}, Shuffle: turnedAround}, func(d *driver) {
			d.press("lit:/vote "+s.ID, "enter")
			d.settle()
			for _, k := range []string{"", "z", "tab", "c", "V", "esc", "=", "esc", "r", "esc"} {
				if k != "" {
					d.press(k)
					d.settle()
				}
				screen := strings.ToLower(d.screen())
				for _, leak := range []string{"gpt", "qwen", "p/", "first", "0.50", "tok"} {
					if strings.Contains(screen, leak) {
						t.Errorf("%v after %q: the screen tells %q:\n%s", size, k, leak, d.screen())
					}
				}
			}
		})
	}
	kept(t, Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}}, func(d *realDriver) {
		d.press("lit:/vote "+s.ID, "enter", "1")
	})
	v, err := store.Votes(t.Context(), session.VoteFilter{})
	if err != nil || len(v) != 1 || !v[0].Named || !v[0].Blind || !v[0].Fallback {
		t.Errorf("%+v, %v", v, err)
	}
}

// Fifty turns are voted on with fifty keys, and the progress says how long the rest will take.
func TestFiftyVotesTakeFiftyKeys(t *testing.T) {
	store := openStore(t)
	s := votedOn(t, store, "Alpha", 50)
	now := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	cfg := Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}, Now: func() time.Time { return now }}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:/vote "+s.ID, "enter")
		for i := range 50 {
			now = now.Add(12 * time.Second)
			d.press(fmt.Sprint(i % 3))
			if i == 24 {
				d.press("V", "esc") // what was voted gives way to what is left
				d.wantSees("26 of 50", "about 5 min left")
			}
		}
		d.wantSees("50 of 50 turns voted on in 10 min, 12 s each", "17 all bad")
	})
	if strings.Contains(winners(t, store, s.ID), "-") {
		t.Error(winners(t, store, s.ID))
	}
}

// A turn that was deleted meanwhile is passed over.
func TestVotingSessionOutlivesItsSessions(t *testing.T) {
	store := openStore(t)
	one, two := votedOn(t, store, "Alpha", 1), votedOn(t, store, "Beta", 1)
	kept(t, Config{Store: store, Panes: []registry.Spec{counting("p/one").spec()}}, func(d *realDriver) {
		d.press("lit:/vote all", "enter")
		for _, s := range []*session.Session{one, two} {
			if !strings.Contains(d.app.View().Content, s.Title+" question") {
				if err := store.Delete(t.Context(), s.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		d.press("1")
		d.wantSees("1 of 2 turns voted on", "1 skipped")
	})
}

// Any turn of any saved session can be voted on, in panes and on a ballot.
func TestVoteOnAnyTurnOfASavedSession(t *testing.T) {
	store := openStore(t)
	s := votedOn(t, store, "Alpha", 3)
	votedOn(t, store, "Beta", 1)
	cfg := Config{Store: store, Panes: []registry.Spec{counting("p/first").spec(), counting("p/second").spec()}}
	kept(t, cfg, func(d *realDriver) {
		d.press("ctrl+s", "lit:Alpha", "enter")
		d.wantSees(`opened "Alpha"`)
		d.press("alt+2", "v", "g", "alt+1", "g", "V", "r", "2", "enter")
		if got, want := winners(t, store, s.ID), "p/second > p/first, -, p/second is the best"; got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
		d.press("U")
		if got, want := winners(t, store, s.ID), "-, -, p/second is the best"; got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
	})
}
