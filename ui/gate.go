package ui

import (
	"os"
	"sync"
	"time"
)

// gate lets a file be read only while it is open, and only what is there already: shutting it never
// waits for a key. A read that began earlier has ended once it is shut.
type gate struct {
	mu     sync.Mutex
	closed bool
}

// shutPause is how long a read of a shut gate takes. Bubble Tea reads again and again while a key
// waits, and a terminal that takes no output keeps the gate shut.
const shutPause = 10 * time.Millisecond

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

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// read reads what is there, which may be nothing.
func (g *gate) read(f *os.File, p []byte) (int, error) {
	if g.isShut() {
		time.Sleep(shutPause)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return 0, nil
	}
	return readNow(f, p)
}

// take reads what is there though the gate is shut.
func (g *gate) take(f *os.File, p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return readNow(f, p)
}

func readNow(f *os.File, p []byte) (int, error) {
	if !readable(f) {
		return 0, nil
	}
	return f.Read(p)
}
