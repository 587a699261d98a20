package promptfoo

import (
	"path/filepath"
	"slices"
	"strings"

	"lineup/batch/suite"
)

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
	skipTest := func(why string) { // no answer to the test can be judged then
		skip(why)
		t.unchecked = a.unread
	}
	switch text, _ := a.value.(string); {
	case n.kind != tableNode || label == "":
		skipTest("an assertion without a type")
	case label == "assert-set":
		skipTest(label)
	case kinds()[a.kind] == nil:
		skip("the assertion " + label)
	case n.get("transform") != nil, n.get("contextTransform") != nil:
		skipTest("transform")
	case n.get("value").hasDate():
		skipTest("a date without quotes")
	case !n.get("weight").isNumber(), !n.get("threshold").isNumber():
		skipTest("a weight or threshold that is no number")
	case n.get("rubricPrompt") != nil:
		skip("rubricPrompt")
	case strings.HasPrefix(text, "file://"):
		if why := r.valueFile(&a, text); why != "" {
			skipTest(why)
		}
	case strings.HasPrefix(text, "package:"):
		skipTest(text)
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
