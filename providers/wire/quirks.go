package wire

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"lineup/providers"
)

// quirks are what a provider's servers have refused by name, a model each: asked once, remembered until the program
// ends. Its zero value knows none.
type quirks struct {
	mu     sync.Mutex
	models map[string]*modelQuirks
}

// modelQuirks is what is known of one model.
type modelQuirks struct {
	dropped []string          // fields that must not be sent
	renamed map[string]string // max_tokens by the name that the server takes

	adaptive bool // Anthropic's newer models: how long to think is theirs to decide, only the effort is ours
}

// adaptive reports whether a model refuses a budget for its thinking.
func (q *quirks) adaptive(model string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := q.models[model]
	return k != nil && k.adaptive
}

// apply changes the fields of a request to what the model is known to take. It returns the parameters that were left
// out, by the names that the config has for them.
func (q *quirks) apply(model string, fields map[string]any) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := q.models[model]
	if k == nil {
		return nil
	}
	for from, to := range k.renamed {
		rename(fields, from, to)
	}
	var out []string
	for _, name := range k.dropped {
		if _, ok := fields[name]; ok {
			delete(fields, name)
			out = append(out, configName(name))
		}
	}
	return out
}

// adapt learns from an error which field the server does not take. It reports whether the same request, without that
// field or with it under its other name, is worth sending.
func (q *quirks) adapt(model string, fields map[string]any, e *providers.Error) bool {
	if e.Kind != providers.BadRequest || e.Status != http.StatusBadRequest && e.Status != http.StatusUnprocessableEntity {
		return false
	}
	budget := hasBudget(fields) && strings.Contains(e.Message, "thinking.type.enabled")
	name := refusedField(fields, e)
	if name == "" && !budget {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.models == nil {
		q.models = map[string]*modelQuirks{}
	}
	if q.models[model] == nil {
		q.models[model] = &modelQuirks{renamed: map[string]string{}}
	}
	k := q.models[model]
	if budget && !k.adaptive {
		k.adaptive = true
		return true
	}
	// OpenAI's reasoning models take max_completion_tokens alone, Mistral max_tokens alone.
	if other := otherName(name); other != "" && k.renamed[other] == "" {
		k.renamed[name] = other
		return true
	}
	if !slices.Contains(k.dropped, name) {
		k.dropped = append(k.dropped, name)
	}
	return true
}

// otherName is the other spelling of the limit on output tokens.
func otherName(field string) string {
	switch field {
	case "max_tokens":
		return "max_completion_tokens"
	case "max_completion_tokens":
		return "max_tokens"
	}
	return ""
}

// configName is the config's name for a field of a request.
func configName(field string) string {
	switch field {
	case "think", "thinking", "reasoning", "output_config":
		return "reasoning_effort"
	case "random_seed":
		return "seed"
	case "stop_sequences":
		return "stop"
	case "max_completion_tokens":
		return "max_tokens"
	}
	return field
}

// refusal matches messages that refuse a field as such, and not the value that it has.
var refusal = regexp.MustCompile(`(?i)unsupported|not support|unknown|unrecogni[sz]ed|not permitted|forbidden|not allowed|unexpected|extra (inputs|fields)|deprecated|cannot be (set|used)|cannot both|may only be set|unset when|only the default`)

// eitherOf matches messages that refuse two fields at once, each of which would do (Anthropic's models since Sonnet 4.5).
var eitherOf = regexp.MustCompile(`(?i)cannot both be`)

// refusedField finds the field of the request that an error refuses by name, "" where it names none.
func refusedField(fields map[string]any, e *providers.Error) string {
	param, _, _ := strings.Cut(e.Param, ".")
	if droppable(fields, param) && (otherName(param) == "" || refusal.MatchString(e.Message)) {
		return param
	}
	if !refusal.MatchString(e.Message) {
		return ""
	}
	// Ollama says it of the model, in words: "x" does not support thinking; think value "high" is not supported …
	if strings.Contains(e.Message, "support thinking") || strings.HasPrefix(e.Message, "think value") {
		for _, name := range []string{"think", "reasoning_effort", "reasoning", "thinking"} {
			if droppable(fields, name) {
				return name
			}
		}
	}
	best, at := "", len(e.Message)
	for name := range fields {
		i := mention(e.Message, name)
		if i >= 0 && eitherOf.MatchString(e.Message) { // of two that exclude each other the second goes: of temperature and top_p, top_p
			i = len(e.Message) - 1 - i
		}
		if i >= 0 && i < at && droppable(fields, name) {
			best, at = name, i
		}
	}
	return best
}

// droppable reports whether a request can do without a field.
func droppable(fields map[string]any, name string) bool {
	switch name {
	case "model", "messages", "system", "stream":
		return false
	}
	_, ok := fields[name]
	return ok
}

// mention finds where a message names a field: in quotes, or as a word that is none of plain English.
func mention(message, field string) int {
	for _, q := range []string{`"`, `'`, "`"} {
		for _, end := range []string{q, "."} { // "thinking.type.disabled" names thinking
			if i := strings.Index(message, q+field+end); i >= 0 {
				return i
			}
		}
	}
	if !strings.Contains(field, "_") && field != "temperature" {
		return -1
	}
	i := strings.Index(message, field)
	if i < 0 || i > 0 && wordByte(message[i-1]) || i+len(field) < len(message) && wordByte(message[i+len(field)]) {
		return -1
	}
	return i
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
