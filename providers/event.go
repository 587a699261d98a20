package providers

import (
	"time"

	"lineup/jsoncheck"
)

// EventType says what an Event reports.
type EventType uint8

// The events of a stream, in the order in which they may come. Between EventAttemptStart and
// EventAttemptEnd lies one try over the network; there may be several tries, one after the other.
const (
	// waits for a place among the provider's concurrent requests
	EventQueued EventType = iota + 1
	// Attempt is set; the try begins, with getting a connection
	EventAttemptStart
	EventConnected // Phases is set; a connection is there
	EventSent      // the request has gone out: t0 of every number
	EventHeaders   // response headers are there; Status is set
	EventAlive     // bytes without a token: a comment, a ping, a role chunk
	EventLoading   // the server is loading the model
	EventText      // Text is a piece of the answer
	EventReasoning // Text is a piece of the model's reasoning
	// all EventText of this try so far was reasoning, as the server shows only now
	EventMoved
	// Call says which call of a tool goes on; Text is a piece of its arguments, or ""
	EventCall
	EventServed  // Text is the model's name as the server gave it
	EventUsage   // Usage is set; a later one replaces it
	EventTimings // Timings is set; a later one adds to it
	EventCost    // USD is what the gateway says this request cost
	// Text is a remark for the user: what the server did beside answering
	EventNote
	// the server says that it is a simulation, and its numbers measure no model
	EventSimulated
	// Text names a parameter that the server refused and that was left out
	EventDropped
	EventParams     // Params are those that are sent, where they are not those of Attempt
	EventFinish     // Text is the finish reason; the answer is whole
	EventAttemptEnd // Err is nil or why the try failed; Status is set
	EventWait       // the next try starts after Wait
	// made by Start: the last event of a slot; Err is nil or why it failed
	EventEnd
)

// Event is one thing that happened in a stream. Which fields are set depends on Type.
type Event struct {
	Type    EventType
	At      time.Time // when the bytes came, or when it happened; on the monotonic clock
	Text    string
	Bytes   int  // of text, reasoning and calls: bytes on the wire that carried the piece
	Status  int  // HTTP status, 0 where there was none
	Own     bool // EventHeaders: the server is known to be one's own by now, as in Info
	Wait    time.Duration
	USD     float64
	Call    *ToolCall
	Attempt *Info
	Params  *Params
	Phases  *Phases
	Usage   *Usage
	Timings Timings
	Err     *Error
	Checked *Checked // EventEnd: the answer against the schema of its request; or nil
}

// Checked is a text with the result of its check, which takes half a second for a long one: too
// long for a screen.
type Checked struct {
	Text   string
	Result jsoncheck.Result
}

// Token reports whether the event carries output of the model.
func (e *Event) Token() bool {
	return (e.Type == EventText || e.Type == EventReasoning) && e.Text != "" ||
		e.Type == EventCall
}

// ToolCall names a call of a tool, of which an event brings a piece. The first event of a call has
// its name.
type ToolCall struct {
	Index int    // which call of the answer, counted from 0
	ID    string // as the server calls it, or ""
	Name  string
}

// Phases tell how long it took to get a connection. All are zero on a reused one.
type Phases struct {
	DNS     time.Duration
	Connect time.Duration // TCP
	TLS     time.Duration
	Reused  bool
}

// Usage counts tokens the way lineup does everywhere: Input holds every prompt token, cached or
// not; CacheRead and CacheWrite are parts of it. Output holds Reasoning. CacheWrite1h is the part
// of CacheWrite that was stored for an hour. Images is how many pictures the prompt held, which no
// server counts: whoever asks fills it in, where a price of the config is by the image. What lists
// name beside a price of tokens is in the tokens already, and is shown and not charged.
type Usage struct {
	Input        int
	Output       int
	Reasoning    int
	CacheRead    int
	CacheWrite   int
	CacheWrite1h int
	Images       int
}

// Timings are a server's own measurements: milliseconds under names that end in _ms, counts
// otherwise. Ollama and llama.cpp give total_ms, load_ms, prompt_ms, output_ms, prompt_tokens and
// output_tokens, llama.cpp cache_tokens, draft_tokens and draft_accepted too, Groq queue_ms.
type Timings map[string]float64

// Finish reasons that lineup acts on; others are passed on as the server gave them.
const (
	FinishStop   = "stop"
	FinishLength = "length"
	FinishFilter = "content_filter"
	FinishTools  = "tool_calls"
	FinishError  = "error"
)
