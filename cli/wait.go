package cli

import (
	"context"
	"io"
	"os"
	"sync"
)

// waiting gives a reader whose Read ends with the context's error, even while the one below waits
// for a terminal or a pipe. A read that was left alone ends with the process.
func waiting(ctx context.Context, r io.Reader) io.Reader { return &waiter{ctx: ctx, r: r} }

type waiter struct {
	ctx context.Context
	r   io.Reader
}

type readResult struct {
	data []byte
	err  error
}

// Read never hands the caller's buffer to the read that may outlast it.
func (w *waiter) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	done := make(chan readResult, 1)
	go func() {
		b := make([]byte, len(p))
		n, err := w.r.Read(b)
		done <- readResult{b[:n], err}
	}()
	select {
	case <-w.ctx.Done():
		return 0, w.ctx.Err()
	case res := <-done:
		return copy(p, res.data), res.err
	}
}

// lateFile is a file that is opened by the first read: opening a pipe waits for its other end.
type lateFile struct {
	path string

	mu   sync.Mutex
	file *os.File
}

func (f *lateFile) Read(p []byte) (int, error) {
	f.mu.Lock()
	file := f.file
	f.mu.Unlock()
	if file == nil {
		var err error
		if file, err = os.Open(f.path); err != nil {
			return 0, err
		}
		f.mu.Lock()
		f.file = file
		f.mu.Unlock()
	}
	return file.Read(p)
}

func (f *lateFile) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil {
		_ = f.file.Close() // it was read only
	}
}

// interruptible gives what a function that may wait for a pipe returns, or the context's error. A
// function that was left alone ends with the process.
func interruptible[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case r := <-done:
		return r.value, r.err
	}
}
