package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"lineup/batch/check"
	"lineup/providers"
	"lineup/session"
)

// Line is a line of a result file: a reply in the form of `lineup ask --json`, and what it answers.
// ID, PromptID, the id of the contender and Take together identify it.
type Line struct {
	*session.Reply

	ID       string         `json:"id"`               // of the case
	PromptID string         `json:"prompt_id"`        // of the template
	Prompt   string         `json:"prompt"`           // as sent
	System   string         `json:"system,omitempty"` // as sent
	Vars     map[string]any `json:"vars"`
	Take     int            `json:"take"`     // from 0
	Ended    string         `json:"ended_at"` // RFC 3339 in UTC with milliseconds; "" where unknown
	// which request it was: messages, system prompt, schema and tools, as 12 hex digits
	Request string `json:"request"`

	verdict
}

// verdict is the end of a line.
type verdict struct {
	Checking string         `json:"checking,omitempty"` // which checks they were, as 12 hex digits
	Checks   []check.Result `json:"checks"`
	Pass     *bool          `json:"pass"` // nil without checks, or where they could not be made
}

// ParseLine reads a line of a result file.
func ParseLine(text []byte) (*Line, error) {
	l := &Line{}
	if err := json.Unmarshal(text, l); err != nil {
		return nil, err
	}
	if l.Reply != nil {
		l.Reply.Take, l.Reply.System = l.Take, l.System
		if at, err := time.Parse(time.RFC3339Nano, l.Ended); err == nil {
			l.Reply.EndedAt = at
		}
	}
	return l, nil
}

// record is the line without its verdict: one JSON object without a newline.
func (l *Line) record() ([]byte, error) {
	type noVerdict struct {
		*Line
		Checking *struct{} `json:"checking,omitempty"`
		Checks   *struct{} `json:"checks,omitempty"`
		Pass     *struct{} `json:"pass,omitempty"`
	}
	text, err := providers.JSONLine(noVerdict{Line: l})
	return bytes.TrimSuffix(text, []byte("\n")), err
}

// close adds the verdict and a newline to a record.
func (v verdict) close(record []byte) ([]byte, error) {
	if v.Checks == nil {
		v.Checks = []check.Result{}
	}
	text, err := providers.JSONLine(v)
	if err != nil {
		return nil, err
	}
	line := make([]byte, 0, len(record)+len(text))
	line = append(line, record[:len(record)-1]...)
	line = append(line, ',')
	return append(line, text[1:]...), nil
}

// requestID identifies what is sent, whoever is asked.
func requestID(req providers.Request) string {
	return shortHash(struct {
		System   string
		Messages []providers.Message
		Schema   any `json:",omitempty"`
		Tools    any `json:",omitempty"`
	}{req.System, req.Messages, orNil(req.Schema != nil, req.Schema), orNil(len(req.Tools) > 0,
		req.Tools)})
}

func orNil(there bool, v any) any {
	if there {
		return v
	}
	return nil
}

// hashBytes is how much of a hash an id shows.
const hashBytes = 6

func shortHash(v any) string {
	text, err := json.Marshal(v)
	if err != nil { // what no request can hold
		text = []byte(err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:hashBytes])
}
