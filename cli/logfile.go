package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"lineup/atomicfile"
)

// logFile is what --log names. It remembers why a line was lost.
type logFile struct {
	to   io.Writer
	path string
	lost atomic.Pointer[error]
}

func (l *logFile) Write(line []byte) (int, error) {
	n, err := l.to.Write(line)
	if err != nil {
		err = atomicfile.Explain(l.path, err)
		l.lost.CompareAndSwap(nil, &err)
	}
	return n, err
}

// tellLog says that the log is not whole.
func (g *globals) tellLog() {
	if g.logFile == nil {
		return
	}
	if err := g.logFile.lost.Load(); err != nil {
		fmt.Fprintf(g.err, "lineup: the log is not whole: %v\n", *err)
	}
}

// openLogFile opens what --log names. A named pipe is opened without waiting for its reader: one
// that nobody reads would hold up the start for ever.
func openLogFile(path string) (io.Writer, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, atomicfile.Explain(path, err)
		}
		return f, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) {
		return nil, fmt.Errorf("%s: nobody reads this pipe; start its reader first, or name a file",
			path)
	}
	if err != nil {
		return nil, atomicfile.Explain(path, err)
	}
	return &pipeLog{f: f}, nil
}

// logPatience is how long a line waits for the reader of a pipe.
const logPatience = time.Second

// pipeLog writes lines to a pipe. A reader that stands still or leaves loses the rest of the log,
// and holds nobody up. slog calls Write from one goroutine at a time.
type pipeLog struct {
	f   *os.File
	err error // that of the first line that was lost
}

func (p *pipeLog) Write(line []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	if p.err = p.f.SetWriteDeadline(time.Now().Add(logPatience)); p.err != nil {
		return 0, p.err
	}
	var n int
	n, p.err = p.f.Write(line)
	return n, p.err
}
