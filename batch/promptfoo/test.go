package promptfoo

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lineup/batch/suite"
)

// variable is a variable of a test, in the order of the file.
type variable struct {
	name  string
	value any
}

// placedAssert is an assertion with its place.
type placedAssert struct {
	assertion
	at     *node
	label  string // as the file writes its kind
	unread string // why it is not checked, or ""
}

// test is a test, or the defaults of all.
type test struct {
	at             *node
	file           string
	vars           []variable
	asserts        []placedAssert
	threshold      *float64
	prefix, suffix string
	grader         string // the model of llm-rubric, as for -m
	unchecked      string // why no answer can be judged, or ""
	whole          bool   // lists in variables make no product
	alone          bool   // the asserts of the defaults do not count
	providers      []string
}

// over is the test with the defaults under it.
func (t *test) over(base *test) *test {
	out := *t
	out.vars = slices.Clone(base.vars)
	for _, v := range t.vars {
		same := func(o variable) bool { return o.name == v.name }
		if i := slices.IndexFunc(out.vars, same); i >= 0 {
			out.vars[i].value = v.value
			continue
		}
		out.vars = append(out.vars, v)
	}
	out.asserts = nil
	if !t.alone {
		out.asserts = slices.Clone(base.asserts)
	}
	out.asserts = append(out.asserts, t.asserts...)
	if out.threshold == nil {
		out.threshold = base.threshold
	}
	out.prefix, out.suffix = cmp.Or(t.prefix, base.prefix), cmp.Or(t.suffix, base.suffix)
	out.unchecked = cmp.Or(t.unchecked, base.unchecked)
	out.grader = cmp.Or(t.grader, base.grader)
	out.whole = t.whole || base.whole
	if out.providers == nil {
		out.providers = base.providers
	}
	for i := range out.asserts {
		if a := &out.asserts[i]; a.kind == "llm-rubric" && a.grader == "" {
			a.grader = out.grader
		}
	}
	return &out
}

// product gives each combination of the variables: a list of texts stands for each of them.
func (r *reader) product(t *test) [][]variable {
	all := [][]variable{nil}
	for _, v := range t.vars {
		values := []any{v.value}
		list, isList := v.value.([]any)
		text, isText := v.value.(string)
		switch {
		case t.whole:
		case isText && strings.HasPrefix(text, "file://") && strings.ContainsAny(text, "*?["):
			files, _ := filepath.Glob(r.path(text)) // a bad pattern names no file
			values = nil
			for _, file := range files {
				abs, err := filepath.Abs(file)
				if err != nil {
					abs = file
				}
				values = append(values, "file://"+abs)
			}
			if len(files) == 0 {
				r.wrong(t.at, "there is no file %s", text)
			}
		case isList && len(list) > 0:
			if _, texts := list[0].(string); texts {
				values = list
			}
		}
		var next [][]variable
		for _, before := range all {
			for _, value := range values {
				next = append(next, append(slices.Clip(before), variable{v.name, value}))
			}
		}
		all = next
		if len(all) > maxNodes {
			r.wrong(t.at, "the lists of the variables make more than %d tests", maxNodes)
			return nil
		}
	}
	return all
}

// defaultTest reads the defaults, which may stand in a file.
func (r *reader) defaultTest(n *node) *test {
	none := &test{at: &node{line: 1, column: 1}, file: r.file}
	if n == nil {
		return none
	}
	if name, ok := n.text(); ok {
		body, err := suite.ReadFile(r.path(name))
		if err != nil || !strings.HasPrefix(name, "file://") {
			r.wrong(n, "defaultTest must be a table or file://…: %v", err)
			return none
		}
		was := r.file
		r.file = r.path(name)
		defer func() { r.file = was }()
		if n = r.yaml(r.file, body); n == nil {
			return none
		}
	}
	return r.test(n)
}

// tests reads the tests: inline, in files, or none, which is one without variables.
func (r *reader) tests(n, root *node) (out []*test) {
	switch {
	case n == nil:
		if root.get("scenarios") == nil {
			out = append(out, &test{at: root, file: r.file})
		}
	case n.kind == listNode:
		for _, item := range n.list {
			if name, ok := item.text(); ok {
				out = append(out, r.testFile(item, name)...)
			} else {
				out = append(out, r.test(item))
			}
		}
	default:
		name, ok := n.text()
		if !ok {
			r.wrong(n, "tests must be a list, or the name of a file")
			return nil
		}
		out = r.testFile(n, name)
	}
	return out
}

// testFile reads the tests of a file.
func (r *reader) testFile(at *node, name string) (out []*test) {
	file := r.path(name)
	ending := strings.ToLower(filepath.Ext(file))
	files := []string{file}
	if strings.ContainsAny(name, "*?[{") {
		files, _ = filepath.Glob(file) // a bad pattern names no file
		if len(files) == 0 {
			r.wrong(at, "there is no file %s", name)
		}
	}
	if !slices.Contains([]string{".csv", ".yaml", ".yml", ".json"}, ending) {
		r.wrong(at, "tests from %s are not read; .csv, .yaml and .json files are", name)
		return nil
	}
	for _, file := range files {
		body, err := suite.ReadFile(file)
		if err != nil {
			r.wrong(at, "%v", err)
			continue
		}
		was := r.file
		r.file = file
		if ending == ".csv" {
			out = append(out, r.csvTests(body)...)
		} else if n := r.yaml(file, body); n != nil {
			items := n.list
			if n.kind != listNode {
				items = []*node{n}
			}
			for _, item := range items {
				out = append(out, r.test(item))
			}
		}
		r.file = was
	}
	return out
}

// test reads a test.
func (r *reader) test(n *node) *test {
	t := &test{at: n, file: r.file}
	if n.kind != tableNode {
		r.wrong(n, "a test is a table with vars and assert")
		return t
	}
	r.unreadKeys(n, "description", "metadata", "vars", "assert", "threshold", "options",
		"providers")
	for _, key := range []string{"provider", "prompts", "providerOutput", "assertScoringFunction"} {
		if n.get(key) != nil {
			t.unchecked = key + " is not read"
		}
	}
	if vars := n.get("vars"); vars != nil && vars.kind == tableNode {
		for _, e := range vars.keys {
			t.vars = append(t.vars, variable{e.name, e.value.plain()})
			if e.value.hasDate() {
				r.unread(e.value, "a date without quotes")
				t.unchecked = "a date without quotes is not read"
			}
		}
	} else if vars != nil && vars.plain() != nil {
		r.unread(vars, "vars that is no table")
		t.unchecked = "vars that is no table is not read"
	}
	if f, ok := n.get("threshold").number(); ok {
		t.threshold = &f
	} else if !n.get("threshold").isNumber() {
		r.unread(n.get("threshold"), "a threshold that is no number")
		t.unchecked = "a threshold that is no number is not read"
	}
	if options := n.get("options"); options != nil {
		r.options(t, options)
	}
	if list := n.get("providers"); list != nil {
		for _, item := range list.list {
			if ref, ok := item.text(); ok {
				t.providers = append(t.providers, ref)
			}
		}
	}
	if list := n.get("assert"); list != nil {
		if list.kind != listNode && list.plain() != nil {
			r.unread(list, "an assert that is no list")
			t.unchecked = "an assert that is no list is not read"
		}
		for _, item := range list.list {
			r.assert(t, item)
		}
	}
	return t
}

// options reads what a test sets beside its variables.
func (r *reader) options(t *test, n *node) {
	r.unreadKeys(n, "prefix", "suffix", "disableVarExpansion", "disableDefaultAsserts", "provider",
		"disableConversationVar")
	t.prefix, _ = n.get("prefix").text()
	t.suffix, _ = n.get("suffix").text()
	if v := n.get("disableVarExpansion"); v != nil {
		t.whole = truthy(v.value)
	}
	if v := n.get("disableDefaultAsserts"); v != nil {
		t.alone = v.value == true
	}
	for _, key := range []string{"transform", "postprocess", "transformVars", "rubricPrompt",
		"storeOutputAs", "repeat", "runSerially"} {
		if n.get(key) != nil && key != "runSerially" && key != "repeat" {
			t.unchecked = key + " is not read"
		}
	}
	if grader := n.get("provider"); grader != nil {
		t.grader = r.grader(grader)
	}
}

// assert reads an assertion.
func (r *reader) assert(t *test, n *node) {
	label, _ := n.get("type").text()
	a := placedAssert{at: n, label: label}
	a.kind, a.not = strings.TrimPrefix(label, "not-"), strings.HasPrefix(label, "not-")
	a.weight = 1
	if w, ok := n.get("weight").number(); ok {
		a.weight = w
	}
	a.metric, _ = n.get("metric").text()
	a.value = n.get("value").plain()
	if f, ok := n.get("threshold").number(); ok {
		a.threshold = &f
	}
	if grader := n.get("provider"); grader != nil {
		a.grader = r.grader(grader)
	}
	if a.kind == "equals" && n.get("value") == nil {
		a.value = "undefined" // as String(undefined) is
	}
	skip := func(why string) {
		a.unread = why + " is not read"
		r.notes = append(r.notes, r.diagnostic(n, label, "is not checked: "+a.unread))
	}
	switch text, _ := a.value.(string); {
	case n.kind != tableNode || label == "":
		skip("an assertion without a type")
		t.unchecked = "an assertion without a type is not read"
	case kinds()[a.kind] == nil:
		skip("the assertion " + label)
		if label == "assert-set" {
			t.unchecked = "assert-set is not read"
		}
	case n.get("transform") != nil, n.get("contextTransform") != nil:
		skip("transform")
		t.unchecked = "transform is not read"
	case n.get("value").hasDate():
		skip("a date without quotes")
		t.unchecked = "a date without quotes is not read"
	case !n.get("weight").isNumber(), !n.get("threshold").isNumber():
		skip("a weight or threshold that is no number")
		t.unchecked = "a weight or threshold that is no number is not read"
	case n.get("rubricPrompt") != nil:
		skip("rubricPrompt")
	case strings.HasPrefix(text, "file://"):
		if why := r.valueFile(&a, text); why != "" {
			skip(why)
			t.unchecked = why + " is not read"
		}
	case strings.HasPrefix(text, "package:"):
		skip(text)
		t.unchecked = text + " is not read"
	}
	r.unreadKeys(n, "type", "assert", "value", "threshold", "weight", "metric", "provider",
		"transform", "contextTransform", "rubricPrompt", "config")
	t.asserts = append(t.asserts, a)
}

// valueFile reads the value of an assertion from a file. why says what is not read.
func (r *reader) valueFile(a *placedAssert, name string) (why string) {
	file := r.path(name)
	ending := strings.ToLower(filepath.Ext(file))
	if !slices.Contains([]string{".txt", ".json", ".yaml", ".yml"}, ending) {
		return name
	}
	body, err := suite.ReadFile(file)
	if err != nil {
		r.wrong(a.at, "%v", err)
		return ""
	}
	if ending == ".txt" {
		a.value = strings.TrimSpace(body)
		return ""
	}
	n := r.yaml(file, body)
	if n == nil {
		return ""
	}
	a.value = n.plain()
	return ""
}

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
			if f, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				t.threshold = &f
			}
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
