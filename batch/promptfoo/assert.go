package promptfoo

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"lineup/batch/check"
	"lineup/jsoncheck"
)

// outcome is what an assertion finds.
type outcome struct {
	pass  bool
	score float64
	why   string
}

// errThrown says that promptfoo throws an error at the assertion: the whole test fails.
type errThrown struct{ why string }

func (e errThrown) Error() string { return e.why }

// errUnknown says that a number is not known, so that nothing can be said.
type errUnknown struct{ what string }

func (e errUnknown) Error() string { return e.what }

// input is what an assertion looks at.
type input struct {
	context.Context
	check.Subject
	check.Env
	text  string
	value any // as rendered with the variables of the case
	a     *assertion
}

// assertion is one assert of a test.
type assertion struct {
	kind      string // without not-
	not       bool
	value     any
	threshold *float64
	weight    float64
	metric    string
	grader    string // the model of llm-rubric, as for -m
}

// kinds are the assertions that are read. Each gives the verdict before not- turns it round.
func kinds() map[string]func(in input) (outcome, error) {
	return map[string]func(in input) (outcome, error){
		"equals":        equals,
		"contains":      one(strings.Contains),
		"icontains":     one(folded(strings.Contains)),
		"starts-with":   startsWith,
		"contains-any":  several(slices.ContainsFunc[[]string], strings.Contains),
		"icontains-any": several(slices.ContainsFunc[[]string], folded(strings.Contains)),
		"contains-all":  several(all, strings.Contains),
		"icontains-all": several(all, folded(strings.Contains)),
		"regex":         matches,
		"is-json":       isJSON,
		"contains-json": containsJSON,
		"latency":       latency,
		"cost":          costs,
		"levenshtein":   levenshtein,
		"llm-rubric":    rubric,
		"javascript":    javascript,
	}
}

// all reports whether a test holds for each text.
func all(texts []string, test func(string) bool) bool {
	return !slices.ContainsFunc(texts, func(s string) bool { return !test(s) })
}

// folded compares in lower case.
func folded(test func(text, part string) bool) func(text, part string) bool {
	return func(text, part string) bool {
		return test(lower(text), lower(part))
	}
}

// is makes an outcome.
func is(pass bool, why string) (outcome, error) {
	o := outcome{pass: pass, why: why}
	if pass {
		o.score = 1
	}
	return o, nil
}

// short is a text in a reason.
func short(v any) string {
	text := []rune(strings.Join(strings.Fields(jsString(v)), " "))
	if len(text) > 60 {
		return string(text[:60]) + "…"
	}
	return string(text)
}

func equals(in input) (outcome, error) {
	switch v := in.value.(type) {
	case nil, []any, map[string]any:
		got, ok := parseJSON(in.text)
		return is(ok && reflect.DeepEqual(got, v), "the output is "+short(in.text))
	}
	return is(jsString(in.value) == in.text, "the output is "+short(in.text))
}

// one reads a text or a number that a test looks for.
func one(test func(text, part string) bool) func(in input) (outcome, error) {
	return func(in input) (outcome, error) {
		if _, isNumber := in.value.(float64); !isNumber {
			if s, _ := in.value.(string); s == "" {
				return outcome{}, errThrown{in.a.kind + " needs a text or a number"}
			}
		}
		return is(test(in.text, jsString(in.value)), "it is not there: "+short(in.value))
	}
}

func startsWith(in input) (outcome, error) {
	s, _ := in.value.(string)
	if s == "" {
		return outcome{}, errThrown{"starts-with needs a text"}
	}
	return is(strings.HasPrefix(in.text, s), "the output begins with "+short(in.text))
}

// several reads a list, or a text with commas.
func several(over func([]string, func(string) bool) bool, test func(text, part string) bool,
) func(in input) (outcome, error) {
	return func(in input) (outcome, error) {
		var parts []string
		switch v := in.value.(type) {
		case []any:
			for _, item := range v {
				parts = append(parts, jsString(item))
			}
		case string:
			var ok bool
			if parts, ok = commaSeparated(v); !ok || v == "" {
				return outcome{}, errThrown{in.a.kind + " needs a list"}
			}
		default:
			return outcome{}, errThrown{in.a.kind + " needs a list"}
		}
		pass := over(parts, func(part string) bool { return test(in.text, part) })
		return is(pass, "of "+short(strings.Join(parts, ", ")))
	}
}

// commaSeparated splits a list in a text. A part in quotes may have commas. ok is false for quotes
// that do not end, or are followed by something else.
func commaSeparated(text string) (parts []string, ok bool) {
	const blank = " \t\r\n\v\f\u00a0\ufeff"
	for {
		text = strings.TrimLeft(text, blank+",")
		if text == "" {
			return parts, true
		}
		if text[0] != '"' {
			part, rest, _ := strings.Cut(text, ",")
			parts, text = append(parts, strings.Trim(part, blank)), rest
			continue
		}
		part, rest, ended := quotedPart(text[1:])
		rest = strings.TrimLeft(rest, blank)
		if !ended || rest != "" && rest[0] != ',' {
			return nil, false
		}
		parts, text = append(parts, part), rest
	}
}

// quotedPart reads up to the closing quote. \" and "" are a quote, \\ is a backslash.
func quotedPart(text string) (part, rest string, ended bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		next := byte(0)
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch c := text[i]; {
		case c == '\\' && (next == '"' || next == '\\'), c == '"' && next == '"':
			b.WriteByte(next)
			i++
		case c == '"':
			return b.String(), text[i+1:], true
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

// matches looks for a regular expression as JavaScript has them.
func matches(in input) (outcome, error) {
	s, _ := in.value.(string)
	if s == "" {
		return outcome{}, errThrown{"regex needs a text"}
	}
	p, err := compilePattern(s)
	if err != nil {
		return outcome{}, errBad{"no regular expression: " + err.Error()}
	}
	found, err := p.matches(in.text)
	if err != nil {
		return outcome{}, errUnknown{"the regular expression takes too long"}
	}
	return is(found, "the pattern does not match")
}

// errBad says that the assertion fails, whether it is turned round or not.
type errBad struct{ why string }

func (e errBad) Error() string { return e.why }

func isJSON(in input) (outcome, error) {
	v, ok := parseJSON(in.text)
	if !ok {
		return is(false, "the output is no JSON")
	}
	if !truthy(in.value) {
		return is(true, "")
	}
	schema, err := schemaOf(in.value)
	if err != nil {
		return outcome{}, err
	}
	result := schema.Check(jsonText(v, ""))
	return is(result.Valid, result.String())
}

func containsJSON(in input) (outcome, error) {
	objects := jsonObjects(in.text)
	if len(objects) == 0 || !truthy(in.value) {
		return is(len(objects) > 0, "no JSON is in the output")
	}
	schema, err := schemaOf(in.value)
	if err != nil {
		return outcome{}, err
	}
	why := ""
	for _, object := range objects {
		result := schema.Check(jsonText(object, ""))
		if result.Valid {
			return is(true, "")
		}
		why = result.String()
	}
	return is(false, why)
}

// draft7 are the keywords that Ajv knows, which promptfoo checks schemas with. It refuses others.
func draft7() []string {
	return strings.Fields("$schema $id $ref $defs $comment $anchor definitions title description " +
		"default deprecated readOnly writeOnly examples type nullable enum const multipleOf " +
		"maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern items " +
		"additionalItems maxItems minItems uniqueItems contains maxProperties minProperties " +
		"required properties patternProperties additionalProperties dependencies propertyNames " +
		"if then else allOf anyOf oneOf not contentMediaType contentEncoding")
}

// schemaOf is the schema that a value of an assertion says.
func schemaOf(v any) (*jsoncheck.Schema, error) {
	if text, isText := v.(string); isText {
		n, err := parseYAML(text)
		if err != nil {
			return nil, errThrown{"the schema is no YAML: " + err.Error()}
		}
		v = n.plain()
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errThrown{"a schema is an object"}
	}
	if _, given := object["$schema"]; given {
		if s, _ := object["$schema"].(string); !strings.Contains(s, "draft-07") {
			return nil, errThrown{"Ajv takes draft-07 alone"}
		}
	}
	if word := oddKeyword(object); word == "format" || word == "nullable" {
		return nil, unread("the keyword " + word + " of a schema")
	} else if word != "" {
		return nil, errThrown{"Ajv takes no keyword " + word}
	}
	schema := map[string]any{"$schema": "http://json-schema.org/draft-07/schema#"}
	for key, value := range object {
		schema[key] = value
	}
	parsed, err := jsoncheck.Parse("schema", []byte(jsonText(schema, "")))
	if err != nil {
		return nil, errThrown{err.Error()}
	}
	return parsed, nil
}

// oddKeyword finds a keyword of a schema that Ajv refuses, or that is checked there and not here.
func oddKeyword(schema map[string]any) string {
	for key, value := range schema {
		if !slices.Contains(draft7(), key) || key == "nullable" {
			return key
		}
		var below []any
		switch v := value.(type) {
		case map[string]any:
			below = append(below, v)
			if slices.Contains([]string{"properties", "patternProperties", "definitions", "$defs",
				"dependencies"}, key) {
				below = nil
				for _, sub := range v {
					below = append(below, sub)
				}
			}
			if key == "default" || key == "const" {
				below = nil
			}
		case []any:
			if key == "allOf" || key == "anyOf" || key == "oneOf" || key == "items" {
				below = v
			}
		}
		for _, sub := range below {
			if object, ok := sub.(map[string]any); ok {
				if word := oddKeyword(object); word != "" {
					return word
				}
			}
		}
	}
	return ""
}

func latency(in input) (outcome, error) {
	switch ms := in.Reply.Metrics.Duration; {
	case in.a.threshold == nil:
		return outcome{}, errThrown{"latency needs a threshold"}
	case ms == nil:
		return outcome{}, errUnknown{"the time is unknown"}
	default:
		return is(*ms <= *in.a.threshold, fmt.Sprintf("%.0f ms", *ms))
	}
}

func costs(in input) (outcome, error) {
	switch usd := in.Reply.Cost.USD; {
	case in.a.threshold == nil:
		return outcome{}, errThrown{"cost needs a threshold"}
	case usd == nil:
		return outcome{}, errUnknown{"the price is unknown"}
	default:
		return is(*usd <= *in.a.threshold, fmt.Sprintf("%g USD", *usd))
	}
}

func levenshtein(in input) (outcome, error) {
	want, isText := in.value.(string)
	if !isText {
		return outcome{}, errThrown{"levenshtein needs a text"}
	}
	most := 5.0
	if in.a.threshold != nil {
		most = *in.a.threshold
	}
	d, ok := check.Levenshtein(utf16Of(in.text), utf16Of(want))
	if !ok {
		return outcome{}, errUnknown{"the texts are too long to be compared"}
	}
	return is(float64(d) <= most, fmt.Sprintf("the distance is %d", d))
}

func javascript(in input) (outcome, error) {
	text, isText := in.value.(string)
	if !isText {
		return outcome{}, errBad{"javascript needs a text"}
	}
	s, err := compileScript(text)
	if err != nil {
		return outcome{}, err
	}
	v, err := s.run(in.text, in.Vars)
	switch {
	case errors.Is(err, errThrows):
		return outcome{}, errBad{err.Error()}
	case err != nil:
		return outcome{}, errUnknown{err.Error()}
	}
	switch v := number(v).(type) {
	case bool:
		return is(v, fmt.Sprintf("it is %v", v))
	case float64:
		pass := v > 0
		if in.a.threshold != nil {
			pass = v >= *in.a.threshold
		}
		return outcome{pass, v, "it is " + jsNumber(v)}, errScore
	}
	return outcome{}, errBad{"it is no bool and no number"}
}

// errScore says that not- turns the verdict round, but not the score.
var errScore = errors.New("the score stays")

// gradingPrompt is what promptfoo asks a grader by itself.
const gradingPrompt = `You are grading output according to a user-specified rubric. If the ` +
	`statement in the rubric is true, then the output passes the test. You respond with a JSON ` +
	`object with this structure: {reason: string, pass: boolean, score: number}` + "\n\n"

func rubric(in input) (outcome, error) {
	if in.a.grader == "" || in.Ask == nil {
		return outcome{}, errUnknown{"nobody can be asked"}
	}
	want := ""
	if in.value != nil {
		want = jsString(in.value)
	}
	said, err := in.Ask(in, in.a.grader, gradingPrompt+"<Output>\n"+in.text+
		"\n</Output>\n<Rubric>\n"+want+"\n</Rubric>")
	if err != nil {
		return outcome{}, errBad{"no grade: " + err.Error()}
	}
	objects := jsonObjects(said)
	if len(objects) == 0 {
		return outcome{}, errBad{"no grade: the model said " + short(said)}
	}
	grade, _ := objects[0].(map[string]any)
	o := outcome{pass: true}
	switch pass := grade["pass"].(type) {
	case nil:
	case bool:
		o.pass = pass
	default:
		o.pass = yesWord.MatchString(jsString(pass))
	}
	var scored bool
	if o.score, scored = grade["score"].(float64); !scored && o.pass {
		o.score = 1
	}
	if in.a.threshold != nil {
		o.pass = o.pass && o.score >= *in.a.threshold
	}
	o.why, _ = grade["reason"].(string)
	return o, nil
}

var yesWord = regexp.MustCompile(`(?i)^(true|yes|pass|y)$`)
