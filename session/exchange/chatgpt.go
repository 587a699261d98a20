package exchange

import (
	"cmp"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"time"

	"lineup/providers"
	"lineup/session"
)

// gptConversation is one element of conversations.json in ChatGPT's data export. OpenAI documents none of it; this is
// what exports of 2023 to 2026 hold. The messages are a tree: mapping holds its nodes by id, edited prompts and
// regenerated answers are further children, and current_node is the end of the path that was on the screen last. That path
// is what is kept, with the regenerated answers beside it.
type gptConversation struct {
	ID             string              `json:"id"`
	ConversationID string              `json:"conversation_id"`
	Title          string              `json:"title"`
	CreateTime     float64             `json:"create_time"` // seconds since 1970
	UpdateTime     float64             `json:"update_time"`
	CurrentNode    string              `json:"current_node"`
	DefaultModel   string              `json:"default_model_slug"`
	Mapping        map[string]*gptNode `json:"mapping"`
}

type gptNode struct {
	Message  *gptMessage `json:"message"` // null in the root
	Parent   string      `json:"parent"`
	Children []string    `json:"children"`
}

type gptMessage struct {
	Author struct {
		Role string `json:"role"` // user, assistant, system, tool
	} `json:"author"`
	CreateTime float64    `json:"create_time"`
	Content    gptContent `json:"content"`
	Status     string     `json:"status"`
	Weight     *float64   `json:"weight"`    // 0: not shown
	Recipient  string     `json:"recipient"` // "all", or the tool that is called
	Channel    string     `json:"channel"`   // "analysis" and "commentary" beside the answer, which is "final" or ""
	Metadata   struct {
		ModelSlug     string `json:"model_slug"`
		Hidden        bool   `json:"is_visually_hidden_from_conversation"`
		FinishDetails struct {
			Type string `json:"type"` // stop, max_tokens, interrupted
		} `json:"finish_details"`
		Attachments []json.RawMessage `json:"attachments"`
		Context     *struct {
			AboutUser  string `json:"about_user_message"`
			AboutModel string `json:"about_model_message"`
		} `json:"user_context_message_data"` // the user's custom instructions
	} `json:"metadata"`
}

// gptContent is what a message says. Which fields are set depends on the type: text and multimodal_text have parts,
// thoughts has thoughts, code and execution_output have text, user_editable_context the last two.
type gptContent struct {
	Type     string            `json:"content_type"`
	Parts    []json.RawMessage `json:"parts"` // strings, and objects for images and sound
	Text     string            `json:"text"`
	Thoughts []struct {
		Summary string `json:"summary"`
		Content string `json:"content"`
	} `json:"thoughts"`
	Profile      string `json:"user_profile"`
	Instructions string `json:"user_instructions"`
}

// gptProvider stands before the names of ChatGPT's models in references.
const gptProvider = "chatgpt"

// parseChatGPT reads one conversation: the path that was on the screen last.
func parseChatGPT(raw []byte) Parsed {
	var c gptConversation
	p := Parsed{}
	if p.Err = json.Unmarshal(raw, &c); p.Err != nil {
		return p
	}
	p.Name = cmp.Or(c.Title, c.ConversationID, c.ID)
	b := gptBuilder{conv: &c, begun: c.begun()}
	kept := map[string]bool{}
	path := c.path()
	for _, id := range path {
		kept[id] = true
	}
	for _, id := range path {
		m := c.Mapping[id].Message
		if m == nil {
			continue
		}
		before := b.turn
		if b.add(m); b.turn != before {
			b.others(id, kept)
		}
	}
	for id, node := range c.Mapping {
		if !kept[id] && node != nil && node.Message != nil && node.Message.shown() {
			b.left.add("message on another branch", "messages on other branches")
		}
	}
	if len(b.sess.Turns) == 0 {
		p.Err = ErrNoPrompt
		return p
	}
	p.Session = b.finish()
	p.LeftOut = b.left.words()
	return p
}

// begun is when the conversation began. One that does not tell is put where no other one is.
func (c *gptConversation) begun() time.Time {
	for _, v := range []float64{c.CreateTime, c.UpdateTime} {
		if t, ok := unixSeconds(v); ok {
			return t
		}
	}
	return time.Unix(0, 0).UTC()
}

// unixSeconds reads seconds since 1970 with a fraction; ok is false for what is no time.
func unixSeconds(v float64) (t time.Time, ok bool) {
	if !(v > 0 && v < 253402300800) { // 1970 to 9999
		return t, false
	}
	return time.UnixMilli(int64(v * 1000)).UTC(), true
}

// path gives the nodes from the root to the current one. A conversation that names none goes to its newest end.
func (c *gptConversation) path() []string {
	at := c.CurrentNode
	if c.Mapping[at] == nil {
		at = c.newestEnd()
	}
	var path []string
	seen := map[string]bool{}
	for c.Mapping[at] != nil && !seen[at] { // a damaged tree may run in a circle
		seen[at] = true
		path = append(path, at)
		at = c.Mapping[at].Parent
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}

func (c *gptConversation) newestEnd() string {
	best, bestTime := "", -1.0
	for id, n := range c.Mapping {
		if n == nil || len(n.Children) > 0 {
			continue
		}
		t := 0.0
		if n.Message != nil {
			t = n.Message.CreateTime
		}
		if t > bestTime || t == bestTime && id > best {
			best, bestTime = id, t
		}
	}
	return best
}

// shown reports whether ChatGPT shows a message as what the user or the model said.
func (m *gptMessage) shown() bool {
	return (m.Author.Role == "user" || m.Author.Role == "assistant") && !m.hidden() &&
		(m.Content.Type == "text" || m.Content.Type == "multimodal_text" || m.Content.Type == "") &&
		(m.Recipient == "" || m.Recipient == "all") && strings.TrimSpace(m.words(nil)) != ""
}

func (m *gptMessage) hidden() bool {
	return m.Metadata.Hidden || m.Weight != nil && *m.Weight == 0
}

// citation is how ChatGPT marks a source in a text, with characters for private use around it.
var citation = regexp.MustCompile("\ue200[^\ue201]*\ue201")

// words are the texts of a message's parts. What is no text is counted, and named in its place.
func (m *gptMessage) words(left *leftOut) string {
	var texts []string
	for _, part := range m.Content.Parts {
		var s string
		var object struct {
			Type string `json:"content_type"`
			Text string `json:"text"`
		}
		switch {
		case json.Unmarshal(part, &s) == nil:
		case json.Unmarshal(part, &object) != nil:
			continue
		case object.Text != "": // what was said aloud, or a piece of text
			s = object.Text
		default:
			kind := "file"
			if strings.HasPrefix(object.Type, "image") {
				kind = "image"
			} else if strings.Contains(object.Type, "audio") {
				kind = "recording"
			}
			if left != nil {
				left.add(kind, kind+"s")
			}
			s = "[" + kind + "]"
		}
		if left != nil {
			left.addN(len(citation.FindAllString(s, -1)), "link to a source", "links to sources")
		}
		texts = append(texts, citation.ReplaceAllString(s, ""))
	}
	return strings.Join(texts, "\n")
}

// gptBuilder makes a session of the messages on a path.
type gptBuilder struct {
	conv   *gptConversation
	begun  time.Time
	sess   session.Session
	turn   *session.Turn // the present one
	chosen int           // which take of its answers is on the path
	model  string        // of the newest answer
	system []string
	left   leftOut
}

// add takes the next message.
func (b *gptBuilder) add(m *gptMessage) {
	if c := m.Metadata.Context; c != nil {
		b.instruct(c.AboutUser, c.AboutModel)
		return
	}
	if m.Content.Type == "user_editable_context" {
		b.instruct(m.Content.Profile, m.Content.Instructions)
		return
	}
	switch {
	case m.Author.Role == "tool" || m.Author.Role == "assistant" && m.Recipient != "" && m.Recipient != "all":
		b.left.add("message to or from a tool", "messages to and from tools")
	case m.Author.Role == "system":
		b.instruct(m.words(nil))
	case m.hidden():
		b.left.add("hidden message", "hidden messages")
	case m.Author.Role == "user":
		b.prompt(m)
	case m.Author.Role == "assistant":
		b.answer(m)
	}
}

// others keeps the answers to a prompt that were asked for again and are not on the path: each as an alternative, as
// far as the next prompt. ChatGPT lists the oldest first.
func (b *gptBuilder) others(prompt string, kept map[string]bool) {
	asked, take, chosen := b.turn, 0, -1
	for _, id := range b.conv.Mapping[prompt].Children {
		if kept[id] {
			chosen = take
			take++
			continue
		}
		other := gptBuilder{conv: b.conv, begun: b.begun, turn: &session.Turn{}}
		var walked []string
		for n := b.conv.Mapping[id]; n != nil && n.Message != nil && n.Message.Author.Role != "user" && !kept[id]; n = b.conv.Mapping[id] {
			kept[id] = true
			walked = append(walked, id)
			other.add(n.Message)
			if len(n.Children) == 0 {
				break
			}
			id = n.Children[len(n.Children)-1]
		}
		if len(other.turn.Replies) == 0 { // another prompt, or nothing that was said
			for _, id := range walked {
				delete(kept, id)
			}
			continue
		}
		r := other.turn.Replies[0]
		r.Take = take
		take++
		asked.Alternatives = append(asked.Alternatives, r)
	}
	if b.chosen = chosen; chosen < 0 { // a damaged tree: the prompt does not know its answer
		b.chosen = take
	}
}

// instruct keeps what the model was told beside the conversation.
func (b *gptBuilder) instruct(texts ...string) {
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			b.system = append(b.system, s)
		}
	}
}

func (b *gptBuilder) prompt(m *gptMessage) {
	text := m.words(&b.left)
	b.left.addN(len(m.Metadata.Attachments), "attached file", "attached files")
	if strings.TrimSpace(text) == "" {
		return
	}
	at, ok := unixSeconds(m.CreateTime)
	if !ok {
		at = b.begun
	}
	b.turn = &session.Turn{Prompt: text, CreatedAt: at}
	b.sess.Turns = append(b.sess.Turns, b.turn)
}

func (b *gptBuilder) answer(m *gptMessage) {
	text, thought := "", ""
	switch m.Content.Type {
	case "thoughts":
		for _, t := range m.Content.Thoughts {
			thought = paragraphs(thought, paragraphs(t.Summary, t.Content))
		}
	case "reasoning_recap": // how long it thought
		return
	case "text", "multimodal_text", "":
		if text = m.words(&b.left); m.Channel == "analysis" || m.Channel == "commentary" {
			text, thought = "", text
		}
	default:
		b.left.add("message of another kind ("+m.Content.Type+")", "messages of another kind ("+m.Content.Type+")")
		return
	}
	if strings.TrimSpace(text+thought) == "" {
		return
	}
	if b.turn == nil {
		b.left.add("answer without a prompt", "answers without a prompt")
		return
	}
	r := b.reply(m)
	r.Text, r.Reasoning = paragraphs(r.Text, text), paragraphs(r.Reasoning, thought)
	switch {
	case m.Metadata.FinishDetails.Type == "max_tokens":
		r.Status, r.FinishReason = session.Length, providers.FinishLength
	case m.Metadata.FinishDetails.Type == "interrupted", m.Status == "in_progress", m.Status == "finished_partial_completion":
		r.Status, r.FinishReason = session.Cancelled, ""
	}
}

// paragraphs joins two texts with an empty line, where both are there.
func paragraphs(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

// reply is the answer of the present turn, to which the messages of the model add up.
func (b *gptBuilder) reply(m *gptMessage) *session.Reply {
	slug := cmp.Or(m.Metadata.ModelSlug, b.conv.DefaultModel, "unknown")
	if len(b.turn.Replies) == 0 {
		b.turn.Replies = []*session.Reply{importedReply(gptProvider + "/" + slug)}
		b.turn.Replies[0].Take = b.chosen
	}
	r := b.turn.Replies[0]
	if m.Metadata.ModelSlug != "" { // the thinking may be named after another model than the answer
		r.Model = gptProvider + "/" + slug
		r.ServedBy, r.ServedModel = r.Model, slug
	}
	b.model = r.Model
	return r
}

// importedReply is an answer of which no more is known than that it was given.
func importedReply(model string) *session.Reply {
	return &session.Reply{Type: "reply", Model: model, ServedBy: model, Status: session.Done, FinishReason: "stop",
		Metrics: session.Metrics{Server: map[string]float64{}}, Usage: session.Usage{Source: session.Estimated}, Cost: session.Cost{Source: string(providers.CostUnknown)},
		Attempts: []session.Attempt{}}
}

// finish gives the session.
func (b *gptBuilder) finish() *session.Session {
	s := &b.sess
	s.System = strings.Join(b.system, "\n\n")
	s.CreatedAt, s.UpdatedAt = b.begun, b.begun
	if t, ok := unixSeconds(b.conv.UpdateTime); ok {
		s.UpdatedAt = t
	}
	if s.Title = providers.CleanLine(b.conv.Title); s.Title == "" {
		s.Title = session.TitleOf(s.Turns[0].Prompt)
	}
	s.Panes = []string{}
	if b.model != "" {
		s.Panes = append(s.Panes, b.model)
	}
	settleImported(s)
	return s
}

// settleImported fills in what follows from the texts: the system prompt of each reply, when it ended as far as that is
// known, estimates of its tokens, and that reasoning alone is no answer.
func settleImported(s *session.Session) {
	var guess *session.Calibration // nobody knows these servers' vocabularies
	for _, t := range s.Turns {
		for _, r := range t.All() {
			if r.System == "" {
				r.System = s.System
			}
			if r.EndedAt.IsZero() {
				r.EndedAt = t.CreatedAt.Add(r.Elapsed(t.CreatedAt))
			}
			if r.Text == "" && r.Status == session.Done {
				r.Status = session.Empty
			}
			if r.Usage.Source == session.Estimated {
				thought := providers.EstimateTokens(r.Reasoning)
				asked := providers.Request{System: r.System,
					Messages: []providers.Message{{Role: providers.User, Content: t.Prompt}}}
				r.Usage.Input = round(guess.EstimateInput(r.Model, asked))
				r.Usage.Output = round(providers.EstimateTokens(r.Text) + thought)
				r.Usage.Reasoning = round(thought)
			}
		}
	}
}

func round(tokens float64) int { return int(math.Round(tokens)) }
