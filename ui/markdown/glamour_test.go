package markdown

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	glamourstyles "charm.land/glamour/v2/styles"
)

// Each of Glamour's styles draws the sample, the same from its JSON as by its name.
func TestGlamourStyles(t *testing.T) {
	doc := corpus(t)["llm answer"]
	seen := map[string]string{}
	for _, name := range GlamourNames() {
		style, ok := Glamour(name)
		if !ok {
			t.Fatal(name)
		}
		text, err := json.Marshal(glamourstyles.DefaultStyles[name])
		if err != nil {
			t.Fatal(err)
		}
		fromFile, mistakes := ParseGlamour(text)
		if len(mistakes) > 0 {
			t.Errorf("%s: %v", name, mistakes)
		}
		got := draw(style, 60, doc)
		if d := diff(draw(fromFile, 60, doc), got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		all := strings.Join(got, "\n")
		if other := seen[all]; other != "" && name != "notty" { // which ascii is too, but for other tables
			t.Errorf("%s looks like %s", name, other)
		}
		seen[all] = name
	}
	if _, ok := Glamour("nonesuch"); ok {
		t.Error("there is a style nonesuch")
	}
}

func TestGlamourLooks(t *testing.T) {
	style, mistakes := ParseGlamour([]byte(`{
	  "document": {"block_prefix": "\n", "margin": 2},
	  "heading": {"color": "33", "bold": true}, "h2": {"prefix": "## ", "suffix": " #", "background_color": "#102030"},
	  "strong": {"block_prefix": "**", "block_suffix": "**"}, "emph": {"inverse": true}, "code": {"prefix": "<", "suffix": ">"},
	  "item": {"block_prefix": "- "}, "enumeration": {"block_prefix": ") "}, "block_quote": {"indent_token": "> "},
	  "task": {"ticked": "(x) "}, "table": {"column_separator": "!"},
	  "code_block": {"chroma": {"keyword": {"color": "#ff0000", "bold": true}, "name": {"color": "2"}}}
	}`))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for _, c := range []struct{ doc, want string }{
		{"## a", "\x1b[38;5;33;48;2;16;32;48;1m## a #\x1b[m"},
		{"**a** *b* `c`", "**a** \x1b[7mb\x1b[m <c>"},
		{"- a", "- a"},
		{"1. a", "1) a"},
		{"- [x] a", "(x) a"},
		{"```go\nreturn x\n```", "▎ \x1b[38;2;255;0;0;1mreturn\x1b[m \x1b[32mx\x1b[m"},
	} {
		if got := strings.Join(draw(style, 60, c.doc), "\n"); got != c.want {
			t.Errorf("%s: %q, not %q", c.doc, got, c.want)
		}
	}
}

// Every mistake of a style's file has its line and key.
func TestGlamourMistakes(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`{}`, nil},
		{`{"h1": {"color": null}}`, nil},
		{"{\n \"h1\": {\n  \"colour\": \"1\",\n  \"bold\": \"yes\"\n }\n}", []string{
			`3: h1.colour: unknown key; did you mean "color"?`, `4: h1.bold: must be true or false`}},
		{"{\n\"h7\": {\"a\": [1, {}]},\n\"document\": {\"margin\": -1}}", []string{
			"2: h7: unknown key", "3: document.margin: must be a whole number from 0 on"}},
		{`{"text": {"color": "blau"}, "link": {"background_color": "#12"}}`, []string{
			`1: text.color: "blau" is no colour; write "#rrggbb", or a number from 0 to 255`,
			`1: link.background_color: "#12" is no colour; write "#rrggbb", or a number from 0 to 255`}},
		{`{"code_block": {"theme": "nonesuch", "chroma": {"keyword": 7}}}`, []string{
			`1: code_block.theme: "nonesuch" is none of Chroma's styles`, "1: code_block.chroma.keyword: must be an object"}},
		{`{"item": {"block_prefix": "\u001b[2J"}}`, []string{"1: item.block_prefix: has a control character"}},
		{"{\n\"h1\": {", []string{"2: the style ends too early"}},
		{"", []string{"1: the style ends too early"}},
		{"[]", []string{"1: must be an object"}},
		{"{} {}", []string{"1: something follows the style"}},
		{"{\n\"h1\": x}", []string{"2: this is not JSON: invalid character 'x' looking for beginning of value"}},
	} {
		_, mistakes := ParseGlamour([]byte(c.text))
		var got []string
		for _, m := range mistakes {
			got = append(got, m.Error())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.text, fmt.Sprintf("%q", got), fmt.Sprintf("%q", c.want))
		}
	}
}
