//go:build !linux || !(amd64 || arm64)

package arrival

import (
	"syscall"
	"time"
)

// stamp does nothing: this system has no stamps for TCP, or none that anybody has tried.
func stamp(syscall.Conn) bool { return false }

type receiver struct{}

func (receiver) init(tcp) {}

func (receiver) read(c tcp, p []byte) (n int, stamp time.Time, err error) {
	n, err = c.Read(p)
	return n, time.Time{}, err
}
