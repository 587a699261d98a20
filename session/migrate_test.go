package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// next are the migrations with an invented version behind the newest.
func next(sql string) []migration {
	return append(migrations(), migration{version: newest() + 1, sql: sql})
}

func newest() int { return len(migrations()) }

// released gives a database of the newest version with one session in it.
func released(t *testing.T) (path, id string) {
	t.Helper()
	path = dbPath(t)
	s, err := tryOpen(path, settings{})
	if err != nil {
		t.Fatal(err)
	}
	id = create(t, s, "old title").ID
	say(t, s, id, "old prompt", "old answer")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, id
}

// version1 gives a database of version 1, as that version wrote it: a session with a whole answer, and one of a dead
// lineup with a piece.
func version1(t *testing.T) (path, id string) {
	t.Helper()
	path, id = dbPath(t), "20261123-130412-kd7f3"
	s, err := tryOpen(path, settings{migrations: migrations()[:1]})
	if err != nil {
		t.Fatal(err)
	}
	const reply = `INSERT INTO replies (turn, slot, owner, status, model, served_by, served_model, finish_reason, ended_at, queue_ms, input_tokens,
		output_tokens, reasoning_tokens, cache_read_tokens, cache_write_tokens, usage_source, cost_usd, cost_source, simulated, version, params, text, reasoning)
		VALUES (1, `
	for _, q := range []string{
		`INSERT INTO sessions (n, id, short, created_at, updated_at, title, panes, system)
			VALUES (1, '20261123-130412-kd7f3', 'kd7f3', 1795439052000, 1795439052000, 'old title', '["p/one","p/two"]', 'Be brief.')`,
		`INSERT INTO title_search (rowid, body) VALUES (1, 'old title')`,
		`INSERT INTO turns (n, id, session, created_at, prompt) VALUES (1, '01kq6w8w3v5n0a7c2f4x9y1z6b', 1, 1795439052000, 'old prompt')`,
		`INSERT INTO search (rowid, body) VALUES (1024, 'old prompt'), (1025, 'old answer')`,
		reply + `0, NULL, 'done', 'p/one', 'p/backup', 'm', 'stop', 1795439053000, 0, 10, 20, 0, 0, 0, 'reported', 0.5, 'config', 0, 'v0.1', '{"seed":7}', 'old answer', '')`,
		reply + `1, '01kq6w8w3v5n0a7c2f4x9y1z6c', 'streaming', 'p/two', 'p/two', '', '', NULL, 0, 10, 0, 0, 0, 0, 'estimated', NULL, 'unknown', 0, 'v0.1', '{}', '', '')`,
		`INSERT INTO reply_parts VALUES (2, 0, 1, 'half', '', x'0a08')`,
	} {
		if _, err := s.w.Exec(q); err != nil {
			t.Fatalf("%v in %s", err, q)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, id
}

// version2 gives a database of version 2, as that version wrote it: a session with an answer, a refused request, an answer of
// unknown cost, one stopped in the queue and one of a lineup that died, and a fork of it that took them over and has an answer of its own.
func version2(t *testing.T) (path string) {
	t.Helper()
	path = dbPath(t)
	s, err := tryOpen(path, settings{migrations: migrations()[:2]})
	if err != nil {
		t.Fatal(err)
	}
	const session = `INSERT INTO sessions (n, id, short, created_at, updated_at, title, panes, system, parent) VALUES `
	const turn = `INSERT INTO turns (n, id, session, created_at, prompt) VALUES `
	replies := func(turn int) string {
		reply := fmt.Sprintf(`INSERT INTO replies (slot, status, model, served_by, usage_source, output_tokens, cost_usd, cost_source, error, text, from_enter_ms, turn, take,
			in_force, served_model, finish_reason, ended_at, queue_ms, input_tokens, reasoning_tokens, cache_read_tokens, cache_write_tokens,
			cache_write_1h_tokens, simulated, version, params, reasoning) SELECT *, %d, 0, 1, '', '', 1795439053000, 0, 10, 0, 0, 0, 0, 0, 'v0.2', '{}', '' FROM (VALUES `, turn)
		return reply + `(0, 'done', 'p/one', 'p/one', 'reported', 20, 0.5, 'config', NULL, 'old answer', 1000.0),
			(1, 'error', 'p/two', 'p/two', 'estimated', 0, NULL, 'unknown', '{"kind":"not_found","status":404,"message":"m","hint":"","retry_after_ms":null}', '', 5.0),
			(2, 'done', 'p/three', 'p/three', 'reported', 30, NULL, 'unknown', NULL, 'dear answer', 1000.0),
			(3, 'cancelled', 'p/four', 'p/four', 'estimated', 0, NULL, 'unknown', '{"kind":"cancelled","status":0,"message":"m","hint":"","retry_after_ms":null}', '', 30.0),
			(4, 'cancelled', 'p/five', 'p/five', 'estimated', 0, NULL, 'unknown', '{"kind":"cancelled","status":0,"message":"m","hint":"","retry_after_ms":null}', '', -9223372036854.775))`
	}
	for _, q := range []string{
		session + `(1, '20261123-130412-kd7f3', 'kd7f3', 1795439052000, 1795439052000, 'old title', '["p/one","p/two","p/three"]', '', NULL)`,
		session + `(2, '20261123-140412-kd7f4', 'kd7f4', 1795442652000, 1795442652000, 'old title (fork)', '["p/one","p/two","p/three"]', '', '20261123-130412-kd7f3')`,
		turn + `(1, '01kq6w8w3v5n0a7c2f4x9y1z6b', 1, 1795439052000, 'old prompt')`,
		turn + `(2, '01kq6w8w3v5n0a7c2f4x9y1z6c', 2, 1795439052000, 'old prompt')`,
		turn + `(3, '01kq6w8w3v5n0a7c2f4x9y1z6d', 2, 1795442653000, 'new prompt')`,
		replies(1), replies(2), replies(3),
	} {
		if _, err := s.w.Exec(q); err != nil {
			t.Fatalf("%v in %s", err, q)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestVersion2 opens what the second version left: statistics know what is refused, what is unknown and what a fork only
// took over.
func TestVersion2(t *testing.T) {
	s := openAt(t, version2(t), settings{})
	list, err := s.Stats(t.Context(), StatsQuery{By: ByModel})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range list {
		usd := "?"
		if g.CostUSD != nil {
			usd = fmt.Sprint(*g.CostUSD)
		}
		got = append(got, fmt.Sprintf("%s: %d, %s, %d unknown, %v", g.Group, g.Replies, usd, g.CostUnknown, g.Failures))
	}
	want := []string{"p/five: 2, ?, 2 unknown, map[]", "p/four: 2, ?, 0 unknown, map[]", "p/one: 2, 1, 0 unknown, map[]", "p/three: 2, ?, 2 unknown, map[]", "p/two: 2, ?, 0 unknown, map[not_found:2]"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	fork := load1(t, s, "20261123-140412-kd7f4")
	if a, b := fork.Turns[0].Replies[0], fork.Turns[1].Replies[0]; !a.Copied || b.Copied || a.Text != "old answer" {
		t.Errorf("what the fork took over is %+v, what it asked %+v", a, b)
	}
	if queued, dead := fork.Turns[1].Replies[3].Metrics.FromEnter, fork.Turns[1].Replies[4].Metrics.FromEnter; queued == nil || *queued != 30 || dead != nil {
		t.Errorf("from Enter %v, of a lineup that died %v", queued, dead)
	}
	if h, err := s.Health(t.Context()); err != nil || len(h.Problems) > 0 {
		t.Errorf("%v, %v", h.Problems, err)
	}
}

// TestVersion1 opens what the first version left: all is there, what ran is ended, and all that is new works on it.
func TestVersion1(t *testing.T) {
	path, id := version1(t)
	ctx := context.Background()
	s := openAt(t, path, settings{})
	sess := load1(t, s, id)
	got := sess.Turns[0].Replies
	if got[0].Text != "old answer" || got[0].ServedBy != "p/backup" || got[0].Version != "v0.1" || *got[0].Params.Seed != 7 || *got[0].Cost.USD != 0.5 || got[0].EndedAt.UnixMilli() != 1795439053000 {
		t.Errorf("the old answer is %+v", got[0])
	}
	if got[1].Status != Interrupted || got[1].Text != "half" {
		t.Errorf("the answer that was cut off is %s, %q", got[1].Status, got[1].Text)
	}
	if hits := search(t, s, "half"); len(hits) != 1 {
		t.Errorf("the piece is found %d times", len(hits))
	}
	for model, want := range map[string]int{"p/one": 1, "p/backup": 1, "p/three": 0} {
		if got := listed(t, s, Filter{Model: model}); len(got) != want {
			t.Errorf("%d sessions with %s, want %d", len(got), model, want)
		}
	}
	if err := s.AddAlternatives(ctx, sess.Turns[0].ID, []*Reply{{Slot: 0, Take: 1, Status: Waiting}}); err != nil {
		t.Fatal(err)
	}
	if h, err := s.Health(ctx); err != nil || len(h.Problems) > 0 {
		t.Errorf("%v, %v", h.Problems, err)
	}
	if _, err := s.w.Exec(`DELETE FROM sessions`); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"turns", "replies", "reply_parts", "tags", "session_models", "search", "title_search"} {
		if n := count(t, s, `SELECT count(*) FROM `+table); n != 0 {
			t.Errorf("%d rows of %s stay", n, table)
		}
	}
}

func TestMigrationLeavesBackup(t *testing.T) {
	path, id := released(t)
	s := openAt(t, path, settings{migrations: next(`ALTER TABLE sessions ADD COLUMN starred INTEGER NOT NULL DEFAULT 0`)})
	if n := count(t, s, `SELECT count(*) FROM sessions WHERE starred = 0`); n != 1 {
		t.Errorf("%d sessions", n)
	}
	if n := count(t, s, `SELECT user_version FROM pragma_user_version`); n != newest()+1 {
		t.Errorf("version %d", n)
	}
	if got := load1(t, s, id); got.Turns[0].Replies[0].Text != "old answer" {
		t.Errorf("%+v", got)
	}
	backup := fmt.Sprintf("%s.v%d.bak", path, newest())
	if info, err := os.Stat(backup); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("backup %v, %v", info, err)
	}
	if parts, _ := filepath.Glob(path + "*.part"); len(parts) > 0 {
		t.Errorf("%v stays", parts)
	}
	old := openAt(t, backup, settings{})
	if got := load1(t, old, id); got.Title != "old title" || got.Turns[0].Replies[0].Text != "old answer" {
		t.Errorf("the backup has %+v", got)
	}
	if hits := search(t, old, "answer"); len(hits) != 1 {
		t.Errorf("search in the backup: %v", hits)
	}
}

func TestFreshDatabaseNeedsNoBackup(t *testing.T) {
	path := dbPath(t)
	s := openAt(t, path, settings{migrations: next(`CREATE TABLE more (x)`)})
	if n := count(t, s, `SELECT user_version FROM pragma_user_version`); n != newest()+1 {
		t.Errorf("version %d", n)
	}
	if found, _ := filepath.Glob(path + "*bak*"); len(found) > 0 {
		t.Errorf("backups of nothing: %v", found)
	}
}

// TestFailedMigrationChangesNothing, not even where its first half went well.
func TestFailedMigrationChangesNothing(t *testing.T) {
	path, id := released(t)
	_, err := tryOpen(path, settings{migrations: next(`ALTER TABLE sessions ADD COLUMN starred INTEGER; UPDATE nothing SET x = 1`)})
	var e *StoreError
	if !errors.As(err, &e) || !strings.Contains(e.Op, fmt.Sprint("version ", newest()+1)) {
		t.Fatalf("%v", err)
	}
	s := openAt(t, path, settings{})
	if got := load1(t, s, id); got.Title != "old title" {
		t.Errorf("%+v", got)
	}
	if n := count(t, s, `SELECT count(*) FROM pragma_table_info('sessions') WHERE name = 'starred'`); n != 0 {
		t.Error("half of the upgrade stays")
	}
	if _, err := os.Stat(fmt.Sprintf("%s.v%d.bak", path, newest())); err != nil {
		t.Error(err)
	}
}

func TestNewerDatabase(t *testing.T) {
	path, _ := released(t)
	if s, err := tryOpen(path, settings{migrations: next(`CREATE TABLE more (x)`)}); err != nil {
		t.Fatal(err)
	} else if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tryOpen(path, settings{})
	var e *StoreError
	if !errors.As(err, &e) || e.Reason != NewerSchema {
		t.Fatalf("%v", err)
	}
	if msg := e.Error(); !strings.Contains(msg, fmt.Sprint("version ", newest()+1)) || !strings.Contains(msg, fmt.Sprint("version ", newest())) || !strings.Contains(msg, "update lineup") {
		t.Errorf("%q does not name both versions and the way out", msg)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was touched: %v", err)
	}
}

// TestUpgradeTogether: several lineups find an old database at once. A faster one's result must not pass for the backup.
func TestUpgradeTogether(t *testing.T) {
	path, id := version1(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := tryOpen(path, settings{busy: 10 * time.Second})
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := s.Session(context.Background(), id); err != nil || got.Turns[0].Reply(0).Text != "old answer" {
				t.Errorf("%+v, %v", got, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if v, err := versionIn(path + ".v1.bak"); v != 1 || err != nil {
		t.Errorf("the backup has version %d, %v", v, err)
	}
	if parts, _ := filepath.Glob(path + "*.part"); len(parts) > 0 {
		t.Errorf("%v stays", parts)
	}
}
