package promptfoo

import (
	"path/filepath"
	"slices"
	"strings"

	"lineup/batch/suite"
)

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
		"storeOutputAs"} {
		if n.get(key) != nil {
			t.unchecked = key + " is not read"
		}
	}
	if grader := n.get("provider"); grader != nil {
		t.grader = r.grader(grader)
	}
}
