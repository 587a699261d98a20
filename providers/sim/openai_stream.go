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
	Delta        *openaiMessage `json:"delta,omitempty"`
	Message      *openaiMessage `json:"message,omitempty"`
	Logprobs     *string        `json:"logprobs"`
	FinishReason *string        `json:"finish_reason"`
}

type openaiMessage struct {
	Role      string  `json:"role,omitempty"`
	Content   *string `json:"content,omitempty"`
	Reasoning *string `json:"reasoning_content,omitempty"`
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

func (openai) encoder(id string, q query, now time.Time) encoder {
	e := openaiEncoder{frame: openaiReply{
		ID: "chatcmpl-" + id, Object: "chat.completion.chunk",
		Created: now.Unix(), Model: q.model, SystemFingerprint: "fp_sim",
	}}
	if q.usage { // every chunk has the field then, null but in the last
		e.frame.Usage = json.RawMessage("null")
	}
	return e
}

type openaiEncoder struct{ frame openaiReply }

func (e openaiEncoder) chunk(to *bytes.Buffer, delta openaiMessage, finish *string) {
	e.frame.Choices = []openaiChoice{{Delta: &delta, FinishReason: finish}}
	writeEvent(to, "", e.frame)
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

func (e openaiEncoder) end(to *bytes.Buffer, o outcome) {
	e.chunk(to, openaiMessage{}, finish(o))
	if e.frame.Usage != nil {
		e.frame.Choices, e.frame.Usage = []openaiChoice{}, usage(o)
		writeEvent(to, "", e.frame)
	}
	to.WriteString("data: [DONE]\n\n")
}

func (e openaiEncoder) whole(to *bytes.Buffer, reasoning, text string, o outcome) {
	m := openaiMessage{Role: "assistant", Content: &text}
	if reasoning != "" {
		m.Reasoning = &reasoning
	}
	e.frame.Object, e.frame.Usage = "chat.completion", usage(o)
	e.frame.Choices = []openaiChoice{{Message: &m, FinishReason: finish(o)}}
	writeJSON(to, e.frame)
}

func finish(o outcome) *string {
	reason := "stop"
	if o.length {
		reason = "length"
	}
	return &reason
}

func usage(o outcome) openaiUsage {
	u := openaiUsage{PromptTokens: o.prompt, CompletionTokens: o.output, TotalTokens: o.prompt + o.output}
	u.CompletionDetails.ReasoningTokens = o.reasoning
	return u
}

// ping is OpenRouter's comment.
func (openaiEncoder) ping(to *bytes.Buffer) { to.WriteString(": OPENROUTER PROCESSING\n\n") }

func (openaiEncoder) fail(to *bytes.Buffer, f *failure) { writeEvent(to, "", newOpenAIError(f)) }
