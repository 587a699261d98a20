package session

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// reason checks that an error is for a person: typed, one line, with a next step.
func reason(t *testing.T, err error, want Reason) {
	t.Helper()
	var e *StoreError
	if !errors.As(err, &e) {
		t.Errorf("%v is no StoreError", err)
		return
	}
	if e.Reason != want {
		t.Errorf("%v, want %q", err, want)
	}
	if msg := err.Error(); e.Hint == "" || strings.Contains(msg, "\n") || !strings.HasPrefix(msg, "cannot ") || !strings.Contains(msg, e.Path) {
		t.Errorf("%q is no help", msg)
	}
}

func TestDiskFull(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	sess := create(t, s, "t")
	say(t, s, sess.ID, "before", "kept")
	replies := asked(2)
	turn := addTurn(t, s, sess.ID, "p", replies)
	saver := NewSaver(turn.ID)
	apply(replies[0], start(0, info("p/m", priced())), text(1, "one "))
	limit(t, s, 1) // the file may not grow

	big := strings.Repeat("토큰 ", 30_000)
	apply(replies[0], text(2, big))
	failed := saver.Batch(replies)
	reason(t, s.AppendPartial(ctx, failed), DiskFull)
	reason(t, s.FinishReply(ctx, turn.ID, answer(replies[1], big)), DiskFull)
	if _, err := s.AddTurn(ctx, sess.ID, big, asked(1)); err == nil {
		t.Error("a big turn found room")
	}
	if got := load1(t, s, sess.ID); got.Turns[0].Replies[0].Text != "kept" || len(got.Turns) != 2 {
		t.Errorf("%+v", got)
	}

	limit(t, s, 1<<30) // and now it may: the same calls make up for it
	apply(replies[0], text(3, "end"))
	batch := saver.Batch(replies)
	if err := s.AppendPartial(ctx, batch); err != nil {
		t.Fatal(err)
	}
	for _, r := range saver.Ended(replies) {
		if err := s.FinishReply(ctx, turn.ID, r); err != nil {
			t.Fatal(err)
		}
		saver.Finished(r)
	}
	got := load1(t, s, sess.ID).Turns[1].Replies
	if got[0].Text != "one "+big+"end" || got[1].Text != big {
		t.Errorf("%d and %d bytes", len(got[0].Text), len(got[1].Text))
	}
}

// limit sets how many pages the database may have; SQLite takes no less than it has.
func limit(t *testing.T, s *Store, pages int) {
	t.Helper()
	var now int
	if err := s.w.QueryRow(`PRAGMA max_page_count = ` + map[bool]string{true: "1", false: "1073741823"}[pages == 1]).Scan(&now); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnly(t *testing.T) {
	path := dbPath(t)
	first, err := tryOpen(path, settings{})
	if err != nil {
		t.Fatal(err)
	}
	sess := create(t, first, "t")
	turn := say(t, first, sess.ID, "p", "answer")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path, settings{mode: "ro"})
	ctx := context.Background()
	if got := load1(t, s, sess.ID); got.Turns[0].Replies[0].Text != "answer" {
		t.Errorf("%+v", got)
	}
	if hits, err := s.Search(ctx, "answer", Filter{}); err != nil || len(hits) != 1 {
		t.Errorf("%v, %v", hits, err)
	}
	_, add := s.AddTurn(ctx, sess.ID, "p", asked(1))
	for _, err := range []error{add, s.CreateSession(ctx, &Session{}), s.FinishReply(ctx, turn.ID, full(0)), s.Rename(ctx, sess.ID, "x"), s.Delete(ctx, sess.ID)} {
		reason(t, err, ReadOnly)
	}
}

func TestLocked(t *testing.T) {
	path := dbPath(t)
	s := openAt(t, path, settings{busy: 10 * time.Millisecond})
	sess := create(t, s, "before")
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	reason(t, s.Rename(context.Background(), sess.ID, "during"), Locked)
	if got := load1(t, s, sess.ID).Title; got != "before" { // reading goes on
		t.Errorf("%q", got)
	}
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := s.Rename(context.Background(), sess.ID, "behind"); err != nil {
		t.Error(err)
	}
}

func TestNotOurFile(t *testing.T) {
	text := dbPath(t)
	if err := os.MkdirAll(filepath.Dir(text), 0o700); err != nil {
		t.Fatal(err)
	}
	content := []byte(strings.Repeat("Dear diary, ", 1000))
	if err := os.WriteFile(text, content, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := tryOpen(text, settings{})
	reason(t, err, Foreign)
	if got, err := os.ReadFile(text); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file was touched: %v", err)
	}

	for _, ddl := range []string{`CREATE TABLE bookmarks (url)`, `CREATE TABLE bookmarks (url); PRAGMA user_version = 1`, `PRAGMA application_id = 7`} {
		path := filepath.Join(t.TempDir(), "lineup.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(ddl); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = tryOpen(path, settings{})
		reason(t, err, Foreign)
	}
}

// TestDamaged overwrites or cuts a database in many places. Whatever happens, it is an error or an answer.
func TestDamaged(t *testing.T) {
	path, id := released(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := 0
	try := func(content []byte) {
		broken := filepath.Join(t.TempDir(), "lineup.db")
		if err := os.WriteFile(broken, content, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		s, err := tryOpen(broken, settings{})
		errs := []error{err}
		if err == nil {
			_, list := s.Sessions(ctx, Filter{})
			_, one := s.Session(ctx, id)
			_, search := s.Search(ctx, "answer", Filter{})
			_, add := s.AddTurn(ctx, id, "p", asked(1))
			errs = append(errs, list, one, search, add, s.Close())
		}
		for _, err := range errs {
			var e *StoreError
			switch {
			case errors.As(err, &e) && e.Reason == Damaged:
				damaged++
				reason(t, err, Damaged)
			case err != nil && !errors.As(err, &e) && !errors.Is(err, ErrNotFound):
				t.Errorf("%v is no error for a person", err)
			}
		}
	}
	const page = 4096
	for at := 100; at < len(whole); at += page {
		content := bytes.Clone(whole)
		copy(content[at:], bytes.Repeat([]byte{0xa5}, 2000))
		try(content)
	}
	for _, size := range []int{50, page, 3*page + 17, len(whole) / 2, len(whole) - 1} {
		try(whole[:size])
	}
	if damaged == 0 {
		t.Error("no damage was seen")
	}
}

func TestNoPlaceForTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := tryOpen(filepath.Join(file, "lineup.db"), settings{}) // a file where the folder should be
	reason(t, err, NoAccess)
	folder := filepath.Join(t.TempDir(), "lineup.db")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = tryOpen(folder, settings{})
	reason(t, err, NoAccess)
}

// readerEnv makes this binary a lineup that reads the database it names; see reader.
const readerEnv = "LINEUP_TEST_READER"

// reader shows what a database holds and says why it cannot be written.
func reader(path string, out io.Writer) int {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	list, err := s.Sessions(ctx, Filter{})
	fmt.Fprintln(out, len(list), err)
	id, err := s.Resolve(ctx, "last")
	fmt.Fprintln(out, err)
	sess, err := s.Session(ctx, id)
	fmt.Fprintln(out, len(sess.Turns), err)
	hits, err := s.Search(ctx, "answer", Filter{})
	fmt.Fprintln(out, len(hits), err)
	stats, err := s.Stats(ctx, StatsQuery{})
	fmt.Fprintln(out, len(stats), err)
	fmt.Fprintln(out, s.Rename(ctx, id, "x"))
	return 0
}

// Regression: of a folder that is read-only nothing could be shown, and the message blamed the file.
func TestReadOnlyFolder(t *testing.T) {
	path := dbPath(t)
	s, err := tryOpen(path, settings{})
	if err != nil {
		t.Fatal(err)
	}
	say(t, s, create(t, s, "t").ID, "p", "answer")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(path)
	for _, dir := range []string{filepath.Dir(filepath.Dir(folder)), filepath.Dir(folder)} { // of the test, for the other user
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.RemoveAll(filepath.Join(folder, "run")), os.Chmod(path, 0o666), os.Chmod(folder, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
	binary, err := os.ReadFile(os.Args[0]) // which another user may not start where it is
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(filepath.Dir(folder), "self")
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := self(readerEnv + "=" + path)
	cmd.Path = copied
	if !asOther(cmd) {
		t.Skip("Windows starts no program as another user without that user's password")
	}
	out, err := cmd.CombinedOutput()
	ran := new(exec.ExitError)
	switch {
	case err != nil && os.Getuid() == 0 && !errors.As(err, &ran):
		t.Skip("root may write everywhere, and here it cannot start a program as another user: ", err)
	case err != nil:
		t.Fatalf("%v %s", err, out)
	}
	lines := strings.Split(string(out), "\n")
	for i, want := range []string{"1 <nil>", "<nil>", "1 <nil>", "1 <nil>", "1 <nil>", "cannot rename the session: the folder is read-only (" + folder + ")"} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %q, want %q", i, lines[i], want)
		}
	}
}
