package promptfoo

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
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
