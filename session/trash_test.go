package session

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBin(t *testing.T) {
	s, clock := newStore(t)
	ctx := context.Background()
	keep, drop := create(t, s, "keep"), create(t, s, "drop it")
	say(t, s, keep.ID, "prompt", "answer")
	turn := addTurn(t, s, drop.ID, "dropped prompt", asked(1))
	clock.pass(time.Minute)
	if err := s.Delete(ctx, drop.ID); err != nil {
		t.Fatal(err)
	}
	if got := listed(t, s, Filter{}); !slices.Equal(got, []string{keep.ID}) {
		t.Errorf("the list has %v", got)
	}
	if hits := search(t, s, "drop"); len(hits) != 0 {
		t.Errorf("a search finds %+v", hits)
	}
	if _, err := s.Resolve(ctx, drop.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("its id names it still: %v", err)
	}
	_, add := s.AddTurn(ctx, drop.ID, "p", asked(1))
	for what, err := range map[string]error{"delete": s.Delete(ctx, drop.ID), "add": add, "rename": s.Rename(ctx, drop.ID, "x"), "tag": s.Tag(ctx, drop.ID, "x"),
		"again": s.AddAlternatives(ctx, turn.ID, asked(1)), "restore what is there": s.Undelete(ctx, keep.ID)} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	list, err := s.Sessions(ctx, Filter{Deleted: true})
	if err != nil || len(list) != 1 || list[0].ID != drop.ID || !list[0].DeletedAt.Equal(clock.now()) {
		t.Errorf("the trash has %+v, %v", list, err)
	}
	if hits, err := s.Search(ctx, "dropped", Filter{Deleted: true}); err != nil || len(hits) != 1 {
		t.Errorf("searching the trash: %+v, %v", hits, err)
	}
	// What was streaming is saved to its end, and is there when the session comes back.
	if err := s.FinishReply(ctx, turn.ID, answer(asked(1)[0], "to the end")); err != nil {
		t.Fatal(err)
	}
	id, err := s.ResolveDeleted(ctx, "last")
	if err != nil || id != drop.ID {
		t.Fatalf("%q, %v", id, err)
	}
	if err := s.Undelete(ctx, id); err != nil {
		t.Fatal(err)
	}
	if hits := search(t, s, "to the end"); len(hits) != 1 || hits[0].ID != drop.ID {
		t.Errorf("behind the restoring a search finds %+v", hits)
	}
}

// TestPrune: only what was in the trash long enough goes, and nothing of it stays in the file.
func TestPrune(t *testing.T) {
	s, clock := newStore(t)
	ctx := context.Background()
	for _, title := range []string{"first", "second", "third"} {
		sess := create(t, s, title)
		say(t, s, sess.ID, "What is the passphrase?", strings.Repeat(title+"secret ", 200))
		if title == "third" {
			continue
		}
		clock.pass(time.Hour)
		if err := s.Delete(ctx, sess.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Prune(ctx, clock.now()); n != 1 || err != nil {
		t.Fatalf("%d pruned, %v; want the first alone", n, err)
	}
	if n, err := s.Prune(ctx, clock.now()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	for _, name := range []string{s.Path(), s.Path() + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if strings.Contains(string(content), "firstsecret") {
			t.Errorf("%s still has the text", filepath.Base(name))
		}
	}
	if hits := search(t, s, "thirdsecret"); len(hits) != 1 {
		t.Errorf("the session that was kept is found %d times", len(hits))
	}
	if n, err := s.Prune(ctx, time.Time{}); n != 1 || err != nil {
		t.Errorf("the rest: %d, %v", n, err)
	}
}

func TestBackup(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	say(t, s, sess.ID, "p", "kept")
	addTurn(t, s, sess.ID, "still running", asked(1))
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, to); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	copied := load1(t, openAt(t, to, settings{}), sess.ID)
	if copied.Turns[0].Replies[0].Text != "kept" || copied.Turns[1].Replies[0].Status != Cancelled {
		t.Errorf("the copy has %+v", copied.Turns)
	}
	if got := load1(t, s, sess.ID).Turns[1].Replies[0].Status; got != Waiting {
		t.Errorf("the running reply is %s", got)
	}
	reason(t, s.Backup(ctx, to), Exists)

	// Regression: the message of a failure named the database.
	missing := filepath.Join(t.TempDir(), "none", "copy.db")
	err := s.Backup(ctx, missing)
	reason(t, err, NoAccess)
	if !strings.Contains(err.Error(), missing) || strings.Contains(err.Error(), s.Path()) {
		t.Errorf("the wrong file is blamed: %v", err)
	}
	// Regression: it named the file twice, each time with another next step.
	if n := strings.Count(err.Error(), missing); n != 1 {
		t.Errorf("the file is named %d times: %v", n, err)
	}
}

// Regression: SQLite took such a name for a URI and wrote another file, which all could read.
func TestBackupTakesNamesAsTheyAre(t *testing.T) {
	s, _ := newStore(t)
	t.Chdir(t.TempDir())
	for _, name := range []string{"file:z.db", "file:y.db?mode=memory", ":memory:", "a?b#c%20d.db", "-x.db"} {
		if err := s.Backup(context.Background(), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := os.Stat(name); err != nil || info.Size() == 0 {
			t.Errorf("%s is not the copy: %v", name, err)
		}
	}
	if list, err := os.ReadDir("."); err != nil || len(list) != 5 {
		t.Errorf("%v, %v", list, err)
	}
}
