package markdown

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestLongRunsOfAnything(t *testing.T) {
	units := []string{
		"a", "한", "漢", "ア", "、", "👩🏾‍💻", "é", "-", "`", "|", "[", "> ", "- ", "é ", "\u200b", "&#27;", "**a", "a/",
	}
	frames := []string{
		"%s", "# %s", "- %s", "> %s", "`%s`", "**%s**", "| a |\n|---|\n| %s |", "```\n%s\n```", "    %s",
		"[%s](https://a.b/%[1]s)", "<div>%s", "term\n: %s",
	}
	for _, unit := range units {
		for _, frame := range frames {
			doc := fmt.Sprintf(frame, strings.Repeat(unit, 300/len(unit)))
			for _, width := range []int{1, 25} {
				s := unhurried(Dark(""), width)
				s.Write(doc[:len(doc)/2])
				checkLines(t, Frame{}, s.Render(1), width)
				s.Write(doc[len(doc)/2:])
				checkLines(t, Frame{}, s.Render(1), width)
				s.Finish()
				checkLines(t, Frame{}, s.Render(1), width)
			}
		}
	}
}

// The short cuts that nextRun and nextGrapheme take give the widths of the terminal library.
func TestWidthsAreThoseOfStringWidth(t *testing.T) {
	followers := []string{"", "a", "가", "漢", "\u0301", "\u200d", "\ufe0f", "\u3099", "\u11a8", "👍"}
	for r := rune(' '); r <= 0x1ffff; r++ {
		switch {
		case r > 0x3400 && r < 0x4db0, r > 0x4e10 && r < 0x9f00, r > 0xac20 && r < 0xd790, r >= 0xd800 && r < 0xf900, r > 0xffff && r < 0x1f000:
			continue // more of the same
		}
		for _, f := range followers {
			s := clean(string(r) + f)
			runs, graphemes := 0, 0
			for at, end, cells := 0, 0, 0; at < len(s); at = end {
				end, cells, _ = nextRun(s, at)
				runs += cells
			}
			for at := 0; at < len(s); {
				n, cells := nextGrapheme(s, at)
				at, graphemes = at+n, graphemes+cells
			}
			if w := ansi.StringWidth(s); runs != w || graphemes != w {
				t.Fatalf("%q (%U) is %d and %d cells wide, not %d", s, r, runs, graphemes, w)
			}
		}
	}
}

func TestControlCharactersNeverComeThrough(t *testing.T) {
	s := New(Dark(""), 60)
	s.Write("\x1b[31mred\x07\r\n\x9b0m &#27;]0;title&#7; `&#27;[m`\u202eevil [a](https://x.y/\u009b&#27;[31m) <https://x/\u202e>\n")
	s.Write("```go\n\u009b31m\u202e\n```\n| &#27;[31m |\n|--|\n")
	s.Finish()
	checkLines(t, Frame{}, s.Render(1), 60)
	if got := strings.Join(stripped(all(s.Render(1))), "\n"); strings.ContainsAny(got, "\u202e\u009b\x1b") || !strings.Contains(got, "evil") {
		t.Errorf("%q", got)
	}
}

func TestHyperlinks(t *testing.T) {
	for url, want := range map[string]string{
		"https://a.b/c?d=e#f":                  "\x1b]8;id=3187166195;https://a.b/c?d=e#f\x07",
		"http://a.b/한":                         "\x1b]8;id=392203083;http://a.b/%ED%95%9C\x07",
		"mailto:a@b.c":                         "\x1b]8;id=488045539;mailto:a@b.c\x07",
		"javascript:alert(1)":                  "",
		"file:///etc/passwd":                   "",
		"/relative":                            "",
		"https://" + strings.Repeat("a", 3000): "",
	} {
		if got := hyperlink(url); got != want {
			t.Errorf("%q: %q, not %q", url, got, want)
		}
	}
}
