//go:build unix

package batch

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"lineup/batch/suite"
)

// full lets no file grow beyond so many bytes while do runs, as a full disk does.
func full(t *testing.T, bytes uint64, do func()) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	limit := before
	limit.Cur = bytes
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	do()
}

// A disk that was full while lines moved away left pieces and doubled lines in the stale file.
func TestAFullDiskLeavesNoPiecesInTheStaleFile(t *testing.T) {
	g := newGateway(t, nil)
	path := outFile(t)
	s := numbered(8)
	sections := section("g", g.URL)
	do(t, planOf(t, sections, s, "g/a"), path, Options{})
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The limit holds for the log of the test itself too: it has to lie far above that.
	before = []byte(strings.ReplaceAll(string(before), "\n", strings.Repeat(" ", 1<<20)+"\n"))
	if err := os.WriteFile(path, before, 0o600); err != nil {
		t.Fatal(err)
	}
	earlier := `{"type":"reply","id":"earlier"}` + "\n"
	if err := os.WriteFile(path+StaleSuffix, []byte(earlier), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range s.Cases {
		s.Cases[i].Vars = suite.VarsOf(map[string]any{"n": "changed"})
	}
	results, err := Open(planOf(t, sections, s, "g/a"), path)
	if err != nil {
		t.Fatal(err)
	}
	full(t, uint64(len(before)/2), func() { err = results.moveStale() })
	if err == nil {
		t.Error("the disk was not full")
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	if stale, _ := os.ReadFile(path + StaleSuffix); string(stale) != earlier {
		t.Errorf("the stale file has %d bytes more", len(stale)-len(earlier))
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the results have changed")
	}
	do(t, planOf(t, sections, s, "g/a"), path, Options{})
	stale, _ := os.ReadFile(path + StaleSuffix)
	if n := strings.Count(string(stale), "\n"); n != 9 {
		t.Errorf("%d stale lines", n)
	}
}
