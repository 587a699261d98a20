// Package arrival tells when bytes reached this machine, however long they lay in the socket before somebody read them.
//
// On Linux that is the kernel's stamp on the packet (socket(7), SO_TIMESTAMPNS): a program that is busy drawing, or
// whose threads wait for a core, sees no server slower than it was. On other systems, and where there is no stamp or none
// that can be believed, it is the end of the Read that gave the bytes.
package arrival

import (
	"context"
	"net"
	"sync"
	"syscall"
	"time"
)

// Dial opens TCP connections as d does, for which Of has an answer.
func Dial(d *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return noted(c), nil
	}
}

// Listen makes a listener accept TCP connections for which Of has an answer. The kernel's stamps are asked for at the
// listener, from which connections have the option before their first packet comes.
func Listen(l net.Listener) net.Listener {
	if s, ok := l.(syscall.Conn); ok {
		stamp(s)
	}
	return listener{l}
}

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return noted(c), nil
}

// Of tells when the bytes that a connection gave last had come: the connection itself, or the one beneath its TLS. With
// what has been read but not yet consumed in between, as frames of other streams over HTTP/2, that may be later than
// the bytes at hand came; it is never later than they were read. It never goes back. ok is false for a connection that
// is not of this package, or that has given nothing yet.
func Of(c net.Conn) (at time.Time, ok bool) {
	if n := under(c); n != nil {
		return n.last()
	}
	return time.Time{}, false
}

// Sent tells when the last Write to a connection, or to the one beneath its TLS, began: from then on its bytes may be
// anywhere. ok is as for Of.
func Sent(c net.Conn) (at time.Time, ok bool) {
	if n := under(c); n != nil {
		return n.sent()
	}
	return time.Time{}, false
}

// under is this package's connection beneath others, or nil.
func under(c net.Conn) *conn {
	for {
		switch inner := c.(type) {
		case *conn:
			return inner
		case interface{ NetConn() net.Conn }: // *tls.Conn, which lies in another behind a proxy that speaks TLS itself
			c = inner.NetConn()
		default:
			return nil
		}
	}
}

// tcp is what shows of a *net.TCPConn: not its WriteTo and ReadFrom, which would pass by Read and Write.
type tcp interface {
	net.Conn
	syscall.Conn
	CloseWrite() error
	SetLinger(sec int) error
}

// conn keeps when the last bytes came. As every user of a stream does, it lets one goroutine read at a time.
type conn struct {
	tcp
	kernel receiver

	mu    sync.Mutex
	came  time.Time // when the bytes of the last Read came
	wrote time.Time // when the last Write began
	wall  time.Time // the same by the wall clock
}

// noted wraps a TCP connection; another kind has no stamps and stays as it is.
func noted(c net.Conn) net.Conn {
	t, ok := c.(tcp)
	if !ok {
		return c
	}
	n := &conn{tcp: t}
	n.kernel.init(t)
	return n
}

func (c *conn) Read(p []byte) (int, error) {
	n, stamp, err := c.kernel.read(c.tcp, p)
	if n > 0 {
		c.note(stamp, time.Now())
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.wrote = time.Now()
	c.wall = c.wrote.Round(0)
	c.mu.Unlock()
	return c.tcp.Write(p)
}

// oldest is how old a stamp may be, of which nothing says how the wall clock went since. A stamp is of that clock: behind
// a machine that slept, or a clock that was set, between a packet's coming and its reading, it tells nothing.
const oldest = time.Second

// skew is how far the wall clock may have left the other one, by slewing, for old stamps to count.
const skew = 10 * time.Millisecond

// note keeps when bytes came that have been read now: at the stamp, if there is one that can be believed. What answers
// a Write cannot have come before it, nor anything before what was read ahead of it.
func (c *conn) note(stamp, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := now
	if age := now.Round(0).Sub(stamp); age >= 0 && (age < oldest || c.steady(now)) { // Round: both by the wall clock
		if on := now.Add(-age); !on.Before(c.wrote) {
			at = on
		}
	}
	if at.After(c.came) {
		c.came = at
	}
}

// steady reports whether both clocks have gone alike since the last Write, as they do also while the program is stopped
// (Ctrl+Z), but not over a sleep of the machine, for which the monotonic one stands still.
func (c *conn) steady(now time.Time) bool {
	return !c.wrote.IsZero() && (now.Round(0).Sub(c.wall)-now.Sub(c.wrote)).Abs() < skew
}

func (c *conn) sent() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wrote, !c.wrote.IsZero()
}

func (c *conn) last() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.came, !c.came.IsZero()
}
