package sim

import (
	"sync"
	"time"
)

// Record is what the server saw of one chat request, by its own clock. Times
// are taken immediately before the write; what did not happen is zero.
type Record struct {
	// ID is in the payload after "chatcmpl-" or "msg_", and after "req_" in
	// the headers X-Request-Id (OpenAI) and Request-Id (Anthropic).
	ID          string
	Model       string // the full name that the client asked for
	Dialect     string // ollama, openai, anthropic or responses
	Status      int    // HTTP status; 0: no headers were sent
	Received    time.Time
	HeadersSent time.Time
	FirstToken  time.Time
	LastToken   time.Time
	Tokens      int  // written, reasoning included
	Cancelled   bool // the client left before the end
}

// wrote notes that n tokens are about to be written.
func (r *Record) wrote(n int, now time.Time) {
	if n == 0 {
		return
	}
	if r.Tokens == 0 {
		r.FirstToken = now
	}
	r.LastToken = now
	r.Tokens += n
}

// left corrects the time of tokens that went out by themselves to the beginning of their write.
// Making the text and writing the headers take time before it: milliseconds on a busy machine. A
// zero time corrects nothing.
func (r *Record) left(noted, at time.Time) {
	if at.Before(noted) {
		return
	}
	if r.FirstToken.Equal(noted) {
		r.FirstToken = at
	}
	r.LastToken = at
}

const maxRecords = 100_000

type log struct {
	mu      sync.Mutex
	records []Record // at most twice maxRecords, the newest last
}

func (l *log) add(r Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) == 2*maxRecords {
		l.records = append(l.records[:0], l.records[maxRecords:]...)
	}
	l.records = append(l.records, r)
}

func (l *log) all() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest := l.records[max(0, len(l.records)-maxRecords):]
	return append([]Record(nil), newest...)
}
