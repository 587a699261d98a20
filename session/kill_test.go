//go:build unix

package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKilledAtRandom is the promise, fifty times: a lineup that streams as fast as it can is killed at any moment, in
// the middle of a write too. Nothing older than 250 ms is missing, and the database is sound each time.
func TestKilledAtRandom(t *testing.T) {
	path := dbPath(t)
	s := openAt(t, path, settings{busy: 10 * time.Second})
	rng := rand.New(rand.NewPCG(1, 2))
	kills := 50
	if raceDetector { // which sees the same steps each time, and not those of the killed process
		kills = 10
	}
	for n := range kills {
		p := startStreamer(t, path)
		go func() { // it never waits for a line
			for {
				if _, err := io.WriteString(p.in, strings.Repeat("\n", 100)); err != nil {
					return
				}
			}
		}()
		last := 0
		for range 1 + rng.IntN(300) {
			last = number(t, p.line())
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for p.out.Scan() { // what it said before it died
			if v, err := strconv.Atoi(p.out.Text()); err == nil {
				last = max(last, v)
			}
		}
		_ = p.cmd.Wait() // says that it was killed
		got := load1(t, s, p.sess).Turns[0].Replies
		all := ""
		for w := range last + 1 { // one more may have been saved before it was said
			all += word(w + 1)
		}
		saved := len(got[0].Chunks)
		if !strings.HasPrefix(all, got[0].Text) || strings.Count(got[0].Text, " ") != saved {
			t.Fatalf("kill %d: %d chunks of text %.60q", n, saved, got[0].Text)
		}
		if lost := time.Duration(last-saved) * 10 * time.Millisecond; lost > SaveEvery {
			t.Errorf("kill %d: %v are lost of %d words", n, lost, last)
		}
		if got[2].Text != "whole" || got[2].Status != Done {
			t.Errorf("kill %d: what had ended is %s %q", n, got[2].Status, got[2].Text)
		}
		if h, err := s.Health(context.Background()); err != nil || len(h.Problems) > 0 {
			t.Fatalf("kill %d: %v, %v", n, h.Problems, err)
		}
	}
}

func number(t *testing.T, line string) int {
	t.Helper()
	n, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("the streamer says %q", line)
	}
	return n
}

// limiterEnv makes this binary a lineup whose files may not grow; see fileLimited.
const limiterEnv = "LINEUP_TEST_LIMITER"

// fileLimited writes answers until the system takes no more, says why, and then saves again under a higher limit. A quota
// looks the same to SQLite: a write that fails, and not for want of space.
func fileLimited(path string, out io.Writer) int {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	sess := &Session{Title: "t"}
	if err := s.CreateSession(ctx, sess); err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	limit := before
	limit.Cur = 2 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	big := strings.Repeat("토큰 ", 60_000)
	for n := 0; err == nil && n < 100; n++ {
		_, err = s.AddTurn(ctx, sess.ID, big, nil)
	}
	fmt.Fprintln(out, err)
	var e *StoreError
	if !errors.As(err, &e) || e.Reason != FileLimit {
		return 1
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	if _, err := s.AddTurn(ctx, sess.ID, "behind", nil); err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	return 0
}

func TestFileLimit(t *testing.T) {
	path := dbPath(t)
	cmd := self(limiterEnv + "=" + path)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "ulimit -f") || !strings.Contains(string(out), "free some space") {
		t.Fatalf("%v: %s", err, out)
	}
	s := openAt(t, path, settings{})
	if h, err := s.Health(context.Background()); err != nil || len(h.Problems) > 0 {
		t.Errorf("%v, %v", h.Problems, err)
	}
	id, err := s.Resolve(context.Background(), "last")
	if err != nil {
		t.Fatal(err)
	}
	turns := load1(t, s, id).Turns
	if len(turns) < 2 || turns[len(turns)-1].Prompt != "behind" {
		t.Errorf("%d turns", len(turns))
	}
}

func TestReasonsOfNoRoom(t *testing.T) {
	for err, want := range map[error]Reason{syscall.EDQUOT: Quota, syscall.ENOSPC: DiskFull, syscall.EFBIG: FileLimit, syscall.EIO: "", nil: ""} {
		wrapped := err
		if err != nil {
			wrapped = errors.Join(&os.PathError{Op: "write", Path: "x", Err: err}, nil)
		}
		if got := roomReason(wrapped); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
	if err := probe(t.TempDir()); err != nil {
		t.Error(err)
	}
}

// TestFullDisk fills a small file system of memory. It needs the right to mount one.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := mountSmall(dir); err != nil {
		t.Skip("no small file system can be mounted: ", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil {
			t.Error(err)
		}
	})
	s, err := tryOpen(dir+"/lineup.db", settings{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sess := create(t, s, "t")
	say(t, s, sess.ID, "before", "kept")
	big := strings.Repeat("토큰 ", 30_000)
	for n := 0; err == nil && n < 100; n++ {
		_, err = s.AddTurn(context.Background(), sess.ID, big, asked(1))
	}
	reason(t, err, DiskFull)
	if got := load1(t, s, sess.ID); got.Turns[0].Reply(0).Text != "kept" {
		t.Errorf("%+v", got.Turns[0])
	}
	if h, err := s.Health(context.Background()); err != nil || len(h.Problems) > 0 {
		t.Errorf("%v, %v", h.Problems, err)
	}
}
