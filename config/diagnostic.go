package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Diagnostic is one mistake in a config file.
type Diagnostic struct {
	File    string
	Line    int      // from 1
	Column  int      // from 1, counted in characters
	Key     string   // dotted key, as TOML writes it; "" where the mistake has none
	Message string   // what is wrong and what to do
	Nearest []string // right names close to the wrong one, the nearest first
}

// String is the mistake in one line: file:line:column: key: message.
func (d Diagnostic) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", d.File, d.Line, d.Column)
	if d.Key != "" {
		b.WriteString(d.Key + ": ")
	}
	b.WriteString(d.Message)
	b.WriteString(didYouMean(d.Nearest))
	return b.String()
}

// didYouMean words a suggestion to be put after a message; empty for no names.
func didYouMean(names []string) string {
	if len(names) == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return "; did you mean " + listOr(quoted) + "?"
}

// listOr joins names as a sentence does: a, b or c.
func listOr(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Errors is every mistake of one file, in the order of the file. It is never
// empty where it is returned as an error.
type Errors []Diagnostic

// Error has one line a mistake.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, d := range e {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// sorted puts the mistakes in the order of the file and drops repeated ones.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(e, func(a, b Diagnostic) bool { return a.String() == b.String() })
}

// FileError says that a config file could not be read. A file that does not
// exist is errors.Is(err, fs.ErrNotExist).
type FileError struct {
	Path string
	Err  error
	What string // the kind of file; "" for a config file
}

// Error names the file and the next step.
func (e *FileError) Error() string {
	what := cmp.Or(e.What, "config file")
	switch {
	case errors.Is(e.Err, fs.ErrNotExist) && e.What != "":
		return fmt.Sprintf("%s %s does not exist; check the path", what, e.Path)
	case errors.Is(e.Err, fs.ErrNotExist):
		return fmt.Sprintf("config file %s does not exist; check the path, or write one with: "+
			"lineup config init", e.Path)
	case errors.Is(e.Err, fs.ErrPermission):
		return fmt.Sprintf("%s %s may not be read; check its permissions", what, e.Path)
	}
	return fmt.Sprintf("%s %s cannot be read: %v", what, e.Path, cause(e.Err))
}

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }
