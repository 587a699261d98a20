package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FaultKind names a way to fail.
type FaultKind string

const (
	NoFault      FaultKind = ""
	FaultStatus  FaultKind = "status"  // an HTTP error in place of an answer
	FaultHeaders FaultKind = "headers" // headers come only after Wait, or never
	// FaultStall goes silent after After tokens until the client leaves.
	FaultStall FaultKind = "stall"
	// FaultKeepAlive does the same but shows signs of life every Wait: comments
	// in OpenAI's dialect, pings in Anthropic's, empty lines in Ollama's.
	FaultKeepAlive FaultKind = "keepalive"
	FaultReset     FaultKind = "reset"  // the TCP connection is reset in the middle of an object
	FaultBroken    FaultKind = "broken" // the connection closes between two objects
	FaultCut       FaultKind = "cut"    // the body ends properly, but without an end marker
	FaultError     FaultKind = "error"  // an error object inside the stream, then the end
	FaultEmpty     FaultKind = "empty"  // 200 and not one byte of body
	FaultBlank     FaultKind = "blank"  // a complete answer without a token
	FaultJSON      FaultKind = "json"   // the JSON that is asked for does not fit its schema
)

// Fault makes requests fail. In a model's name it is written
//
//	fault = kind *( ":" argument )
//
// where an argument is a number (the status of "status", else After), a
// duration (Wait), times=N, retry=DURATION or, for "error", status=N:
//
//	fault=status:429:retry=2s:times=1    fault=headers:20s    fault=stall:50
//	fault=keepalive:10:500ms             fault=reset:50       fault=empty
//
// In an answer that is not streamed, a fault between two tokens comes in the
// middle of the JSON object; "error" then becomes a plain HTTP error.
type Fault struct {
	Kind FaultKind
	// After is how many tokens, reasoning included, come first. Beyond the end
	// of the answer the fault comes after the last token, before the end marker.
	After int
	// Status is the HTTP status of FaultStatus, and the one that the error
	// object of FaultError stands for; 0: 500.
	Status     int
	Header     http.Header   // further headers of FaultStatus
	Body       string        // body of FaultStatus; "": the dialect's usual one
	RetryAfter time.Duration // as the Retry-After header of FaultStatus; 0: none
	Wait       time.Duration // FaultHeaders: 0 is forever; FaultKeepAlive: 0 is a second
	Times      int           // only the first n requests fail; 0: all
}

// strikes tells whether the n-th request, counted from 0, fails.
func (f Fault) strikes(n int) bool { return f.Kind != NoFault && (f.Times == 0 || n < f.Times) }

// inStream tells whether the fault comes between two tokens.
func (f Fault) inStream() bool {
	switch f.Kind {
	case FaultStall, FaultKeepAlive, FaultReset, FaultBroken, FaultCut, FaultError:
		return true
	}
	return false
}

// errorStatus is the status that FaultError tells about.
func (f Fault) errorStatus() int {
	if f.Status == 0 {
		return http.StatusInternalServerError
	}
	return f.Status
}

const maxWait = 24 * time.Hour

// parseFault reads the grammar above.
func parseFault(s string) (Fault, error) {
	kind, rest, more := strings.Cut(s, ":")
	f := Fault{Kind: FaultKind(kind)}
	switch {
	case f.Kind == FaultStatus || f.Kind == FaultHeaders || f.Kind == FaultEmpty ||
		f.Kind == FaultBlank || f.Kind == FaultJSON || f.inStream():
	default:
		return Fault{}, fmt.Errorf("no fault %q; there are status, headers, stall, keepalive, "+
			"reset, broken, cut, error, empty, blank and json", kind)
	}
	for more {
		var arg string
		arg, rest, more = strings.Cut(rest, ":")
		if err := f.set(arg); err != nil {
			return Fault{}, err
		}
	}
	if f.Kind == FaultStatus && f.Status == 0 {
		return Fault{}, fmt.Errorf("fault status needs a status, such as status:503")
	}
	return f, nil
}

func (f *Fault) set(arg string) error {
	key, value, named := strings.Cut(arg, "=")
	switch {
	case named && key == "times":
		return setInt(&f.Times, value, 1, maxTokens)
	case named && key == "retry":
		return setDuration(&f.RetryAfter, value)
	case named && key == "status":
		return setInt(&f.Status, value, 400, 599)
	case named:
		return fmt.Errorf("no argument %q of a fault; there are times, retry and status", key)
	}
	if _, err := strconv.Atoi(arg); err != nil {
		return setDuration(&f.Wait, arg)
	}
	switch f.Kind {
	case FaultStatus:
		return setInt(&f.Status, arg, 400, 599)
	case FaultHeaders, FaultEmpty, FaultBlank, FaultJSON:
		return fmt.Errorf("fault %s comes before the first token and takes no number", f.Kind)
	}
	return setInt(&f.After, arg, 0, maxTokens)
}
