package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"lineup/atomicfile"
	"lineup/ui/text"
)

// lastWords is how long all writes after an interruption may wait for a reader, together. One that
// reads takes what is left in a part of it, such as the records of stopped answers.
const lastWords = 250 * time.Millisecond

// outlet is an output stream. Its Write ends with the context's error when nobody reads: a full
// pipe, a stopped terminal. It is what waiting is for input. A write that was left alone ends with
// the process.
type outlet struct {
	ctx  context.Context
	w    io.Writer
	name string
	left atomic.Int64 // nanoseconds of lastWords; 0 or less: the stream was given up
	lost atomic.Pointer[error]
}

// leaving makes an outlet of a stream. One with a file descriptor keeps it, for whoever asks a
// terminal for its size.
func leaving(ctx context.Context, w io.Writer, name string) (io.Writer, *outlet) {
	o := &outlet{ctx: ctx, w: w, name: name}
	o.left.Store(int64(lastWords))
	if f, ok := w.(term.File); ok {
		return &outletFile{outlet: o, file: f}, o
	}
	return o, o
}

type writeResult struct {
	n   int
	err error
}

// Write never hands the caller's bytes to the write that may outlast it.
func (o *outlet) Write(p []byte) (int, error) {
	if o.gone() != nil {
		return 0, o.gone()
	}
	done := make(chan writeResult, 1)
	go func(p []byte) {
		n, err := o.w.Write(p)
		done <- writeResult{n, err}
	}(bytes.Clone(p))
	select {
	case res := <-done:
		return res.n, o.explain(res.err)
	case <-o.ctx.Done():
	}
	began := time.Now()
	select {
	case res := <-done:
		o.left.Add(-int64(time.Since(began)))
		return res.n, res.err
	case <-time.After(time.Duration(o.left.Load())):
		o.left.Store(0)
		return 0, o.gone()
	}
}

// explain remembers why something could not be written: a full disk. That a reader has left is no
// news to it.
func (o *outlet) explain(err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return err
	}
	err = atomicfile.Explain(o.name, err)
	o.lost.CompareAndSwap(nil, &err)
	return err
}

// failed is why something could not be written, else nil.
func (o *outlet) failed() error {
	if err := o.lost.Load(); err != nil {
		return *err
	}
	return nil
}

// gone is the context's error once the stream was given up, else nil.
func (o *outlet) gone() error {
	if o.left.Load() > 0 {
		return nil
	}
	return o.ctx.Err()
}

// outletFile is the outlet of a file. One that folds, breaks the lines that the program says on a
// terminal between words, and leaves everything else alone.
type outletFile struct {
	*outlet
	file  term.File
	folds bool
}

func (f *outletFile) Write(p []byte) (int, error) {
	if f.folds {
		if width, _, err := term.GetSize(f.file.Fd()); err == nil && width > 0 {
			if _, err := f.outlet.Write(folded(p, width)); err != nil {
				return 0, err
			}
			return len(p), nil
		}
	}
	return f.outlet.Write(p)
}

// folded is one whole line of words in lines of at most width cells. Anything else stays as it is:
// parts of a line, several lines, and what controls the terminal.
func folded(p []byte, width int) []byte {
	line, whole := bytes.CutSuffix(p, []byte("\n"))
	if !whole || bytes.ContainsFunc(line, unicode.IsControl) {
		return p
	}
	indent := 2
	if bytes.HasPrefix(line, []byte(said)) {
		indent = len(said)
	}
	return []byte(fold(string(line), width, indent) + "\n")
}

// said stands before what the program itself says.
const said = "lineup: "

// fold breaks a line between words; the lines after the first are indented. A word longer than a
// line is left to the terminal, so that a path can be copied.
func fold(line string, width, indent int) string {
	if ansi.StringWidth(line) <= width {
		return line
	}
	var b strings.Builder
	at := 0
	for i, word := range strings.Split(line, " ") {
		wide := ansi.StringWidth(word)
		switch {
		case i == 0:
		case word != "" && at > indent && at+1+wide > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += wide
	}
	return b.String()
}

// foldParts joins the parts of a line, with a dot between them. A line that is too long is broken
// in place of dots; the lines after the first are indented.
func foldParts(parts []string, width, indent int) string {
	line := strings.Join(parts, " · ")
	if ansi.StringWidth(line) <= width {
		return line
	}
	return strings.Join(text.Parts(parts, width-indent), "\n"+text.Spaces(indent))
}

// partsOn is foldParts for a stream. Only a terminal has lines that are too long.
func (g *globals) partsOn(w io.Writer, parts []string) string {
	if !g.tty(w) {
		return strings.Join(parts, " · ")
	}
	width, _ := g.sizeOf(w)
	return foldParts(parts, width, 2)
}

func (f *outletFile) Read(p []byte) (int, error) { return f.file.Read(p) }
func (f *outletFile) Close() error               { return f.file.Close() }
func (f *outletFile) Fd() uintptr                { return f.file.Fd() }

// unless runs something that may wait for another program, and leaves it when ctx is done. Opening
// a pipe is such a thing.
func unless(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
