package jsoncheck

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is a JSON Schema to check answers against. It is safe for concurrent use.
type Schema struct {
	Name   string          // for servers: letters, digits, _ and -
	Source json.RawMessage // as it was written

	compile func() (*jsonschema.Schema, error)
}

// SchemaError says what is wrong with a schema. Line and Column count from 1, the column in
// characters.
type SchemaError struct {
	Line, Column int
	Message      string
}

func (e *SchemaError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message)
}

// location is the address under which a schema is compiled, at a place of its own. Nothing is ever
// fetched from there.
const (
	place    = "schema:///"
	location = place + "answer"
)

// Parse reads a schema. Its name is that of the file, or whatever is to be told to servers. The
// error is a *SchemaError.
func Parse(name string, source []byte) (*Schema, error) {
	source = bytes.TrimPrefix(source, []byte("\uFEFF"))
	doc, err := read(source)
	if err != nil {
		return nil, syntaxError(source, err)
	}
	doc = doc.placed()
	for _, at := range doc.doubles {
		return nil, doc.errorAt(at, "this key comes twice")
	}
	switch doc.value.(type) {
	case map[string]any, bool:
	default:
		return nil, doc.errorAt("", "a JSON Schema is an object, true or false")
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	c.UseRegexpEngine(compilePattern)
	if err := c.AddResource(location, doc.value); err != nil {
		return nil, doc.explain(err)
	}
	compiled, err := c.Compile(location)
	if err != nil {
		return nil, doc.explain(err)
	}
	return &Schema{Name: nameOf(name), Source: source,
		compile: func() (*jsonschema.Schema, error) { return compiled, nil }}, nil
}

// Kept gives a schema that was read before. It is compiled when an answer is checked: a list of old
// answers needs none.
func Kept(name string, source json.RawMessage) *Schema {
	s := &Schema{Name: name, Source: source}
	s.compile = sync.OnceValues(func() (*jsonschema.Schema, error) {
		parsed, err := Parse(name, source)
		if err != nil {
			return nil, err
		}
		return parsed.compile()
	})
	return s
}

// keptSchema is a schema in records.
type keptSchema struct {
	Name   string          `json:"name"`
	Schema json.RawMessage `json:"schema"`
}

// MarshalJSON writes {"name", "schema"}.
func (s *Schema) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the schema stays as it was written
	err := enc.Encode(keptSchema{s.Name, s.Source})
	return b.Bytes(), err
}

// UnmarshalJSON takes back what MarshalJSON writes.
func (s *Schema) UnmarshalJSON(data []byte) error {
	var k keptSchema
	if err := json.Unmarshal(data, &k); err != nil {
		return err
	}
	*s = *Kept(k.Name, k.Schema)
	return nil
}

// maxName is how long a name may be for OpenAI, in characters.
const maxName = 64

// nameOf makes a name that servers take: OpenAI allows letters, digits, _ and -.
func nameOf(s string) string {
	s = strings.TrimSuffix(strings.TrimSuffix(s, ".json"), ".schema")
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, s)
	if strings.Trim(s, "_") == "" {
		return "answer"
	}
	return s[:min(len(s), maxName)]
}

// noLoader refuses to fetch.
type noLoader struct{}

var errElsewhere = errors.New("lineup fetches no schemas")

func (noLoader) Load(string) (any, error) { return nil, errElsewhere }

// syntaxError is the error of a text that is no JSON.
func syntaxError(source []byte, err error) *SchemaError {
	at := len(source)
	var syntax *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(source)) == 0:
		return &SchemaError{1, 1, "the file is empty"}
	case errors.As(err, &syntax):
		at = int(syntax.Offset)
		if at > 0 && !torn(err) { // the offset is that after the wrong byte
			at--
		}
	case errors.Is(err, errRange):
		return &SchemaError{1, 1, err.Error()}
	}
	return placed(source, at, "this is no JSON: "+err.Error())
}

// placed is an error at an offset.
func placed(source []byte, offset int, message string) *SchemaError {
	before := source[:max(0, min(offset, len(source)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &SchemaError{Line: 1 + bytes.Count(before, []byte("\n")),
		Column: 1 + utf8.RuneCount(before[start:]), Message: message}
}

// errorAt is an error at a JSON Pointer.
func (d *document) errorAt(at, message string) *SchemaError {
	return placed(d.source, d.offset(at), message)
}

// explain places an error of the compiler.
func (d *document) explain(err error) *SchemaError {
	var invalid *jsonschema.SchemaValidationError
	var problem *jsonschema.ValidationError
	var load *jsonschema.LoadURLError
	var missing *jsonschema.JSONPointerNotFoundError
	var anchor *jsonschema.AnchorNotFoundError
	switch {
	case errors.As(err, &invalid) && errors.As(invalid.Err, &problem):
		first := d.sorted(problemsOf(problem))[0]
		return d.errorAt(first.Path, "this is no valid JSON Schema: "+first.String())
	case errors.As(err, &load):
		return d.errorAt(d.find(load.URL), strings.TrimPrefix(load.URL, place)+
			" lies outside the schema, and lineup fetches no schemas; put it under $defs")
	case errors.As(err, &missing):
		return d.errorAt(d.find(fragment(missing.URL)), fragment(missing.URL)+" is not there")
	case errors.As(err, &anchor):
		return d.errorAt(d.find(fragment(anchor.Reference)),
			fragment(anchor.Reference)+" is not there")
	}
	return d.errorAt("", strings.ReplaceAll(err.Error(), location, "the schema"))
}

// fragment is the part of a reference that begins with #.
func fragment(url string) string {
	if i := strings.IndexByte(url, '#'); i >= 0 {
		return url[i:]
	}
	return url
}

// find gives the JSON Pointer of a reference or a pattern with this text, "" where none has it.
func (d *document) find(text string) string {
	best := ""
	for at, offset := range d.places {
		var s string
		dec := json.NewDecoder(bytes.NewReader(d.source[offset:]))
		if d.source[offset] != '"' || dec.Decode(&s) != nil || s == "" {
			continue
		}
		at0, _, _ := strings.Cut(s, "#")
		switch {
		case s == text:
			return at
		case strings.HasSuffix(at, "/$ref") && at0 != "" && strings.HasSuffix(text, at0):
			best = at
		}
	}
	return best
}

// patternTime bounds the time that one pattern takes with one text. Some patterns go back and forth
// for ever.
const patternTime = 100 * time.Millisecond

// pattern is a regular expression as JavaScript has them, which JSON Schema asks for.
type pattern struct{ *regexp2.Regexp }

// MatchString reports whether a text matches; one that takes too long does not.
func (p pattern) MatchString(s string) bool {
	ok, err := p.Regexp.MatchString(s)
	return ok && err == nil
}

func compilePattern(s string) (jsonschema.Regexp, error) {
	re, err := regexp2.Compile(s, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return pattern{re}, nil
}
