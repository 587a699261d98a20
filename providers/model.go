package providers

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"lineup/jsoncheck"
)

// Model is one model that can be asked.
type Model interface {
	// Stream sends the request when the sequence is ranged over and yields what comes back. The
	// last pair may carry an error, always a *Error; no pair follows it. Breaking out of the loop
	// or cancelling ctx closes the connection at once. The sequence is for one use.
	Stream(ctx context.Context, req Request) iter.Seq2[Event, error]
}

// Wrapper is a Model around another one. Whoever wraps what Provider.Model returned tells so, or a
// fallback chain no longer sees that the model is cooling down.
type Wrapper interface {
	Model
	Unwrap() Model
}

// Request is one prompt with all that precedes it.
type Request struct {
	System   string    // system prompt, or ""
	Messages []Message // oldest first; the last one is the user's

	Schema *jsoncheck.Schema // that the answer is to fit; nil: text
	Tools  []jsoncheck.Tool  // that the model may call; the calls are events, and nothing runs
}

// Images is how many pictures a request has, those of earlier turns too.
func (r *Request) Images() (n int) {
	for i := range r.Messages {
		for j := range r.Messages[i].Attachments {
			if r.Messages[i].Attachments[j].IsImage() {
				n++
			}
		}
	}
	return n
}

// Role says who speaks in a Message.
type Role string

// The roles that a conversation has. A system prompt stands in Request.System.
const (
	User      Role = "user"
	Assistant Role = "assistant"
	Tool      Role = "tool" // what a tool gave back; each dialect writes it in its own way
)

// Message is one entry of a conversation.
type Message struct {
	Role        Role         `json:"role"`
	Content     string       `json:"content"`
	Attachments []Attachment `json:"-"` // of the user; each dialect writes them in its own way

	Calls  []ToolUse `json:"-"` // that the assistant made after its words
	Result *ToolUse  `json:"-"` // of a message with the role Tool: the call that Content answers
}

// ToolUse is a call of a tool in a conversation.
type ToolUse struct {
	ID        string
	Name      string
	Arguments string // JSON text, or whatever the model wrote
}

// Params are the sampling settings of a model. What is nil or empty is not sent, so that the
// server's own default holds. Their names in JSON, which records keep, are those of the config.
type Params struct {
	Temperature *float64 `json:"temperature,omitempty"`
	TopP        *float64 `json:"top_p,omitempty"`
	TopK        *int     `json:"top_k,omitempty"`
	MinP        *float64 `json:"min_p,omitempty"`
	MaxTokens   *int     `json:"max_tokens,omitempty"` // tokens of output
	Seed        *int64   `json:"seed,omitempty"`
	Stop        []string `json:"stop,omitempty"`
	// as the server spells it: "none", "low", "medium", "high"
	ReasoningEffort string `json:"reasoning_effort,omitempty"`
	// context length in tokens; Ollama only
	NumCtx *int `json:"num_ctx,omitempty"`
}

// Ref names a model of a provider: "provider/model", split at the first slash.
type Ref struct {
	Provider string
	Model    string
}

// ParseRef reads "provider/model". The model's name may hold further slashes.
func ParseRef(s string) (Ref, error) {
	p, m, ok := strings.Cut(s, "/")
	if !ok || p == "" || m == "" {
		return Ref{}, fmt.Errorf("%q is not a model reference; write PROVIDER/MODEL, such as "+
			"local/llama3.1:8b", s)
	}
	return Ref{Provider: p, Model: m}, nil
}

// RefOf is ParseRef of a text that somebody else wrote, such as the name of a model in an import.
// One that is no reference becomes a model without a provider.
func RefOf(s string) Ref {
	if ref, err := ParseRef(s); err == nil {
		return ref
	}
	return Ref{Model: s}
}

func (r Ref) String() string {
	if r.Provider == "" {
		return r.Model
	}
	return r.Provider + "/" + r.Model
}

// Info is what is known of a model before it is asked.
type Info struct {
	Ref       Ref
	Name      string // for display; the model's own name where the config gives none
	Local     bool   // the server runs on this machine or in a private network
	Own       bool   // it is known to be one's own: an unknown cost is nothing to pay
	Simulated bool   // the server is a simulation: its numbers are no measurements of a model
	Price     Quote
	Context   int    // context window in tokens, 0 where unknown
	Params    Params // what is sent with each request, for the record
	Vision    *bool  // whether the model takes images; nil where nobody says

	// the model with all settings that hold for it; its Name is "" where nobody gave it one
	Contender Contender
}
