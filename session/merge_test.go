package session

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// An answer that merges the others is kept with its mark. It is in no vote, and in no conversation, not even in that of a
// pane that opens in its place later, unless somebody lets all panes go on from it.
func TestAMergeIsNoContenderAndInNoConversation(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	var replies []*Reply
	for slot, text := range []string{"one", "two", "both"} {
		r := answer(NewReply(slot, info("p/m", priced()), ask(), enter()), text)
		r.Merge = slot == 2
		replies = append(replies, r)
	}
	turn := addTurn(t, s, sess.ID, "p", replies)
	got := load1(t, s, sess.ID)
	if r := got.Turns[0].Replies; r[0].Merge || r[1].Merge || !r[2].Merge {
		t.Fatalf("marks are %v %v %v", r[0].Merge, r[1].Merge, r[2].Merge)
	}
	if slots := got.Turns[0].Votable(); !slices.Equal(slots, []int{0, 1}) {
		t.Errorf("in votes stand %v", slots)
	}
	if h := got.History(2); len(h) != 0 {
		t.Errorf("a pane in its place is told %+v", h)
	}
	if h := got.History(1); len(h) != 2 || h[1].Content != "two" {
		t.Errorf("a pane beside it is told %+v", h)
	}
	merge := 2
	if err := s.Promote(context.Background(), turn.ID, &merge); err != nil {
		t.Fatal(err)
	}
	if h := load1(t, s, sess.ID).History(0); len(h) != 2 || h[1].Content != "both" {
		t.Errorf("after it was promoted: %+v", h)
	}
}

// A merge costs money, and its time was measured: it counts for its model. For no contender does it count: what it was asked is
// the answers of the others. Both are told from an index alone.
func TestStatisticsByContenderLeaveMergesOut(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	var replies []*Reply
	for slot, text := range []string{"one", "two", "both"} {
		r := answer(NewReply(slot, info("p/m", priced()), ask(), enter()), text)
		r.Merge = slot == 2
		replies = append(replies, r)
	}
	addTurn(t, s, sess.ID, "p", replies)
	for by, want := range map[Grouping]int{ByModel: 3, ByProvider: 3, ByContender: 2} {
		list, err := s.Stats(context.Background(), StatsQuery{By: by})
		if err != nil || len(list) != 1 || list[0].Replies != want || list[0].Asked != want {
			t.Errorf("by %s: %+v, %v", by, list, err)
		}
	}
	q := StatsQuery{By: ByContender}
	where, args := q.where(leftOut{hidden: true, merges: true})
	rows, err := s.r.QueryContext(context.Background(), `EXPLAIN QUERY PLAN SELECT `+statsColumns+`, contender FROM replies WHERE `+where+` AND `+knownAsked, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if p := strings.Join(plan, "\n"); !strings.Contains(p, "COVERING INDEX replies_by_end") || !strings.Contains(p, "INDEX merges") {
		t.Errorf("the plan is\n%s", p)
	}
}
