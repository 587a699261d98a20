package sim

import (
	"context"
	"net"
	"net/http"
	"time"
)

// arrivalConn is a connection that knows when the bytes that it gave last reached this machine.
type arrivalConn interface{ arrived() time.Time }

type arrivalKey struct{}

// noteArrivals lets the handlers of a server ask when a request arrived.
func noteArrivals(s *http.Server) {
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if c, ok := c.(arrivalConn); ok {
			return context.WithValue(ctx, arrivalKey{}, c)
		}
		return ctx
	}
}

// arrival is when the end of a request that has been read reached this machine. Where the system does not say, it is
// now: on a busy machine some milliseconds later, the time for which the request lay in the socket.
func arrival(ctx context.Context) time.Time {
	now := time.Now()
	if c, ok := ctx.Value(arrivalKey{}).(arrivalConn); ok {
		if at := c.arrived(); !at.IsZero() && at.Before(now) {
			return now.Add(at.Sub(now.Round(0))) // on the monotonic clock, as all other times are
		}
	}
	return now
}
