package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"lineup/providers"
)

// detail is what pages show of a line beside its numbers. Its texts are as they were written.
type detail struct {
	Prompt       json.RawMessage `json:"prompt"`
	Text         string          `json:"text"`
	Status       string          `json:"status"`
	FinishReason string          `json:"finish_reason"`
	Error        *failure        `json:"error"`
	Checks       []checked       `json:"checks"`
	Vars         json.RawMessage `json:"vars"`
	ToolCalls    []toolCall      `json:"tool_calls"`
}

type failure struct {
	Kind    string `json:"kind"`
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// String is the failure in a line.
func (f *failure) String() string {
	s := f.Kind
	if f.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", f.Status)
	}
	if f.Message != "" {
		s += ": " + f.Message
	}
	return s
}

type checked struct {
	Check string   `json:"check"`
	Pass  *bool    `json:"pass"`
	Score *float64 `json:"score"`
	Why   string   `json:"why"`
}

type toolCall struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// details reads lines again, one at a time.
type details struct {
	run *Run
	buf []byte
}

func (d *details) of(r *Result) (out detail, err error) {
	if d.buf, err = d.run.text(r, d.buf); err != nil {
		return out, err
	}
	if err = json.Unmarshal(d.buf, &out); err != nil {
		return out, fmt.Errorf("%s has changed while it was read: %w", d.run.Name, err)
	}
	return out, nil
}

// prompt is the prompt as it was sent: a text, or a conversation as JSON.
func (d *detail) prompt() string {
	var text string
	if json.Unmarshal(d.Prompt, &text) == nil {
		return text
	}
	return string(d.Prompt)
}

// answer is the text, with the calls of tools below it.
func (d *detail) answer() string {
	parts := []string{}
	if d.Text != "" {
		parts = append(parts, d.Text)
	}
	for _, c := range d.ToolCalls {
		parts = append(parts, "call: "+c.Name+" "+string(c.Arguments))
	}
	return strings.Join(parts, "\n")
}

// failedChecks are those that did not pass, each with its reason, as clean lines.
func (d *detail) failedChecks() (lines []string) {
	for _, c := range d.Checks {
		if c.Pass != nil && *c.Pass {
			continue
		}
		line := c.Check
		if c.Pass == nil {
			line += " (not checked)"
		}
		if c.Why != "" {
			line += ": " + c.Why
		}
		lines = append(lines, providers.CleanLine(line))
	}
	return lines
}
