// Package arrival tells when bytes reached this machine, even if they lay in the socket for a while
// before somebody read them.
//
// On Linux this is the kernel's stamp on the packet (socket(7), SO_TIMESTAMPNS). So a busy program,
// or one with threads that wait for a core, does not make a server look slow. On other systems, and
// without a credible stamp, it is the end of the Read that gave the bytes.
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

// Listen makes a listener accept TCP connections for which Of has an answer. It sets the option at
// the listener: its connections have it before their first packet.
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

// Of gives the arrival of the last bytes that were read from a connection, or from the one beneath
// its TLS. The time may be too late after other bytes were read and not consumed, such as frames of
// other HTTP/2 streams. It is never later than their Read, and never goes back. ok is false for a
// connection of another package, and before the first byte.
func Of(c net.Conn) (at time.Time, ok bool) {
	if n := under(c); n != nil {
		return n.last()
	}
	return time.Time{}, false
}

// Sent gives the beginning of the last Write to a connection, or to the one beneath its TLS. From
// then on its bytes may be anywhere. ok is as for Of.
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
		case interface{ NetConn() net.Conn }: // *tls.Conn; to a TLS proxy one within another
			c = inner.NetConn()
		default:
			return nil
		}
	}
}

// tcp is a *net.TCPConn without WriteTo and ReadFrom, which would bypass Read and Write.
type tcp interface {
	net.Conn
	syscall.Conn
	CloseWrite() error
	SetLinger(sec int) error
}

// conn keeps the arrival of the last bytes. Like every stream, it has one reader at a time.
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

// oldest is the age of a stamp beyond which it needs proof that the wall clock ran steadily. A
// stamp is of that clock. It means nothing if the machine slept, or the clock was set, between the
// arrival of a packet and its reading.
const oldest = time.Second

// skew is how far the wall clock may have left the other one, by slewing, for old stamps to count.
const skew = 10 * time.Millisecond

// note keeps the arrival of bytes that have just been read: their stamp, if it is credible. An
// answer cannot arrive before the Write that it answers, nor before bytes that were read earlier.
func (c *conn) note(stamp, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := now
	// Round drops the monotonic clock, which a stamp lacks.
	if age := now.Round(0).Sub(stamp); age >= 0 && (age < oldest || c.steady(now)) {
		if on := now.Add(-age); !on.Before(c.wrote) {
			at = on
		}
	}
	if at.After(c.came) {
		c.came = at
	}
}

// steady reports whether both clocks have run alike since the last Write. They do so while the
// program is stopped (Ctrl+Z). They do not while the machine sleeps: the monotonic clock stands
// still.
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
