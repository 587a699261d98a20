package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds the length of a path. Settings have paths of six steps; the
// decoder's time grows with the square of the depth.
const maxDepth = 100

// scanner walks over TOML text and notes where keys and values begin. It reads
// just enough of the grammar for that (strings, comments, brackets) and judges
// nothing: the decoder has done so, or will.
type scanner struct {
	*index
	src    string
	pos    int
	table  path           // the table that the last header opened
	arrays map[string]int // arrays of tables, by path: elements so far
}

// segment is one part of a dotted key.
type segment struct {
	name string
	at   int
}

func (s *scanner) document() {
	for {
		s.skipBlank()
		if s.pos >= len(s.src) {
			return
		}
		if s.peek() == '[' {
			s.header()
		} else {
			s.pair(s.table, true)
		}
		s.skipTo("\n") // what else stands in the line: a comment, or no TOML
	}
}

// header reads [a.b] or [[a.b]] and makes it the current table.
func (s *scanner) header() {
	start := s.pos
	s.pos++
	array := s.accept('[')
	segments := s.dottedKey()
	p := path{}
	if s.tooDeepAt(p, len(segments), start) {
		return
	}
	for i, seg := range segments {
		p = p.key(seg.name)
		s.note(p, place{seg.at, seg.at})
		id := p.id()
		if array && i == len(segments)-1 {
			s.arrays[id]++
		}
		// A name that stands for an array of tables means its newest element.
		if n := s.arrays[id]; n > 0 {
			p = p.elem(n - 1)
			s.note(p, place{seg.at, seg.at})
		}
	}
	s.table = p
	s.statements = append(s.statements, statement{start, p, true})
}

// pair reads key = value inside table.
func (s *scanner) pair(table path, top bool) {
	start := s.pos
	segments := s.dottedKey()
	p := table
	if s.tooDeepAt(p, len(segments), start) {
		return
	}
	for _, seg := range segments {
		p = p.key(seg.name)
		s.note(p, place{seg.at, seg.at})
	}
	if top {
		s.statements = append(s.statements, statement{start, p, false})
	}
	if len(segments) == 0 {
		s.pos++ // no key begins here; pass over the character to get on
		return
	}
	s.skipSpace()
	if !s.accept('=') {
		return
	}
	s.skipSpace()
	if at := s.places[p.id()]; at.key == segments[len(segments)-1].at {
		s.places[p.id()] = place{at.key, s.pos}
	}
	s.value(p)
}

// value reads the value of p, and into arrays and inline tables.
func (s *scanner) value(p path) {
	rest := s.src[s.pos:]
	switch {
	case strings.HasPrefix(rest, `"""`), strings.HasPrefix(rest, `'''`):
		s.multilineString(rest[:3])
	case s.peek() == '"' || s.peek() == '\'':
		s.quoted()
	case s.tooDeepAt(p, 1, s.pos):
	case s.accept('['):
		s.array(p)
	case s.accept('{'):
		s.inlineTable(p)
	default:
		s.skipTo(",]}#\n")
	}
}

func (s *scanner) array(p path) {
	for n := 0; ; n++ {
		s.skipBlank()
		if s.pos >= len(s.src) || s.accept(']') {
			return
		}
		at := s.pos
		s.note(p.elem(n), place{at, at})
		s.value(p.elem(n))
		s.skipBlank()
		if !s.accept(',') && s.peek() != ']' {
			return
		}
	}
}

func (s *scanner) inlineTable(p path) {
	for {
		s.skipBlank()
		if s.pos >= len(s.src) || s.accept('}') {
			return
		}
		s.pair(p, false)
		s.skipBlank()
		if !s.accept(',') && s.peek() != '}' {
			return
		}
	}
}

// dottedKey reads a.b."c d"; it stops where no key goes on.
func (s *scanner) dottedKey() []segment {
	var out []segment
	for {
		s.skipSpace()
		at := s.pos
		switch c := s.peek(); {
		case c == '"' || c == '\'':
			out = append(out, segment{s.quoted(), at})
		case isBare(c):
			for isBare(s.peek()) {
				s.pos++
			}
			out = append(out, segment{s.src[at:s.pos], at})
		default:
			return out
		}
		s.skipSpace()
		if !s.accept('.') {
			return out
		}
	}
}

// quoted reads a string of one line, either quote, and returns what it says.
// It ends at the end of the line at the latest.
func (s *scanner) quoted() string {
	quote := s.src[s.pos]
	s.pos++
	start, escaped := s.pos, false
	for s.pos < len(s.src) && s.src[s.pos] != quote && s.src[s.pos] != '\n' {
		if quote == '"' && s.src[s.pos] == '\\' && s.pos+1 < len(s.src) && s.src[s.pos+1] != '\n' {
			escaped = true
			s.pos++
		}
		s.pos++
	}
	text := s.src[start:s.pos]
	s.accept(quote)
	if escaped {
		return unescape(text)
	}
	return text
}

// multilineString passes over a """ or ”' string. Up to two quotes may stand
// before the closing three.
func (s *scanner) multilineString(quotes string) {
	s.pos += len(quotes)
	for s.pos < len(s.src) && !strings.HasPrefix(s.src[s.pos:], quotes) {
		if quotes[0] == '"' && s.src[s.pos] == '\\' && s.pos+1 < len(s.src) {
			s.pos++
		}
		s.pos++
	}
	s.pos = min(s.pos+len(quotes), len(s.src))
	for range 2 {
		s.accept(quotes[0])
	}
}

// unescape undoes the escapes of a basic string. An escape that TOML does not
// know stays as it is.
func unescape(text string) string {
	plain := map[byte]string{'b': "\b", 't': "\t", 'n': "\n", 'f': "\f", 'r': "\r", 'e': "\x1b",
		'"': `"`, '\\': `\`}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		c := text[i+1]
		if n := digits[c]; n > 0 && i+2+n <= len(text) {
			if r, err := strconv.ParseUint(text[i+2:i+2+n], 16, 32); err == nil &&
				utf8.ValidRune(rune(r)) {
				b.WriteRune(rune(r))
				i += 1 + n
				continue
			}
		}
		if p, ok := plain[c]; ok {
			b.WriteString(p)
			i++
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// tooDeepAt gives up where a path would get too long by so many steps.
func (s *scanner) tooDeepAt(p path, steps, offset int) bool {
	if len(p)+steps <= maxDepth {
		return false
	}
	s.tooDeep, s.pos = offset, len(s.src)
	return true
}

// note keeps where p begins, unless it began before.
func (s *scanner) note(p path, at place) {
	id := p.id()
	if _, known := s.places[id]; !known {
		s.places[id] = at
	}
}

// peek is the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.src) {
		return s.src[s.pos]
	}
	return 0
}

func (s *scanner) accept(c byte) bool {
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) skipSpace() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.pos++
	}
}

// skipBlank passes over space, line ends and comments.
func (s *scanner) skipBlank() {
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		case '#':
			s.skipTo("\n")
		default:
			return
		}
	}
}

// skipTo goes to the next of the given bytes, or to the end.
func (s *scanner) skipTo(stop string) {
	if n := strings.IndexAny(s.src[s.pos:], stop); n >= 0 {
		s.pos += n
	} else {
		s.pos = len(s.src)
	}
}

func isBare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' ||
		c == '-'
}
