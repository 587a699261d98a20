// Package exchange writes sessions down for others and reads what others wrote.
//
// A session goes out as JSON ([WriteJSON], the whole record), as Markdown, in the chat format for
// fine-tuning, or as an inert HTML page. It comes in from that JSON, from ChatGPT's data export and
// from llm's logs: [Read] gives the sessions of a file, which [session.Store.Import] stores.
package exchange

import (
	"time"

	"lineup/session"
)

func stampOf(t time.Time) string { return t.UTC().Format(session.TimeLayout) }

// list writes [] for no elements, never null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
