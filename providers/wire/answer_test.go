package wire

import (
	"io"
	"net"
	"testing"
	"time"

	"lineup/providers/arrival"
)

// Bytes that came ahead of the request are not its answer: TLS and HTTP/2 send such.
func TestAnAnswerDoesNotComeBeforeItsRequest(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := arrival.Dial(&net.Dialer{})(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var a arrivals
	a.on(c)
	b := make([]byte, 1)
	for range 500 { // the kernel begins to stamp some time after it was asked to
		if _, err := s.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, b); err != nil {
			t.Fatal(err)
		}
		sent := time.Now()
		a.sent(sent)
		if at := a.now(); at.Before(sent) {
			t.Fatalf("the answer came %v before its request", sent.Sub(at))
		}
	}
}
