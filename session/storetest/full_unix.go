//go:build unix

package storetest

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// FillDisk lets no file of this process grow beyond size bytes, as a full disk does, until the
// function that it returns is called, or the test ends. A test that calls it runs Alone.
func FillDisk(t testing.TB, size uint64) (free func()) {
	t.Helper()
	if os.Getenv(aloneEnv) == "" {
		t.Fatal("a test that fills the disk runs Alone")
	}
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	set := func(l syscall.Rlimit) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Error(err)
		}
	}
	set(syscall.Rlimit{Cur: size, Max: was.Max})
	t.Cleanup(func() { set(was) })
	return func() { set(was) }
}
