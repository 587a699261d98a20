package ui

import (
	"os"
	"sync"
)

// gate lets a file be read only while it is open, and only what is there already: shutting it never
// waits for a key. A read that began earlier has ended once it is shut.
type gate struct {
	mu     sync.Mutex
	closed bool
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = false
}

// read reads what is there, which may be nothing.
func (g *gate) read(f *os.File, p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || !readable(f) {
		return 0, nil
	}
	return f.Read(p)
}
