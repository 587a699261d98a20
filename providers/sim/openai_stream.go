package sim

import (
	"bytes"
	"encoding/json"
	"time"
)

// openaiReply is a chunk of the stream and the whole answer.
type openaiReply struct {
	ID                string         `json:"id"`
	Object            string         `json:"object"`
	Created           int64          `json:"created"`
	Model             string         `json:"model"`
	SystemFingerprint string         `json:"system_fingerprint"`
	Choices           []openaiChoice `json:"choices"`
	Usage             any            `json:"usage,omitempty"`
}

type openaiChoice struct {
	Index        int            `json:"index"`
	Text         *string        `json:"text,omitempty"` // of a completion
	Delta        *openaiMessage `json:"delta,omitempty"`
	Message      *openaiMessage `json:"message,omitempty"`
	Logprobs     *string        `json:"logprobs"`
	FinishReason *string        `json:"finish_reason"`
}

type openaiMessage struct {
	Role      string  `json:"role,omitempty"`
	Content   *string `json:"content,omitempty"`
	Reasoning *string `json:"reasoning_content,omitempty"`

	ToolCalls []openaiCall `json:"tool_calls,omitempty"`
}

// openaiCall is a call of a tool, or a piece of one.
type openaiCall struct {
	Index    *int   `json:"index,omitempty"` // in a stream
	ID       string `json:"id,omitempty"`
	Type     string `json:"type,omitempty"`
	Function struct {
		Name      string `json:"name,omitempty"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

func newOpenAICall(c *toolCall, arguments string) (out openaiCall) {
	out.ID, out.Type, out.Function.Name = c.id, "function", c.name
	out.Function.Arguments = arguments
	return out
}

type openaiUsage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
	PromptDetails    struct {
		CachedTokens int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		ReasoningTokens int `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

func (d openai) encoder(id string, q query, now time.Time) encoder {
	return d.encoders(id, q, now, 1)[0]
}

func (openai) encoders(id string, q query, now time.Time, n int) []encoder {
	shared := &openaiShared{left: n, frame: openaiReply{
		ID: "chatcmpl-" + id, Object: "chat.completion.chunk",
		Created: now.Unix(), Model: q.model, SystemFingerprint: "fp_sim",
	}}
	if q.usage { // every chunk has the field then, null but in the last
		shared.frame.Usage = json.RawMessage("null")
	}
	out := make([]encoder, n)
	for i := range out {
		out[i] = openaiEncoder{shared, i}
	}
	return out
}

// openaiShared is the response that the answers to one request have in common.
type openaiShared struct {
	frame   openaiReply
	left    int            // answers that have not ended
	used    openaiUsage    // by those that have
	choices []openaiChoice // written whole so far
}

// ended counts an answer, and reports whether it was the last one.
func (s *openaiShared) ended(o outcome) bool {
	s.used.PromptTokens = o.prompt
	s.used.CompletionTokens += o.output
	s.used.TotalTokens = o.prompt + s.used.CompletionTokens
	s.used.CompletionDetails.ReasoningTokens += o.reasoning
	s.left--
	return s.left == 0
}

type openaiEncoder struct {
	*openaiShared
	index int
}

func (e openaiEncoder) chunk(to *bytes.Buffer, delta openaiMessage, finish *string) {
	frame := e.frame
	frame.Choices = []openaiChoice{{Index: e.index, Delta: &delta, FinishReason: finish}}
	writeEvent(to, "", frame)
}

func (e openaiEncoder) open(to *bytes.Buffer, _ int) {
	e.chunk(to, openaiMessage{Role: "assistant", Content: new(string)}, nil)
}

func (e openaiEncoder) delta(to *bytes.Buffer, reasoning bool, text string, _ time.Time) {
	if reasoning {
		e.chunk(to, openaiMessage{Reasoning: &text}, nil)
	} else {
		e.chunk(to, openaiMessage{Content: &text}, nil)
	}
}

// call sends the name with the first piece, as OpenAI does.
func (e openaiEncoder) call(to *bytes.Buffer, c *toolCall, piece string, first bool) {
	var one openaiCall
	if first {
		one = newOpenAICall(c, "")
		one.Index = new(int)
		e.chunk(to, openaiMessage{ToolCalls: []openaiCall{one}}, nil)
	}
	one = openaiCall{Index: new(int)}
	one.Function.Arguments = piece
	e.chunk(to, openaiMessage{ToolCalls: []openaiCall{one}}, nil)
}

func (e openaiEncoder) end(to *bytes.Buffer, o outcome) {
	e.chunk(to, openaiMessage{}, callFinish(o))
	if e.ended(o) {
		e.close(to)
	}
}

// close ends a stream: the usage where it is wanted, then the end marker.
func (s *openaiShared) close(to *bytes.Buffer) {
	if s.frame.Usage != nil {
		frame := s.frame
		frame.Choices, frame.Usage = []openaiChoice{}, s.used
		writeEvent(to, "", frame)
	}
	to.WriteString("data: [DONE]\n\n")
}

func (e openaiEncoder) whole(to *bytes.Buffer, reasoning, text string, o outcome) {
	m := openaiMessage{Role: "assistant", Content: &text}
	if reasoning != "" {
		m.Reasoning = &reasoning
	}
	if o.call != nil {
		m.Content, m.ToolCalls = nil, []openaiCall{newOpenAICall(o.call, o.call.arguments)}
	}
	c := openaiChoice{Index: e.index, Message: &m, FinishReason: callFinish(o)}
	e.add(to, "chat.completion", c, o)
}

// add keeps a whole answer, and writes the response once it has all of them.
func (s *openaiShared) add(to *bytes.Buffer, object string, c openaiChoice, o outcome) {
	s.choices = append(s.choices, c)
	if !s.ended(o) {
		return
	}
	frame := s.frame
	frame.Object, frame.Choices, frame.Usage = object, s.choices, s.used
	writeJSON(to, frame)
}

// callFinish is finish where the answer may be a call of a tool.
func callFinish(o outcome) *string {
	if o.call != nil && !o.length {
		return new("tool_calls")
	}
	return finish(o)
}

func finish(o outcome) *string {
	reason := "stop"
	if o.length {
		reason = "length"
	}
	return &reason
}

// ping is OpenRouter's comment.
func (openaiEncoder) ping(to *bytes.Buffer) { to.WriteString(": OPENROUTER PROCESSING\n\n") }

func (openaiEncoder) fail(to *bytes.Buffer, f *failure) { writeEvent(to, "", newOpenAIError(f)) }
