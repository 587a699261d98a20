package promptfoo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lineup/config"
)

// pane is a provider of promptfoo: what is asked.
type pane struct {
	pane  config.Pane
	added *config.Provider // that the config lacks; nil where it has it, or an earlier pane adds it
	id    string           // as promptfoo names it
	label string
}

// vendor is a kind of provider that is read.
type vendor struct {
	prefix string // of its ids
	kind   config.Kind
	name   string // of the provider in lineup
	base   string
	keyEnv string
}

func vendors() []vendor {
	return []vendor{
		{"openai:chat:", config.OpenAI, "openai", "https://api.openai.com/v1", "OPENAI_API_KEY"},
		{"ollama:chat:", config.Ollama, "ollama", "http://localhost:11434", ""},
		{"anthropic:messages:", config.Anthropic, "anthropic", "https://api.anthropic.com",
			"ANTHROPIC_API_KEY"},
		{"openrouter:", config.OpenAI, "openrouter", "https://openrouter.ai/api/v1",
			"OPENROUTER_API_KEY"},
	}
}

// readProviders reads the providers: ids, and tables with an id and a config.
func (r *reader) readProviders(list *node) {
	if list == nil {
		return
	}
	items := list.list
	if list.kind != listNode {
		items = []*node{list}
	}
	for _, item := range items {
		if p, ok := r.provider(item); ok {
			r.panes = append(r.panes, p)
		}
	}
}

// provider reads one provider.
func (r *reader) provider(n *node) (p pane, ok bool) {
	id, isText := n.text()
	settings := &node{line: n.line, column: n.column}
	if !isText {
		if n.get("id") == nil && len(n.keys) == 1 && strings.Contains(n.keys[0].name, ":") {
			id, n = n.keys[0].name, n.keys[0].value // openai:chat:M: { config: … }
		} else {
			id, _ = n.get("id").text()
		}
		p.label, _ = n.get("label").text()
		r.unreadKeys(n, "id", "label", "config")
		if n.get("transform") != nil {
			r.unchecked = "the transform of a provider is not read"
		}
		if c := n.get("config"); c != nil {
			settings = c
		}
	}
	p.id = id
	if r.keyIn(settings, id) {
		return p, false
	}
	for _, v := range vendors() {
		if model, found := strings.CutPrefix(id, v.prefix); found && model != "" {
			return p, r.pane(&p, n, settings, v, model)
		}
	}
	r.unread(n, "the provider "+strconv.Quote(id))
	return p, false
}

// keyIn refuses a key in the settings of a provider, be it one that is read or not.
func (r *reader) keyIn(settings *node, id string) bool {
	key := settings.get("apiKey")
	if key == nil {
		return false
	}
	env := "NAME_OF_VARIABLE"
	for _, v := range vendors() {
		if v.keyEnv != "" && strings.HasPrefix(id, v.prefix) {
			env = v.keyEnv
		}
	}
	r.wrong(key, "apiKey: a key does not belong in this file; name the variable that holds it "+
		"with apiKeyEnvar: %s", env)
	return true
}

// pane makes the pane of a provider.
func (r *reader) pane(p *pane, at, settings *node, v vendor, model string) bool {
	base, env := v.base, v.keyEnv
	if s, ok := settings.get("apiBaseUrl").text(); ok && s != "" {
		base = s
	}
	if s, ok := settings.get("apiHost").text(); ok && s != "" && v.name == "openai" {
		base = "https://" + s + "/v1" // promptfoo takes it before the other
	}
	if strings.TrimRight(base, "/") != v.base { // a key goes to its own provider alone
		env = ""
	}
	if s, ok := settings.get("apiKeyEnvar").text(); ok {
		env = s
	}
	provider, added, err := r.named(v, base, env)
	if err != nil {
		r.wrong(at, "the provider %s: %v", p.id, err)
		return false
	}
	p.added = added
	p.pane.Ref, p.pane.Name = provider+"/"+model, p.label
	r.params(&p.pane, settings, v, model)
	return true
}

// named gives the name of a provider with an address and a key: of one that the config or the file
// has, or of a new one.
func (r *reader) named(v vendor, base, env string) (
	name string, added *config.Provider, err error,
) {
	all := slices.Clone(r.o.Config.Providers)
	for _, p := range r.panes {
		if p.added != nil {
			all = append(all, *p.added)
		}
	}
	all = append(all, r.graders...)
	taken := map[string]bool{}
	for _, p := range all {
		taken[p.Name] = true
		keyed := p.APIKeyCmd != "" || p.APIKeyKeyring != ""
		if p.Kind == v.kind && strings.TrimRight(p.BaseURL, "/") == strings.TrimRight(base, "/") &&
			(p.APIKeyEnv == env || keyed && env == v.keyEnv) {
			return p.Name, nil, nil
		}
	}
	name = v.name
	for n := 2; taken[name]; n++ {
		name = v.name + "-" + strconv.Itoa(n)
	}
	// The config's own rules hold for what the file says.
	text := fmt.Sprintf("[providers.%s]\nkind = %q\nbase_url = %s\n", name, v.kind,
		jsonText(base, ""))
	if env != "" {
		text += "api_key_env = " + jsonText(env, "") + "\n"
	}
	c, err := config.Parse("", []byte(text))
	var wrong config.Errors
	if errors.As(err, &wrong) {
		return "", nil, errors.New(wrong[0].Message)
	} else if err != nil {
		return "", nil, err
	}
	return name, &c.Providers[0], nil
}

// defaultMaxTokens is what promptfoo sends where the file says nothing.
const defaultMaxTokens = 1024

// thinks reports whether a model is one of OpenAI's that take no temperature.
func thinks(model string) bool {
	name := model[strings.LastIndexByte(model, '/')+1:]
	return slices.ContainsFunc([]string{"o1", "o3", "o4", "gpt-5"},
		func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// params reads the settings of a provider. Where they say nothing, promptfoo's defaults hold.
func (r *reader) params(p *config.Pane, n *node, v vendor, model string) {
	p.Params = config.Params{}
	if v.kind != config.Ollama && !thinks(model) {
		zero, most := 0.0, defaultMaxTokens
		p.Params.Temperature, p.Params.MaxTokens = &zero, &most
	}
	body := map[string]any{}
	for _, e := range n.keys {
		at := &node{line: e.line, column: e.column}
		f, isNumber := e.value.number()
		whole := int(f)
		if !isNumber && slices.Contains(numbers(), e.name) {
			if e.value.plain() != nil {
				r.notes = append(r.notes, r.diagnostic(at, e.name, "is not read: no number"))
			}
			continue // the default holds
		}
		switch e.name {
		case "apiBaseUrl", "apiKeyEnvar", "apiKeyRequired":
		case "apiHost":
			if v.name != "openai" {
				r.notes = append(r.notes, r.diagnostic(at, e.name, "is not read"))
			}
		case "temperature":
			p.Params.Temperature = &f
		case "top_p":
			p.Params.TopP = &f
		case "top_k":
			p.Params.TopK = &whole
		case "max_tokens", "max_completion_tokens", "num_predict":
			p.Params.MaxTokens = &whole
		case "num_ctx":
			p.Params.NumCtx = &whole
		case "seed":
			p.Params.Seed = new(int64(f))
		case "stop":
			p.Params.Stop = textsOf(e.value)
		case "reasoning_effort":
			p.Params.ReasoningEffort, _ = e.value.text()
		case "showThinking":
		case "frequency_penalty", "presence_penalty", "response_format":
			body[e.name] = e.value.plain()
			if kind, _ := e.value.get("type").text(); kind == "json_schema" {
				// promptfoo parses the answer, and checks what it writes from that
				r.unread(at, "response_format with a json_schema")
				r.unchecked = "response_format with a json_schema is not read"
			}
		case "passthrough":
			if more, ok := e.value.plain().(map[string]any); ok {
				maps.Copy(body, more)
			}
		default:
			r.notes = append(r.notes, r.diagnostic(at, e.name, "is not read"))
		}
	}
	if len(body) > 0 {
		p.Body = body
	}
}

// numbers are the settings that are numbers.
func numbers() []string {
	return []string{"temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens",
		"num_predict", "num_ctx", "seed"}
}

// textsOf is a text, or a list of them.
func textsOf(n *node) (out []string) {
	if s, ok := n.text(); ok {
		return []string{s}
	}
	for _, item := range n.list {
		if s, ok := item.text(); ok {
			out = append(out, s)
		}
	}
	return out
}

// grader is the model that grades, as for -m; "" where it is not read.
func (r *reader) grader(n *node) string {
	p, ok := r.provider(n)
	if !ok {
		return ""
	}
	if p.added != nil { // a pane that is asked by checks alone
		r.graders = append(r.graders, *p.added)
	}
	arg := p.pane.Ref
	if strings.Contains(arg, " ") {
		arg = strconv.Quote(arg)
	}
	if t := p.pane.Params.Temperature; t != nil {
		arg += " temperature=" + jsNumber(*t)
	}
	if most := p.pane.Params.MaxTokens; most != nil {
		arg += " max_tokens=" + strconv.Itoa(*most)
	}
	return arg
}

// allowed are the panes that a test asks, nil for all.
func (r *reader) allowed(t *test) []int {
	if t.providers == nil {
		return nil
	}
	panes := []int{}
	for i, p := range r.panes {
		if slices.ContainsFunc(t.providers, p.isCalled) {
			panes = append(panes, i)
		}
	}
	return panes
}

// isCalled reports whether a name of a test means the provider: its label or id, their beginning up
// to a colon, or with a star.
func (p pane) isCalled(name string) bool {
	for _, own := range []string{p.label, p.id} {
		start, star := strings.CutSuffix(name, "*")
		switch {
		case own == "":
		case own == name, strings.HasPrefix(own, name+":"), star && strings.HasPrefix(own, start):
			return true
		}
	}
	return false
}
