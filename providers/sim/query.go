package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

// query is a chat request without its dialect.
type query struct {
	model    string
	messages []message // the system prompt is one of them
	stream   bool
	usage    bool  // OpenAI: a usage chunk is wanted
	limit    int   // most tokens to write, reasoning included; 0: no limit
	stop     texts // the answer ends before the first of these
	n        int   // OpenAI: answers wanted; 0: one
	// completions: prompts that are answered each for itself; nil: one conversation
	batch  []string
	think  string          // "", "true", "false" or a level such as "high"
	unload bool            // Ollama: keep_alive 0
	keep   *time.Duration  // Ollama: keep_alive, nil where it says nothing
	shape  json.RawMessage // a JSON Schema that the answer is to fit, or nil
	tools  tools
	result bool // the last message is the result of a tool
}

type message struct {
	Role    string
	Content content
	files   []file
}

// content is the text of a message: a string, a list of parts, or null. Of parts only their texts
// count.
type content string

func (c *content) UnmarshalJSON(data []byte) error {
	if data[0] != '[' {
		return json.Unmarshal(data, (*string)(c))
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	var text strings.Builder
	for _, p := range parts {
		text.WriteString(p.Text)
	}
	*c = content(text.String())
	return nil
}

// texts is a string, a list of strings, or null. Empty strings are dropped.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	var list []string
	if data[0] == '"' {
		list = make([]string, 1)
		if err := json.Unmarshal(data, &list[0]); err != nil {
			return err
		}
	} else if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*t = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	return nil
}

// prompts returns the texts of the user, turn by turn; one empty prompt if there is none.
func (q query) prompts() []string {
	var said []string
	for _, m := range q.messages {
		if m.Role == "user" {
			said = append(said, string(m.Content))
		}
	}
	if said == nil {
		return []string{""}
	}
	return said
}

// promptTokens counts all messages.
func (q query) promptTokens() (n int) {
	for _, m := range q.messages {
		n += countTokens(string(m.Content)) + fileTokens*len(m.files)
	}
	for _, t := range q.tools {
		n += countTokens(string(t.declared))
	}
	return n
}

// fingerprint is one number for everything that decides the answer.
func (q query) fingerprint(seed uint64) uint64 {
	texts := []string{q.model}
	for _, m := range q.messages {
		texts = append(texts, m.Role, string(m.Content))
		for _, f := range m.files {
			texts = append(texts, f.data)
		}
	}
	return hash(seed, texts...)
}

// decode reads a request's body. The messages are those of Go's own decoder,
// which are Ollama's too.
func decode(body []byte, into any) *failure {
	err := json.NewDecoder(bytes.NewReader(body)).Decode(into)
	if errors.Is(err, io.EOF) {
		return badRequest("missing request body")
	}
	if err != nil {
		return badRequest(err.Error())
	}
	return nil
}
