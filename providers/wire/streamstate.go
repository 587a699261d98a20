package wire

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"lineup/providers"
)

// streamState is what a stream has shown so far. Its end is judged by it.
type streamState struct {
	text      bool     // visible text
	reasoning bool     // reasoning, also hidden
	tools     bool     // a tool call that nobody declared
	declared  bool     // the request declares tools
	calls     []*call  // of declared tools
	hidden    bool     // encrypted reasoning
	finish    string   // the finish reason in lineup's words, "" until the server gave one
	payload   bool     // anything that the protocol knows
	whole     bool     // nothing but one document that holds text, though a stream was asked for
	native    bool     // documents of Workers AI's own form; see takeNative
	foreign   bool     // a document that the protocol does not have
	first     []byte   // the first of them
	spoken    string   // the protocol of that one, "" where it is not known
	said      *failure // what such a document says in the form of an error
	accused   *failure // the same where it is an error for certain
	strays    strays   // lines that the framing does not have

	answers, thoughts channel
	talks             [2]proxyTalk // of the answer and of the reasoning
	loading           bool         // the proxy has said that it loads the model

	think   thinkSplitter
	held    frame // that of the first piece which the splitter holds back
	thought bool  // reasoning has come apart from the answer

	// torn is the end of the text while that is the replacement character. The rest of a character
	// that max_tokens cut through is no part of the answer.
	torn string

	counts  counts
	counted bool // a usage with counts has come

	grace time.Duration // after its end mark, how long more of the answer is waited for
	// gives what the decoder itself holds back, or nil
	release func([]providers.Event) []providers.Event
}

// finishIncomplete is how the Responses API calls an answer that it did not complete.
const finishIncomplete = "incomplete"

// addForeign notes a document that the protocol does not have. It is ignored where an answer comes
// beside it.
func (t *streamState) addForeign(data []byte) {
	t.foreign = true
	if t.first == nil {
		t.spoken = protocolOf(data)
		t.first = bytes.Clone(data[:min(len(data), maxStray)])
	}
	if t.said == nil {
		if f := streamFailure(data); !f.raw {
			t.said = f
		}
	}
	if t.said != nil && accuses(data) {
		t.accused = t.said
	}
}

// stray takes a line that the framing does not have. It gives the frame of a document that the line
// completes, else a sign of life.
func (t *streamState) stray(f frame) frame {
	if f.data = t.strays.add(f.data); f.data != nil {
		f.kind = frameData
		return f
	}
	return frame{kind: frameComment, at: f.at}
}

// addText appends a piece of the answer that is whole; at and bytes are those of the frame.
func (t *streamState) addText(s string, f frame, out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	t.text = true
	if t.torn == "" && !strings.HasSuffix(s, "\uFFFD") {
		return append(out, providers.Event{Type: providers.EventText, At: f.at, Text: s,
			Bytes: f.bytes})
	}
	s = t.torn + s
	whole := strings.TrimRight(s, "\uFFFD")
	if t.torn = s[len(whole):]; whole == "" {
		return out
	}
	return append(out, providers.Event{Type: providers.EventText, At: f.at, Text: whole,
		Bytes: f.bytes})
}

// addAnswer appends a piece of the answer as the server wrote it, in which reasoning may stand
// inline.
func (t *streamState) addAnswer(s string, f frame, out []providers.Event) []providers.Event {
	return t.addPiece(s, ordinary(s), f, out)
}

// addPiece is addAnswer for a piece of which it is known whether it is ordinary.
func (t *streamState) addPiece(s string, simple bool, f frame,
	out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	if simple && t.torn == "" && t.talks[0].state == talkOver && t.answers.goesOn(s) &&
		t.think.goesOn() {
		t.answers.note(s) // nearly always
		t.think.note(s)
		t.text = true
		return append(out, providers.Event{Type: providers.EventText, At: f.at, Text: s,
			Bytes: f.bytes})
	}
	if t.talks[0].state != talkOver {
		if s, out = t.talk(0, s, f, out); s == "" {
			return out
		}
	}
	early, at, now := t.answers.write(s, f)
	return t.part(now, f, t.part(early, at, out))
}

// part appends a piece of the answer without the reasoning in it. What the splitter held back keeps
// the time at which it came.
func (t *streamState) part(s string, f frame, out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	before := t.think.held
	if before == "" {
		t.held = frame{at: f.at, bytes: f.bytes}
	}
	held := t.held
	got := t.think.write(s)
	if t.think.held != "" && got != (split{}) {
		t.held = frame{at: f.at, bytes: f.bytes}
	}
	out = t.addSplit(split{moved: got.moved, reasoning: got.reasoning}, f, out)
	if n := len(before); n > 0 && n < len(got.answer) && strings.HasPrefix(got.answer, before) {
		out = t.addText(before, frame{at: held.at}, out)
		got.answer = got.answer[n:]
	}
	return t.addText(got.answer, f, out)
}

// addSplit appends what the splitter has settled.
func (t *streamState) addSplit(s split, f frame, out []providers.Event) []providers.Event {
	if s.moved {
		out = append(out, providers.Event{Type: providers.EventMoved, At: f.at})
		out = t.addThought(t.torn, f, out)
		t.text, t.reasoning, t.torn = false, true, ""
	}
	if s.reasoning != "" {
		out = t.addThought(s.reasoning, f, out)
	}
	return t.addText(s.answer, f, out)
}

// talk cuts out what a proxy says of itself, in the answer (0) or in the reasoning (1).
func (t *streamState) talk(i int, s string, f frame, out []providers.Event) (string,
	[]providers.Event) {
	s, loading, seconds := t.talks[i].write(s)
	if loading && !t.loading {
		t.loading = true
		out = append(out, providers.Event{Type: providers.EventLoading, At: f.at})
	}
	if seconds > 0 {
		took := providers.Timings{"load_ms": seconds * 1e3}
		out = append(out, providers.Event{Type: providers.EventTimings, At: f.at, Timings: took})
	}
	return s, out
}

// flush appends what is still held back when the stream ends.
func (t *streamState) flush(at time.Time, out []providers.Event) []providers.Event {
	now := frame{at: at}
	if t.release != nil {
		out = t.release(out)
	}
	if s := t.talks[1].close(); s != "" {
		out = t.addThought(t.thoughts.keep(s), now, out)
	}
	if s, f := t.thoughts.close(); s != "" {
		out = t.addThought(s, heldFrame(f, now), out)
	}
	if s := t.talks[0].close(); s != "" {
		out = t.part(t.answers.keep(s), now, out)
	}
	if s, f := t.answers.close(); s != "" {
		out = t.part(s, heldFrame(f, now), out)
	}
	out = t.addSplit(t.think.close(), t.held, out)
	out = t.closeCalls(now, out)
	if t.torn != "" && t.finish != providers.FinishLength {
		out = append(out, providers.Event{Type: providers.EventText, At: at, Text: t.torn})
	}
	t.torn = ""
	return out
}

// heldFrame is the frame of a piece that was held back, or the present one for the rest of a
// character.
func heldFrame(f, now frame) frame {
	if f.at.IsZero() {
		return now
	}
	return f
}

// addReasoning appends a piece of reasoning as the server wrote it.
func (t *streamState) addReasoning(s string, f frame, out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	if t.talks[1].state != talkOver {
		if s, out = t.talk(1, s, f, out); s == "" {
			return out
		}
	}
	early, at, now := t.thoughts.write(s, f)
	if !t.thought {
		t.thought, t.think.closed = true, true
	}
	return t.addThought(now, f, t.addThought(early, at, out))
}

// addThought appends a piece of reasoning that is whole.
func (t *streamState) addThought(s string, f frame, out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	t.reasoning = true
	return append(out, providers.Event{Type: providers.EventReasoning, At: f.at, Text: s,
		Bytes: f.bytes})
}

// addTools notes a tool call in the answer to a request that declared none.
func (t *streamState) addTools(f frame, out []providers.Event) []providers.Event {
	if t.tools {
		return out
	}
	t.tools = true
	return append(out, providers.Event{Type: providers.EventNote, At: f.at,
		Text: "tool call suppressed"})
}

// addHidden notes reasoning that the server sends encrypted.
func (t *streamState) addHidden(f frame, out []providers.Event) []providers.Event {
	if t.hidden {
		return out
	}
	t.hidden, t.reasoning = true, true
	return append(out, providers.Event{Type: providers.EventNote, At: f.at,
		Text: "hidden reasoning"})
}

// noteWhole tells that an answer came in one piece though a stream was asked for.
const noteWhole = "answered in one piece, not streamed"

// tokens reports whether the model has said anything.
func (t *streamState) tokens() bool { return t.text || t.reasoning || len(t.calls) > 0 }

// verdict judges the end of a stream that the server did not call an error: nil for a whole answer.
func (t *streamState) verdict() *providers.Error {
	switch {
	case t.finish == providers.FinishFilter:
		return &providers.Error{Kind: providers.ContentFilter,
			Message: "the provider's filter stopped the answer",
			Hint:    "word the prompt differently, or use another model"}
	case t.finish == providers.FinishError:
		return &providers.Error{Kind: providers.ServerError,
			Message: "the server gave up in the middle of the answer", Hint: "ask again"}
	case t.finish == finishOverload:
		return &providers.Error{Kind: providers.Overloaded,
			Message: "the server ran out of resources in the middle of the answer",
			Hint:    "ask again"}
	case strings.HasPrefix(t.finish, finishIncomplete):
		return &providers.Error{Kind: providers.Truncated, Hint: "ask again",
			Message: "the server ended the answer before it was complete (" + t.finish + ")"}
	// Portkey hands the type of Anthropic's errors on so, and nothing of their message
	case strings.HasSuffix(t.finish, "_error"):
		return &providers.Error{Kind: cmp.Or(kindOfWords(0, serverError{kind: t.finish}),
			providers.ServerError),
			Message: "the server gave up in the middle of the answer: " +
				t.finish, Hint: "ask again"}
	case t.finish != "" && (t.text || len(t.calls) > 0):
		return nil
	case t.finish != "":
		return &providers.Error{Kind: providers.Empty, Message: t.emptyMessage(),
			Hint: t.emptyHint(), Answered: true}
	case t.tokens():
		return &providers.Error{Kind: providers.Truncated,
			Message: "the stream ended without its end mark; the answer is probably incomplete",
			Hint:    "ask again"}
	case t.payload:
		return &providers.Error{Kind: providers.Truncated,
			Message: "the stream ended before the first word", Hint: "ask again"}
	}
	return &providers.Error{Kind: providers.Empty, Message: "the server sent an empty stream",
		Hint: "ask again, or use another model"}
}

func (t *streamState) emptyMessage() string {
	switch {
	case t.tools:
		return "the model answered with a tool call alone"
	case t.reasoning && t.finish == providers.FinishLength:
		return "the model reasoned until max_tokens was used up and gave no answer"
	case t.reasoning:
		return "the model reasoned but gave no answer"
	}
	return "the model finished without a word"
}

func (t *streamState) emptyHint() string {
	if t.reasoning && t.finish == providers.FinishLength {
		return "raise max_tokens"
	}
	return "ask again, or word the prompt differently"
}
