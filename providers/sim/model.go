package sim

import (
	"strings"
	"time"
)

// Model is one simulated model.
type Model struct {
	Name string
	TTFT time.Duration // from the request, once loaded, to the first token
	// TokensPerSecond sets the pace; 0: as fast as the connection takes them.
	TokensPerSecond float64
	// Jitter, 0 to 1, is the share of the gap between two tokens by which each
	// token may be late. It is seeded and does not add up over the answer.
	Jitter float64
	// TokensPerChunk is how many tokens travel together; 0: one. A chunk leaves
	// when its first token is due.
	TokensPerChunk int
	// Hold is how long a buffer on the way to the client holds chunks back: once
	// its oldest one has waited so long, all of them leave in one write, and
	// what is left leaves with the end of the stream. 0: there is no buffer.
	Hold time.Duration
	// Load is how long the first request waits until the model is in memory.
	// Ollama's dialect reports it as load_duration, the others just wait.
	Load time.Duration
	// Slots is how many requests it answers at a time, as llama-server with -np does; the others
	// wait, in the order in which they came. 0: all at once.
	Slots int
	// Tokens is the length of the answer; 0: the text's own. A longer answer
	// goes on with the script's other texts and then from the beginning.
	Tokens int
	// Think is how many tokens of reasoning come before the answer, at the same
	// pace; 0: the model does not think; -1: the reasoning text's own length.
	Think   int
	Blind   bool     // it takes no images
	Script  Script   // "": English, or Korean to a Korean prompt
	Answers []string // texts in place of the script's own, one a turn
	Seed    uint64   // 0: the server's
	Fault   Fault
}

// Script is what a model writes.
type Script string

const (
	English Script = "en"
	Korean  Script = "ko"
	Code    Script = "code" // mostly fenced code
	// Stamp writes for each token the time at which the server sent it, so the far end can measure
	// its way. A token is one word "SEQ:TIME", see ParseStamp. Words are separated by a space,
	// every 8th by a newline and every 64th by an empty line.
	Stamp Script = "stamp"
)

// matches tells whether a client's name means this model, and returns the
// overrides that follow the name, with their "@".
func (m Model) matches(name string) (overrides string, ok bool) {
	rest, ok := strings.CutPrefix(name, m.Name)
	if !ok {
		return "", false
	}
	rest = strings.TrimPrefix(rest, ":latest")
	return rest, rest == "" || rest[0] == '@'
}

// gap is the mean time between two tokens in nanoseconds, 0 for no pace.
func (m Model) gap() float64 {
	if m.TokensPerSecond <= 0 {
		return 0
	}
	return float64(time.Second) / m.TokensPerSecond
}

// DemoModels are made-up models with the manners of real ones. The first three and the last two
// answer; the others fail, each in the way its name says.
func DemoModels() []Model {
	flash := Model{
		TTFT: 180 * time.Millisecond, TokensPerSecond: 170, TokensPerChunk: 4, Jitter: 0.3,
	}
	faulty := func(name string, f Fault) Model {
		m := flash
		m.Name, m.Fault = name, f
		return m
	}
	named := flash
	named.Name = "flash-sim"
	return []Model{
		{ // like Llama 3 8B on a laptop
			Name: "llama-sim", Load: 600 * time.Millisecond,
			TTFT: 250 * time.Millisecond, TokensPerSecond: 42, Jitter: 0.15,
		},
		named,
		{ // thinks for about a second, then answers in Korean
			Name: "hangul-sim", Script: Korean, Think: -1,
			TTFT: 320 * time.Millisecond, TokensPerSecond: 85, TokensPerChunk: 2, Jitter: 0.25,
		},
		faulty("busy-sim", Fault{Kind: FaultStatus, Status: 429, RetryAfter: 2 * time.Second,
			Times: 1}),
		faulty("flaky-sim", Fault{Kind: FaultReset, After: 60}),
		faulty("down-sim", Fault{Kind: FaultStatus, Status: 503}),
		faulty("stall-sim", Fault{Kind: FaultStall, After: 60}),
		{ // nothing is wrong with it but its speed
			Name: "slow-sim", TTFT: 5 * time.Second, TokensPerSecond: 6, Jitter: 0.2,
		},
		{ // thinks for a second and a half, then answers in the language of the prompt
			Name: "sage-sim", Think: -1,
			TTFT: 400 * time.Millisecond, TokensPerSecond: 70, TokensPerChunk: 3, Jitter: 0.25,
		},
	}
}
