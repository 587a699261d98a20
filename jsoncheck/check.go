package jsoncheck

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Result says whether an answer is the JSON that was asked for.
type Result struct {
	Valid  bool      `json:"valid"`
	Errors []Problem `json:"errors"` // all of them; [] for a valid answer
}

// Problem is one thing that is wrong with an answer.
type Problem struct {
	Path    string `json:"path"` // a JSON Pointer (RFC 6901); "" for the answer as a whole
	Message string `json:"message"`
}

// String is the problem in one line.
func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// String is the result in one line: "JSON", or the first problem and how many more there are.
func (r Result) String() string {
	if r.Valid || len(r.Errors) == 0 {
		return "JSON"
	}
	return r.Errors[0].String()
}

// Check checks an answer.
func (s *Schema) Check(answer string) Result {
	doc, problem := find(answer)
	if doc == nil {
		return Result{Errors: []Problem{problem}}
	}
	problems := []Problem{}
	if len(doc.doubles) > 0 {
		doc = doc.placed()
	}
	for _, at := range doc.doubles {
		problems = append(problems, Problem{at, "the key comes twice"})
	}
	compiled, err := s.compile()
	if err == nil {
		err = compiled.Validate(doc.value)
	}
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		problems = append(problems, problemsOf(invalid)...)
	} else if err != nil {
		problems = append(problems, Problem{"", "the schema cannot be used: " + err.Error()})
	}
	if len(problems) == 0 {
		return Result{Valid: true, Errors: problems}
	}
	return Result{Errors: doc.placed().sorted(problems)}
}

// Value gives the JSON value of an answer, as Check finds it: numbers are json.Number. It reports
// whether there is one.
func Value(answer string) (any, bool) {
	doc, _ := find(answer)
	if doc == nil {
		return nil, false
	}
	return doc.value, true
}

// find finds the JSON value of an answer, or says why there is none.
func find(answer string) (*document, Problem) {
	text := strings.TrimSpace(strings.TrimPrefix(answer, "\uFEFF"))
	doc, err := read([]byte(text))
	if err == nil {
		return doc, Problem{}
	}
	blocks, open := fences(text)
	switch {
	case text == "":
		return nil, Problem{"", "the answer is empty"}
	case len(blocks) == 1:
		inner := strings.TrimSpace(blocks[0])
		if doc, fenced := read([]byte(inner)); fenced == nil {
			return doc, Problem{}
		} else if !open || !torn(fenced) {
			return nil, Problem{"", "the code block is no JSON: " + fenced.Error()}
		}
		return nil, Problem{"", "the JSON ends before it is complete"}
	case len(blocks) > 1:
		return nil, Problem{"", "the answer is no JSON, and more than one code block is in it"}
	case torn(err) && strings.ContainsAny(text[:1], "{[\""):
		return nil, Problem{"", "the JSON ends before it is complete"}
	case err != errRange && begins(text):
		return nil, Problem{"", "more text follows the JSON"}
	}
	return nil, Problem{"", "the answer is no JSON: " + err.Error()}
}

// begins reports whether a text begins with an object or a list that is whole.
func begins(text string) bool {
	if text[0] != '{' && text[0] != '[' {
		return false
	}
	var first json.RawMessage
	return json.NewDecoder(strings.NewReader(text)).Decode(&first) == nil
}

// torn reports whether an error says that the text ends too early.
func torn(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		strings.Contains(err.Error(), "unexpected end of JSON input")
}

// fences gives the contents of the code fences of a text. The last one may be open: it has no end.
func fences(text string) (blocks []string, open bool) {
	mark := ""
	var b strings.Builder
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		run := bare[:len(bare)-len(strings.TrimLeft(bare, bare[:min(1, len(bare))]))]
		fence := len(run) >= 3 && (run[0] == '`' || run[0] == '~')
		switch {
		case mark == "" && fence && !strings.Contains(bare[len(run):], "`"):
			mark = run
		case mark != "" && fence && bare == run && run[0] == mark[0] && len(run) >= len(mark):
			blocks, mark = append(blocks, b.String()), ""
			b.Reset()
		case mark != "":
			b.WriteString(line)
		}
	}
	if mark != "" {
		return append(blocks, b.String()), true
	}
	return blocks, false
}
