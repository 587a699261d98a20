package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// chunked delivers data in reads of the given sizes, over and over.
type chunked struct {
	data  []byte
	sizes []int
	i     int
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := min(max(1, c.sizes[c.i%len(c.sizes)]), len(c.data), len(p))
	c.i++
	copy(p, c.data[:n])
	c.data = c.data[n:]
	return n, nil
}

func readLines(t *testing.T, l *lineReader) (lines []string, whole bool, err error) {
	t.Helper()
	for {
		line, _, w, err := l.next()
		if err != nil {
			return lines, whole, err
		}
		lines, whole = append(lines, string(line)), w
	}
}

func TestLinesEndInLFCRLFOrCR(t *testing.T) {
	in := "a\nb\r\nc\rd\n\n\r\n\r\re"
	want := []string{"a", "b", "c", "d", "", "", "", "", "e"}
	for _, sizes := range [][]int{{1}, {2}, {3}, {1, 2}, {5}, {100}} {
		lines, whole, err := readLines(t, newLineReader(&chunked{data: []byte(in), sizes: sizes}, time.Now))
		if strings.Join(lines, "|") != strings.Join(want, "|") || whole || err != io.EOF {
			t.Errorf("reads of %v: lines %q, last whole %v, %v; want %q", sizes, lines, whole, err, want)
		}
	}
}

func TestALongLineIsReadAndAnEndlessOneIsNot(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	lines, _, err := readLines(t, newLineReader(strings.NewReader(long+"\nshort\n"), time.Now))
	if err != io.EOF || len(lines) != 2 || lines[0] != long || lines[1] != "short" {
		t.Fatalf("%d lines, %v; want two", len(lines), err)
	}
	for _, end := range []string{"\n", ""} { // the cap holds whether the end has come or not
		l := newLineReader(strings.NewReader(strings.Repeat("x", 101)+end), time.Now)
		l.limit = 100
		if _, _, _, err := l.next(); err != errLineTooLong {
			t.Errorf("a line over the cap ended in %q gives %v, want errLineTooLong", end, err)
		}
	}
}

func TestALineIsStampedWithTheReadThatEndedIt(t *testing.T) {
	clock := time.Unix(0, 0)
	tick := func() time.Time { clock = clock.Add(time.Second); return clock }
	l := newLineReader(io.MultiReader(strings.NewReader("on"), strings.NewReader("e\ntwo\n")), tick)
	for range 2 { // both lines ended in the second read
		if line, at, _, err := l.next(); err != nil || at != time.Unix(2, 0) {
			t.Errorf("line %q at %v, %v; want second 2", line, at.Unix(), err)
		}
	}
}

func TestTheReadersErrorComesBehindTheLastLine(t *testing.T) {
	reset := errors.New("connection reset")
	r := io.MultiReader(bytes.NewReader([]byte("a\nb")), iotest.ErrReader(reset))
	lines, whole, err := readLines(t, newLineReader(r, time.Now))
	if err != reset || whole || strings.Join(lines, "|") != "a|b" {
		t.Fatalf("lines %q, whole %v, %v; want a and a torn b, then the reset", lines, whole, err)
	}
}
