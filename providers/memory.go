package providers

import (
	"strings"
	"time"
)

// MemoryState says whether a server has a model in its memory.
type MemoryState string

// States of a model. A server that says nothing leaves its models MemoryUnknown.
const (
	MemoryUnknown  MemoryState = ""
	MemoryLoaded   MemoryState = "loaded"
	MemoryLoading  MemoryState = "loading"
	MemoryUnloaded MemoryState = "unloaded"
	MemorySleeping MemoryState = "sleeping" // given up while idle; the next request brings it back
	MemoryFailed   MemoryState = "failed"   // the last attempt to load it failed
)

// Memory is what a server says of a model in its memory.
type Memory struct {
	State   MemoryState
	GPU     *int64    // bytes on the graphics card, 0 for a model on the CPU; nil: not told
	Total   *int64    // bytes in all; nil: not told
	Context int       // tokens that it was loaded with, 0: not told
	Until   time.Time // when the server unloads it unless it is asked again; zero: not told
	Stays   bool      // the server keeps it until it is told to unload it
}

// Loaded reports whether the model is known to be in memory.
func (m Memory) Loaded() bool { return m.State == MemoryLoaded }

// SameModel compares two names as Ollama does: one without a tag means its latest.
func SameModel(a, b string) bool {
	return strings.TrimSuffix(a, ":latest") == strings.TrimSuffix(b, ":latest")
}
