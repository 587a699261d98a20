//go:build unix

package cli_test

import (
	"os/signal"
	"syscall"
)

// limitFiles makes the system refuse to write beyond the first 256 kB of any file, as a full disk refuses.
func limitFiles() {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 256 << 10, Max: 256 << 10}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		panic(err)
	}
}
