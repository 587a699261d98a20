package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lineup/providers"
)

// full is a reply that has something in every field.
func full(slot int) *Reply {
	i := info("gate/gemini-2.5-flash", priced())
	read := 0.25
	i.Price.Price.CacheRead, i.Price.From, i.Price.AsOf = &read, "https://gate.example/v1/models", "2026-11-23"
	i.Simulated = true
	r := NewReply(slot, i, ask(), enter())
	temp, seed := 0.7, int64(-1)
	i.Params = providers.Params{Temperature: &temp, Seed: &seed, Stop: []string{"\n\n"}, ReasoningEffort: "low"} // of the model that serves
	apply(r, start(5, i), providers.Event{Type: providers.EventAttemptEnd, At: at(20), Err: &providers.Error{Kind: providers.RateLimit, Status: 429}, Status: 429},
		providers.Event{Type: providers.EventWait, At: at(20), Wait: 80 * time.Millisecond},
		start(100, i), providers.Event{Type: providers.EventConnected, At: at(101), Phases: &providers.Phases{DNS: 1500 * time.Microsecond, TLS: 7 * time.Millisecond}},
		providers.Event{Type: providers.EventHeaders, At: at(140), Status: 200},
		providers.Event{Type: providers.EventServed, Text: "gemini-2.5-flash-001"},
		thought(312.4, "Let me think…"), text(400.123, "토큰은 <b>조각</b> & “piece” \\ \"quoted\"\n"), text(2103.9, "끝 👍🏽"),
		providers.Event{Type: providers.EventTimings, Timings: providers.Timings{"load_ms": 812.5, "total_ms": 1e-9}},
		providers.Event{Type: providers.EventNote, Text: "a note"}, providers.Event{Type: providers.EventDropped, Text: "temperature"},
		usage(providers.Usage{Input: 1200, Output: 391, Reasoning: 100, CacheRead: 1000, CacheWrite: 30}))
	return apply(r, end(2500, &providers.Error{Kind: providers.TimeoutIdle, Status: 502, Message: "silence", Hint: "ask again", RetryAfter: 1500 * time.Millisecond})...)
}

func TestRoundTrip(t *testing.T) {
	s, clock := newStore(t)
	sess := create(t, s, "  Tokenising\tKorean \x1b[31m ")
	if sess.Title != "Tokenising Korean ␛[31m" {
		t.Errorf("title %q", sess.Title)
	}
	replies := []*Reply{NewReply(0, info("p/m", priced()), ask(), enter()), nil, full(2)}
	replies[2].System = "Be long." // of this pane alone
	turn := addTurn(t, s, sess.ID, "What is\n토큰?\x00\x1b", replies)
	clock.pass(2 * time.Second)
	if err := s.FinishReply(context.Background(), turn.ID, answer(replies[0], "A piece.")); err != nil {
		t.Fatal(err)
	}
	if err := s.FinishReply(context.Background(), turn.ID, replies[2]); err != nil {
		t.Fatal(err)
	}
	got := load1(t, s, sess.ID)
	if len(got.Turns) != 1 || len(got.Turns[0].Replies) != 3 || got.Turns[0].Replies[1] != nil {
		t.Fatalf("%+v", got)
	}
	for _, slot := range []int{0, 2} {
		want, have := replies[slot], got.Turns[0].Replies[slot]
		if d := cmp.Diff(marshal(t, want), marshal(t, have)); d != "" {
			t.Errorf("slot %d came back different (-kept +read):\n%s", slot, d)
		}
		if d := cmp.Diff(want.Chunks, have.Chunks); d != "" {
			t.Errorf("timings of slot %d:\n%s", slot, d)
		}
		if have.System != want.System || !cmp.Equal(want.Params, have.Params) || !have.EndedAt.Equal(want.EndedAt) || have.Version != s.Version {
			t.Errorf("slot %d: system %q, params %+v, ended at %v by %q", slot, have.System, have.Params, have.EndedAt, have.Version)
		}
		if d := cmp.Diff(want.Cost, have.Cost); d != "" || have.Cost.Price == nil {
			t.Errorf("cost and price of slot %d:\n%s", slot, d)
		}
	}
	got.Turns[0].Replies = nil
	want := &Session{ID: sess.ID, Title: sess.Title, System: "Be brief.", Panes: providers.Bare("p/one", "p/two"), CreatedAt: enter(),
		UpdatedAt: enter().Add(2 * time.Second), Turns: []*Turn{{ID: turn.ID, Prompt: "What is\n토큰?\x00\x1b", CreatedAt: enter()}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for slot, ended := range map[int]float64{0: 900, 2: 2500} {
		if n := count(t, s, `SELECT count(*) FROM replies WHERE slot = ? AND ended_at = ? AND owner IS NULL AND version = ?`, slot, at(ended).UnixMilli(), s.Version); n != 1 {
			t.Errorf("slot %d has not its end and version", slot)
		}
	}
}

// TestInsertRoundTrip: what was read can be stored again, as importing and forking do.
func TestInsertRoundTrip(t *testing.T) {
	s, _ := newStore(t)
	turns := []*Turn{{Prompt: "one", CreatedAt: enter(), Replies: []*Reply{full(0), full(1)}}, {Prompt: "two", CreatedAt: at(9000), Replies: []*Reply{full(0)}}}
	for _, turn := range turns {
		for _, r := range turn.Replies {
			r.Version = s.Version
		}
	}
	old := &Session{Title: "old", CreatedAt: enter().AddDate(-1, 0, 0), UpdatedAt: enter(), Turns: turns, Panes: providers.Bare()}
	if err := s.Insert(context.Background(), old); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(old.ID, "20251123-") {
		t.Errorf("id %s", old.ID)
	}
	got := load1(t, s, old.ID)
	if d := cmp.Diff(dump(t, old), dump(t, got)); d != "" {
		t.Error(d)
	}
	running := &Session{Turns: []*Turn{{Replies: asked(1)}}}
	if err := s.Insert(context.Background(), running); err == nil {
		t.Error("a running reply was inserted")
	}
}

// TestTurnIsThereBeforeItsAnswers: what counts is that the prompt is kept when the first byte goes out.
func TestTurnIsThereBeforeItsAnswers(t *testing.T) {
	s, clock := newStore(t)
	sess := create(t, s, "t")
	clock.pass(time.Minute)
	turn := addTurn(t, s, sess.ID, "prompt", asked(2))
	got := load1(t, s, sess.ID)
	if !got.UpdatedAt.Equal(clock.now()) {
		t.Errorf("used at %v", got.UpdatedAt)
	}
	if len(got.Turns) != 1 || got.Turns[0].ID != turn.ID || len(got.Turns[0].Replies) != 2 {
		t.Fatalf("%+v", got)
	}
	for _, r := range got.Turns[0].Replies {
		if r.Status != Waiting || r.Text != "" || r.Model != "p/m" {
			t.Errorf("%+v", r)
		}
	}
}

func TestWritesThatCannotBe(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	turn := addTurn(t, s, sess.ID, "prompt", asked(1))
	if err := s.FinishReply(ctx, turn.ID, asked(1)[0]); !errors.Is(err, errRunning) {
		t.Errorf("a running reply was finished: %v", err)
	}
	twice := append(asked(1), asked(1)...)
	if _, err := s.AddTurn(ctx, sess.ID, "prompt", twice); err == nil {
		t.Error("two replies of one slot")
	}
	if n := len(load1(t, s, sess.ID).Turns); n != 1 {
		t.Errorf("%d turns: a turn that failed stayed", n)
	}
	_, noSession := s.AddTurn(ctx, "nobody", "prompt", asked(1))
	_, noRead := s.Session(ctx, "nobody")
	for what, err := range map[string]error{
		"add": noSession, "read": noRead, "finish": s.FinishReply(ctx, "nobody", full(0)), "rename": s.Rename(ctx, "nobody", "x"),
		"panes": s.SetPanes(ctx, "nobody", nil, Layout{}), "delete": s.Delete(ctx, "nobody"),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Rename(gone, sess.ID, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRenameSetPanesDeletePrune(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	keep, drop := create(t, s, "keep"), create(t, s, "drop")
	say(t, s, keep.ID, "kept prompt", "kept answer")
	say(t, s, drop.ID, "dropped prompt", "dropped answer", "another")
	addTurn(t, s, drop.ID, "unanswered", asked(1))
	if err := s.Rename(ctx, keep.ID, " new\n\x07title "); err != nil {
		t.Fatal(err)
	}
	for _, l := range []Layout{{}, {Zoomed: 1}, {Together: true}, {Zoomed: 2, Together: true}, {Raw: true}, {}} {
		if err := s.SetPanes(ctx, keep.ID, providers.Bare("p/three"), l); err != nil {
			t.Fatal(err)
		}
		got := load1(t, s, keep.ID)
		if got.Title != "new ␇title" || !slices.Equal(providers.Refs(got.Panes), []string{"p/three"}) || got.Layout != l {
			t.Errorf("%q %v %v", got.Title, got.Panes, got.Layout)
		}
		if list, err := s.Sessions(ctx, Filter{}); err != nil || !slices.Equal(list[len(list)-1].Panes, []string{"p/three"}) && !slices.Equal(list[0].Panes, []string{"p/three"}) {
			t.Errorf("%+v, %v", list, err)
		}
	}
	if err := s.Delete(ctx, drop.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(ctx, time.Time{}); n != 1 || err != nil {
		t.Fatalf("%d pruned, %v", n, err)
	}
	for table, want := range map[string]int{"sessions": 1, "turns": 1, "replies": 1, "reply_parts": 0, "title_search": 1, "search": 2} {
		if n := count(t, s, `SELECT count(*) FROM `+table); n != want {
			t.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
	if _, err := s.w.Exec(`DELETE FROM turns`); err != nil { // as someone may by hand
		t.Fatal(err)
	}
	list, err := s.Sessions(ctx, Filter{})
	if err != nil || len(list) != 1 || list[0].Turns != 0 || count(t, s, `SELECT count(*) FROM search`) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestModes(t *testing.T) {
	path := dbPath(t)
	s := openAt(t, path, settings{})
	addTurn(t, s, create(t, s, "t").ID, "p", asked(1)) // makes the log and the lock
	locks, err := filepath.Glob(filepath.Join(filepath.Dir(path), "run", "*.lock"))
	if err != nil || len(locks) != 1 {
		t.Fatalf("locks %v, %v", locks, err)
	}
	if runtime.GOOS == "windows" { // has no such modes
		return
	}
	for _, f := range []string{path, path + "-wal", locks[0]} {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(locks[0])} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
	}
}

// TestOddPaths: no character of a path is taken for a setting of the connection.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"with space.db", "50%.db", "a#b.db", "새 파일.db", "what?mode=ro&x=1.db"} {
		if runtime.GOOS == "windows" && strings.Contains(name, "?") {
			continue // no name for a file there
		}
		path := filepath.Join(t.TempDir(), "dir #1 %41", name)
		create(t, openAt(t, path, settings{}), "t")
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestTwoStores writes from two stores at once, as two lineups do.
func TestTwoStores(t *testing.T) {
	path := dbPath(t)
	stores := []*Store{openAt(t, path, settings{busy: 30 * time.Second}), openAt(t, path, settings{busy: 30 * time.Second})}
	const each = 25
	ids := make([]string, len(stores))
	var wg sync.WaitGroup
	for n, s := range stores {
		ids[n] = create(t, s, "t").ID
		for _, id := range ids[:n+1] {
			wg.Go(func() {
				for range each {
					replies := asked(2)
					turn, err := s.AddTurn(context.Background(), id, "prompt", replies)
					if err != nil {
						t.Error(err)
						return
					}
					for _, r := range replies {
						if err := s.FinishReply(context.Background(), turn.ID, answer(r, "answer")); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
	}
	wg.Wait()
	if a, b := len(load1(t, stores[1], ids[0]).Turns), len(load1(t, stores[0], ids[1]).Turns); a != 2*each || b != each {
		t.Errorf("%d and %d turns", a, b)
	}
	if n := count(t, stores[0], `SELECT count(*) FROM replies WHERE status = 'done' AND text = 'answer'`); n != 6*each {
		t.Errorf("%d answers", n)
	}
}

// TestOpenTogether: the first moment of a new database, with several lineups at once.
func TestOpenTogether(t *testing.T) {
	path := dbPath(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.CreateSession(context.Background(), &Session{Title: "t"}); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if list, err := openAt(t, path, settings{}).Sessions(context.Background(), Filter{}); err != nil || len(list) != 4 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
}
