//go:build unix

package ui

import (
	"bytes"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Fault: after an editor that was killed had left the terminal in O_NONBLOCK, lineup took it for gone as soon as it was
// slow, and ended.
func TestASlowTerminalThatAnotherProgramMadeNonblocking(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	fd, err := unix.Dup(int(out.Fd())) // a file that Go takes for a blocking one
	if err != nil {
		t.Fatal(err)
	}
	shared := os.NewFile(uintptr(fd), "terminal")
	defer shared.Close()
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	frame := bytes.Repeat([]byte("한국어"), 100_000) // more than fits into the pipe
	got := make(chan []byte, 1)
	go func() {
		b := make([]byte, len(frame))
		n, _ := io.ReadFull(in, b)
		got <- b[:n]
	}()
	if n, err := (patient{shared}).Write(frame); n != len(frame) || err != nil {
		out.Close()
		shared.Close()
		t.Errorf("%d of %d bytes are written: %v", n, len(frame), err)
	}
	if b := <-got; !bytes.Equal(b, frame) {
		t.Errorf("the terminal got %d other bytes", len(b))
	}
}
