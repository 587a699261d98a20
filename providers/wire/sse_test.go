package wire

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// readFrames renders all frames of a stream, and how it ended.
func readFrames(r frameReader) (frames []string, err error) {
	for {
		f, err := r.next()
		if err != nil {
			return frames, err
		}
		if f.at.IsZero() {
			frames = append(frames, "without a time:")
		}
		switch {
		case f.kind == frameComment:
			frames = append(frames, ":")
		case f.kind == frameStray:
			frames = append(frames, "?"+string(f.data))
		case f.event != "":
			frames = append(frames, f.event+"="+string(f.data))
		default:
			frames = append(frames, string(f.data))
		}
	}
}

func TestServerSentEvents(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a space behind the colon is optional", "data:a\n\ndata: b\n\n", "a b"},
		{"only one space goes", "data:  a\n\n", " a"},
		{"CR LF", "data: a\r\n\r\ndata: b\r\n\r\n", "a b"},
		{"CR alone", "data: a\r\rdata: b\r\r", "a b"},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n", "a"},
		{"several data lines", "data: a\ndata: b\n\n", "a\nb"},
		{"event names", "event: ping\ndata: {}\n\ndata: x\n\n", "ping={} x"},
		{"an event without data is none", "event: ping\n\ndata: x\n\n", "x"},
		{"comments are told", ": hi\n:\ndata: x\n\n", ": : x"},
		{"blank lines are a sign of life", "\n\ndata: x\n\n", ": : x"},
		{"what is no field is handed on apart", "id: 1\nretry: 5\nfoo\ndata: x\n\n", "?foo x"},
		{"data without a colon is an empty line", "data\n\n", ""},
		{"a last event without its blank line", "data: {\"a\":1}\n", `{"a":1}`},
		{"the same without its line end", "data: {\"a\":1}", `{"a":1}`},
		{"[DONE] without anything behind", "data: [DONE]", "[DONE]"},
		{"[DONE] and a space", "data: [DONE] ", "[DONE] "},
	} {
		for n := 1; n <= 7; n++ {
			got, err := readFrames(newSSEReader(&chunked{data: []byte(c.in), sizes: []int{n}}, time.Now))
			if strings.Join(got, " ") != c.want || err != io.EOF {
				t.Errorf("%s, reads of %d: %q, %v; want %q", c.name, n, got, err, c.want)
			}
		}
	}
}

func TestABodyThatStopsInsideAnEventIsBroken(t *testing.T) {
	reset := errors.New("reset")
	for _, end := range []error{io.EOF, reset} {
		for _, in := range []string{"data: {\"a\":", "data: {\"a\":1}\n\ndata: {\"b\":\n", "data: x\n\ndat"} {
			_, err := readFrames(newSSEReader(io.MultiReader(strings.NewReader(in), iotest.ErrReader(end)), time.Now))
			var broken *brokenError
			if !errors.As(err, &broken) || !errors.Is(err, end) {
				t.Errorf("%q then %v gives %v, want a brokenError around it", in, end, err)
			}
		}
		_, err := readFrames(newSSEReader(io.MultiReader(strings.NewReader("data: x\n\n"), iotest.ErrReader(end)), time.Now))
		if err != end {
			t.Errorf("a body that stops between two events gives %v, want %v itself", err, end)
		}
	}
}

func TestNDJSON(t *testing.T) {
	in := "\xef\xbb\xbf{\"a\":1}\r\n\n  \n{\"b\":2}\n{\"c\":3}"
	want := `{"a":1} : : {"b":2} {"c":3}`
	for n := 1; n <= 9; n++ {
		got, err := readFrames(newNDJSONReader(&chunked{data: []byte(in), sizes: []int{n}}, time.Now))
		if strings.Join(got, " ") != want || err != io.EOF {
			t.Errorf("reads of %d: %q, %v; want %q", n, got, err, want)
		}
	}
	var broken *brokenError
	if _, err := readFrames(newNDJSONReader(strings.NewReader("{\"a\":1}\n{\"b\":"), time.Now)); !errors.As(err, &broken) {
		t.Errorf("a torn last line gives %v, want a brokenError", err)
	}
}

func TestAFrameCountsItsBytesOnTheWire(t *testing.T) {
	r := newSSEReader(strings.NewReader("event: x\ndata: abc\n\ndata: d\n\n"), time.Now)
	for _, want := range []int{len("event: x") + len("data: abc"), len("data: d")} {
		if f, err := r.next(); err != nil || f.bytes != want {
			t.Errorf("frame %q has %d bytes, %v; want %d", f.data, f.bytes, err, want)
		}
	}
}

func TestEventsOverTheCapAreAnError(t *testing.T) {
	r := newSSEReader(strings.NewReader(strings.Repeat("data: 0123456789\n", 20)+"\n"), time.Now)
	r.lines.limit = 100
	if f, err := r.next(); err != errLineTooLong {
		t.Errorf("frame %s, %v; want errLineTooLong: many short lines are a long event too", fmt.Sprint(len(f.data)), err)
	}
}
