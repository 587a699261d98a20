//go:build unix

package ui

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// readable reports whether a read of f would return at once, with bytes or an error. (The poll of
// some systems knows no terminals; their select does.)
func readable(f *os.File) bool { return readableWithin(f, 0) }

func readableWithin(f *os.File, wait time.Duration) bool {
	fd := int(f.Fd())
	for {
		var set unix.FdSet
		set.Set(fd)
		timeout := unix.NsecToTimeval(int64(wait))
		n, err := unix.Select(fd+1, &set, nil, nil, &timeout)
		if !errors.Is(err, unix.EINTR) {
			return err != nil || n > 0
		}
	}
}

// block has a write to f wait until there is room.
func block(f *os.File) error { return unix.SetNonblock(int(f.Fd()), false) }

// listen swallows what the terminal still owes after it was left. Whoever has it next would take
// that for keys. ctx ends it.
func (k keyboard) listen(ctx context.Context) {
	p := make([]byte, 4096)
	for ctx.Err() == nil {
		wait := k.join.owed.waits(time.Now())
		if wait == 0 {
			return
		}
		if !readableWithin(k.File, min(wait, 20*time.Millisecond)) {
			continue
		}
		n, err := k.gate.take(k.File, p)
		k.join.add(p[:n], time.Now())
		if err != nil {
			return
		}
	}
}
