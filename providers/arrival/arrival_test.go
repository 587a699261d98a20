package arrival

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// pair is the two ends of a connection over the loopback: one that was dialled, one that was accepted.
func pair(t *testing.T) (dialled, accepted net.Conn) {
	t.Helper()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(plain)
	t.Cleanup(func() { l.Close() })
	dialled, err = Dial(&net.Dialer{})(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Close() })
	accepted, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { accepted.Close() })
	return dialled, accepted
}

func write(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
}

func TestOfIsWhenTheBytesCame(t *testing.T) {
	a, b := pair(t)
	for _, ends := range [][2]net.Conn{{a, b}, {b, a}} {
		from, to := ends[0], ends[1]
		if _, ok := Of(to); ok {
			t.Error("a connection that has given nothing says when it did")
		}
		for range 3 {
			before := time.Now()
			write(t, from, "one")
			read(t, to, "one")
			if at, ok := Of(to); !ok || at.Before(before) || at.After(time.Now()) {
				t.Errorf("came %v after the write began (%v), %v ago", at.Sub(before), ok, time.Since(at))
			}
		}
	}
}

// layer is one such as TLS.
type layer struct{ net.Conn }

func (l layer) NetConn() net.Conn { return l.Conn }

func TestOfSeesThroughLayers(t *testing.T) {
	a, b := pair(t)
	write(t, a, "x")
	read(t, b, "x")
	direct, _ := Of(b)
	if at, ok := Of(layer{layer{b}}); !ok || !at.Equal(direct) {
		t.Errorf("%v, %v through two layers; want %v", at, ok, direct)
	}
	write(t, b, "y")
	if at, ok := Sent(layer{b}); !ok || at.Before(direct) || at.After(time.Now()) {
		t.Errorf("the write began at %v (%v)", at, ok)
	}
	p, _ := net.Pipe()
	for _, c := range []net.Conn{nil, p, layer{p}} {
		if _, ok := Of(c); ok {
			t.Errorf("%T knows when its bytes came", c)
		}
		if _, ok := Sent(c); ok {
			t.Errorf("%T knows when its bytes left", c)
		}
	}
}

func TestWhatAStampIsBelieved(t *testing.T) {
	now := time.Now()
	wall := now.Round(0)
	for _, c := range []struct {
		name        string
		came, wrote time.Duration // before now; 0 for not yet
		slept       time.Duration // how much less the monotonic clock has gone since
		stamp       time.Time
		want        time.Duration // before now
	}{
		{"a fresh one", 0, 0, 0, wall.Add(-3 * time.Millisecond), 3 * time.Millisecond},
		{"none", 0, 0, 0, time.Time{}, 0},
		{"from the future", 0, 0, 0, wall.Add(time.Millisecond), 0},
		{"from before the machine slept", 0, 0, 0, wall.Add(-time.Hour), 0},
		{"from ahead of what it answers", 0, 2 * time.Millisecond, 0, wall.Add(-3 * time.Millisecond), 0},
		{"from behind what it answers", 0, 4 * time.Millisecond, 0, wall.Add(-3 * time.Millisecond), 3 * time.Millisecond},
		{"older than what was read before", time.Millisecond, 0, 0, wall.Add(-3 * time.Millisecond), time.Millisecond},
		{"of long ago, while the program was stopped", 0, time.Minute, 0, wall.Add(-50 * time.Second), 50 * time.Second},
		{"of long ago, and the machine has slept", 0, time.Minute, time.Hour, wall.Add(-50 * time.Second), 0},
		{"of long ago, and the clock was set back", 0, time.Minute, -20 * time.Second, wall.Add(-30 * time.Second), 0},
	} {
		var n conn
		if c.came > 0 {
			n.came = now.Add(-c.came)
		}
		if c.wrote > 0 {
			n.wrote = now.Add(-c.wrote)
			n.wall = wall.Add(-c.wrote - c.slept)
		}
		n.note(c.stamp, now)
		if at, ok := n.last(); !ok || now.Sub(at) != c.want {
			t.Errorf("%s: %v before now, want %v", c.name, now.Sub(at), c.want)
		}
	}
}

// What net's own connection promises of its errors holds for one that reads with stamps.
func TestReadsFailAsTheConnectionsOwn(t *testing.T) {
	one := make([]byte, 1)
	t.Run("nothing to read into", func(t *testing.T) {
		a, _ := pair(t)
		if n, err := a.Read(nil); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("end", func(t *testing.T) {
		a, b := pair(t)
		write(t, b, "x")
		b.(interface{ CloseWrite() error }).CloseWrite()
		read(t, a, "x")
		came, _ := Of(a)
		if n, err := a.Read(one); n != 0 || err != io.EOF {
			t.Errorf("%d, %v", n, err)
		}
		if at, _ := Of(a); !at.Equal(came) {
			t.Error("the end counts as bytes")
		}
	})
	t.Run("reset", func(t *testing.T) {
		a, b := pair(t)
		b.(interface{ SetLinger(int) error }).SetLinger(0)
		b.Close()
		_, err := a.Read(one)
		if op, ok := err.(*net.OpError); !ok || op.Op != "read" {
			t.Errorf("%#v", err)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		a, _ := pair(t)
		a.SetReadDeadline(time.Unix(1, 0))
		_, err := a.Read(one)
		if op, ok := err.(*net.OpError); !ok || op.Op != "read" || !op.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%#v", err)
		}
	})
	t.Run("closed here", func(t *testing.T) {
		a, _ := pair(t)
		a.Close()
		_, err := a.Read(one)
		if op, ok := err.(*net.OpError); !ok || op.Op != "read" || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%#v", err)
		}
	})
}

func TestAllBytesComeThrough(t *testing.T) {
	a, b := pair(t)
	sent := bytes.Repeat([]byte("0123456789"), 100_000)
	go func() {
		a.Write(sent)
		a.Close()
	}()
	got, err := io.ReadAll(b)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes, %v", len(got), len(sent), err)
	}
}

func TestAReadAllocatesNothing(t *testing.T) {
	a, b := pair(t)
	one := []byte("x")
	if n := testing.AllocsPerRun(100, func() {
		a.Write(one)
		b.Read(one)
	}); n > 0 {
		t.Errorf("%v allocations for a write and a read", n)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if c, err := Dial(&net.Dialer{})(context.Background(), "tcp", l.Addr().String()); err == nil || c != nil {
		t.Errorf("%v, %v", c, err)
	}
}
