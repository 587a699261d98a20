package ui

import (
	"context"
	"fmt"
	"testing"

	"lineup/registry"
	"lineup/session"
)

// voting is a screen with a turn of three answers that the store has.
func voting(t *testing.T, test func(d *realDriver)) {
	t.Helper()
	cfg := Config{Panes: []registry.Spec{counting("p/one").spec(), counting("p/two").spec(), counting("p/three").spec()}}
	kept(t, cfg, func(d *realDriver) {
		d.press("lit:hi", "enter", "alt+1")
		test(d)
	})
}

// voteKept is the vote on the last turn that the store has, in words, "" for none.
func voteKept(t *testing.T, store *session.Store) string {
	t.Helper()
	turns := last(t, store).Turns
	votes := turns[len(turns)-1].Votes
	if len(votes) == 0 {
		return ""
	}
	if len(votes) > 1 {
		t.Errorf("%d votes on one turn", len(votes))
	}
	return fmt.Sprint(votes[0].Kind, " ", voteWords(votes[0]))
}

func TestVoteByOneKey(t *testing.T) {
	voting(t, func(d *realDriver) {
		wants := func(want string) {
			t.Helper()
			if got := voteKept(t, d.store); got != want {
				t.Errorf("kept %q, want %q", got, want)
			}
		}
		d.press("v")
		d.wantSees("voted: p/one is the best; U takes that back", "best ")
		wants("best p/one is the best")
		d.press("right", "v") // replaces
		wants("best p/two is the best")
		d.press("U") // the one that was replaced stands again
		d.wantSees("the vote before stands again: p/one is the best")
		wants("best p/one is the best")
		d.press("U")
		d.wantSees("the vote on this turn is taken back")
		wants("")
		d.press("U")
		d.wantSees("there is no vote on this turn")
	})
}

func TestBallot(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want string
		sees string
	}{
		{[]string{"2", "enter"}, "best p/two is the best", "voted: p/two is the best"},
		{[]string{"1", "3", "enter"}, "tie p/one = p/three", "voted: p/one = p/three"},
		{[]string{"1", "3", "1", "enter"}, "best p/three is the best", ""},
		{[]string{"down", "space", "enter"}, "best p/two is the best", ""},
		{[]string{"0"}, "bad none is good", "voted: none is good"},
		{[]string{"r", "3", "1", "2", "enter"}, "ranking p/three > p/one > p/two", ""},
		{[]string{"r", "3", "1", "enter"}, "ranking p/three > p/one > p/two", ""}, // the last place is clear
		{[]string{"1", "r", "3", "enter"}, "", "2 answers have no place yet"},
		{[]string{"enter"}, "", "mark the good answers first; 0 says that all are bad"},
		{[]string{"7"}, "", "pane 7 has no answer to this prompt"},
		{[]string{"1", "esc"}, "", "p/one says 1"},
	} {
		voting(t, func(d *realDriver) {
			d.press("V")
			d.wantSees("Vote · turn 1", " 1 [ ] p/one", "p/one says 1")
			d.press(c.keys...)
			d.wantSees(c.sees)
			if got := voteKept(t, d.store); got != c.want {
				t.Errorf("%v: kept %q, want %q", c.keys, got, c.want)
			}
		})
	}
}

// A vote is on the turn in sight, shows there, and there must be two contenders.
func TestVoteOnEarlierTurn(t *testing.T) {
	voting(t, func(d *realDriver) {
		d.press("i", "lit:again", "enter", "alt+1", "g", "v")
		sess := last(t, d.store)
		if len(sess.Turns) != 2 || len(sess.Turns[0].Votes) != 1 || len(sess.Turns[1].Votes) != 0 {
			t.Errorf("votes on %+v", sess.Turns)
		}
	})
	kept(t, Config{Panes: []registry.Spec{counting("p/one").spec()}}, func(d *realDriver) {
		d.press("lit:hi", "enter", "alt+1", "v")
		d.wantSees("there is no other answer to compare with")
		d.press("V")
		d.wantNot("Vote on")
	})
	same := counting("p/one")
	kept(t, Config{Panes: []registry.Spec{same.spec(), same.spec()}}, func(d *realDriver) {
		d.press("lit:hi", "enter", "alt+1", "v")
		d.wantSees("all these answers are of one contender")
	})
}

func TestBallotFrames(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {80, 24}, {40, 12}} {
		name := fmt.Sprintf("%dx%d-ballot", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			drive(t, size[0], size[1], Config{Panes: eventfulPanes(), Session: twoAnswers()}, func(d *driver) {
				d.press("tab", "V", "r", "2", "1")
				goldenText(t, name, d.overlayBox()+"\n")
			})
		})
	}
}

// A vote that cannot be kept says so.
func TestVoteThatIsNotKeptSaysSo(t *testing.T) {
	voting(t, func(d *realDriver) {
		if err := d.store.Delete(context.Background(), last(t, d.store).ID); err != nil {
			t.Fatal(err)
		}
		d.press("v")
		d.wantSees("not saved: ")
	})
}
