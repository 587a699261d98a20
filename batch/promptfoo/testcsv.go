package promptfoo

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// csvTests reads a table of tests.
func (r *reader) csvTests(body string) (out []*test) {
	from := csv.NewReader(strings.NewReader(body))
	from.FieldsPerRecord = -1
	var header []string
	for {
		row, err := from.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return out
		case errors.As(err, &bad):
			r.wrong(&node{line: bad.Line, column: max(1, bad.Column)}, "is no CSV: %v", bad.Err)
			return out
		case header == nil:
			header = row
			for i := range header {
				header[i] = strings.TrimSpace(header[i])
			}
			continue
		}
		line, _ := from.FieldPos(0)
		at := &node{line: line, column: 1}
		if len(row) != len(header) {
			r.wrong(at, "the line has %d fields, the header has %d", len(row), len(header))
			continue
		}
		out = append(out, r.csvTest(at, header, row))
	}
}

// csvTest reads a line of a table.
func (r *reader) csvTest(at *node, header, row []string) *test {
	t := &test{at: at, file: r.file}
	metric := ""
	for i, name := range header {
		value := row[i]
		switch {
		case strings.HasPrefix(name, "__expected"):
			if text := strings.TrimSpace(value); text != "" {
				r.assert(t, expected(at, text))
			}
		case name == "__prefix":
			t.prefix = value
		case name == "__suffix":
			t.suffix = value
		case name == "__metric":
			metric = value
		case name == "__threshold":
			r.csvThreshold(t, strings.TrimSpace(value))
		case name == "__description", strings.HasPrefix(name, "__metadata"):
		case strings.HasPrefix(name, "__config:"), name == "__providerOutput":
			if strings.TrimSpace(value) != "" {
				r.unread(at, "the column "+name)
				t.unchecked = "the column " + name + " is not read"
			}
		default:
			t.vars = append(t.vars, variable{name, value})
		}
	}
	for i := range t.asserts {
		t.asserts[i].metric = metric
	}
	return t
}

// csvThreshold reads the threshold of a line, which may have none.
func (r *reader) csvThreshold(t *test, text string) {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
	case err != nil || math.IsInf(f, 0) || math.IsNaN(f):
		r.unread(t.at, "a threshold that is no number")
		t.unchecked = "a threshold that is no number is not read"
	default:
		t.threshold = &f
	}
}

// cellForm is what follows the kind of an assertion in a cell, as in contains(0.5):value.
var cellForm = regexp.MustCompile(`^(?:\((\d+(?:\.\d+)?)\))?(:[\s\S]*)?$`)

// cellKind takes the kind of an assertion off a cell. rest has the threshold, and the value after a
// colon.
func cellKind(text string) (kind string, rest []string, ok bool) {
	bare := strings.TrimPrefix(text, "not-")
	for _, kind := range allKinds() {
		if after, found := strings.CutPrefix(bare, kind); found {
			if m := cellForm.FindStringSubmatch(after); m != nil {
				return kind, m[1:], true
			}
		}
	}
	return "", nil, false
}

// expected is the assertion that a cell says. A cell of no other form is the whole output.
func expected(at *node, text string) *node {
	build := func(kind string, value any, threshold string) *node {
		item := func(v any) *node {
			n := &node{line: at.line, column: at.column, value: v}
			if list, isList := v.([]string); isList {
				n.kind, n.value = listNode, nil
				for _, part := range list {
					n.list = append(n.list, &node{line: at.line, column: at.column, value: part})
				}
			}
			return n
		}
		n := &node{line: at.line, column: at.column, kind: tableNode}
		n.keys = []entry{{"type", at.line, at.column, item(kind)}}
		if value != nil {
			n.keys = append(n.keys, entry{"value", at.line, at.column, item(value)})
		}
		if f, err := strconv.ParseFloat(threshold, 64); err == nil {
			n.keys = append(n.keys, entry{"threshold", at.line, at.column, item(f)})
		}
		return n
	}
	for prefix, kind := range map[string]string{"javascript:": "javascript", "fn:": "javascript",
		"eval:": "javascript", "grade:": "llm-rubric", "llm-rubric:": "llm-rubric",
		"python:": "python"} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			if kind != "llm-rubric" {
				rest = strings.TrimSpace(rest)
			}
			return build(kind, rest, "")
		}
	}
	if strings.HasPrefix(text, "file://") {
		return build("javascript", text, "")
	}
	kind, rest, ok := cellKind(text)
	if !ok {
		return build("equals", text, "")
	}
	full := kind
	if strings.HasPrefix(text, "not-") {
		full = "not-" + kind
	}
	value, given := strings.CutPrefix(rest[1], ":")
	switch {
	case strings.HasSuffix(kind, "contains-any") || strings.HasSuffix(kind, "contains-all"):
		parts, ok := commaSeparated(value)
		if !ok || value == "" {
			return build(full, "", "")
		}
		return build(full, parts, "")
	case !given:
		return build(full, nil, thresholdOf(kind, rest[0]))
	case kind == "is-json" || kind == "contains-json":
		return build(full, value, "")
	}
	return build(full, strings.TrimSpace(value), thresholdOf(kind, rest[0]))
}

// thresholdOf is the threshold of an assertion in a cell. Some kinds have one by default.
func thresholdOf(kind, given string) string {
	switch kind {
	case "cost", "latency", "levenshtein", "perplexity", "perplexity-score", "rouge-n", "similar":
		return cmp.Or(given, "0.75")
	}
	return ""
}

// allKinds are the assertions that promptfoo 0.123 knows, read or not.
func allKinds() []string {
	return strings.Fields("agent-rubric answer-relevance bleu classifier contains contains-all " +
		"contains-any contains-html contains-json contains-sql contains-xml " +
		"context-faithfulness context-recall context-relevance conversation-relevance cost " +
		"equals factuality finish-reason g-eval gleu guardrails icontains icontains-all " +
		"icontains-any is-html is-json is-refusal is-sql is-valid-function-call " +
		"is-valid-openai-function-call is-valid-openai-tools-call is-xml javascript latency " +
		"levenshtein llm-rubric pi meteor model-graded-closedqa model-graded-factuality " +
		"moderation perplexity perplexity-score python regex rouge-n ruby similar " +
		"similar:cosine similar:dot similar:euclidean starts-with skill-used " +
		"trajectory:goal-success trajectory:tool-args-match trajectory:step-count " +
		"trajectory:tool-sequence trajectory:tool-used trace-error-spans trace-span-count " +
		"trace-span-duration search-rubric webhook word-count select-best human max-score")
}
