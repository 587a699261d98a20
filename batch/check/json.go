package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/theory/jsonpath"

	"lineup/batch/template"
	"lineup/jsoncheck"
)

// readJSON reads json = true, or false for not_json.
func readJSON(r *reading) body {
	want := true
	r.t.Flag(r.key, &want)
	return body{words: func(func(string) string) string {
		if want {
			return ""
		}
		return "false"
	}, run: func(_ context.Context, a asked) answer {
		_, isJSON := jsoncheck.Value(a.text)
		is := answer{holds: isJSON == want, why: "the answer is JSON"}
		if !isJSON {
			is.why = whyNoJSON(a.text)
		}
		return is
	}}
}

// whyNoJSON says why an answer is no JSON.
func whyNoJSON(text string) string {
	anything, err := jsoncheck.Parse("any", []byte("true"))
	if err != nil {
		return err.Error()
	}
	return anything.Check(text).String()
}

// readSchema reads schema = "FILE", or a table with the schema itself.
func readSchema(r *reading) body {
	v, ok := r.t.JSON(r.key)
	if !ok {
		return body{}
	}
	var source []byte
	var err error
	name := "table"
	switch v := v.(type) {
	case string:
		name = v
		source, err = readFile(r.t.Path(v))
	case map[string]any:
		source, err = json.Marshal(v)
	default:
		err = errors.New("must be the name of a file or a table with the schema")
	}
	if err != nil {
		r.wrong(r.key, err.Error())
		return body{}
	}
	schema, err := jsoncheck.Parse(filepath.Base(name), source)
	var wrong *jsoncheck.SchemaError
	switch _, isFile := v.(string); {
	case errors.As(err, &wrong) && isFile:
		r.wrong(r.key, name+":"+wrong.Error())
	case errors.As(err, &wrong): // its lines are not those of the suite
		r.wrong(r.key, wrong.Message)
	case err != nil:
		r.wrong(r.key, err.Error())
	}
	return body{id: map[string]any{"file": name, "schema": string(source)},
		words: func(func(string) string) string { return name },
		run: func(_ context.Context, a asked) answer {
			fits := schema.Check(a.text)
			if fits.Valid {
				return yes("the answer fits the schema")
			}
			return no(fits.String())
		}}
}

// maxSchema bounds the size of a file with a schema.
const maxSchema = 4 << 20

// readFile reads a file that a suite names.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("there is no file %q", path)
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%q is no regular file", path)
	case err == nil && info.Size() > maxSchema:
		return nil, fmt.Errorf("%q is too large for a schema", path)
	case err != nil:
		return nil, fmt.Errorf("%q cannot be read: %w", path, err)
	}
	return os.ReadFile(path)
}

// pathCheck is json_path with its other keys.
type pathCheck struct {
	path     *jsonpath.Path
	equals   any
	contains any
	has      struct{ equals, contains, regex bool }
	regex    pattern
	least    *float64
	most     *float64
}

// readJSONPath reads json_path = "$.a" with what its values must be.
func readJSONPath(r *reading) body {
	var text string
	if !r.t.Text(r.key, &text) {
		return body{}
	}
	c := &pathCheck{}
	var err error
	if c.path, err = jsonpath.Parse(text); err != nil {
		r.wrong(r.key, "is no JSONPath (RFC 9535): "+
			strings.TrimPrefix(err.Error(), "jsonpath: "))
	}
	c.equals, c.has.equals = r.t.JSON("equals")
	c.contains, c.has.contains = r.t.JSON("contains")
	c.regex, c.has.regex = r.pattern("regex")
	r.number("at_least", &c.least)
	r.number("at_most", &c.most)
	b := body{run: c.run, texts: append(textsIn(c.equals), textsIn(c.contains)...)}
	if c.has.regex {
		b.texts, b.try = append(b.texts, c.regex.text), c.regex.try
	}
	b.words = func(fill func(string) string) string { return text + c.words(fill) }
	return b
}

// words are the conditions on the values.
func (c *pathCheck) words(fill func(string) string) string {
	var b strings.Builder
	if c.has.equals {
		b.WriteString(" equals " + template.Text(filled(c.equals, fill)))
	}
	if c.has.contains {
		b.WriteString(" contains " + template.Text(filled(c.contains, fill)))
	}
	if c.has.regex {
		b.WriteString(" regex " + fill(c.regex.text))
	}
	if c.least != nil {
		b.WriteString(" at_least " + decimal(*c.least))
	}
	if c.most != nil {
		b.WriteString(" at_most " + decimal(*c.most))
	}
	return b.String()
}

func (c *pathCheck) run(_ context.Context, a asked) answer {
	v, ok := jsoncheck.Value(a.text)
	if !ok {
		return no(whyNoJSON(a.text))
	}
	nodes := c.path.Select(plain(v))
	if len(nodes) == 0 {
		return no("nothing is there")
	}
	for _, node := range nodes {
		if is := c.test(node, a); !is.holds {
			return is
		}
	}
	return yes("it is " + shown(template.Text(nodes[0])))
}

// test compares one value with the conditions.
func (c *pathCheck) test(node any, a asked) answer {
	is := "it is " + shown(template.Text(node))
	if c.has.equals && !same(node, plain(filled(c.equals, a.fill))) {
		return no(is)
	}
	if c.has.contains && !holds(node, plain(filled(c.contains, a.fill))) {
		return no(is)
	}
	if c.has.regex {
		re, err := c.regex.compile(a.fill)
		if err != nil {
			return broken("no regular expression: " + reOf(err))
		}
		if !re.MatchString(template.Text(node)) {
			return no(is)
		}
	}
	if c.least == nil && c.most == nil {
		return yes(is)
	}
	n, isNumber := node.(float64)
	switch {
	case !isNumber:
		return no(is + ", which is no number")
	case c.least != nil && n < *c.least, c.most != nil && n > *c.most:
		return no(is)
	}
	return yes(is)
}

// holds reports whether a text has a part, a list an element, or an object a key.
func holds(node, part any) bool {
	switch node := node.(type) {
	case string:
		return strings.Contains(node, template.Text(part))
	case []any:
		for _, item := range node {
			if same(item, part) {
				return true
			}
		}
		return false
	case map[string]any:
		key, isText := part.(string)
		_, ok := node[key]
		return isText && ok
	}
	return same(node, part)
}

// same compares two values of JSON.
func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// plain gives all numbers of a value one type, so that 1 equals 1.0.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case int64:
		return float64(v)
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = plain(item)
		}
		return out
	}
	return v
}

// textsIn are the texts within a value, which may have variables.
func textsIn(v any) (texts []string) {
	switch v := v.(type) {
	case string:
		texts = append(texts, v)
	case []any:
		for _, item := range v {
			texts = append(texts, textsIn(item)...)
		}
	case map[string]any:
		for _, item := range v {
			texts = append(texts, textsIn(item)...)
		}
	}
	return texts
}

// filled is a value with the variables in its texts replaced.
func filled(v any, fill func(string) string) any {
	switch v := v.(type) {
	case string:
		return fill(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = filled(item, fill)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = filled(item, fill)
		}
		return out
	}
	return v
}

// decimal writes a number without an exponent.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
