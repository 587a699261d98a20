package session

import (
	"encoding/json"
	"io"
	"time"
)

// exportSchema is the version of the exported form.
const exportSchema = 1

// timeLayout is RFC 3339 with milliseconds; times are written in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

func stampOf(t time.Time) string { return t.UTC().Format(timeLayout) }

type exportedSession struct {
	Schema    int            `json:"schema"`
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	CreatedAt string         `json:"created_at"`
	UpdatedAt string         `json:"updated_at"`
	System    string         `json:"system"`
	Panes     []string       `json:"panes"`
	Turns     []exportedTurn `json:"turns"`
}

type exportedTurn struct {
	ID        string   `json:"id"`
	Prompt    string   `json:"prompt"`
	CreatedAt string   `json:"created_at"`
	Replies   []*Reply `json:"replies"`
}

// ExportJSON writes a session as one indented JSON object, with each reply as `lineup ask --json` prints it:
//
//	{"schema": 1, "id", "title", "created_at", "updated_at", "system", "panes",
//	 "turns": [{"id", "prompt", "created_at", "replies": [a reply, …]}, …]}
//
// Times are RFC 3339 in UTC with milliseconds.
func ExportJSON(w io.Writer, s *Session) error {
	out := exportedSession{Schema: exportSchema, ID: s.ID, Title: s.Title, CreatedAt: stampOf(s.CreatedAt),
		UpdatedAt: stampOf(s.UpdatedAt), System: s.System, Panes: list(s.Panes), Turns: make([]exportedTurn, 0, len(s.Turns))}
	for _, t := range s.Turns {
		e := exportedTurn{ID: t.ID, Prompt: t.Prompt, CreatedAt: stampOf(t.CreatedAt), Replies: []*Reply{}}
		for _, r := range t.Replies {
			switch {
			case r == nil:
			case r.Status.Final():
				e.Replies = append(e.Replies, r)
			default: // its text is still in the making
				e.Replies = append(e.Replies, r.Snapshot())
			}
		}
		out.Turns = append(out.Turns, e)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // answers are full of code: < and & stay readable
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// list writes [] for no elements, never null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
