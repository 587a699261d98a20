package sim

import (
	"context"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"sync"
	"time"

	"lineup/providers/arrival"
)

// Running is a server on a port.
type Running struct {
	URL string // "http://127.0.0.1:PORT", without a slash or /v1

	http   *http.Server
	cancel context.CancelFunc
	served chan struct{} // closed when no connection is accepted any more
	// active is held for reading by every request, so that Close can wait for
	// them; a WaitGroup must not be added to while it is waited on.
	active sync.RWMutex
}

// Start listens on addr, "" for a free port of the loopback, and serves until
// Close. A server may run on several addresses at once.
func (s *Server) Start(addr string) (*Running, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("simulated server: cannot listen on %s, try another port: %w", addr,
			err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Running{URL: "http://" + listener.Addr().String(), cancel: cancel,
		served: make(chan struct{})}
	r.http = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			r.active.RLock()
			defer r.active.RUnlock()
			s.ServeHTTP(w, req)
		}),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		// Broken connections are this server's trade; they must not write into
		// the terminal of the program that runs it.
		ErrorLog: stdlog.New(io.Discard, "", 0),
	}
	keepConns(r.http)
	go func() {
		defer close(r.served)
		r.http.Serve(arrival.Listen(listener)) // returns when Close closes the listener
	}()
	return r, nil
}

// Close ends all requests at once, waits until they are in the log and frees
// the port.
func (r *Running) Close() error {
	// The connections go first: a request that ended before its connection did
	// would look like a complete answer.
	err := r.http.Close()
	r.cancel()
	<-r.served
	r.active.Lock()
	defer r.active.Unlock()
	if err != nil {
		return fmt.Errorf("simulated server: %w", err)
	}
	return nil
}
