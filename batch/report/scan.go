package report

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads one JSON value of a line from left to right (RFC 8259). It looks at every byte and
// keeps none: what a report does not need of a line is checked and passed over without a copy.
// After a mistake err is set, and every further call does nothing.
type scanner struct {
	b     []byte
	i     int
	depth int
	err   error
}

// maxDepth bounds nesting, as encoding/json does.
const maxDepth = 10_000

// errTorn says that the line ends before its value does.
var errTorn = errors.New("it ends before its JSON does")

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// mistake says what stands at the present place in the place of what is wanted.
func (s *scanner) mistake(want string) {
	switch {
	case s.err != nil:
	case s.i >= len(s.b):
		s.err = errTorn
	default:
		r, _ := utf8.DecodeRune(s.b[s.i:])
		s.fail("column %d: %q where %s is wanted", s.i+1, r, want)
	}
}

// peek is the next byte after white space, 0 at the end and after a mistake.
func (s *scanner) peek() byte {
	if s.err != nil {
		return 0
	}
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// take reads one byte, which must be c.
func (s *scanner) take(c byte, want string) bool {
	if s.peek() != c {
		s.mistake(want)
		return false
	}
	s.i++
	return true
}

// end reports whether nothing follows, which it wants.
func (s *scanner) end() bool {
	if s.peek(); s.err == nil && s.i < len(s.b) {
		s.mistake("the end of the line")
	}
	return s.err == nil
}

// object reads an object. member reads the value of a key; the key holds until then.
func (s *scanner) object(member func(key []byte)) {
	if !s.enter('{', "an object") {
		return
	}
	if s.peek() == '}' {
		s.leave()
		return
	}
	for s.err == nil {
		key, escaped := s.quoted()
		if !s.take(':', "a colon") {
			return
		}
		if escaped {
			key = unquote(nil, key)
		}
		member(key)
		switch s.peek() {
		case ',':
			s.i++
		case '}':
			s.leave()
			return
		default:
			s.mistake("a comma or the end of the object")
		}
	}
}

// array reads an array; element reads one of its values.
func (s *scanner) array(element func()) {
	if !s.enter('[', "an array") {
		return
	}
	if s.peek() == ']' {
		s.leave()
		return
	}
	for s.err == nil {
		element()
		switch s.peek() {
		case ',':
			s.i++
		case ']':
			s.leave()
			return
		default:
			s.mistake("a comma or the end of the array")
		}
	}
}

func (s *scanner) enter(open byte, want string) bool {
	if !s.take(open, want) {
		return false
	}
	if s.depth++; s.depth > maxDepth {
		s.fail("it is nested deeper than %d", maxDepth)
		return false
	}
	return true
}

func (s *scanner) leave() {
	s.i++
	s.depth--
}

// skip passes over a value of any kind.
func (s *scanner) skip() {
	switch c := s.peek(); {
	case c == '{':
		s.object(func([]byte) { s.skip() })
	case c == '[':
		s.array(s.skip)
	case c == '"':
		s.quoted()
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	default:
		s.mistake("a value")
	}
}

// raw passes over a value and returns it as it stands.
func (s *scanner) raw() []byte {
	s.peek()
	from := s.i
	s.skip()
	if s.err != nil {
		return nil
	}
	return s.b[from:s.i]
}

// word reads true, false or null.
func (s *scanner) word(w string) {
	s.peek()
	for j := range len(w) {
		if s.i >= len(s.b) || s.b[s.i] != w[j] {
			s.mistake(w)
			return
		}
		s.i++
	}
}

// null reads a null, if one is next.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	s.word("null")
	return true
}

// truth reads true, false or null, which is nil.
func (s *scanner) truth() *bool {
	yes := false
	switch s.peek() {
	case 't':
		s.word("true")
		yes = true
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
		return nil
	default:
		s.mistake("true, false or null")
	}
	return &yes
}

// isTrue reads a truth value; null is false.
func (s *scanner) isTrue() bool {
	v := s.truth()
	return v != nil && *v
}

// number passes over a number and returns its digits.
func (s *scanner) number() []byte {
	s.peek()
	from := s.i
	digits := func() {
		if s.i >= len(s.b) || s.b[s.i] < '0' || s.b[s.i] > '9' {
			s.mistake("a digit")
			return
		}
		for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
			s.i++
		}
	}
	next := func(any string) bool {
		for j := range len(any) {
			if s.err == nil && s.i < len(s.b) && s.b[s.i] == any[j] {
				s.i++
				return true
			}
		}
		return false
	}
	next("-")
	if !next("0") { // no digit may follow a leading 0
		digits()
	}
	if next(".") {
		digits()
	}
	if next("eE") {
		next("+-")
		digits()
	}
	if s.err != nil {
		return nil
	}
	return s.b[from:s.i]
}

// float reads a number; null is NaN.
func (s *scanner) float() float64 {
	if s.null() {
		return math.NaN()
	}
	c := s.peek()
	if c != '-' && (c < '0' || c > '9') {
		s.mistake("a number or null")
		return math.NaN()
	}
	digits := s.number()
	if s.err != nil {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(string(digits), 64)
	if err != nil { // beyond the range of a float64
		s.fail("the number %.30s is too large", digits)
	}
	return v
}

// text reads a string into buf, and returns it; null is "".
func (s *scanner) text(buf []byte) []byte {
	if s.null() {
		return buf[:0]
	}
	raw, _ := s.quoted()
	return unquote(buf[:0], raw)
}

// quoted passes over a string and returns it without its quotes, with its escapes.
func (s *scanner) quoted() (raw []byte, escaped bool) {
	if !s.take('"', "a string") {
		return nil, false
	}
	from := s.i
	b := s.b
	for i := from; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			s.i = i + 1
			return b[from:i], escaped
		case c == '\\':
			escaped = true
			n := escapeLength(b[i:])
			if n == 0 {
				s.i = i
				s.mistake("an escape that JSON has")
				return nil, false
			}
			i += n - 1
		case c < 0x20:
			s.i = i
			s.mistake("the end of the string")
			return nil, false
		}
	}
	s.i = len(b)
	s.mistake("the end of the string")
	return nil, false
}

// escapeLength is the length of the escape that b begins with; 0 for none that JSON has. One that
// is cut by the end of b counts to there.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		for i := 2; i < 6; i++ {
			if i >= len(b) {
				return len(b)
			}
			if _, ok := hex(b[i]); !ok {
				return 0
			}
		}
		return 6
	}
	return 0
}

func hex(c byte) (rune, bool) {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0'), true
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}

// unquote appends a string without its escapes. Half a surrogate pair becomes U+FFFD, and so does
// a byte that is no UTF-8.
func unquote(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(raw[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
		case c != '\\' || i+1 >= len(raw):
			dst = append(dst, c)
			i++
		case raw[i+1] == 'u':
			r := unit(raw[i:])
			i += 6
			if utf16.IsSurrogate(r) {
				pair := utf16.DecodeRune(r, unit(raw[i:]))
				if pair != utf8.RuneError {
					i += 6
				}
				r = pair
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, plainEscape(raw[i+1]))
			i += 2
		}
	}
	return dst
}

// unit is the number of the escape \uXXXX that b begins with, -1 for none.
func unit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		v, ok := hex(c)
		if !ok {
			return -1
		}
		r = r<<4 | v
	}
	return r
}

func plainEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
