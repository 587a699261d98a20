package exchange

import (
	"bytes"
	"encoding/json"
	"io"

	"lineup/providers"
	"lineup/session"
)

// WriteJSONL writes a session in the chat format that fine-tuning tools read (OpenAI's; Axolotl's
// and TRL's "messages"): a line for each pane, with the conversation of that pane.
//
//	{"messages":[{"role":"system","content":"…"},{"role":"user","content":"…"},{"role":"assistant","content":"…"}, …]}
//
// Only answers are in it that are done or were cut at max_tokens, each with its prompt; a pane that
// has none gets no line. A line is the history that was sent. Turns after a promoted answer
// continue that answer. Reasoning is left out. Text files stand in the prompt as they were sent;
// images are parts of the content, as in OpenAI's form for training with images; PDFs are left
// out. The system prompt is the one that the pane's first answer was given under.
func WriteJSONL(w io.Writer, s *session.Session) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for slot := range panesOf(s) {
		messages := conversation(s, slot)
		if len(messages) == 0 {
			continue
		}
		line := map[string][]chatMessage{"messages": chatMessages(messages)}
		if err := enc.Encode(line); err != nil {
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

// conversation is the history of a pane's last answer, with that answer. Earlier turns have the
// promoted answer, if there is one. Only whole answers are in it, and none that merges others.
func conversation(s *session.Session, slot int) []providers.Message {
	last, system := -1, ""
	for i, t := range s.Turns {
		if r := t.Reply(slot); whole(r) && !r.Merge {
			if last < 0 {
				system = r.System
			}
			last = i
		}
	}
	if last < 0 {
		return nil
	}
	var out []providers.Message
	for i, t := range s.Turns[:last+1] {
		r := t.GoesOnFrom(slot)
		if i == last {
			r = t.Reply(slot)
		}
		if !whole(r) || t.ToolResult { // the calls before it are no text
			continue
		}
		if len(out) == 0 && system != "" {
			out = append(out, providers.Message{Role: systemRole, Content: system})
		}
		out = append(out, t.Asked(),
			providers.Message{Role: providers.Assistant, Content: r.Text})
	}
	return out
}

// whole reports whether a reply is an answer with a text, done or cut at max_tokens.
func whole(r *session.Reply) bool { return r != nil && r.Status.Answer() && r.Text != "" }
