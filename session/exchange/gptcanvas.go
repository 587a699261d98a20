package exchange

import (
	"encoding/json"
	"regexp"
	"strings"
)

// canvas is the document beside a conversation as its last change left it.
type canvas struct {
	name, kind, text string
	open             bool
}

// document takes a call that makes or changes a canvas document. A person read the document as the
// answer, so its text is a part of it.
func (b *gptBuilder) document(m *gptMessage) {
	raw := m.Content.Text.v
	if blank(raw) {
		raw = m.words(nil)
	}
	switch what := strings.TrimPrefix(m.Recipient.v, "canmore."); what {
	case "create_textdoc":
		var call struct{ Name, Type, Content lax[string] }
		if json.Unmarshal([]byte(raw), &call) != nil || blank(call.Content.v) {
			b.left.add("canvas document", "canvas documents")
			return
		}
		b.canvas = canvas{call.Name.v, call.Type.v, call.Content.v, true}
	case "update_textdoc":
		if !b.canvas.update(raw) {
			b.left.add("change of a canvas document", "changes of a canvas document")
			return
		}
	default:
		b.left.add("comment on a canvas document", "comments on a canvas document")
		return
	}
	b.say(m, b.canvas.shown(), "")
}

// update applies a call of update_textdoc: {"updates": [{"pattern", "multiple", "replacement"}]},
// where a pattern is a regular expression. It reports whether that worked.
func (c *canvas) update(raw string) bool {
	var call struct {
		Updates []struct {
			Pattern     string    `json:"pattern"`
			Multiple    lax[bool] `json:"multiple"`
			Replacement string    `json:"replacement"`
		} `json:"updates"`
	}
	if json.Unmarshal([]byte(raw), &call) != nil || len(call.Updates) == 0 {
		return false
	}
	text := c.text
	for _, u := range call.Updates {
		if u.Pattern == ".*" || !c.open { // the whole of it
			text = u.Replacement
			continue
		}
		expr, err := regexp.Compile("(?s)" + u.Pattern)
		if err != nil {
			return false
		}
		at := expr.FindStringIndex(text)
		switch {
		case at == nil:
			return false
		case u.Multiple.v:
			text = expr.ReplaceAllLiteralString(text, u.Replacement)
		default:
			text = text[:at[0]] + u.Replacement + text[at[1]:]
		}
	}
	c.text, c.open = text, true
	return true
}

// shown is the document as Markdown.
func (c *canvas) shown() string {
	text := c.text
	if language, ok := strings.CutPrefix(c.kind, "code/"); ok {
		text = fenced(language, text)
	}
	if c.name != "" {
		text = "**" + c.name + "**\n\n" + text
	}
	return text
}

// fenced makes a code block of a text.
func fenced(language, text string) string {
	if blank(text) {
		return ""
	}
	if language == "unknown" {
		language = ""
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}
