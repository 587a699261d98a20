package exchange

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// ChatGPT marks what its page draws otherwise with characters for private use: U+E200 kind U+E202
// value … U+E201. A kind may stand for words that a person saw (the name of an entity, the text of
// a link) or for a source alone. U+E203 and U+E204 enclose words that a source belongs to, and
// U+E206 ends them.
var (
	gptMark = regexp.MustCompile("\ue200[^\ue200\ue201]*\ue201")
	// the answer was cut off within a mark
	gptCut   = regexp.MustCompile("\ue200[^\ue200\ue201\n]*$")
	gptSpans = strings.NewReplacer("\ue200", "", "\ue201", "", "\ue202", "", "\ue203", "",
		"\ue204", "", "\ue205", "", "\ue206", "")
	gptPointer = regexp.MustCompile(`^\s*((turn\d+[a-z_]+\d+|L\d+(-L\d+)?)[\s,;]*)*$`)
)

// withoutMarks gives the words that a person saw, and how many marks stood for a source alone.
// Other characters for private use stay.
func withoutMarks(s string) (text string, sources int) {
	if !strings.ContainsAny(s, "\ue200\ue201\ue202\ue203\ue204\ue205\ue206") {
		return s, 0
	}
	s = gptMark.ReplaceAllStringFunc(s, func(mark string) string {
		parts := strings.Split(strings.Trim(mark, "\ue200\ue201"), "\ue202")
		words := seenIn(parts[0], parts[1:])
		if words == "" {
			sources++
		}
		return words
	})
	s = gptCut.ReplaceAllString(s, "")
	return gptSpans.Replace(s), sources
}

// seenIn gives the words of a mark of a kind with these values, "" where it only points at a
// source.
func seenIn(kind string, values []string) string {
	for _, v := range values {
		var list []any
		var object map[string]any
		switch {
		case json.Unmarshal([]byte(v), &list) == nil:
			if kind == "entity" && len(list) > 1 { // its class comes before its name
				list = list[1:2]
			}
			for _, e := range list {
				if s, ok := e.(string); ok && (kind == "entity" || !gptPointer.MatchString(s)) {
					return s
				}
			}
		case json.Unmarshal([]byte(v), &object) == nil:
			if s := wordsIn(object); s != "" {
				return s
			}
		case !strings.HasSuffix(kind, "cite") && !gptPointer.MatchString(v):
			return v
		}
	}
	return ""
}

// wordsIn finds what is shown of a widget.
func wordsIn(object map[string]any) string {
	for _, key := range []string{"title", "name", "text", "label", "content"} {
		if s, ok := object[key].(string); ok && !blank(s) {
			return s
		}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if inner, ok := object[key].(map[string]any); ok {
			if s := wordsIn(inner); s != "" {
				return s
			}
		}
	}
	return ""
}
