package session

import (
	"context"
	"slices"
	"testing"
)

func TestSaverIsDue(t *testing.T) {
	s := NewSaver("t")
	var due []int
	for ms := 0; ms < 1000; ms += 16 { // a screen at 60 frames a second
		if s.Due(at(float64(ms))) {
			due = append(due, ms)
		}
	}
	for n, ms := range due {
		if n > 0 && (ms-due[n-1] > 250 || ms-due[n-1] < 200) {
			t.Errorf("due at %v ms", due)
		}
	}
	if len(due) < 4 {
		t.Errorf("due at %v ms", due)
	}
	if ticked := NewSaver("t"); !ticked.Due(at(250)) || !ticked.Due(at(499)) {
		t.Error("a tick that comes a millisecond early is missed")
	}
}

func TestSaverGivesWhatIsNew(t *testing.T) {
	i := info("p/m", priced())
	replies := []*Reply{nil, newReply(i), newReply(i)}
	replies[1].Slot, replies[2].Slot = 1, 2
	s := NewSaver("turn")
	if b := s.Batch(replies); b != nil {
		t.Errorf("%v out of nothing", b)
	}
	apply(replies[1], start(0, i), thought(10, "hm "), text(20, "one "))
	first := s.Batch(replies)
	if len(first) != 1 || first[0].Slot != 1 || first[0].Turn != "turn" || first[0].Start != 0 || first[0].Text != "one " || first[0].Reasoning != "hm " || len(first[0].Chunks) != 2 {
		t.Fatalf("%+v", first)
	}
	apply(replies[1], text(30, "two "))
	again := s.Batch(replies)
	if again[0].Start != 0 || again[0].Text != "one two " {
		t.Errorf("what was not confirmed is given again: %+v", again)
	}
	s.Saved(again)
	s.Saved(first) // late
	if b := s.Batch(replies); b != nil {
		t.Errorf("given twice: %+v", b)
	}
	apply(replies[1], text(40, "three"))
	apply(replies[2], start(0, i), text(41, "other"))
	b := s.Batch(replies)
	if len(b) != 2 || b[0].Start != 3 || b[0].Text != "three" || b[0].Reasoning != "" || b[1].Text != "other" {
		t.Errorf("%+v", b)
	}
	s.Saved(b)
	apply(replies[1], end(50, nil)...)
	if b := s.Batch(replies); b != nil {
		t.Errorf("a finished reply in %+v", b)
	}
	if e := s.Ended(replies); len(e) != 1 || e[0] != replies[1] {
		t.Errorf("ended: %v", e)
	}
	s.Finished(replies[1])
	if e := s.Ended(replies); e != nil {
		t.Errorf("ended: %v", e)
	}
}

// TestPartsAddUp saves a stream now and then; the confirmation of some saves comes late or never.
func TestPartsAddUp(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	replies := asked(2)
	turn := addTurn(t, s, sess.ID, "p", replies)
	saver := NewSaver(turn.ID)
	i := info("p/fallback", priced())
	i.Simulated = true
	apply(replies[0], start(0, i))
	var late [][]Partial
	for n := range 60 {
		ms := float64(10 * n)
		apply(replies[0], thought(ms, "생"), text(ms+5, "토큰 "))
		if n%5 != 4 {
			continue
		}
		batch := saver.Batch(replies)
		if err := s.AppendPartial(ctx, batch); err != nil {
			t.Fatal(err)
		}
		switch n % 3 {
		case 0:
			saver.Saved(batch)
		case 1:
			late = append(late, batch)
		default:
			for _, b := range late {
				saver.Saved(b)
			}
		}
	}
	got := load1(t, s, sess.ID).Turns[0].Replies[0]
	if got.Status != Streaming || got.ServedBy != "p/fallback" || got.Model != "p/m" || !got.Simulated {
		t.Errorf("status %s, served by %s for %s, simulated %v", got.Status, got.ServedBy, got.Model, got.Simulated)
	}
	want := replies[0].Snapshot()
	if got.Text != want.Text || got.Reasoning != want.Reasoning || got.VisibleText() != want.Text || !slices.Equal(got.Chunks, want.Chunks) {
		t.Errorf("%d chunks, text %q", len(got.Chunks), got.Text)
	}
	near(t, "TTFT", got.Metrics.VisibleTTFT, *want.Metrics.VisibleTTFT)
	near(t, "duration", got.Metrics.Duration, *want.Metrics.Duration)
	near(t, "tok/s", got.Metrics.TokensPerSecond, *want.Metrics.TokensPerSecond)

	apply(replies[0], end(700, nil)...)
	if err := s.FinishReply(ctx, turn.ID, replies[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendPartial(ctx, late[0]); err != nil { // overtaken by the end
		t.Fatal(err)
	}
	if n := count(t, s, `SELECT count(*) FROM reply_parts`); n != 0 {
		t.Errorf("%d parts stay", n)
	}
	if got := load1(t, s, sess.ID).Turns[0].Replies[0]; got.Status != Done || got.Text != want.Text {
		t.Errorf("%s %q", got.Status, got.Text)
	}
}

// TestShorterPartComesLate: two writes of the same start overtook each other.
func TestShorterPartComesLate(t *testing.T) {
	s, _ := newStore(t)
	replies := asked(1)
	sess := create(t, s, "t")
	saver := NewSaver(addTurn(t, s, sess.ID, "p", replies).ID)
	apply(replies[0], text(1, "one "))
	short := saver.Batch(replies)
	apply(replies[0], text(2, "two"))
	for _, batch := range [][]Partial{saver.Batch(replies), short} {
		if err := s.AppendPartial(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
	}
	if got := load1(t, s, sess.ID).Turns[0].Replies[0].Text; got != "one two" {
		t.Errorf("%q", got)
	}
	saver.Saved(short) // of the long one there is no word yet, so the next one overlaps it
	apply(replies[0], text(3, " three"))
	if err := s.AppendPartial(context.Background(), saver.Batch(replies)); err != nil {
		t.Fatal(err)
	}
	if got := load1(t, s, sess.ID).Turns[0].Replies[0].Text; got != "one two three" {
		t.Errorf("%q", got)
	}
}

// TestPartialCost: a save writes what is new, however long the answer is.
func TestPartialCost(t *testing.T) {
	s, _ := newStore(t)
	replies := asked(1)
	turn := addTurn(t, s, create(t, s, "t").ID, "p", replies)
	saver := NewSaver(turn.ID)
	for n := range 50 {
		apply(replies[0], text(float64(n), "0123456789"))
		batch := saver.Batch(replies)
		if err := s.AppendPartial(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		saver.Saved(batch)
	}
	if n := count(t, s, `SELECT max(length(text)) FROM reply_parts`); n != 10 {
		t.Errorf("a part of %d bytes", n)
	}
	if n := count(t, s, `SELECT sum(length(text)) FROM reply_parts`); n != 500 {
		t.Errorf("%d bytes in all", n)
	}
}
