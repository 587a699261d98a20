package sim

import (
	"context"
	"net"
	"net/http"
	"time"

	"lineup/providers/arrival"
)

type connKey struct{}

// keepConns lets the handlers of a server ask when a request arrived.
func keepConns(s *http.Server) {
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
}

// received is when the end of a request that has been read reached this machine. Where the server's
// own listener is not in use, it is now: on a busy machine some milliseconds later, the time for
// which the request lay in the socket.
func received(ctx context.Context) time.Time {
	if c, ok := ctx.Value(connKey{}).(net.Conn); ok {
		if at, ok := arrival.Of(c); ok {
			return at
		}
	}
	return time.Now()
}

// leaving is when the last write to the client began; zero if that is unknown.
func leaving(ctx context.Context) time.Time {
	if c, ok := ctx.Value(connKey{}).(net.Conn); ok {
		if at, ok := arrival.Sent(c); ok {
			return at
		}
	}
	return time.Time{}
}
