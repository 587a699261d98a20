package markdown

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestUnknownLanguagesAreNotLexed(t *testing.T) {
	for _, lang := range []string{"", "text", "nosuchlanguage", "Plain"} {
		if lexerFor(lang) != nil {
			t.Errorf("%q has a lexer", lang)
		}
	}
	for _, lang := range []string{"go", "Python", "ts", "bash", "yml", "c++", "dockerfile"} {
		if lexerFor(lang) == nil {
			t.Errorf("%q has no lexer", lang)
		}
	}
}

// A long code block is lexed in segments. They must not show: a string that goes over many lines keeps its colour, and
// every byte is in one segment.
func TestSegments(t *testing.T) {
	var code strings.Builder
	code.WriteString("\"\"\"" + strings.Repeat("A module of many words.\n\n", 200) + "\"\"\"\n")
	for i := range 150 {
		fmt.Fprintf(&code, "def f%d(x):\n    \"\"\"Doc\n\nstring %d.\n    \"\"\"\n    return x + %[2]d  # sum\n\n", i, i)
	}
	text := code.String()
	steady(t, func() string {
		segs := newHighlighter().segments("python", text, false)
		if len(segs) < 5 {
			return fmt.Sprintf("only %d segments", len(segs))
		}
		var joined strings.Builder
		var runs []run
		for _, s := range segs {
			joined.WriteString(s.text)
			for _, r := range s.runs {
				if n := len(runs); n > 0 && runs[n-1].token == r.token {
					runs[n-1].bytes += r.bytes
				} else {
					runs = append(runs, r)
				}
			}
		}
		switch {
		case joined.String() != text:
			return "the segments are not the text"
		case !slices.Equal(runs, lex(lexerFor("python"), text)):
			return "the segments have other colours than the whole"
		}
		return ""
	})
}

// What is settled of a growing block stays so, and is never more than there is.
func TestSettled(t *testing.T) {
	text := repeat(answers["code"], 30_000)
	h := newHighlighter()
	last := 0
	for known := 0; known < len(text); known += 500 {
		n := h.settledLen("go", text[:known])
		if n < last || n > known {
			t.Fatalf("%d bytes of %d are settled, after %d", n, known, last)
		}
		last = n
	}
	if last < len(text)-maxWindow {
		t.Errorf("only %d bytes of %d are settled", last, len(text))
	}
}

// Data in a code block is shown, without colours.
func TestLinesTooLongToLex(t *testing.T) {
	text := "x = \"" + strings.Repeat("a", maxLine) + "\"\n"
	if runs := lex(lexerFor("python"), text); runs != nil {
		t.Errorf("%d runs", len(runs))
	}
	doc := "```python\n" + strings.Repeat(text, 3) + "```"
	if got := len(strings.Join(stripped(draw(Plain(), 2*maxLine, doc)), "")); got < 3*maxLine {
		t.Errorf("only %d bytes are drawn", got)
	}
}

// What is shown of a growing code block is always its text behind a bar, at its place; its end does not flash up.
func TestGrowingCode(t *testing.T) {
	for doc, whole := range map[string]string{
		"1. Run:\n\n   ```go\n   if x {\n     y()\n   ```\n": "1. Run:\n\n   ▎ if x {\n   ▎   y()",
		"- ~~~\n  x := 1\n  y := 2\n  ~~~\n":                 "• ▎ x := 1\n  ▎ y := 2",
		"> ```\n> x := 1\n>   y := 2\n> ```\n":               "│ ▎ x := 1\n│ ▎   y := 2",
		"\n```python\ndef f():\n    pass\n```\n":             "▎ def f():\n▎     pass",
	} {
		s := unhurried(Dark(""), 40)
		for i := range doc {
			s.Write(doc[i : i+1])
			got := strings.Join(stripped(all(s.Render(1))), "\n")
			if i > strings.LastIndexAny(doc[:len(doc)-5], "`~") && !strings.HasPrefix(whole, got) {
				t.Fatalf("after %q:\n%s", doc[:i+1], got)
			}
		}
		if got := strings.Join(stripped(all(s.Render(1))), "\n"); got != whole {
			t.Fatalf("after %q:\n%s", doc, got)
		}
	}
}
