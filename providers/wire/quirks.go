package wire

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"lineup/providers"
)

// quirks are what a provider's servers have refused by name, a model each: asked once, remembered
// until the program ends. Its zero value knows none.
type quirks struct {
	mu     sync.Mutex
	models map[string]*modelQuirks
}

// modelQuirks is what is known of one model.
type modelQuirks struct {
	dropped []string          // fields that must not be sent
	renamed map[string]string // max_tokens by the name that the server takes

	// Anthropic's newer models: how long to think is theirs to decide, only the effort is ours
	adaptive bool
	whole    bool // the model does not stream, or not for this key

	moved   dialect         // the one that the model wants in place of the provider's
	because providers.Error // what it said of that
	barred  bool            // the server does not speak that one
}

// adaptive reports whether a model refuses a budget for its thinking.
func (q *quirks) adaptive(model string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := q.models[model]
	return k != nil && k.adaptive
}

// apply changes the fields of a request to what the model is known to take. It returns the
// parameters that were left out, by the names that the config has for them.
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
	if k.whole {
		fields["stream"] = false
		delete(fields, "stream_options")
	}
	var out []string
	for _, name := range k.dropped {
		if nested(fields, name) != nil {
			outer, inner, _ := strings.Cut(name, ".")
			in := maps.Clone(fields[outer].(map[string]any)) // the config's own may be in it
			delete(in, inner)
			if fields[outer] = in; len(in) == 0 {
				delete(fields, outer)
			}
			out = append(out, configName(strings.TrimPrefix(name, "options.")))
			continue
		}
		if _, ok := fields[name]; ok {
			delete(fields, name)
			out = append(out, configName(name))
		}
	}
	return out
}

// adapt learns from an error which field the server does not take. It reports whether the same
// request, without that field or with it under its other name, is worth sending.
func (q *quirks) adapt(model string, fields map[string]any, e *providers.Error) bool {
	if e.Kind != providers.BadRequest || e.Status != http.StatusBadRequest &&
		e.Status != http.StatusUnprocessableEntity {
		return false
	}
	budget := hasBudget(fields) && strings.Contains(e.Message, "thinking.type.enabled")
	streams := fields["stream"] == true && refusesStream(e)
	name := refusedField(fields, e)
	if name == "" && !budget && !streams {
		return false
	}
	k, done := q.of(model)
	defer done()
	switch {
	case budget && !k.adaptive:
		k.adaptive = true
		return true
	case streams:
		k.whole = true
		return true
	}
	// OpenAI's reasoning models take max_completion_tokens alone, Mistral max_tokens alone.
	if other := otherName(name); other != "" && k.renamed[other] == "" {
		k.renamed[name] = other
		return true
	}
	k.drop(name)
	return true
}

// drop notes that a field must not be sent to a model.
func (q *quirks) drop(model, field string) {
	k, done := q.of(model)
	defer done()
	k.drop(field)
}

func (k *modelQuirks) drop(field string) {
	if !slices.Contains(k.dropped, field) {
		k.dropped = append(k.dropped, field)
	}
}

// of locks the quirks of a model; done unlocks them.
func (q *quirks) of(model string) (k *modelQuirks, done func()) {
	q.mu.Lock()
	if q.models == nil {
		q.models = map[string]*modelQuirks{}
	}
	if q.models[model] == nil {
		q.models[model] = &modelQuirks{renamed: map[string]string{}}
	}
	return q.models[model], q.mu.Unlock
}

// dialectOf is the other dialect by which a model is asked, nil for the provider's own.
func (q *quirks) dialectOf(model string) dialect {
	k, done := q.of(model)
	defer done()
	if k.barred {
		return nil
	}
	return k.moved
}

// move notes that a model wants another dialect, with its words. It reports whether that is new.
func (q *quirks) move(model string, to dialect, because *providers.Error) bool {
	k, done := q.of(model)
	defer done()
	if k.moved != nil {
		return false
	}
	k.moved, k.because = to, *because
	return true
}

// bar notes that the server has no such dialect after all. It gives what the model had said.
func (q *quirks) bar(model string) providers.Error {
	k, done := q.of(model)
	defer done()
	k.barred = true
	return k.because
}

// refusesStream reports whether an error refuses to stream the answer.
func refusesStream(e *providers.Error) bool {
	return e.Param == "stream" || streamRefusal.in(e.Message)
}

var streamRefusal = wordsOf(
	`(?i)\bstream(ing|ed)?\b[^.]{0,40}(not (be )?(supported|allowed|available|enabled)|`+
		`unsupported|disabled|must be (set to )?false)`,
	`(not|n't|cannot) (support |be )?(stream(ing|ed)?)\b|to stream this model`,
	`set ['"\x60]?stream['"\x60]? to false`,
)

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

// isLimit reports whether a field bounds what a request may cost. It is dropped where it is refused
// as such, never for its value.
func isLimit(field string) bool {
	return otherName(field) != "" || field == "max_output_tokens" || field == "num_predict"
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
	case "max_completion_tokens", "max_output_tokens", "num_predict":
		return "max_tokens"
	}
	return field
}

// refusal has the words for a refused field, whatever its value.
var refusal = wordsOf(
	`(?i)unsupported|not support|unknown|unrecogni[sz]ed|not permitted|forbidden|not allowed`,
	`unexpected|extra (inputs|fields)|deprecated|cannot be (set|used)|cannot both`,
	`may only be set|unset when|only the default`,
)

// valueRefusal matches messages that leave a field one value, or a few: the model has no such
// parameter.
var valueRefusal = wordsOf(
	`(?i)\bonly\b[^.]{0,40}\b(allowed|supported|accepted|valid|permitted|available)`,
	`\b(supports?|accepts?|allows?|takes) only\b|\bonly (supports?|accepts?|allows?|takes)\b`,
	`\b(must|should|has to|needs to|can only|may only|is fixed|fixed)\b( to|`+
		` at)?( be)?( (exactly|equal to|set to|fixed (at|to)|left at|one of|either|`+
		`the default))?:? ?['"\x60\[(]?(\d+(\.\d+)?\b|one of|default|null|none|unset|omitted)`,
	`\b(must|should|has to|needs to|can only|may only) be (exactly |set to |either )?['"\x60]\w`,
	`(supported|allowed|valid|accepted|permitted) values? (is|are|include)|expected one of`,
)

// rangeRefusal matches messages that say within which bounds a field has to be.
var rangeRefusal = wordsOf(
	`(?i)\b(must|should|has to|have to|needs? to|can only|is not|ensure)\b[^.;]{0,30}\b(between|within|`+
		`in (the |an? )?(inclusive )?(range|interval)|less|lower|smaller|greater|larger|higher|at (most|`+
		`least)|no (more|less|greater)|positive|non-?negative|non-?zero|below|above|under|exceed)\b`,
	`(?i)\b(must|should|has to|have to)( be)?( in)? ?([\[(≤≥<>]|-?\d)`,
	`(?i)\b(cannot|can't|can not|may not|must not) (be )?(exceed|(greater|larger|higher|less|lower|`+
		`smaller|more) than|negative|zero|above|below)`,
	`(?i)out of (the )?(allowed |valid )?(range|bounds)|\b(less|greater) than or equal to\b`,
	`(?i)(above|below|(smaller|less|greater|larger|higher|lower) than|exceeds?) (the |its )?(allowed )?`+
		`(max|min)`,
	`(?i)\brange (of|is|for|should)\b|\b(allowed|valid|supported|accepted|permitted) range\b`,
	`(?i)\bis (too (high|low|large|small|big)|(greater|larger|higher|less|lower|smaller) than)\b`,
	`(?i)expected a (value|number|decimal|float) ([<>≤≥]|between)`,
)

// eitherOf has the words of Anthropic's models since Sonnet 4.5 for two fields that exclude each
// other.
var eitherOf = wordsOf(
	`(?i)cannot both be`,
)

// refusedField finds the field of the request that an error refuses by name, "" where it names
// none.
func refusedField(fields map[string]any, e *providers.Error) string {
	if summary := "reasoning.summary"; (e.Param == summary ||
		strings.Contains(e.Message, summary)) && nested(fields, summary) != nil {
		return summary
	}
	param, _, _ := strings.Cut(e.Param, ".")
	outright := refusal.in(e.Message)
	if droppable(fields, param) && (!isLimit(param) || outright) {
		return param
	}
	option := strings.TrimPrefix(e.Param, "options.")
	if nested(fields, "options."+option) != nil && (!isLimit(option) || outright) {
		return "options." + option
	}
	if !outright && !valueRefusal.in(e.Message) && !rangeRefusal.in(e.Message) {
		return ""
	}
	// Ollama says it of the model, in words: "x" does not support thinking; think value "high" is
	// not supported …
	if strings.Contains(e.Message, "support thinking") ||
		strings.HasPrefix(e.Message, "think value") {
		for _, name := range []string{"think", "reasoning_effort", "reasoning", "thinking"} {
			if droppable(fields, name) {
				return name
			}
		}
	}
	best, at := "", len(e.Message)
	for name, spelling := range refusable(fields) {
		if isLimit(spelling) && !outright {
			continue
		}
		i := mention(e.Message, spelling)
		// of two that exclude each other the second goes: of temperature and top_p, top_p
		if i >= 0 && eitherOf.in(e.Message) {
			i = len(e.Message) - 1 - i
		}
		if i >= 0 && i < at && (name != spelling || droppable(fields, name)) {
			best, at = name, i
		}
	}
	return best
}

// refusable are the fields of a request that a message may name, each with the name that stands
// there: Ollama's options are named without the field around them.
func refusable(fields map[string]any) map[string]string {
	names := map[string]string{}
	for name := range fields {
		names[name] = name
	}
	options, _ := fields["options"].(map[string]any)
	for name := range options {
		names["options."+name] = name
	}
	return names
}

// nested is a field within another one, such as reasoning.summary; nil where it is not there.
func nested(fields map[string]any, path string) any {
	outer, inner, _ := strings.Cut(path, ".")
	in, _ := fields[outer].(map[string]any)
	return in[inner]
}

// droppable reports whether a request can do without a field.
func droppable(fields map[string]any, name string) bool {
	switch name {
	case "model", "messages", "input", "system", "instructions", "stream", "store":
		return false
	}
	_, ok := fields[name]
	return ok
}

// mention finds the name of a field in a message: in quotes, or after a word for fields. Names with
// a sign of their own may stand alone, with spaces, or in camel case.
func mention(message, field string) int {
	for _, q := range []string{`"`, `'`, "`"} {
		for _, end := range []string{q, "."} { // "thinking.type.disabled" names thinking
			if i := strings.Index(message, q+field+end); i >= 0 {
				return i
			}
		}
	}
	message = strings.ToLower(message)
	spellings := []string{field}
	if words := strings.Split(field, "_"); len(words) > 1 {
		camel := words[0]
		for _, w := range words[1:] {
			camel += w
		}
		spellings = append(spellings, strings.Join(words, " "), camel)
	} else if field != "temperature" {
		for _, word := range []string{"parameter ", "param ", "field ", "argument ", "property ",
			"invalid ", "value for "} {
			if i := findWord(message, word+field); i >= 0 {
				return i
			}
		}
		for _, after := range []string{":", " must ", " should ", " has to ", " cannot ",
			" is not ", " is un", " is only ", " is fixed ", " isn't "} {
			if strings.HasPrefix(message, field+after) {
				return 0
			}
		}
		if field == "seed" || field == "stop" { // tools, thinking have words of their own
			if i := findWord(message, "support "+field); i >= 0 {
				return i
			}
		}
		if end := ": " + field; strings.HasSuffix(strings.TrimRight(message, " ."), end) {
			return strings.LastIndex(message, end)
		}
		return -1
	}
	for _, s := range spellings {
		if i := findWord(message, s); i >= 0 {
			return i
		}
	}
	return -1
}

// findWord finds a word that is no part of a longer one.
func findWord(message, word string) int {
	i := strings.Index(message, word)
	end := i + len(word)
	if i < 0 || i > 0 && wordByte(message[i-1]) || end < len(message) && wordByte(message[end]) {
		return -1
	}
	return i
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
