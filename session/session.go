package session

import (
	"strings"
	"time"

	"lineup/providers"
)

// Session is a saved conversation.
type Session struct {
	ID        string // sortable by time of creation
	Title     string
	System    string                // system prompt of every pane
	Panes     []providers.Contender // left to right, with their own settings
	Layout    Layout
	Tags      []string // in alphabetical order
	CreatedAt time.Time
	UpdatedAt time.Time
	Turns     []*Turn // oldest first

	Parent     string // id of the session that it was forked from, or ""
	ParentTurn string // id of the last turn that both share, "" where they share none
	// of an import: the other program and its id there, such as "chatgpt:8f3a…"; else ""
	Origin string

	// Blind hides who is who until Revealed. A revealed session stays so.
	Blind, Revealed bool
}

// Turn is one prompt and what all panes answered. A slot may have several answers, where the same
// was asked again; one of them is in force: the conversation goes on from it.
type Turn struct {
	ID           string
	Prompt       string
	Attachments  []providers.Attachment // the files that went with the prompt
	CreatedAt    time.Time
	Replies      []*Reply // those in force, by slot; nil where a pane was not asked
	Alternatives []*Reply // the others, by slot and take
	// the slot whose answer all panes go on from; nil: each goes on from its own
	Promoted *int
	// Prompt is the result of the tools that the answers before call, typed by hand
	ToolResult bool
	Votes      []*Vote      // one a voter, the oldest first
	Judgements []*Judgement // one a judge and pair, the oldest first
}

// titleRunes bounds a title made from a prompt, in characters.
const titleRunes = 60

// TitleOf makes a title from the first prompt of a session: its first line, shortened.
func TitleOf(prompt string) string {
	for line := range strings.SplitSeq(prompt, "\n") {
		if t := providers.CleanLine(line); t != "" {
			if r := []rune(t); len(r) > titleRunes {
				return string(r[:titleRunes-1]) + "…"
			}
			return t
		}
	}
	return "untitled"
}
