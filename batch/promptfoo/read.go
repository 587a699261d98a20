package promptfoo

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lineup/batch/check"
	"lineup/batch/suite"
	"lineup/config"
)

// Read reads a promptfoo config in YAML. The error is a *config.FileError for a file that cannot be
// read, and a config.Errors with all mistakes of a wrong one.
func Read(file string, o suite.ReadOptions) (*suite.Suite, error) {
	text, err := suite.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, text, o)
}

// Parse is Read of a text that has been read. Files that it names are relative to file.
func Parse(file, text string, o suite.ReadOptions) (*suite.Suite, error) {
	r := &reader{o: o, file: file, folder: filepath.Dir(file)}
	root := r.yaml(file, text)
	s := &suite.Suite{}
	if root != nil {
		r.root(s, root)
	}
	if len(r.errs) > 0 {
		return nil, r.sorted(r.errs)
	}
	s.Unread = r.sorted(r.notes)
	return s, nil
}

// reader collects a suite, its mistakes, and what it does not read.
type reader struct {
	o      suite.ReadOptions
	file   string // the one that is read
	folder string // that file:// begins at
	files  []string
	errs   config.Errors
	notes  config.Errors

	panes     []pane
	graders   []config.Provider // that only grade
	prompts   []*prompt
	unchecked string // why no answer can be judged, or ""
}

// diagnostic is a remark at a node.
func (r *reader) diagnostic(at *node, key, message string) config.Diagnostic {
	if !slices.Contains(r.files, r.file) {
		r.files = append(r.files, r.file)
	}
	return config.Diagnostic{File: r.file, Line: at.line, Column: at.column, Key: key,
		Message: message}
}

// wrong notes a mistake.
func (r *reader) wrong(at *node, format string, args ...any) {
	r.errs = append(r.errs, r.diagnostic(at, "", fmt.Sprintf(format, args...)))
}

// unread notes what is not read.
func (r *reader) unread(at *node, what string) {
	r.notes = append(r.notes, r.diagnostic(at, "", what+" is not read"))
}

// unreadKeys notes the keys of a table that are not read.
func (r *reader) unreadKeys(t *node, known ...string) {
	for _, e := range t.keys {
		if !slices.Contains(known, e.name) {
			at := &node{line: e.line, column: e.column}
			r.notes = append(r.notes, r.diagnostic(at, e.name, "is not read"))
		}
	}
}

// sorted puts remarks in the order of the files.
func (r *reader) sorted(list config.Errors) config.Errors {
	slices.SortStableFunc(list, func(a, b config.Diagnostic) int {
		return cmp.Or(cmp.Compare(slices.Index(r.files, a.File), slices.Index(r.files, b.File)),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(list, func(a, b config.Diagnostic) bool {
		return a.String() == b.String()
	})
}

// yaml reads a text, or notes its mistake.
func (r *reader) yaml(file, text string) *node {
	was := r.file
	r.file = file
	defer func() { r.file = was }()
	n, err := parseYAML(text)
	var wrong *yamlError
	if errors.As(err, &wrong) {
		r.wrong(&node{line: wrong.line, column: wrong.column}, "is no YAML: %s", wrong.message)
		return nil
	}
	return n
}

// root reads the config.
func (r *reader) root(s *suite.Suite, t *node) {
	if t.kind != tableNode {
		r.wrong(t, "a promptfoo config is a table with prompts, providers and tests")
		return
	}
	r.unreadKeys(t, "description", "prompts", "providers", "targets", "tests", "defaultTest",
		"evaluateOptions", "tags", "metadata", "sharing", "outputPath", "writeLatestResults")
	for _, key := range []string{"extensions", "nunjucksFilters", "scenarios"} {
		if t.get(key) != nil {
			r.unchecked = key + " is not read"
		}
	}
	r.readPrompts(t)
	list := t.get("providers")
	if list == nil {
		list = t.get("targets")
	}
	r.readProviders(list)
	if options := t.get("evaluateOptions"); options != nil {
		r.unreadKeys(options, "repeat", "cache", "showProgressBar", "maxConcurrency")
		if n, ok := options.get("repeat").number(); ok && n >= 1 {
			s.Repeat = int(n)
		}
	}
	defaults := r.defaultTest(t.get("defaultTest"))
	for _, one := range r.tests(t.get("tests"), t) {
		r.expand(s, defaults, one)
	}
	for _, p := range r.panes {
		s.Panes = append(s.Panes, p.pane)
		if p.added != nil {
			s.Providers = append(s.Providers, *p.added)
		}
	}
	s.Providers = append(s.Providers, r.graders...)
	for i, p := range r.prompts {
		id := p.id
		if id == "" {
			id = strconv.Itoa(i)
		}
		s.Prompts = append(s.Prompts, suite.Prompt{ID: id, Text: p.raw, Make: p.make})
	}
}

// expand makes the cases of a test: lists in its variables make the product.
func (r *reader) expand(s *suite.Suite, defaults, t *test) {
	t = t.over(defaults)
	was := r.file
	r.file = t.file
	defer func() { r.file = was }()
	for _, vars := range r.product(t) {
		resolved := r.resolved(vars, t)
		c := suite.Case{ID: strconv.Itoa(len(s.Cases)), Vars: suite.VarsOf(resolved),
			Rule: check.Rule{At: 1}, Unchecked: cmp.Or(r.unchecked, t.unchecked),
			Panes: r.allowed(t)}
		if t.threshold != nil {
			c.Rule = check.Rule{At: *t.threshold, ByScore: true}
		}
		for _, a := range t.asserts {
			if a.kind == "llm-rubric" {
				a.grader = cmp.Or(a.grader, r.o.Config.Compare.Judge)
			}
			one, throws := r.checkOf(a, resolved)
			c.Checks = append(c.Checks, one)
			if throws {
				c.Rule = check.Rule{At: 2} // promptfoo: an error, whatever the others say
			}
		}
		for _, p := range r.prompts {
			text := t.prefix + p.raw + t.suffix
			if _, err := ask(text, resolved); err != nil && !p.wrong {
				p.wrong = true
				r.wrong(p.at, "the prompt %s with the variables of line %d: %v", short(p.raw),
					t.at.line, err)
			}
			if t.prefix != "" || t.suffix != "" {
				p.texts[c.ID] = text
			}
		}
		s.Cases = append(s.Cases, c)
	}
}

// checkOf makes the check of an assertion for a case.
func (r *reader) checkOf(a placedAssert, vars map[string]any) (c check.Check, throws bool) {
	if a.unread != "" {
		return unmade(a.label, a.unread, a.weight), false
	}
	value, err := rendered(a.value, vars)
	if a.kind == "llm-rubric" && a.grader == "" {
		err = unread("llm-rubric without a provider, or a judge in [compare] of lineup's config,")
	}
	if err == nil && a.kind == "javascript" {
		if text, ok := value.(string); ok {
			_, err = compileScript(text)
		}
	}
	if err == nil && (a.kind == "is-json" || a.kind == "contains-json") && truthy(value) {
		if _, wrong := schemaOf(value); errors.Is(wrong, errUnread) {
			err = wrong
		}
	}
	if err != nil {
		r.notes = append(r.notes, r.diagnostic(a.at, a.label, "is not checked: "+err.Error()))
		return unmade(a.label, err.Error(), a.weight), false
	}
	return a.check(), a.throws(vars)
}

// path is the file that a text with file:// names.
func (r *reader) path(text string) string {
	name := strings.TrimPrefix(text, "file://")
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(r.folder, filepath.FromSlash(name))
}
