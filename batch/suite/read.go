package suite

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"lineup/batch/check"
	"lineup/config"
)

// ReadOptions are what a suite is read with.
type ReadOptions struct {
	Config   config.Config // has the providers that panes and judges are models of
	Template string        // the prompt for a file of cases; "" where the file has a column for it
}

// Read reads a suite by the ending of its name: .txt, .jsonl, .csv or .toml. The error is a
// *config.FileError for a file that cannot be read, and a config.Errors with all mistakes of a
// wrong one.
func Read(file string, o ReadOptions) (*Suite, error) {
	text, err := ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, text, o)
}

// Parse is Read of a text that has been read. Files that it names are relative to file.
func Parse(file, text string, o ReadOptions) (*Suite, error) {
	r := &reader{o: o}
	s := &Suite{}
	switch ending := strings.ToLower(filepath.Ext(file)); ending {
	case ".toml":
		r.suite(s, file, text)
	case ".txt", ".jsonl", ".csv":
		r.prompts(s, ending, file, text)
	default:
		err := errors.New("its name must end with .txt, .jsonl, .csv, .toml (a suite), .yaml or " +
			".yml (promptfoo's)")
		return nil, &config.FileError{Path: file, What: "file", Err: err}
	}
	if !r.torn {
		r.whole(s)
	}
	if r.errs != nil {
		return nil, r.sorted()
	}
	s.Cases = r.cases
	return s, nil
}

// reader collects a suite and its mistakes.
type reader struct {
	o     ReadOptions
	errs  config.Errors
	files []string // in the order in which they were read
	cases []Case
	where []spot // of each case
	// cases whose variables have a mistake: nobody knows which they have
	vague map[int]bool
	torn  bool                     // a part of the file is unknown
	read  map[string][]check.Check // the checks of further lines, by their text
}

// place is a position in a file, from 1.
type place struct {
	file         string
	line, column int
}

// placed is a case with its position.
type placed struct {
	Case
	at place
}

// spot is a place in one of the files of the reader, in little room: there are many.
type spot struct{ file, line, column int32 }

// add adds a case. vague says that its variables have a mistake.
func (r *reader) add(c placed, vague bool) {
	if vague {
		if r.vague == nil {
			r.vague = map[int]bool{}
		}
		r.vague[len(r.cases)] = true
	}
	r.cases = append(r.cases, c.Case)
	r.where = append(r.where, spot{int32(slices.Index(r.files, c.at.file)), int32(c.at.line),
		int32(c.at.column)})
}

// place is that of a case.
func (r *reader) place(n int) place {
	at := r.where[n]
	return place{r.files[at.file], int(at.line), int(at.column)}
}

// wrong notes a mistake.
func (r *reader) wrong(at place, format string, args ...any) {
	r.errs = append(r.errs, config.Diagnostic{File: at.file, Line: at.line, Column: at.column,
		Message: fmt.Sprintf(format, args...)})
}

// begin notes that a file is read.
func (r *reader) begin(file string) { r.files = append(r.files, file) }

// maxMistakes bounds how many mistakes are told: a file with 100,000 lines may have one in each.
const maxMistakes = 100

// sorted gives the mistakes in the order of the files and their lines.
func (r *reader) sorted() config.Errors {
	slices.SortStableFunc(r.errs, func(a, b config.Diagnostic) int {
		return cmp.Or(cmp.Compare(slices.Index(r.files, a.File), slices.Index(r.files, b.File)),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	errs := slices.CompactFunc(r.errs, func(a, b config.Diagnostic) bool {
		return a.String() == b.String()
	})
	if more := len(errs) - maxMistakes; more > 0 {
		last := errs[maxMistakes]
		errs = append(errs[:maxMistakes:maxMistakes], config.Diagnostic{File: last.File,
			Line: last.Line, Column: last.Column,
			Message: fmt.Sprintf("%d more mistakes from here on", more)})
	}
	return errs
}

// maxFile bounds the size of a file with cases.
const maxFile = 1 << 30

// ReadFile reads a file as text. The error is a *config.FileError.
func ReadFile(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", &config.FileError{Path: file, Err: err, What: "file"}
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = errors.New("it is a folder; name the file in it")
	case info.Size() > maxFile:
		err = errors.New("it is larger than 1 GB")
	}
	var b strings.Builder
	if err == nil {
		b.Grow(int(info.Size()))
		_, err = io.Copy(&b, io.LimitReader(f, maxFile))
	}
	if err != nil {
		return "", &config.FileError{Path: file, Err: err, What: "file"}
	}
	return strings.TrimPrefix(b.String(), "\ufeff"), nil
}

// isText reports a text that is no UTF-8, at its place.
func (r *reader) isText(file, text string) bool {
	line := 1
	for row := range strings.Lines(text) {
		for i, c := range row {
			if c == utf8.RuneError && !strings.HasPrefix(row[i:], "\ufffd") {
				at := place{file, line, 1 + utf8.RuneCountInString(row[:i])}
				r.wrong(at, "the file is not UTF-8 text here; save it as UTF-8")
				return false
			}
		}
		line++
	}
	return true
}
