//go:build linux && (amd64 || arm64)

package sim

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// stampArrivals makes a listener's connections know when their bytes arrived: by the kernel's stamp on the packet
// (socket(7), SO_TIMESTAMPNS), not by when this process came to read it. The option stands on the listener, from which
// connections have it before their first packet comes.
func stampArrivals(l net.Listener) net.Listener {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return l
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return l
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	})
	if err != nil || failed != nil {
		return l
	}
	return stampedListener{tcp}
}

type stampedListener struct{ *net.TCPListener }

func (l stampedListener) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return c, nil
	}
	return &stampedConn{TCPConn: c, raw: raw}, nil
}

type stampedConn struct {
	*net.TCPConn
	raw  syscall.RawConn
	last atomic.Int64 // the stamp of the newest packet of the last Read, in nanoseconds since 1970; 0 for none
	oob  [64]byte
}

// Read reads as the connection itself does, and keeps the stamp. There is never more than one Read at a time.
func (c *stampedConn) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	var failed error
	err = c.raw.Read(func(fd uintptr) bool {
		var oob int
		for {
			n, oob, _, _, failed = syscall.Recvmsg(int(fd), p, c.oob[:], 0)
			if failed != syscall.EINTR {
				break
			}
		}
		if failed == nil {
			c.keep(c.oob[:oob])
		}
		return failed != syscall.EAGAIN
	})
	switch {
	case err != nil:
		return 0, err
	case failed != nil:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("recvmsg", failed)}
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func (c *stampedConn) keep(oob []byte) {
	messages, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return
	}
	for _, m := range messages { // a struct timespec
		if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
			s, ns := binary.NativeEndian.Uint64(m.Data), binary.NativeEndian.Uint64(m.Data[8:])
			c.last.Store(int64(s)*int64(time.Second) + int64(ns))
		}
	}
}

func (c *stampedConn) arrived() time.Time {
	if ns := c.last.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}
