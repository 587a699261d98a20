package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// next are the migrations with an invented version 2.
func next(sql string) []migration { return append(migrations(), migration{version: 2, sql: sql}) }

// version1 gives a database of version 1 with one session in it.
func version1(t *testing.T) (path, id string) {
	t.Helper()
	path = dbPath(t)
	s, err := tryOpen(path, settings{migrations: migrations()[:1]})
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

func TestMigrationLeavesBackup(t *testing.T) {
	path, id := version1(t)
	s := openAt(t, path, settings{migrations: next(`ALTER TABLE sessions ADD COLUMN starred INTEGER NOT NULL DEFAULT 0`)})
	if n := count(t, s, `SELECT count(*) FROM sessions WHERE starred = 0`); n != 1 {
		t.Errorf("%d sessions", n)
	}
	if n := count(t, s, `SELECT user_version FROM pragma_user_version`); n != 2 {
		t.Errorf("version %d", n)
	}
	if got := load1(t, s, id); got.Turns[0].Replies[0].Text != "old answer" {
		t.Errorf("%+v", got)
	}
	backup := path + ".v1.bak"
	if info, err := os.Stat(backup); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("backup %v, %v", info, err)
	}
	if parts, _ := filepath.Glob(path + "*.part"); len(parts) > 0 {
		t.Errorf("%v stays", parts)
	}
	old := openAt(t, backup, settings{migrations: migrations()[:1]})
	if got := load1(t, old, id); got.Title != "old title" || got.Turns[0].Replies[0].Text != "old answer" {
		t.Errorf("the backup has %+v", got)
	}
	if hits, err := old.Search(context.Background(), "answer"); err != nil || len(hits) != 1 {
		t.Errorf("search in the backup: %v, %v", hits, err)
	}
}

func TestFreshDatabaseNeedsNoBackup(t *testing.T) {
	path := dbPath(t)
	s := openAt(t, path, settings{migrations: next(`CREATE TABLE more (x)`)})
	if n := count(t, s, `SELECT user_version FROM pragma_user_version`); n != 2 {
		t.Errorf("version %d", n)
	}
	if found, _ := filepath.Glob(path + "*bak*"); len(found) > 0 {
		t.Errorf("backups of nothing: %v", found)
	}
}

// TestFailedMigrationChangesNothing, not even where its first half went well.
func TestFailedMigrationChangesNothing(t *testing.T) {
	path, id := version1(t)
	_, err := tryOpen(path, settings{migrations: next(`ALTER TABLE sessions ADD COLUMN starred INTEGER; UPDATE nothing SET x = 1`)})
	var e *StoreError
	if !errors.As(err, &e) || !strings.Contains(e.Op, "version 2") {
		t.Fatalf("%v", err)
	}
	s := openAt(t, path, settings{})
	if got := load1(t, s, id); got.Title != "old title" {
		t.Errorf("%+v", got)
	}
	if n := count(t, s, `SELECT count(*) FROM pragma_table_info('sessions') WHERE name = 'starred'`); n != 0 {
		t.Error("half of the upgrade stays")
	}
	if _, err := os.Stat(path + ".v1.bak"); err != nil {
		t.Error(err)
	}
}

func TestNewerDatabase(t *testing.T) {
	path, _ := version1(t)
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
	if msg := e.Error(); !strings.Contains(msg, "version 2") || !strings.Contains(msg, "version 1") || !strings.Contains(msg, "update lineup") {
		t.Errorf("%q does not name both versions and the way out", msg)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was touched: %v", err)
	}
}
