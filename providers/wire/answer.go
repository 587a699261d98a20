package wire

import (
	"net"
	"net/http"
	"sync"
	"time"

	"lineup/providers/arrival"
)

// answer is a response whose body may still come.
type answer struct {
	*http.Response
	came func() time.Time // when the bytes came that are being read
}

// arrivals is the clock of one answer: it tells when the bytes at hand came, not when somebody got
// round to reading them. Between the two lie goroutines of net/http and of lineup, which on a busy
// machine wait for each other for milliseconds that are no server's. The zero value is ready.
type arrivals struct {
	mu    sync.Mutex
	conn  net.Conn
	since time.Time // when the request had gone out: nothing of its answer comes before
}

// on sets the connection over which the answer will come. A request that net/http repeats gets
// another one.
func (a *arrivals) on(c net.Conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conn, a.since = c, time.Time{}
}

// sent notes that the request has gone out.
func (a *arrivals) sent(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.since = at
}

// now is when the bytes at hand came.
func (a *arrivals) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := arrival.Of(a.conn)
	switch {
	case !ok:
		return time.Now()
	case at.Before(a.since):
		return a.since
	}
	return at
}
