package exchange

import (
	"bytes"
	"encoding/json"
	"io"

	"lineup/providers"
	"lineup/session"
)

// WriteJSONL writes a session in the chat format that fine-tuning tools read (OpenAI's; Axolotl's and TRL's
// "messages"): a line for each pane, with the conversation of that pane.
//
//	{"messages":[{"role":"system","content":"…"},{"role":"user","content":"…"},{"role":"assistant","content":"…"}, …]}
//
// Only answers are in it that are done or were cut at max_tokens, each with its prompt; a pane that has none gets no
// line. Reasoning is left out. The system prompt is the one that the pane's first answer was given under.
func WriteJSONL(w io.Writer, s *session.Session) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for slot := range panesOf(s) {
		messages := conversation(s, slot)
		if len(messages) == 0 {
			continue
		}
		if err := enc.Encode(map[string][]providers.Message{"messages": messages}); err != nil {
			return err
		}
	}
	_, err := w.Write(providers.EscapeJSON(b.Bytes()))
	return err
}

// panesOf is how many panes the session has had.
func panesOf(s *session.Session) (n int) {
	for _, t := range s.Turns {
		n = max(n, len(t.Replies))
	}
	return n
}

// systemRole is the role of a system prompt in the chat format.
const systemRole providers.Role = "system"

// conversation is what a pane was asked and answered, whole answers alone.
func conversation(s *session.Session, slot int) []providers.Message {
	var out []providers.Message
	for _, t := range s.Turns {
		if slot >= len(t.Replies) || t.Replies[slot] == nil {
			continue
		}
		r := t.Replies[slot]
		if !r.Status.Answer() || r.Text == "" {
			continue
		}
		if len(out) == 0 && r.System != "" {
			out = append(out, providers.Message{Role: systemRole, Content: r.System})
		}
		out = append(out, providers.Message{Role: providers.User, Content: t.Prompt}, providers.Message{Role: providers.Assistant, Content: r.Text})
	}
	return out
}
