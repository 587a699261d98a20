package promptfoo

import (
	"errors"
	"fmt"
	"html"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// errUnread says that a template has something that is not read.
var errUnread = errors.New("is not read")

func unread(what string) error { return fmt.Errorf("%s %w", what, errUnread) }

// render fills a template of nunjucks: {{ variables }} with plain filters, {# comments #} and
// {% raw %}. A variable without a value is nothing, as with promptfoo. The error is errUnread.
func render(text string, vars map[string]any) (string, error) {
	var b strings.Builder
	rest, trim := text, false
	put := func(s string) {
		if trim {
			s = strings.TrimLeftFunc(s, unicode.IsSpace)
		}
		b.WriteString(s)
		trim = false
	}
	for {
		at := nextTag(rest)
		if at < 0 {
			put(rest)
			return b.String(), nil
		}
		before, tag := rest[:at], rest[at:]
		if strings.HasPrefix(tag[2:], "-") {
			before = strings.TrimRightFunc(before, unicode.IsSpace)
		}
		put(before)
		end, inner := tagEnd(tag)
		if end < 0 {
			return "", unread("the template, which ends within " + tag[:2] + ",")
		}
		rest, trim = tag[end:], strings.HasSuffix(tag[:end-2], "-")
		switch tag[1] {
		case '{':
			v, err := expression(inner, vars)
			if err != nil {
				return "", err
			}
			if v != nil {
				b.WriteString(jsString(v))
			}
		case '%':
			raw, after, ok := rawBlock(inner, rest)
			if !ok {
				return "", unread("{% " + inner + " %}")
			}
			put(raw)
			rest = after
		}
	}
}

// nextTag is where the next tag begins, -1 where there is none.
func nextTag(text string) int {
	best := -1
	for _, open := range []string{"{{", "{%", "{#"} {
		if at := strings.Index(text, open); at >= 0 && (best < 0 || at < best) {
			best = at
		}
	}
	return best
}

// tagEnd is the length of the tag at the beginning of a text, -1 where it has no end, and what is
// in it. Its end is not within quotes.
func tagEnd(tag string) (end int, inner string) {
	closing := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[tag[1]]
	quote := byte(0)
	for i := 2; i < len(tag); i++ {
		c := tag[i]
		switch {
		case tag[1] != '#' && quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case tag[1] != '#' && (c == '"' || c == '\''):
			quote = c
		case strings.HasPrefix(tag[i:], closing):
			inner := strings.TrimSuffix(strings.TrimPrefix(tag[2:i], "-"), "-")
			return i + 2, strings.TrimSpace(inner)
		}
	}
	return -1, ""
}

// endRaw ends {% raw %}.
var endRaw = regexp.MustCompile(`\{%-?\s*end(?:raw|verbatim)\s*-?%\}`)

// rawBlock gives what is in a block of raw text, and what comes after it.
func rawBlock(statement, rest string) (raw, after string, ok bool) {
	if statement != "raw" && statement != "verbatim" {
		return "", "", false
	}
	at := endRaw.FindStringIndex(rest)
	if at == nil {
		return "", "", false
	}
	return rest[:at[0]], rest[at[1]:], true
}

var (
	openTag = regexp.MustCompile(`(?m)(\{%[^%]*$|\{\{[^}]*$|\{#[^#]*$)`)
	rawTag  = regexp.MustCompile(`\{%\s*raw\s*%\}`)
)

// wrapRaw is the template as promptfoo takes it: one with a tag that does not end in its line is
// plain text.
func wrapRaw(text string) string {
	if openTag.MatchString(text) && !rawTag.MatchString(text) {
		return "{% raw %}" + text + "{% endraw %}"
	}
	return text
}

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

// defined is a value with nothing in place of undefined.
func defined(v any) any {
	if _, none := v.(undefined); none {
		return nil
	}
	return v
}

// truthy is what counts as true in JavaScript.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil, undefined:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

// uriComponent makes what encodeURIComponent of JavaScript leaves alone of a query.
var uriComponent = strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")",
	"%2A", "*")

// lower and upper are those of JavaScript: one letter may become two.
func lower(text string) string { return cases.Lower(language.Und).String(text) }
func upper(text string) string { return cases.Upper(language.Und).String(text) }

// plainFilter applies a filter that needs nothing but its value and arguments.
func plainFilter(name string, v any, args []any) (any, error) {
	text := ""
	if v != nil {
		text = jsString(v)
	}
	arg := func(n int) any {
		if n < len(args) {
			return args[n]
		}
		return nil
	}
	if _, isText := v.(string); !isText && v != nil && slices.Contains(
		[]string{"upper", "lower", "capitalize", "title", "trim"}, name) {
		return nil, unread("the filter " + name + " of what is no text")
	}
	switch name {
	case "safe":
		return v, nil
	case "upper":
		return upper(text), nil
	case "lower":
		return lower(text), nil
	case "capitalize":
		return capitalized(text), nil
	case "title":
		words := strings.Split(text, " ")
		for i, w := range words {
			words[i] = capitalized(w)
		}
		return strings.Join(words, " "), nil
	case "trim":
		return strings.TrimSpace(text), nil
	case "string":
		return text, nil
	case "dump":
		return jsonText(v, indentOf(arg(0))), nil
	case "escape", "e":
		return strings.NewReplacer("&#34;", "&quot;", "`", "&#96;").Replace(
			html.EscapeString(text)), nil
	case "urlencode":
		if s, ok := v.(string); ok {
			return uriComponent.Replace(url.QueryEscape(s)), nil
		}
	case "replace":
		if old, ok := arg(0).(string); ok && old != "" && len(args) == 2 {
			return strings.ReplaceAll(text, old, jsString(arg(1))), nil
		}
	case "load":
		if loaded, ok := parseJSON(text); ok {
			return loaded, nil
		}
	}
	return listFilter(name, v, arg(0))
}

// listFilter applies a filter of lists and numbers.
func listFilter(name string, v, arg any) (any, error) {
	list, isList := v.([]any)
	switch {
	case name == "length":
		switch v := v.(type) {
		case string:
			return float64(units(v)), nil
		case []any:
			return float64(len(v)), nil
		case map[string]any:
			return float64(len(v)), nil
		case nil:
			return 0.0, nil
		}
		return nil, nil
	case name == "join" && isList:
		between := ""
		if arg != nil {
			between = jsString(arg)
		}
		parts := make([]string, len(list))
		for i, item := range list {
			parts[i] = jsString(item)
		}
		return strings.Join(parts, between), nil
	case name == "first" && isList && len(list) > 0:
		return list[0], nil
	case name == "last" && isList && len(list) > 0:
		return list[len(list)-1], nil
	case name == "reverse" && isList:
		out := slices.Clone(list)
		slices.Reverse(out)
		return out, nil
	case name == "abs", name == "round" && arg == nil:
		if n, ok := v.(float64); ok && name == "abs" {
			return math.Abs(n), nil
		} else if ok {
			return math.Floor(n + 0.5), nil
		}
	case name == "int", name == "float":
		return numberOf(name, v, arg)
	}
	return nil, unread("the filter " + name)
}

var (
	wholeStart = regexp.MustCompile(`^\s*[+-]?\d+`)
	floatStart = regexp.MustCompile(`^\s*[+-]?(\d+(\.\d*)?|\.\d+)`)
)

// numberOf reads a number at the beginning of a text.
func numberOf(name string, v, fallback any) (any, error) {
	pattern := wholeStart
	if name == "float" {
		pattern = floatStart
	}
	start := strings.TrimSpace(pattern.FindString(jsString(v)))
	if n, err := strconv.ParseFloat(start, 64); err == nil {
		return n, nil
	}
	if fallback != nil {
		return fallback, nil
	}
	return nil, unread("the filter " + name + " of no number")
}

// indentOf is the indent of JSON.
func indentOf(v any) string {
	switch v := v.(type) {
	case float64:
		return strings.Repeat(" ", min(max(int(v), 0), 10))
	case string:
		return v
	}
	return ""
}

func capitalized(word string) string {
	first, n := utf8.DecodeRuneInString(word)
	if n == 0 {
		return ""
	}
	return upper(string(first)) + lower(word[n:])
}
