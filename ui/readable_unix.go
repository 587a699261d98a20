//go:build unix

package ui

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// readable reports whether a read of f would return at once, with bytes or an error. (The poll of
// some systems knows no terminals; their select does.)
func readable(f *os.File) bool {
	fd := int(f.Fd())
	for {
		var set unix.FdSet
		set.Set(fd)
		n, err := unix.Select(fd+1, &set, nil, nil, &unix.Timeval{})
		if !errors.Is(err, unix.EINTR) {
			return err != nil || n > 0
		}
	}
}

// block has a write to f wait until there is room.
func block(f *os.File) error { return unix.SetNonblock(int(f.Fd()), false) }
