package wire

import (
	"slices"

	"lineup/providers"
)

// responses is OpenAI's Responses API, which Azure, OpenRouter, vLLM, Ollama and llama-server serve
// too. It is asked without state: nothing is stored, and each request carries the whole
// conversation.
// https://developers.openai.com/api/reference/resources/responses/methods/create
//
// It shares addresses, lists and accounts with Chat Completions.
type responses struct{ openAI }

func (responses) path() string { return "/responses" }

func (responses) decoder() decoder { return &responseDecoder{} }

// body leaves out top_k, min_p, seed and stop: the API has no such parameters, and OpenAI refuses
// unknown ones. A summary of the reasoning comes only on request; to models that do not reason, the
// request is an error. It is therefore made along with an effort.
func (responses) body(model string, params providers.Params, req providers.Request) map[string]any {
	b := map[string]any{
		"model":  model,
		"input":  inputItems(req.Messages),
		"stream": true,
		"store":  false,
	}
	if req.System != "" {
		b["instructions"] = req.System
	}
	setParam(b, "temperature", params.Temperature)
	setParam(b, "top_p", params.TopP)
	setParam(b, "max_output_tokens", params.MaxTokens)
	switch effort := params.ReasoningEffort; effort {
	case "":
	case "none":
		b["reasoning"] = map[string]any{"effort": effort}
	default:
		b["reasoning"] = map[string]any{"effort": effort, "summary": "auto"}
	}
	return b
}

// inputItem is a message of the conversation. All servers take it in this long form; a shorter one,
// with a string for content, is not understood by llama-server for the assistant's messages
// (llama.cpp tools/server/server-chat.cpp).
type inputItem struct {
	Type    string         `json:"type"`
	Role    providers.Role `json:"role"`
	Content []any          `json:"content"`
}

type inputPart struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// inputItems writes a conversation as the items of the API.
func inputItems(messages []providers.Message) []any {
	items := make([]any, 0, len(messages))
	for _, m := range messages {
		if m.Result != nil {
			items = append(items, resultItem(m))
			continue
		}
		if len(m.Calls) > 0 && m.Content == "" {
			items = append(items, callItems(m)...)
			continue
		}
		kind := "input_text"
		if m.Role == providers.Assistant {
			kind = "output_text"
		}
		var content []any
		for _, file := range responseParts(m) {
			content = append(content, file)
		}
		items = append(items, inputItem{Type: "message", Role: m.Role,
			Content: append(content, inputPart{kind, m.Text()})})
		items = append(items, callItems(m)...)
	}
	return items
}

// settle does nothing: hosts spell this API alike.
func (responses) settle(*Provider, map[string]any) {}

func (responses) omits(params providers.Params) []string {
	var names []string
	for name, set := range map[string]bool{"top_k": params.TopK != nil, "min_p": params.MinP != nil,
		"seed": params.Seed != nil,
		"stop": len(params.Stop) > 0, "num_ctx": params.NumCtx != nil} {
		if set {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// tellsLimit knows that Ollama 0.17.4 and llama-server v0.5.0 call an answer completed that
// max_output_tokens has cut (see testdata/captures).
func (responses) tellsLimit(p *Provider) bool { return !p.cfg.Local }

func (responses) elsewhere(*providers.Error) dialect { return nil }

// elsewhere knows the refusals of models that only the Responses API serves, such as OpenAI's
// codex, pro and deep-research models. OpenAI: "This model is only supported in v1/responses and
// not in v1/chat/completions", "This is not a chat model and thus not supported in the
// v1/chat/completions endpoint"; GitHub Copilot: "… is not accessible via the /chat/completions
// endpoint"; Azure: "The chatCompletion operation does not work with the specified model".
func (openAI) elsewhere(e *providers.Error) dialect {
	if e.Status < 400 || e.Status >= 500 || !responsesOnly.in(e.Message) {
		return nil
	}
	return responses{}
}

var responsesOnly = wordsOf(
	`(?i)\bv1/responses\b|/responses\b|responses api|not a chat model|chat/completions endpoint`,
	`chatcompletion operation does not work`,
)

// noteMoved tells that a model was asked through another API than the config's kind says.
const noteMoved = "asked through the Responses API, the only one that serves this model"

// limited wraps a consumer to end an answer with "length" at max_tokens, for servers that do not
// tell.
func (m *remote) limited(
	yield func(providers.Event, error) bool,
) func(providers.Event, error) bool {
	if m.params.MaxTokens == nil || m.dialect().tellsLimit(m.provider) {
		return yield
	}
	output := 0
	return func(ev providers.Event, err error) bool {
		switch {
		case ev.Type == providers.EventUsage && ev.Usage != nil:
			output = ev.Usage.Output
		case ev.Type == providers.EventFinish && ev.Text == providers.FinishStop &&
			output >= *m.params.MaxTokens:
			ev.Text = providers.FinishLength
		}
		return yield(ev, err)
	}
}
