package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// completions is OpenAI's older interface, POST /v1/completions, which vLLM and llama.cpp serve
// too: text goes on where the prompt ends. Source: OpenAI's API reference, "Completions".
type completions struct{ openai }

// defaultCompletion is the limit of a completion that names none, in tokens.
const defaultCompletion = 16

func (d completions) read(h http.Header, body []byte, key string) (query, *failure) {
	if fail := d.authorize(h, key); fail != nil {
		return query{}, fail
	}
	var req struct {
		openaiRequest
		MaxTokens *int    `json:"max_tokens"`
		Prompt    prompts `json:"prompt"`
	}
	if fail := decode(body, &req); fail != nil {
		return query{}, fail
	}
	req.openaiRequest.MaxTokens = defaultCompletion
	if req.MaxTokens != nil {
		req.openaiRequest.MaxTokens = *req.MaxTokens
	}
	q, fail := req.query()
	if fail != nil {
		return query{}, fail
	}
	if len(req.Prompt) == 0 {
		return query{}, badRequest("you must provide a prompt")
	}
	if len(req.Prompt)*max(1, q.n) > mostChoices {
		return query{}, badRequest("too many completions: prompts times n")
	}
	q.batch = req.Prompt
	for _, text := range req.Prompt {
		q.messages = append(q.messages, message{Role: "user", Content: content(text)})
	}
	return q, nil
}

// prompts come in JSON: a string, a list of tokens, or a list of either. The simulator has no
// vocabulary: a token stands for one sign.
type prompts []string

func (p *prompts) UnmarshalJSON(data []byte) error {
	var one any
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	switch one := one.(type) {
	case string:
		*p = prompts{one}
	case []any:
		for _, item := range one {
			switch item := item.(type) {
			case string:
				*p = append(*p, item)
			case []any:
				*p = append(*p, unknownTokens(len(item)))
			default:
				*p = prompts{unknownTokens(len(one))}
				return nil
			}
		}
	}
	return nil
}

func unknownTokens(n int) string { return strings.Repeat("□", n) }

func (d completions) encoder(id string, q query, now time.Time) encoder {
	return d.encoders(id, q, now, 1)[0]
}

func (d completions) encoders(id string, q query, now time.Time, n int) []encoder {
	out := d.openai.encoders(id, q, now, n)
	for i, e := range out {
		e := e.(openaiEncoder)
		e.frame.ID, e.frame.Object = "cmpl-"+id, "text_completion"
		out[i] = completionsEncoder{e}
	}
	return out
}

type completionsEncoder struct{ openaiEncoder }

func (completionsEncoder) open(*bytes.Buffer, int) {}

// delta leaves reasoning out, for which a completion has no field.
func (e completionsEncoder) delta(to *bytes.Buffer, reasoning bool, text string, _ time.Time) {
	if !reasoning {
		e.piece(to, text, nil)
	}
}

func (e completionsEncoder) piece(to *bytes.Buffer, text string, finish *string) {
	frame := e.frame
	frame.Choices = []openaiChoice{{Index: e.index, Text: &text, FinishReason: finish}}
	writeEvent(to, "", frame)
}

func (e completionsEncoder) end(to *bytes.Buffer, o outcome) {
	e.piece(to, "", finish(o))
	if e.ended(o) {
		e.close(to)
	}
}

func (e completionsEncoder) whole(to *bytes.Buffer, _, text string, o outcome) {
	e.add(to, "text_completion", openaiChoice{Index: e.index, Text: &text, FinishReason: finish(o)},
		o)
}
