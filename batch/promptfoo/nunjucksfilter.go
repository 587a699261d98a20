package promptfoo

import (
	"html"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

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
