package session

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// history gives a store with n sessions, a minute apart, oldest first.
func history(t *testing.T, n int) (s *Store, ids []string) {
	t.Helper()
	s, clock := newStore(t)
	for range n {
		clock.pass(time.Minute)
		ids = append(ids, create(t, s, "t").ID)
	}
	return s, ids
}

func listed(t *testing.T, s *Store, f Filter) (ids []string) {
	t.Helper()
	list, err := s.Sessions(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestListNewestFirst(t *testing.T) {
	s, ids := history(t, 7)
	newest := slices.Clone(ids)
	slices.Reverse(newest)
	if got := listed(t, s, Filter{}); !slices.Equal(got, newest) {
		t.Errorf("%v, want %v", got, newest)
	}
	var paged []string
	for page := listed(t, s, Filter{Limit: 3}); len(page) > 0; page = listed(t, s, Filter{Limit: 3, Before: page[len(page)-1]}) {
		if len(page) > 3 {
			t.Fatalf("a page of %d", len(page))
		}
		paged = append(paged, page...)
	}
	if !slices.Equal(paged, newest) {
		t.Errorf("in pages: %v", paged)
	}
	if _, err := s.Sessions(context.Background(), Filter{Before: "nobody"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// TestUseMakesNew: "last" is the session that was talked in last, not the one that was begun last.
func TestUseMakesNew(t *testing.T) {
	c := &clock{t: enter()}
	s := openAt(t, dbPath(t), settings{now: c.now})
	old := create(t, s, "old")
	c.pass(time.Hour)
	young := create(t, s, "young")
	c.pass(time.Hour)
	turn := say(t, s, old.ID, "p", "a", "b")
	list, err := s.Sessions(context.Background(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if list[0].ID != old.ID || list[0].Turns != 1 || list[1].Turns != 0 || !list[0].UpdatedAt.Equal(turn.CreatedAt) || !slices.Equal(list[0].Panes, []string{"p/one", "p/two"}) {
		t.Errorf("%+v", list)
	}
	if id, err := s.Resolve(context.Background(), "last"); err != nil || id != old.ID {
		t.Errorf("last is %s, %v; young is %s", id, err, young.ID)
	}
}

func TestResolve(t *testing.T) {
	s, ids := history(t, 20) // from 13:05 to 13:24
	for _, c := range []struct{ typed, want string }{
		{ids[3], ids[3]},
		{" " + strings.ToUpper(ids[3]) + "\n", ids[3]},
		{ShortID(ids[3]), ids[3]},
		{"20261123-1308", ids[3]},
		{"20261123-130812-", ids[3]},
		{"last", ids[19]},
	} {
		if got, err := s.Resolve(context.Background(), c.typed); err != nil || got != c.want {
			t.Errorf("%q is %q, %v; want %q", c.typed, got, err, c.want)
		}
	}
	for _, typed := range []string{"", "  ", "nobody", "20251123", "%", "_", "'", ids[3] + "0", "\x00", "끝"} {
		_, err := s.Resolve(context.Background(), typed)
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	_, err := s.Resolve(context.Background(), "20261123-132")
	var e *ResolveError
	if !errors.Is(err, ErrAmbiguous) || !errors.As(err, &e) || len(e.Candidates) != 5 || e.Candidates[0].ID != ids[19] {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), ids[19]) || !strings.Contains(err.Error(), ids[15]) {
		t.Errorf("%q lists no candidates", err)
	}
	_, err = s.Resolve(context.Background(), "2026")
	if !errors.As(err, &e) || len(e.Candidates) != candidates {
		t.Errorf("%v", err)
	}
	if _, err := openAt(t, dbPath(t), settings{}).Resolve(context.Background(), "last"); !errors.Is(err, ErrNotFound) {
		t.Errorf("last of nothing: %v", err)
	}
}

// TestShortIDsAreUnique: a short id that is taken is not given again.
func TestShortIDsAreUnique(t *testing.T) {
	s, _ := newStore(t)
	first := create(t, s, "t")
	s.ids.mu.Lock()
	s.ids.last-- // the next id in this moment is the same again
	s.ids.mu.Unlock()
	if _, err := s.w.Exec(`UPDATE sessions SET short = ? WHERE id = ?`, "aa000", first.ID); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		create(t, s, "t")
	}
	if n := count(t, s, `SELECT count(DISTINCT id) FROM sessions`); n != 51 {
		t.Errorf("%d ids", n)
	}
}

func TestSummaryJSON(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	say(t, s, sess.ID, "one", "1")
	list, err := s.Sessions(context.Background(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"id":"` + sess.ID + `","title":"t","created_at":"2026-11-23T13:04:12.000Z","updated_at":"2026-11-23T13:04:12.000Z","turns":1,"panes":["p/one","p/two"],"tags":[]}]`
	if got := marshal(t, list); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	hit := search(t, s, "one")[0]
	want = strings.TrimSuffix(want[1:], "}]") + `,"turn":"` + hit.Turn + `","slot":-1,"excerpt":"one","marks":[[0,3]]}`
	if got := marshal(t, hit); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
