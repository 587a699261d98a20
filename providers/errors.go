package providers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind says what went wrong, in words that scripts may rely on.
type Kind string

// The kinds of errors. A timeout names the deadline that passed.
const (
	Auth              Kind = "auth"
	Quota             Kind = "quota"
	Permission        Kind = "permission"
	NotFound          Kind = "not_found"
	RateLimit         Kind = "rate_limit"
	ContextLength     Kind = "context_length"
	BadRequest        Kind = "bad_request"
	Overloaded        Kind = "overloaded"
	ServerError       Kind = "server"
	Unreachable       Kind = "unreachable"
	TimeoutConnect    Kind = "timeout_connect"
	TimeoutHeaders    Kind = "timeout_headers"
	TimeoutFirstToken Kind = "timeout_first_token"
	TimeoutIdle       Kind = "timeout_idle"
	TimeoutTotal      Kind = "timeout_total"
	ConnectionLost    Kind = "connection_lost"
	Truncated         Kind = "truncated"
	Empty             Kind = "empty"
	Protocol          Kind = "protocol"
	ContentFilter     Kind = "content_filter"
	Cancelled         Kind = "cancelled"
)

// Error is why a model gave no whole answer. It is the only error type that a Model's stream ends
// with.
type Error struct {
	Kind  Kind
	Model string // the model reference that failed
	// HTTP status of the answer, or the one that an error inside a stream names; else 0
	Status     int
	Message    string        // one line, as the server meant it; cleaned, without keys and markup
	Hint       string        // the next step for the user, or ""
	RetryAfter time.Duration // how long the server asks to wait, 0 where it did not say
	Retry      *bool         // the server's own verdict (x-should-retry), nil where it gave none
	Loading    bool          // the server is up and loading the model: ask again soon
	Param      string        // the request parameter that the server refused by name, or ""
	// tokens of a prompt that does not fit, where the server counts them; else 0
	Needs int
	// the finish reason, where the server gave one for an answer that is none, or not whole
	Finish string
	Err    error // the underlying error, if any

	Answered bool // the model did answer, though with nothing to show
	Adapted  bool // the request has been changed to what the server wants: ask again at once
}

func (e *Error) Error() string {
	s := e.Message
	if s == "" {
		s = strings.ReplaceAll(string(e.Kind), "_", " ")
	}
	if e.Status != 0 && e.Status != http.StatusOK {
		s = fmt.Sprintf("%s (HTTP %d)", s, e.Status)
	}
	if e.Model != "" {
		s = e.Model + ": " + s
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Retryable reports whether the same model may be asked again, before its first token.
func (e *Error) Retryable() bool {
	switch e.Kind {
	case Quota, Cancelled, ContextLength, ContentFilter: // the same request meets the same end
		return false
	}
	if e.Retry != nil {
		return *e.Retry
	}
	switch e.Kind {
	case TimeoutConnect, Unreachable, ConnectionLost:
		return true
	case Auth, Permission: // whatever the status, the key stays what it is
		return false
	case NotFound: // nor does a model come back by itself, unless nobody serves it just now
		return e.Status == http.StatusServiceUnavailable
	case RateLimit, Overloaded, ServerError:
		return e.Status == 0 || RetryStatus(e.Status)
	}
	return RetryStatus(e.Status)
}

// Fallback reports whether another model may be asked instead, before the first token.
func (e *Error) Fallback() bool {
	switch e.Kind {
	case Cancelled, BadRequest, ContentFilter:
		return false
	}
	return !e.Answered
}

// retryStatus lists the HTTP statuses after which the same request may succeed.
func RetryStatus(status int) bool {
	switch status {
	case 408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529:
		return true
	}
	return false
}

// AsError makes sure of the promise that a stream ends with an *Error.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return &Error{Kind: Cancelled, Message: "cancelled", Err: err}
	}
	return &Error{Kind: ServerError, Message: CleanLine(err.Error()), Err: err}
}

// CauseOf gives the error of a context that is done: the deadline that ended it, or a cancellation.
func CauseOf(ctx context.Context) *Error {
	if e, ok := context.Cause(ctx).(*Error); ok {
		c := *e
		return &c
	}
	return &Error{Kind: Cancelled, Message: "cancelled", Err: ctx.Err()}
}
