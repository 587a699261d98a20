package session

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSalvage damages one page after another of a database: each time a sound one is made of what can be read, the
// damaged file stays as it was, and most of what was said is there.
func TestSalvage(t *testing.T) {
	path := dbPath(t)
	s, err := tryOpen(path, settings{})
	if err != nil {
		t.Fatal(err)
	}
	const sessions = 12
	for n := range sessions {
		sess := create(t, s, fmt.Sprint("session ", n))
		say(t, s, sess.ID, fmt.Sprintf("prompt%d 토큰", n), strings.Repeat(fmt.Sprintf("answer%d ", n), 150), "other")
		if err := s.Tag(context.Background(), sess.ID, "demo"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	step, pages, found := page, 0, 0
	if raceDetector { // which sees the same steps with each page
		step = 5 * page
	}
	for at := page; at < len(whole); at += step {
		pages++
		broken := filepath.Join(t.TempDir(), "lineup.db")
		content := bytes.Clone(whole)
		copy(content[at:], bytes.Repeat([]byte{0xa5}, page))
		if err := os.WriteFile(broken, content, 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := Salvage(context.Background(), broken)
		if err != nil {
			t.Fatalf("page %d: %v", at/page, err)
		}
		if kept, err := os.ReadFile(report.Kept); err != nil || !bytes.Equal(kept, content) {
			t.Errorf("page %d: the damaged file is not kept: %v", at/page, err)
		}
		s := openAt(t, broken, settings{})
		if h, err := s.Health(context.Background()); err != nil || len(h.Problems) > 0 || h.Sessions != report.Sessions {
			t.Errorf("page %d: %+v, %v", at/page, h, err)
		}
		for n := range sessions {
			if hits := search(t, s, fmt.Sprintf("answer%d", n)); len(hits) > 0 {
				found++
			}
		}
	}
	t.Logf("%d pages damaged one at a time: %d of %d answers were found in the new files", pages, found, pages*sessions)
	if found < pages*sessions*8/10 {
		t.Errorf("only %d of %d answers were salvaged", found, pages*sessions)
	}
}

// TestSalvageOfVersion1: an old damaged file comes out in the newest version.
func TestSalvageOfVersion1(t *testing.T) {
	path, id := version1(t)
	report, err := Salvage(context.Background(), path)
	if err != nil || report.Sessions != 1 || report.Replies != 2 || report.Lost != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	s := openAt(t, path, settings{})
	if got := load1(t, s, id); len(got.Turns) != 1 || got.Turns[0].Reply(0).Text != "old answer" || got.Turns[0].Reply(1).Status != Interrupted {
		t.Errorf("%+v", got)
	}
	if list, err := s.Sessions(context.Background(), Filter{Model: "p/backup"}); err != nil || len(list) != 1 || list[0].Turns != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestNoSalvageUnderALivingLineup: it would go on writing into the file that was put aside.
func TestNoSalvageUnderALivingLineup(t *testing.T) {
	s, _ := newStore(t)
	addTurn(t, s, create(t, s, "t").ID, "p", asked(1))
	_, err := Salvage(context.Background(), s.Path())
	reason(t, err, Locked)
}

// TestDamageIsNotWrittenInto: once damage was seen nothing is written any more, and what can be read is.
func TestDamageIsNotWrittenInto(t *testing.T) {
	s, _ := newStore(t)
	sess := create(t, s, "t")
	say(t, s, sess.ID, "p", "kept")
	if err := s.fail(context.Background(), "test", errContent); err == nil {
		t.Fatal("no error")
	}
	err := s.Rename(context.Background(), sess.ID, "new")
	reason(t, err, Damaged)
	if !strings.Contains(err.Error(), "lineup doctor --repair") {
		t.Errorf("%v", err)
	}
	if got := load1(t, s, sess.ID); got.Title != "t" || got.Turns[0].Reply(0).Text != "kept" {
		t.Errorf("%+v", got)
	}
}

// TestLockedFromTheStart: another program has the file for itself alone.
func TestLockedFromTheStart(t *testing.T) {
	path, id := released(t)
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	for _, q := range []string{`PRAGMA locking_mode = EXCLUSIVE`, `BEGIN EXCLUSIVE`, `UPDATE sessions SET title = title`, `COMMIT`} {
		if _, err := other.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	_, err = tryOpen(path, settings{busy: 1})
	reason(t, err, Locked)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if got := load1(t, openAt(t, path, settings{}), id); got.Title != "old title" {
		t.Errorf("%+v", got)
	}
}

// TestTornLog: power goes while the log is written. Wherever it ends, the database is sound and has a beginning of what
// was said.
func TestTornLog(t *testing.T) {
	path := dbPath(t)
	s := openAt(t, path, settings{})
	sess := create(t, s, "t")
	for n := range 5 {
		say(t, s, sess.ID, fmt.Sprint(n), "answer")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 12 {
		torn := filepath.Join(t.TempDir(), "lineup.db")
		cut := len(log) * n / 11
		if err := errors.Join(os.WriteFile(torn, file, 0o600), os.WriteFile(torn+"-wal", log[:cut], 0o600)); err != nil {
			t.Fatal(err)
		}
		s := openAt(t, torn, settings{})
		h, err := s.Health(context.Background())
		if err != nil || len(h.Problems) > 0 {
			t.Errorf("log of %d bytes: %v, %v", cut, h.Problems, err)
		}
		if got, err := s.Session(context.Background(), sess.ID); err == nil {
			for i, turn := range got.Turns {
				if turn.Prompt != fmt.Sprint(i) {
					t.Errorf("log of %d bytes: turn %d is %q", cut, i, turn.Prompt)
				}
			}
		} else if !errors.Is(err, ErrNotFound) {
			t.Errorf("log of %d bytes: %v", cut, err)
		}
	}
}
