package config

import (
	"sort"
	"unicode/utf8"
)

// The TOML decoder keeps the positions of keys to itself, so that this file and
// position_scan.go find them again.

// place is where a key and its value begin, as byte offsets. For an element of
// an array both are the element; for a table that a header opens both are the
// name in the header.
type place struct{ key, value int }

// statement is one key = value line (or lines) outside inline tables, or a header.
type statement struct {
	start  int // byte offset of its first character
	path   path
	header bool
}

// index says where the keys and array elements of one TOML text stand. Where a
// table is opened in several places (by [a.b] and by [a]) the first one counts.
type index struct {
	src        string
	lines      []int // byte offset at which each line begins
	places     map[string]place
	statements []statement
	tooDeep    int // byte offset at which nesting passes maxDepth; -1 where it does not
}

// newIndex reads src, which may be any text: what is no TOML is passed over.
func newIndex(src string) *index {
	ix := &index{src: src, lines: []int{0}, places: map[string]place{}, tooDeep: -1}
	for i := range len(src) {
		if src[i] == '\n' {
			ix.lines = append(ix.lines, i+1)
		}
	}
	s := scanner{index: ix, src: src, arrays: map[string]int{}}
	s.document()
	return ix
}

// find gives the place of a path or, where the path itself is not in the text,
// that of the closest table around it.
func (ix *index) find(p path) place {
	for ; len(p) > 0; p = p[:len(p)-1] {
		if at, ok := ix.places[p.id()]; ok {
			return at
		}
	}
	return place{}
}

// line is the number, from 0, of the line that holds a byte offset.
func (ix *index) line(offset int) int {
	return sort.SearchInts(ix.lines, offset+1) - 1
}

// lineColumn turns a byte offset into line and column, both from 1, the column
// in characters. Offsets outside the text come out at its ends.
func (ix *index) lineColumn(offset int) (line, column int) {
	offset = min(max(offset, 0), len(ix.src))
	for offset > 0 && offset < len(ix.src) && !utf8.RuneStart(ix.src[offset]) {
		offset-- // the decoder may point into the middle of a character
	}
	line = ix.line(offset)
	return line + 1, utf8.RuneCountInString(ix.src[ix.lines[line]:offset]) + 1
}

// statementAt is the last statement that begins at or before a byte offset.
func (ix *index) statementAt(offset int) (statement, bool) {
	n := sort.Search(len(ix.statements),
		func(i int) bool { return ix.statements[i].start > offset })
	if n == 0 {
		return statement{}, false
	}
	return ix.statements[n-1], true
}

// without gives the text with spaces over a statement's line or, for a header,
// over its whole section, so that the offsets of all else stay.
func (ix *index) without(bad statement) string {
	end := len(ix.src)
	if next := ix.line(bad.start) + 1; next < len(ix.lines) {
		end = ix.lines[next] - 1
	}
	if bad.header {
		end = len(ix.src)
		for _, s := range ix.statements {
			if s.header && s.start > bad.start {
				end = s.start
				break
			}
		}
	}
	text := []byte(ix.src)
	for i := bad.start; i < end; i++ {
		if text[i] != '\n' && text[i] != '\r' {
			text[i] = ' '
		}
	}
	return string(text)
}
