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
	tools     bool     // a tool call
	hidden    bool     // encrypted reasoning
	finish    string   // the finish reason in lineup's words, "" until the server gave one
	payload   bool     // anything that the protocol knows
	whole     bool     // nothing but one document that holds text, though a stream was asked for
	foreign   bool     // a document that the protocol does not have
	first     []byte   // the first of them
	said      *failure // what such a document says in the form of an error
	accused   *failure // the same where it is an error for certain
	strays    strays   // lines that the framing does not have

	think thinkSplitter
	held  frame // that of the first piece which the splitter holds back

	// torn is the end of the text as long as it is the replacement character: what is left of a character that
	// max_tokens cut through is no part of the answer.
	torn string
}

// finishOverload is DeepSeek's finish reason where its servers are full.
const finishOverload = "insufficient_system_resource"

// finishIncomplete is how the Responses API calls an answer that it did not complete.
const finishIncomplete = "incomplete"

// finishReason puts the servers' words for the end of an answer into one vocabulary. Gemini's endpoint for OpenAI's
// protocol gives its own words in capitals, or "content_filter: PROHIBITED_CONTENT"; vLLM ends what its engine gave up
// with "abort" (vllm-project/vllm#57082).
func finishReason(s string) string {
	switch s {
	case "stop", "eos", "stop_sequence", "end_turn", "STOP", "load", "unload":
		return providers.FinishStop
	case "length", "max_tokens", "MAX_TOKENS", "model_context_window_exceeded", "model_length": // the last is Mistral's
		return providers.FinishLength
	case "content_filter", "refusal", "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII":
		return providers.FinishFilter
	case "tool_calls", "tool_use", "function_call":
		return providers.FinishTools
	case "abort":
		return providers.FinishError
	}
	if strings.HasPrefix(s, "content_filter:") {
		return providers.FinishFilter
	}
	return providers.CleanLine(s)
}

// setFinish notes a finish reason. An empty one never takes a former one away, and a refusal stays one: OpenAI ends
// it with "stop".
func (t *streamState) setFinish(s string) {
	if s != "" && t.finish != providers.FinishFilter {
		t.finish = finishReason(s)
	}
}

// addForeign notes a document that the protocol does not have. It is ignored where an answer comes beside it.
func (t *streamState) addForeign(data []byte) {
	t.foreign = true
	if t.first == nil {
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

// stray takes a line that the framing does not have. It gives the frame of a document that the line completes, else a
// sign of life.
func (t *streamState) stray(f frame) frame {
	if f.data = t.strays.add(f.data); f.data != nil {
		f.kind = frameData
		return f
	}
	return frame{kind: frameComment, at: f.at}
}

// addText appends a piece of the answer; at and bytes are those of the frame.
func (t *streamState) addText(s string, f frame, out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	t.text = true
	s = providers.Clean(s)
	if t.torn == "" && !strings.HasSuffix(s, "\uFFFD") {
		return append(out, providers.Event{Type: providers.EventText, At: f.at, Text: s, Bytes: f.bytes})
	}
	s = t.torn + s
	whole := strings.TrimRight(s, "\uFFFD")
	if t.torn = s[len(whole):]; whole == "" {
		return out
	}
	return append(out, providers.Event{Type: providers.EventText, At: f.at, Text: whole, Bytes: f.bytes})
}

// addAnswer appends a piece of an answer in which reasoning may stand inline. What the splitter held back keeps the
// time at which it came.
func (t *streamState) addAnswer(s string, f frame, out []providers.Event) []providers.Event {
	if t.think.state == answering {
		return t.addText(s, f, out)
	}
	if t.think.held == "" {
		t.held = f
	}
	held := t.held
	reasoning, answer := t.think.write(s)
	if t.think.held != "" && (reasoning != "" || answer != "") {
		t.held = f
	}
	if n := len(reasoning) + len(answer) - len(s); n > 0 && n < len(answer) && reasoning == "" {
		out = t.addText(answer[:n], frame{at: held.at}, out)
		answer = answer[n:]
	}
	return t.addText(answer, f, t.addReasoning(reasoning, f, out))
}

// flush appends what is still held back when the stream ends.
func (t *streamState) flush(at time.Time, out []providers.Event) []providers.Event {
	reasoning, answer := t.think.close()
	out = t.addText(answer, t.held, t.addReasoning(reasoning, t.held, out))
	if t.torn != "" && t.finish != providers.FinishLength {
		out = append(out, providers.Event{Type: providers.EventText, At: at, Text: t.torn})
	}
	t.torn = ""
	return out
}

// addReasoning appends a piece of reasoning.
func (t *streamState) addReasoning(s string, f frame, out []providers.Event) []providers.Event {
	if s == "" {
		return out
	}
	t.reasoning = true
	return append(out, providers.Event{Type: providers.EventReasoning, At: f.at, Text: providers.Clean(s), Bytes: f.bytes})
}

// addTools notes a tool call, which lineup offers no model and therefore never runs.
func (t *streamState) addTools(f frame, out []providers.Event) []providers.Event {
	if t.tools {
		return out
	}
	t.tools = true
	return append(out, providers.Event{Type: providers.EventNote, At: f.at, Text: "tool call suppressed"})
}

// addHidden notes reasoning that the server sends encrypted.
func (t *streamState) addHidden(f frame, out []providers.Event) []providers.Event {
	if t.hidden {
		return out
	}
	t.hidden, t.reasoning = true, true
	return append(out, providers.Event{Type: providers.EventNote, At: f.at, Text: "hidden reasoning"})
}

// noteWhole tells that an answer came in one piece though a stream was asked for.
const noteWhole = "answered in one piece, not streamed"

// tokens reports whether the model has said anything.
func (t *streamState) tokens() bool { return t.text || t.reasoning }

// verdict judges the end of a stream that the server did not call an error: nil for a whole answer.
func (t *streamState) verdict() *providers.Error {
	switch {
	case t.finish == providers.FinishFilter:
		return &providers.Error{Kind: providers.ContentFilter, Message: "the provider's filter stopped the answer",
			Hint: "word the prompt differently, or use another model"}
	case t.finish == providers.FinishError:
		return &providers.Error{Kind: providers.ServerError, Message: "the server gave up in the middle of the answer", Hint: "ask again"}
	case t.finish == finishOverload:
		return &providers.Error{Kind: providers.Overloaded, Message: "the server ran out of resources in the middle of the answer", Hint: "ask again"}
	case strings.HasPrefix(t.finish, finishIncomplete):
		return &providers.Error{Kind: providers.Truncated, Hint: "ask again",
			Message: "the server ended the answer before it was complete (" + t.finish + ")"}
	case strings.HasSuffix(t.finish, "_error"): // Portkey hands the type of Anthropic's errors on so, and nothing of their message
		return &providers.Error{Kind: cmp.Or(kindOfWords(0, serverError{kind: t.finish}), providers.ServerError),
			Message: "the server gave up in the middle of the answer: " + t.finish, Hint: "ask again"}
	case t.finish != "" && t.text:
		return nil
	case t.finish != "":
		return &providers.Error{Kind: providers.Empty, Message: t.emptyMessage(), Hint: t.emptyHint(), Answered: true}
	case t.tokens():
		return &providers.Error{Kind: providers.Truncated, Message: "the stream ended without its end mark; the answer is probably incomplete",
			Hint: "ask again"}
	case t.payload:
		return &providers.Error{Kind: providers.Truncated, Message: "the stream ended before the first word", Hint: "ask again"}
	}
	return &providers.Error{Kind: providers.Empty, Message: "the server sent an empty stream", Hint: "ask again, or use another model"}
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
