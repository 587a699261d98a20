//go:build linux && (amd64 || arm64)

package arrival

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// stamp has the kernel note when each packet comes, and reports whether it does.
func stamp(s syscall.Conn) bool {
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	var refused error
	err = raw.Control(func(fd uintptr) {
		refused = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	})
	return err == nil && refused == nil
}

// receiver reads from a socket together with the kernel's stamps. It holds everything that a read
// needs, and so a read allocates nothing.
type receiver struct {
	raw  syscall.RawConn // nil where the kernel gives no stamps
	recv func(fd uintptr) (done bool)

	into []byte
	n    int
	oob  [64]byte
	oobn int
	err  error
}

func (r *receiver) init(c tcp) {
	if !stamp(c) {
		return
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	r.raw, r.recv = raw, func(fd uintptr) bool {
		for {
			r.n, r.oobn, _, _, r.err = syscall.Recvmsg(int(fd), r.into, r.oob[:], 0)
			if r.err != syscall.EINTR {
				tellRaceDetector(int(fd))
				return r.err != syscall.EAGAIN
			}
		}
	}
}

// read reads like the connection itself. The stamp is that of the newest packet it took bytes from,
// by the wall clock; zero for none.
func (r *receiver) read(c tcp, p []byte) (n int, stamp time.Time, err error) {
	if r.raw == nil || len(p) == 0 {
		n, err = c.Read(p)
		return n, time.Time{}, err
	}
	r.into, r.n, r.oobn, r.err = p, 0, 0, nil
	err = r.raw.Read(r.recv)
	r.into = nil
	if err == nil && r.err != nil {
		err = os.NewSyscallError("recvmsg", r.err)
	}
	switch {
	case err != nil:
		return 0, time.Time{}, readError(c, err)
	case r.n == 0:
		return 0, time.Time{}, io.EOF
	}
	return r.n, newest(r.oob[:r.oobn]), nil
}

// readError names the operation as net does: what is wrapped already came from a raw connection, by
// another name.
func readError(c tcp, err error) error {
	if op, ok := err.(*net.OpError); ok {
		err = op.Err
	}
	return &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(),
		Err: err}
}

// newest takes the stamp, a struct timespec, out of the control messages of one read.
func newest(oob []byte) time.Time {
	const header = syscall.SizeofCmsghdr
	for len(oob) >= header {
		size := binary.NativeEndian.Uint64(oob)
		level, kind := binary.NativeEndian.Uint32(oob[8:]), binary.NativeEndian.Uint32(oob[12:])
		if size < header || size > uint64(len(oob)) {
			break
		}
		if data := oob[header:size]; level == syscall.SOL_SOCKET &&
			kind == syscall.SCM_TIMESTAMPNS && len(data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(data)),
				int64(binary.NativeEndian.Uint64(data[8:])))
		}
		oob = oob[min(len(oob), int(size+7)&^7):]
	}
	return time.Time{}
}
