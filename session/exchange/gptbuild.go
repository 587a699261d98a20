package exchange

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"lineup/providers"
	"lineup/session"
)

// gptProvider stands before the names of ChatGPT's models in references.
const gptProvider = "chatgpt"

// gptBuilder makes a session of the messages on a path.
type gptBuilder struct {
	conv   *gptConversation
	begun  time.Time
	sess   session.Session
	turn   *session.Turn // the present one
	mute   bool          // the present one's prompt has no words at all
	chosen int           // which take of its answers is on the path
	model  string        // of the newest answer
	system []string
	aside  string // what was said beside the answer, until the answer comes
	canvas canvas
	left   leftOut

	assets  *assets
	missing []Missing
}

// add takes the next message.
func (b *gptBuilder) add(m *gptMessage) {
	if c := m.Metadata.v.Context.v; c != nil {
		b.instruct(c.AboutUser, c.AboutModel)
		return
	}
	if m.Content.Type == "user_editable_context" {
		b.instruct(m.Content.Profile.v, m.Content.Instructions.v)
		return
	}
	if report := m.report(); report != nil {
		b.answer(report)
		return
	}
	switch {
	case m.Author.Role == "assistant" && strings.HasPrefix(m.Recipient.v, "canmore."):
		b.document(m)
	// it says that it is done
	case m.Author.Role == "tool" && strings.HasPrefix(m.Author.Name.v, "canmore."):
	case m.Author.Role == "tool" && !m.hidden() && m.pictures() > 0:
		b.picture(m)
	case m.Author.Role == "tool", m.Author.Role == "assistant" && !m.forAll():
		b.left.add("message to or from a tool", "messages to and from tools")
	case m.Author.Role == "system":
		b.instruct(m.words(nil))
	case m.hidden():
		b.left.add("hidden message", "hidden messages")
	case m.Author.Role == "user":
		b.prompt(m)
	case m.Author.Role == "assistant":
		b.answer(m)
	default:
		b.left.add("message of another role", "messages of another role")
	}
}

// others keeps the regenerated answers beside the path as alternatives. Each ends before the next
// prompt. ChatGPT lists the oldest first.
func (b *gptBuilder) others(prompt string, kept map[string]bool) {
	asked, take, chosen := b.turn, 0, -1
	for _, id := range b.conv.Mapping[prompt].Children {
		if kept[id] {
			chosen = take
			take++
			continue
		}
		r, walked := b.other(id, kept)
		if r == nil { // another prompt, or nothing that was said
			for _, id := range walked {
				delete(kept, id)
			}
			continue
		}
		r.Take = take
		take++
		asked.Alternatives = append(asked.Alternatives, r)
	}
	if b.chosen = chosen; chosen < 0 { // a damaged tree: the prompt does not know its answer
		b.chosen = take
	}
}

// other makes an answer of the branch that begins with a message, nil where it is none. The
// messages that were looked at are noted in kept.
func (b *gptBuilder) other(id string, kept map[string]bool) (r *session.Reply, walked []string) {
	o := gptBuilder{conv: b.conv, begun: b.begun, turn: &session.Turn{}, canvas: b.canvas}
	for !kept[id] {
		n, ok := b.conv.Mapping[id]
		if !ok || n.Message == nil || n.Message.Author.Role == "user" {
			break
		}
		kept[id] = true
		walked = append(walked, id)
		o.add(n.Message)
		if len(n.Children) == 0 {
			break
		}
		id = n.Children[len(n.Children)-1]
	}
	if o.settle(); len(o.turn.Replies) > 0 {
		r = o.turn.Replies[0]
	}
	return r, walked
}

// placeholder is what an export has in the place of instructions that were not kept.
const placeholder = "original custom instructions no longer available"

// instruct keeps what the model was told beside the conversation.
func (b *gptBuilder) instruct(texts ...string) {
	for _, s := range texts {
		switch {
		case blank(s):
		case strings.Contains(strings.ToLower(s), placeholder) && len(s) < 2*len(placeholder):
			b.left.add("placeholder for custom instructions",
				"placeholders for custom instructions")
		default:
			b.system = append(b.system, s)
		}
	}
}

// prompt begins a turn. A prompt that is only a file names it; one without any words is still one,
// if it was answered.
func (b *gptBuilder) prompt(m *gptMessage) {
	b.settle()
	if !m.isText() && m.words(nil) == "" {
		b.left.add("message of another kind ("+m.Content.Type+")",
			"messages of another kind ("+m.Content.Type+")")
	}
	at := m.CreateTime.v.Time
	if at.IsZero() {
		at = b.begun
	}
	b.turn = &session.Turn{CreatedAt: at}
	attached := b.attach(m)
	text := m.wordsBeside(attached, &b.left)
	listed, _ := m.files()
	for _, f := range listed {
		if !attached[f.id] {
			b.left.add("attached file", "attached files")
		}
	}
	b.mute = blank(text) && len(listed)+len(b.turn.Attachments) == 0
	switch {
	case b.mute:
		text = noWords
	case blank(text) && len(listed) > 0:
		var names []string
		for _, f := range listed {
			names = append(names, fileNamed("file", f.name, f.id))
		}
		text = strings.Join(names, "\n")
	case blank(text):
		text = m.words(nil)
	}
	b.turn.Prompt = text
	b.sess.Turns = append(b.sess.Turns, b.turn)
}

// noWords stands for a prompt that has none.
const noWords = "[no words]"

// fileNamed marks something that is no text by its kind and the first name that it has, in one
// line.
func fileNamed(kind string, names ...string) string {
	for _, n := range names {
		if n = providers.CleanLine(n); n != "" {
			return "[" + kind + ": " + n + "]"
		}
	}
	return "[" + kind + "]"
}

// settle ends the present turn. Commentary is the answer if no other came, and a prompt without
// words or answers is none.
func (b *gptBuilder) settle() {
	if b.turn == nil {
		return
	}
	if b.aside != "" {
		if r := b.turn.Replies[0]; r.Text == "" {
			r.Text = b.aside
			r.Reasoning = strings.TrimPrefix(strings.TrimSuffix(r.Reasoning, b.aside), "\n\n")
			r.Reasoning = strings.TrimRight(r.Reasoning, "\n")
		}
		b.aside = ""
	}
	if n := len(b.sess.Turns); b.mute && n > 0 &&
		len(b.turn.Replies)+len(b.turn.Alternatives) == 0 {
		b.sess.Turns = b.sess.Turns[:n-1]
	}
	b.mute = false
}

// answer adds what the model said to the answer of the present turn.
func (b *gptBuilder) answer(m *gptMessage) {
	text, thought := "", ""
	switch m.Content.Type {
	case "thoughts":
		for _, t := range m.Content.Thoughts.v {
			words, _ := withoutMarks(paragraphs(t.Summary, t.Content))
			thought = paragraphs(thought, words)
		}
	case "reasoning_recap": // how long it thought
		return
	case "code":
		text = fenced(m.Content.Language.v, m.words(&b.left))
	default:
		if !m.isText() && m.words(nil) == "" {
			b.left.add("message of another kind ("+m.Content.Type+")",
				"messages of another kind ("+m.Content.Type+")")
			return
		}
		text = m.words(&b.left)
	}
	if c := m.Channel.v; c == "analysis" || c == "commentary" {
		text, thought = "", paragraphs(thought, text)
	}
	if r := b.say(m, text, thought); r != nil && m.Channel.v == "commentary" {
		b.aside = paragraphs(b.aside, thought)
	}
}

// say adds texts to the answer of the present turn, nil where there is nothing to add or nobody
// asked.
func (b *gptBuilder) say(m *gptMessage, text, thought string) *session.Reply {
	if blank(text + thought) {
		return nil
	}
	if b.turn == nil {
		b.left.add("answer without a prompt", "answers without a prompt")
		return nil
	}
	r := b.reply(m)
	r.Text, r.Reasoning = paragraphs(r.Text, text), paragraphs(r.Reasoning, thought)
	switch end := m.Metadata.v.FinishDetails.v.Type; {
	case end == "max_tokens":
		r.Status, r.FinishReason = session.Length, providers.FinishLength
	case end == "interrupted", m.Status.v == "in_progress",
		m.Status.v == "finished_partial_completion":
		r.Status, r.FinishReason = session.Cancelled, ""
	}
	return r
}

// pictures counts the images among the parts of a message.
func (m *gptMessage) pictures() int {
	_, parts := m.files()
	return len(parts)
}

// picture notes images that a tool made for the user, in their place.
func (b *gptBuilder) picture(m *gptMessage) {
	n := m.pictures()
	if b.say(m, strings.Repeat("[image]\n", n-1)+"[image]", "") != nil {
		b.left.addN(n, "image", "images")
		_, made := m.files()
		for _, f := range made {
			b.miss(f, errAnswersFile)
		}
	}
}

// errAnswersFile says why an image that a model made is left out.
var errAnswersFile = errors.New("a model made it, and only the files of prompts are kept")

// report gives the result of a deep research out of the state of its widget, nil for none.
func (m *gptMessage) report() *gptMessage {
	raw := m.Metadata.v.SDK.v.State
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	var state struct {
		Report *gptMessage `json:"report_message"`
	}
	if json.Unmarshal(raw, &state) != nil || state.Report == nil || blank(state.Report.words(nil)) {
		return nil
	}
	r := state.Report
	r.Author.Role, r.Channel.v = "assistant", ""
	return r
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
	slug := cmp.Or(m.Metadata.v.ModelSlug.v, b.conv.DefaultModel.v, "unknown")
	if len(b.turn.Replies) == 0 {
		b.turn.Replies = []*session.Reply{importedReply(gptProvider + "/" + slug)}
		b.turn.Replies[0].Take = b.chosen
	}
	r := b.turn.Replies[0]
	// the thinking may be named after another model than the answer
	if m.Metadata.v.ModelSlug.v != "" {
		r.Model = gptProvider + "/" + slug
		r.ServedBy, r.ServedModel = r.Model, slug
	}
	b.model = r.Model
	return r
}

// importedReply is an answer of which no more is known than that it was given.
func importedReply(model string) *session.Reply {
	return &session.Reply{Type: "reply", Model: model, ServedBy: model, Status: session.Done,
		FinishReason: "stop",
		Metrics:      session.Metrics{Server: map[string]float64{}},
		Usage:        session.Usage{Source: session.Estimated},
		Cost:         session.Cost{Source: string(providers.CostUnknown)},
		Attempts:     []session.Attempt{}}
}

// finish gives the session.
func (b *gptBuilder) finish() *session.Session {
	s := &b.sess
	s.System = strings.Join(b.system, "\n\n")
	s.CreatedAt, s.UpdatedAt = b.begun, b.begun
	for _, t := range s.Turns {
		if t.CreatedAt.After(s.UpdatedAt) {
			s.UpdatedAt = t.CreatedAt
		}
	}
	if !b.conv.UpdateTime.IsZero() {
		s.UpdatedAt = b.conv.UpdateTime.Time
	}
	if s.Title = providers.CleanLine(string(b.conv.Title)); s.Title == "" {
		s.Title = session.TitleOf(s.Turns[0].Prompt)
	}
	s.Panes = []providers.Contender{}
	if b.model != "" {
		s.Panes = providers.Bare(b.model)
	}
	if id := string(cmp.Or(b.conv.ConversationID, b.conv.ID)); id != "" {
		s.Origin = gptProvider + ":" + id
	}
	settleImported(s)
	return s
}

// settleImported fills in the system prompt of each reply and estimates of its tokens. Reasoning
// alone is no answer.
func settleImported(s *session.Session) {
	var guess *session.Calibration // nobody knows these servers' vocabularies
	for _, t := range s.Turns {
		for _, r := range t.All() {
			if r.System == "" {
				r.System = s.System
			}
			if r.Text == "" && r.Status == session.Done {
				r.Status = session.Empty
			}
			if r.Usage.Source == session.Estimated {
				thought := providers.EstimateTokens(r.Reasoning)
				asked := providers.Request{System: r.System,
					Messages: []providers.Message{t.Asked()}}
				r.Usage.Input = round(guess.EstimateInput(r.Model, asked))
				r.Usage.Output = round(providers.EstimateTokens(r.Text) + thought)
				r.Usage.Reasoning = round(thought)
			}
		}
	}
}

func round(tokens float64) int { return int(math.Round(tokens)) }
