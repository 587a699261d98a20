package wire

import (
	"bytes"
	"encoding/json"
	"strings"

	"lineup/providers"
)

// chatDecoder decodes Chat Completions chunks.
type chatDecoder struct {
	seen    streamState
	choices choices
	served  string
	entire  bool // the answer came in one piece
	deltas  bool // a piece of the answer has come in a delta
	chunk   chatChunk

	text, reasoning *template // of the chunk that came last with a piece of each
}

func (d *chatDecoder) state() *streamState { return &d.seen }

func (d *chatDecoder) decode(f frame, out []providers.Event) ([]providers.Event, error) {
	data := bytes.TrimSpace(f.data)
	if len(data) == 0 || f.event != "" && signOfLife(f.event) {
		return out, nil
	}
	if string(data) == "[DONE]" {
		d.seen.endNative()
		return d.release(out), errStreamEnd
	}
	if f.event != "error" {
		if s, simple, ok := d.text.match(data); ok {
			return d.seen.addPiece(s, simple, f, out), nil
		}
		if s, _, ok := d.reasoning.match(data); ok {
			return d.seen.addReasoning(s, f, out), nil
		}
	}
	d.chunk = chatChunk{}
	if err := unmarshal(data, &d.chunk); err != nil {
		if f.event == "error" { // in plain words
			return out, streamFailure(data)
		}
		return decodeLines(f, data, out, d.decode)
	}
	f.data = data
	if f.event == "error" || tellsError(d.chunk.Error) || d.choiceFailed() {
		out = d.release(d.take(f, out)) // text may stand beside the error
		return out, d.failure(data)
	}
	out = d.take(f, out)
	d.learn(data)
	return out, nil
}

// learn remembers the form of a chunk that carries one piece of text, or of reasoning, and nothing
// else.
func (d *chatDecoder) learn(data []byte) {
	c := &d.chunk
	if len(c.Choices) != 1 || present(c.Usage) || c.Timings != nil || c.Groq != nil ||
		c.Model != "" && c.Model != d.served ||
		present(c.Metadata) || present(c.Cost) || present(c.Pricing) || present(c.Vercel) ||
		present(c.Hidden) {
		return
	}
	ch := &c.Choices[0]
	delta := ch.Delta
	if delta == nil || !d.choices.settled(ch.Index) || ch.Message != nil || ch.finish() != "" ||
		present(ch.usage()) ||
		present(ch.Text) || isText(delta.Text) || isText(delta.OutputText) ||
		present(delta.Refusal) || present(delta.ToolCalls) ||
		present(delta.FunctionCall) || present(delta.ContentBlocks) &&
		string(delta.ContentBlocks) != "[]" {
		return
	}
	content := quoted(delta.Content)
	var reasoning json.RawMessage
	for _, raw := range delta.reasonings() {
		switch {
		case !present(raw) || string(raw) == `""` || string(raw) == "[]":
		// two spellings of the same, or one that is no string
		case reasoning != nil || !quoted(raw):
			return
		default:
			reasoning = raw
		}
	}
	switch {
	case content && reasoning == nil:
		d.text = learnTemplate(data, delta.Content, c.ID, c.Obfuscation)
	case reasoning != nil && (!present(delta.Content) || string(delta.Content) == `""`):
		d.reasoning = learnTemplate(data, reasoning, c.ID, c.Obfuscation)
	}
}

// choiceFailed reports whether the answer's own choice carries an error, or what Groq says beside
// it.
func (d *chatDecoder) choiceFailed() bool {
	for i := range d.chunk.Choices {
		if c := &d.chunk.Choices[i]; d.choices.settled(c.Index) && tellsError(c.Error) {
			d.chunk.Error = c.Error
			return true
		}
	}
	if g := d.chunk.Groq; g != nil && tellsError(g.Error) {
		d.chunk.Error = g.Error
		return true
	}
	return false
}

// failure reads the error that a chunk reports.
func (d *chatDecoder) failure(data []byte) *failure {
	if f := streamFailure(data); !f.raw || !tellsError(d.chunk.Error) {
		return f
	}
	return streamFailure(d.chunk.Error)
}

func (d *chatDecoder) whole(data []byte, out []providers.Event) ([]providers.Event, error) {
	d.entire = true
	out, err := d.decode(frame{data: data, bytes: len(data)}, out)
	d.seen.endNative()
	if out = d.release(out); err != nil || d.seen.payload {
		return out, err
	}
	if f := streamFailure(data); !f.raw { // an error in a shape of its own
		return out, f
	}
	return out, &foreignError{data}
}

// take reads the fields of a chunk.
func (d *chatDecoder) take(f frame, out []providers.Event) []providers.Event {
	c := &d.chunk
	if c.Model != "" && c.Model != d.served {
		d.served = c.Model
		out = append(out, providers.Event{Type: providers.EventServed, At: f.at,
			Text: providers.CleanLine(c.Model)})
	}
	for _, ch := range d.choices.answer(c.Choices, f) {
		out = d.takeChoice(ch.choice, ch.frame, out)
	}
	// an empty list of choices, as stands beside the usage, tells the protocol
	other := c.Choices == nil || present(c.Result)
	if len(c.Choices) == 0 && other && !present(c.Base) {
		native, ok := d.seen.takeNative(f.data, f, out)
		if ok {
			return native
		}
	}
	unknown := len(c.Choices) == 0 && (!present(c.Usage) && c.Groq == nil && c.Model == "" ||
		c.Choices == nil && d.isForeign(f.data))
	if len(c.Choices) > 0 {
		d.seen.payload = true
	} else if (unknown || present(c.Base)) && f.event != "hook_results" { // Portkey's
		d.seen.addForeign(f.data)
	}
	if present(c.Usage) || c.Groq != nil || present(c.Metadata) || present(c.Cost) ||
		present(c.Pricing) || present(c.Vercel) ||
		present(c.Hidden) || d.entire && len(c.Choices) > 0 {
		out = d.seen.addUsage(f.data, f, out)
	}
	return d.seen.addLlamaTimings(c.Timings, f, out)
}

// isForeign reports whether a document is of another protocol.
func (d *chatDecoder) isForeign(data []byte) bool {
	kind := protocolOf(data)
	return kind != "" && kind != "openai"
}

// takeChoice reads the choice that is the answer. A message may stand in place of the deltas.
// Beside them, or after them, it holds the answer so far (Perplexity), or all of it at the end.
func (d *chatDecoder) takeChoice(ch *chatChoice, f frame,
	out []providers.Event) []providers.Event {
	delta, message := ch.Delta, ch.Message
	switch {
	case message != nil && (d.entire || delta == nil && !d.deltas):
		out = d.takeDelta(message, f, out)
	case delta == nil && message == nil && present(ch.Text):
		out = d.seen.takeContent(ch.Text, false, f, out)
	default:
		said := false
		if delta != nil {
			said = textWithin(delta.answer(), 0) != ""
			d.deltas = d.deltas || said
			out = d.takeDelta(delta, f, out)
		}
		if message != nil && !said {
			out = d.takeMessage(message, f, out)
		}
	}
	d.seen.setFinish(ch.finish())
	return d.seen.addUsage(ch.usage(), f, out)
}

// takeMessage reads what a message has more than the deltas so far.
func (d *chatDecoder) takeMessage(m *chatDelta, f frame, out []providers.Event) []providers.Event {
	if !d.deltas && !d.seen.tokens() {
		return d.takeDelta(m, f, out)
	}
	rest, _ := d.seen.answers.rest(textWithin(m.answer(), 0))
	return d.seen.addAnswer(rest, f, out)
}

// release reads the choices that were held back until it is certain which one is the answer.
func (d *chatDecoder) release(out []providers.Event) []providers.Event {
	for _, ch := range d.choices.release() {
		out = d.takeChoice(ch.choice, ch.frame, out)
	}
	return out
}

func (d *chatDecoder) takeDelta(delta *chatDelta, f frame,
	out []providers.Event) []providers.Event {
	reasoned := false
	for _, raw := range delta.reasonings() {
		if out, reasoned = d.seen.takeReasoning(raw, f, out); reasoned {
			break
		}
	}
	if !reasoned {
		out, reasoned = d.seen.takeReasoning(delta.thinkingBlocks(), f, out)
	}
	out = d.seen.takeContent(delta.answer(), reasoned, f, out)
	// a truth value says nothing
	if r := delta.Refusal; present(r) && (r[0] == '"' || r[0] == '{' || r[0] == '[') {
		out = d.seen.addRefusal(textWithin(r, 0), f, out)
	}
	if present(delta.ToolCalls) && string(delta.ToolCalls) != "[]" {
		out = d.seen.takeCalls(delta.ToolCalls, d.entire, f, out)
	}
	if raw := delta.FunctionCall; present(raw) { // as before tool_calls
		var a toolArgs
		_ = unmarshal(raw, &a) // a field of another form is left out
		p := callPiece{name: a.Name}
		p.arguments, p.whole = a.text()
		out = d.seen.addCall(p, f, out)
	}
	return out
}

// quoted reports whether a raw JSON value is a string that is not empty.
func quoted(raw json.RawMessage) bool { return len(raw) > 2 && raw[0] == '"' }

// signOfLife reports whether the name of an event says that it carries nothing but a sign of life.
func signOfLife(event string) bool {
	if len(event) > len("keep-alive") {
		return false
	}
	switch strings.ToLower(event) {
	case "ping", "pong", "heartbeat", "heart_beat", "heart-beat", "keepalive", "keep-alive",
		"keep_alive",
		"alive", "noop", "hb":
		return true
	}
	return false
}
