package exchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"lineup/providers"
)

// gptConversation is one element of conversations.json in ChatGPT's data export. OpenAI documents
// none of it; this is what exports of 2023 to 2026 hold. The messages are a tree: mapping holds its
// nodes by id, edited prompts and regenerated answers are further children, and current_node is the
// end of the path that was on the screen last. That path is kept, with the regenerated answers
// beside it.
type gptConversation struct {
	ID             gptText            `json:"id"`
	ConversationID gptText            `json:"conversation_id"`
	Title          gptText            `json:"title"`
	CreateTime     gptTime            `json:"create_time"`
	UpdateTime     gptTime            `json:"update_time"`
	CurrentNode    lax[string]        `json:"current_node"`
	DefaultModel   lax[string]        `json:"default_model_slug"`
	Mapping        map[string]gptNode `json:"mapping"`
}

// gptNode is a message with its place in the tree. One that cannot be read costs itself alone.
type gptNode struct {
	Parent   string
	Children []string
	Message  *gptMessage // nil in the root
	broken   bool        // there is a message, but not of a known shape
}

// UnmarshalJSON takes what it can.
func (n *gptNode) UnmarshalJSON(data []byte) error {
	var rec struct {
		Message  json.RawMessage `json:"message"`
		Parent   lax[string]     `json:"parent"`
		Children lax[[]string]   `json:"children"`
	}
	if json.Unmarshal(data, &rec) != nil {
		n.broken = true
		return nil
	}
	n.Parent, n.Children = rec.Parent.v, rec.Children.v
	if len(rec.Message) > 0 && string(rec.Message) != "null" {
		n.Message = &gptMessage{}
		if json.Unmarshal(rec.Message, n.Message) != nil {
			n.Message, n.broken = nil, true
		}
	}
	return nil
}

// lax is a value that may be missing or of another type, and is zero then.
type lax[T any] struct{ v T }

// UnmarshalJSON never fails.
func (l *lax[T]) UnmarshalJSON(data []byte) error {
	var v T
	if json.Unmarshal(data, &v) == nil {
		l.v = v
	}
	return nil
}

// gptText is a text. A number or a truth value in its place is the text as it was written; anything
// else is no text.
type gptText string

// UnmarshalJSON never fails.
func (t *gptText) UnmarshalJSON(data []byte) error {
	var s string
	switch {
	case data[0] == '"':
		_ = json.Unmarshal(data, &s) // it is a string
	case data[0] != '{' && data[0] != '[' && string(data) != "null":
		s = string(data)
	}
	*t = gptText(s)
	return nil
}

// gptTime is a moment: seconds since 1970, a number or a string, or a date of RFC 3339. Zero is
// unknown.
type gptTime struct{ time.Time }

// UnmarshalJSON refuses what can be no time.
func (t *gptTime) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch data[0] {
	case '{', '[', 't', 'f':
		kinds := map[byte]string{'{': "object", '[': "array", 't': "bool", 'f': "bool"}
		return &json.UnmarshalTypeError{Value: kinds[data[0]]}
	case '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		if at, ok := parseUTC(s); ok {
			t.Time = at
			return nil
		}
		data = []byte(s)
	}
	if v, err := strconv.ParseFloat(string(data), 64); err == nil {
		t.Time, _ = unixSeconds(v)
	}
	return nil
}

// unixSeconds reads seconds since 1970 with a fraction; ok is false for what is no time.
func unixSeconds(v float64) (t time.Time, ok bool) {
	if !(v > 0 && v < 253402300800) { // 1970 to 9999
		return t, false
	}
	return time.UnixMilli(int64(v * 1000)).UTC(), true
}

// gptMessage is what somebody said, or a call of a tool, or its result.
type gptMessage struct {
	Author struct {
		Role string      `json:"role"` // user, assistant, system, tool
		Name lax[string] `json:"name"` // of a tool
	} `json:"author"`
	CreateTime lax[gptTime]  `json:"create_time"`
	Content    gptContent    `json:"content"`
	Status     lax[string]   `json:"status"`
	Weight     lax[*float64] `json:"weight"`    // 0: not shown
	Recipient  lax[string]   `json:"recipient"` // "all", or the tool that is called
	// "analysis" and "commentary" beside the answer, which is "final" or ""
	Channel  lax[string]  `json:"channel"`
	Metadata lax[gptMeta] `json:"metadata"`
}

type gptMeta struct {
	ModelSlug     lax[string] `json:"model_slug"`
	Hidden        lax[bool]   `json:"is_visually_hidden_from_conversation"`
	FinishDetails lax[struct {
		Type string `json:"type"` // stop, max_tokens, interrupted
	}] `json:"finish_details"`
	Attachments lax[[]json.RawMessage] `json:"attachments"`
	Context     lax[*struct {
		AboutUser  string `json:"about_user_message"`
		AboutModel string `json:"about_model_message"`
	}] `json:"user_context_message_data"` // the user's custom instructions
	SDK lax[struct {
		State json.RawMessage `json:"widget_state"` // JSON, or a string that holds it
	}] `json:"chatgpt_sdk"`
}

// gptContent is what a message says. Which fields are set depends on the type: text and
// multimodal_text have parts, thoughts has thoughts, code and execution_output have text,
// user_editable_context the last two.
type gptContent struct {
	Type     string                 `json:"content_type"`
	Parts    lax[[]json.RawMessage] `json:"parts"` // strings, and objects for images and sound
	Text     lax[string]            `json:"text"`
	Language lax[string]            `json:"language"`
	Thoughts lax[[]struct {
		Summary string `json:"summary"`
		Content string `json:"content"`
	}] `json:"thoughts"`
	Profile      lax[string] `json:"user_profile"`
	Instructions lax[string] `json:"user_instructions"`
}

// UnmarshalJSON takes a plain string for a text.
func (c *gptContent) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*c = gptContent{Type: "text", Parts: lax[[]json.RawMessage]{v: []json.RawMessage{data}}}
		return nil
	}
	type plain gptContent
	return json.Unmarshal(data, (*plain)(c))
}

// parseChatGPT reads one conversation: the path that was on the screen last.
func parseChatGPT(raw []byte, files *assets) Parsed {
	var c gptConversation
	p := Parsed{}
	if err := json.Unmarshal(raw, &c); err != nil {
		if !emptyMapping(raw) {
			p.Err = placedTime(raw, err)
			return p
		}
		c.Mapping = nil
	}
	p.Name = cmp.Or(providers.CleanLine(string(c.Title)), string(cmp.Or(c.ConversationID, c.ID)))
	b := gptBuilder{conv: &c, begun: c.begun(), assets: files}
	kept := map[string]bool{}
	path := c.path()
	for _, id := range path {
		kept[id] = true
	}
	for _, id := range path {
		n := c.Mapping[id]
		if n.broken {
			b.left.add("message that cannot be read", "messages that cannot be read")
		}
		if n.Message == nil {
			continue
		}
		before := b.turn
		if b.add(n.Message); b.turn != before {
			b.others(id, kept)
		}
	}
	for id, node := range c.Mapping {
		if !kept[id] && node.Message != nil && node.Message.shown() {
			b.left.add("message on another branch", "messages on other branches")
		}
	}
	if b.settle(); len(b.sess.Turns) == 0 {
		p.Err = ErrNoPrompt
		return p
	}
	p.Session = b.finish()
	p.LeftOut, p.Missing = b.left.words(), b.missing
	return p
}

// placedTime gives an error about a time with its place, which a gptTime does not know.
func placedTime(raw []byte, err error) error {
	var strict struct {
		CreateTime *float64 `json:"create_time"`
		UpdateTime *float64 `json:"update_time"`
	}
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) && typed.Offset == 0 {
		return cmp.Or(json.Unmarshal(raw, &strict), err)
	}
	return err
}

// emptyMapping reports whether a conversation has a list of nothing for its messages, as some
// exporters write an empty object.
func emptyMapping(raw []byte) bool {
	var c struct {
		Mapping []json.RawMessage `json:"mapping"`
	}
	return json.Unmarshal(raw, &c) == nil && len(c.Mapping) == 0
}

// begun is when the conversation began, by the first time that it tells. One that tells none is put
// where no other one is.
func (c *gptConversation) begun() time.Time {
	if !c.CreateTime.IsZero() {
		return c.CreateTime.Time
	}
	var first time.Time
	for _, n := range c.Mapping {
		if n.Message == nil {
			continue
		}
		if t := n.Message.CreateTime.v; !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t.Time
		}
	}
	switch {
	case !first.IsZero():
		return first
	case !c.UpdateTime.IsZero():
		return c.UpdateTime.Time
	}
	return time.Unix(0, 0).UTC()
}

// path gives the nodes from the root to the current one. A conversation that names none goes to its
// newest end.
func (c *gptConversation) path() []string {
	at := c.CurrentNode.v
	if _, ok := c.Mapping[at]; !ok {
		at = c.newestEnd()
	}
	var path []string
	seen := map[string]bool{}
	for !seen[at] { // a damaged tree may run in a circle
		n, ok := c.Mapping[at]
		if !ok {
			break
		}
		seen[at] = true
		path = append(path, at)
		at = n.Parent
	}
	slices.Reverse(path)
	return path
}

func (c *gptConversation) newestEnd() string {
	best, bestTime := "", time.Time{}
	for id, n := range c.Mapping {
		if len(n.Children) > 0 || n.Message == nil && !n.broken {
			continue
		}
		var t time.Time
		if n.Message != nil {
			t = n.Message.CreateTime.v.Time
		}
		if best == "" || t.After(bestTime) || t.Equal(bestTime) && id > best {
			best, bestTime = id, t
		}
	}
	return best
}

// forAll reports whether a message is for the user and not for a tool.
func (m *gptMessage) forAll() bool { return m.Recipient.v == "" || m.Recipient.v == "all" }

// isText reports whether a message consists of words and pictures.
func (m *gptMessage) isText() bool {
	return m.Content.Type == "text" || m.Content.Type == "multimodal_text" || m.Content.Type == ""
}

// shown reports whether ChatGPT shows a message as one of the user or the model.
func (m *gptMessage) shown() bool {
	return (m.Author.Role == "user" || m.Author.Role == "assistant") && !m.hidden() && m.isText() &&
		m.forAll() &&
		!blank(m.words(nil))
}

func (m *gptMessage) hidden() bool {
	return m.Metadata.v.Hidden.v || m.Weight.v != nil && *m.Weight.v == 0
}

// words are the texts of a message's parts. What is no text is counted, and named in its place.
func (m *gptMessage) words(left *leftOut) string { return m.wordsBeside(nil, left) }

// wordsBeside are the words of a message without the parts whose files are attached, by id.
func (m *gptMessage) wordsBeside(attached map[string]bool, left *leftOut) string {
	if left == nil {
		left = &leftOut{}
	}
	var texts []string
	for _, part := range m.Content.Parts.v {
		var s gptText
		var object gptPart
		switch {
		case string(part) == "null":
			continue
		case part[0] != '{' && part[0] != '[':
			_ = s.UnmarshalJSON(part) // which never fails
		case json.Unmarshal(part, &object) != nil:
			left.add("part that cannot be read", "parts that cannot be read")
			continue
		case object.Text != "": // what was said aloud, or a piece of text
			s = object.Text
		case attached[object.id()]:
			continue
		default:
			kind := "file"
			if strings.HasPrefix(object.Type, "image") {
				kind = "image"
			} else if strings.Contains(object.Type, "audio") {
				kind = "recording"
			}
			left.add(kind, kind+"s")
			s = gptText("[" + kind + "]")
		}
		texts = append(texts, string(s))
	}
	text := strings.Join(texts, "\n")
	if len(m.Content.Parts.v) == 0 {
		text = m.Content.Text.v
	}
	if m.Author.Role == "user" { // who writes such marks means them
		return text
	}
	text, sources := withoutMarks(text)
	left.addN(sources, "link to a source", "links to sources")
	return text
}
