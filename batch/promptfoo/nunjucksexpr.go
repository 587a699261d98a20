package promptfoo

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// scanner reads an expression.
type scanner struct {
	text string
	vars map[string]any
}

// expression is the value of what stands within {{ }}.
func expression(text string, vars map[string]any) (any, error) {
	s := &scanner{text, vars}
	v, err := s.filtered()
	if err == nil && strings.TrimSpace(s.text) != "" {
		err = unread("{{ " + text + " }}")
	}
	return v, err
}

// filtered reads a value with its filters.
func (s *scanner) filtered() (any, error) {
	v, err := s.primary()
	for err == nil && s.accept("|") {
		v, err = s.filter(v)
	}
	return v, err
}

func (s *scanner) accept(token string) bool {
	s.text = strings.TrimLeftFunc(s.text, unicode.IsSpace)
	rest, ok := strings.CutPrefix(s.text, token)
	if ok {
		s.text = rest
	}
	return ok
}

var numberToken = regexp.MustCompile(`^-?\d+(\.\d+)?`)

// nameToken is the name that a text begins with, "" where it begins with none.
func nameToken(s string) string {
	for i, r := range s {
		if !unicode.IsLetter(r) && r != '_' && r != '$' && (i == 0 || !unicode.IsNumber(r)) {
			return s[:i]
		}
	}
	return s
}

// primary reads a literal, or a variable with the parts that are asked of it.
func (s *scanner) primary() (any, error) {
	if s.accept("(") {
		v, err := s.filtered()
		if err == nil && !s.accept(")") {
			err = unread("what stands in brackets")
		}
		return v, err
	}
	if text, ok, err := s.quoted(); ok || err != nil {
		return text, err
	}
	if n := numberToken.FindString(s.text); n != "" {
		s.text = s.text[len(n):]
		return strconv.ParseFloat(n, 64)
	}
	name := nameToken(s.text)
	if name == "" || name == "env" || name == "not" {
		return nil, unread("{{ " + strings.TrimSpace(s.text) + " }}")
	}
	s.text = s.text[len(name):]
	switch name {
	case "true", "false":
		return name == "true", nil
	case "none", "null":
		return nil, nil
	}
	v, given := s.vars[name]
	if !given {
		v = undefined{}
	}
	return s.parts(v)
}

// undefined is the value of a variable that nobody gave one.
type undefined struct{}

// parts follows .name and [index].
func (s *scanner) parts(v any) (any, error) {
	for {
		var key any
		switch {
		case strings.HasPrefix(s.text, "."):
			name := nameToken(s.text[1:])
			if name == "" {
				return nil, unread("{{ " + s.text + " }}")
			}
			key, s.text = name, s.text[1+len(name):]
		case strings.HasPrefix(s.text, "["):
			s.text = s.text[1:]
			var err error
			if key, err = s.primary(); err != nil {
				return nil, err
			}
			if !s.accept("]") {
				return nil, unread("[" + s.text)
			}
		case strings.HasPrefix(s.text, "("):
			return nil, unread("a call")
		default:
			_, none := v.(undefined)
			if none && !strings.HasPrefix(strings.TrimSpace(s.text), "|") {
				return nil, nil
			}
			return v, nil
		}
		v = part(v, key)
	}
}

// part is an element or a field of a value.
func part(v, key any) any {
	switch v := v.(type) {
	case map[string]any:
		if field, ok := v[jsString(key)]; ok {
			return field
		}
	case []any:
		if n, ok := key.(float64); ok && n >= 0 && n < float64(len(v)) && n == math.Trunc(n) {
			return v[int(n)]
		}
		if key == "length" {
			return float64(len(v))
		}
	case string:
		if key == "length" {
			return float64(units(v))
		}
		all := utf16Of(v)
		if n, ok := key.(float64); ok && n >= 0 && n < float64(len(all)) && n == math.Trunc(n) {
			return string(utf16.Decode(all[int(n) : int(n)+1]))
		}
	}
	return undefined{}
}

// quoted reads a text in quotes.
func (s *scanner) quoted() (text string, ok bool, err error) {
	if s.text == "" || s.text[0] != '"' && s.text[0] != '\'' {
		return "", false, nil
	}
	var b strings.Builder
	for i := 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == s.text[0]:
			s.text = s.text[i+1:]
			return b.String(), true, nil
		case c == '\\' && i+1 < len(s.text):
			i++
			if known, ok := map[byte]string{'n': "\n", 't': "\t", 'r': "\r"}[s.text[i]]; ok {
				b.WriteString(known)
			} else {
				b.WriteByte(s.text[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", false, unread("a text without its closing quote")
}

// filter reads the name and the arguments of a filter, and applies it.
func (s *scanner) filter(v any) (any, error) {
	s.accept("")
	name := nameToken(s.text)
	s.text = s.text[len(name):]
	var args []any
	if s.accept("(") {
		for !s.accept(")") {
			arg, err := s.primary()
			if err != nil {
				return nil, err
			}
			args = append(args, arg)
			if !s.accept(",") && !strings.HasPrefix(strings.TrimSpace(s.text), ")") {
				return nil, unread("the arguments of the filter " + name)
			}
		}
	}
	_, none := v.(undefined)
	if name == "default" || name == "d" {
		always := len(args) > 1 && args[1] == true
		if len(args) > 0 && (none || always && !truthy(v)) {
			return args[0], nil
		}
		return defined(v), nil
	}
	return plainFilter(name, defined(v), args)
}
