// Package template fills {{variables}} in texts.
package template

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// variable is a variable in a text, such as {{language}}. Blanks inside the braces do not count.
var variable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{\{\s*([\p{L}\p{N}_. -]*[\p{L}\p{N}_.-])\s*\}\}`)
})

// Variables are the names in a text, each once, in the order in which they stand there.
func Variables(text string) []string {
	if !strings.Contains(text, "{{") {
		return nil
	}
	var names []string
	for _, m := range variable().FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// Fill puts values into a text, once: braces in a value are no variables. A variable without a
// value stays as it is.
func Fill(text string, values map[string]any) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	return variable().ReplaceAllStringFunc(text, func(s string) string {
		v, ok := values[variable().FindStringSubmatch(s)[1]]
		if !ok {
			return s
		}
		return Text(v)
	})
}

// Missing are the variables of a text without a value.
func Missing(text string, values map[string]any) []string {
	return slices.DeleteFunc(Variables(text), func(name string) bool {
		_, ok := values[name]
		return ok
	})
}

// Text is a value in a text: a text as it is, all else as JSON.
func Text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
