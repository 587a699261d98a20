package markdown

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// draw draws a document at once.
func draw(style Style, width int, doc string) []string {
	s := New(style, width)
	s.Write(doc)
	s.Finish()
	return all(s.Render(1))
}

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		width     int
		want      []string
	}{
		{"hanging indent", "1. one two three\n2. four\n\n   five six seven", 12,
			[]string{"1. one two", "   three", "2. four", "", "   five six", "   seven"}},
		{"nested lists", "- a\n  - b\n    - c\n      1. d", 30,
			[]string{"• a", "  ◦ b", "    ▪ c", "      1. d"}},
		{"too deep to indent", "- a\n  - b\n    - c\n      - deep down", 15,
			[]string{"• a", "  ◦ b", "    ▪ c", "    • deep down"}},
		{"list counts by position", "3. a\n3. b\n3. c", 20,
			[]string{"3. a", "4. b", "5. c"}},
		{"headings hug what follows", "## A\n\ntext\n\n### B\n- item\n\n# C\ntext", 20,
			[]string{"A", "text", "", "B", "• item", "", "C", "", "text"}},
		{"eleven levels", strings.Join(nested(11, "- x"), "\n"), 40, append(nested(10, "? x"), strings.Repeat("  ", 9)+"? x")},
		{"eleven levels on a line", strings.Repeat("- ", 11) + "x", 40,
			[]string{strings.Repeat("? ", 9) + "?", strings.Repeat("  ", 9) + "? x"}},
		{"quotation", "> one two three\n>\n> four", 11,
			[]string{"│ one two", "│ three", "│", "│ four"}},
		{"line breaks of any kind", "a\nb  \nc\\\nd", 20,
			[]string{"a", "b", "c", "d"}},
		{"a poem", "Roses are red,\nViolets are blue,\n\n改行の\nあと\n장미는\n붉고", 40,
			[]string{"Roses are red,", "Violets are blue,", "", "改行の", "あと", "장미는", "붉고"}},
		{"a long line of an address", "Name: Alice in Wonderland\nAge: 30", 12,
			[]string{"Name: Alice", "in", "Wonderland", "Age: 30"}},
		{"line breaks in a list", "Steps:\n1. one\n   more\n2. two\nThen:\n- a\n  b", 20,
			[]string{"Steps:", "", "1. one", "   more", "2. two", "   Then:", "", "• a", "  b"}},
		{"line breaks in a quotation", "> a\n> b\n\n> - c\n>   d", 20,
			[]string{"│ a", "│ b", "", "│ • c", "│   d"}},
		{"line breaks in bold, links and code", "**a\nb** [c\nd](e) `f\ng`", 20,
			[]string{"a", "b c", "d e f", "g"}},
		{"line breaks in a heading", "a\nb\n---\nc", 20,
			[]string{"a", "b", "c"}},
		{"mathematics", "so $a*b*c$ and \\(\\{x \\mid x > 0\\}\\).", 60,
			[]string{`so $a*b*c$ and \(\{x \mid x > 0\}\).`}},
		{"mathematics on its own lines", "Then\n\\[\nf(x) &= (x+1)^2 \\\\\n- b\n\\]\nand $5 or $10, *soft*", 40,
			[]string{"Then", "", `\[`, `f(x) &= (x+1)^2 \\`, "- b", `\]`, "", "and $5 or $10, soft"}},
		{"mathematics in a list", "- a\n  $$\n  x\n    + y\n  $$", 40,
			[]string{"• a", "  $$", "  x", "    + y", "  $$"}},
		{"no break before a full stop", "東京は首都です。人口", 14,
			[]string{"東京は首都で", "す。人口"}},
		{"Korean breaks between words", "한국어 문장을 씁니다", 14,
			[]string{"한국어 문장을", "씁니다"}},
		{"Korean without blanks", "띄어쓰기없이이어지는글", 10,
			[]string{"띄어쓰기없", "이이어지는", "글"}},
		{"long word fills the line", "see https://example.com/long/path now", 16,
			[]string{"see https://exam", "ple.com/long/pat", "h now"}},
		{"code", "```\nif x {\n\treturn fmt.Errorf(\"gone\")\n}\n```", 24,
			[]string{"▎ if x {", "▎     return", "▎       fmt.Errorf(\"gone", "▎       \")", "▎ }"}},
		{"tabs go to columns", "```\na\tb\nabcde\tf\n```", 24,
			[]string{"▎ a   b", "▎ abcde   f"}},
		{"table", "|a|b|\n|--|--:|\n|one|1|\n|two|22|", 20,
			[]string{"a   │  b", "────┼───", "one │  1", "two │ 22"}},
		{"rows after one of several lines are parted", "|a|b|\n|-|-|\n|v|w|\n|x|one two three|\n|y|z|\n|p|q|", 12,
			[]string{"a │ b", "──┼─────────", "v │ w", "──┼─────────", "x │ one two", "  │ three", "──┼─────────", "y │ z",
				"──┼─────────", "p │ q"}},
		{"narrow table is stacked", "|model|speed|price|\n|-|-|-|\n|gemini flash|fast indeed|cheap|\n|llama|slow|free|", 18,
			[]string{"model: gemini", "  flash", "speed: fast indeed", "price: cheap", "────────────", "model: llama", "speed: slow", "price: free"}},
		{"tasks", "- [x] done\n- [ ] to do", 20,
			[]string{"[✓] done", "[ ] to do"}},
		{"links", "[text](https://a.b/c) [https://a.b](https://a.b) <x@y.z>", 80,
			[]string{"text https://a.b/c https://a.b x@y.z"}},
		{"tags are shown", "use the <kbd> tag<br>here", 40,
			[]string{"use the <kbd> tag", "here"}},
		{"references", "[x]\n\n[x]: https://a.b", 40,
			[]string{"x https://a.b"}},
		{"narrower than a glyph", "한a", 1,
			[]string{"?", "a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := stripped(draw(Dark(""), c.width, c.doc))
			if strings.Contains(c.want[0], "?") { // any bullet
				for i := range got {
					got[i] = strings.NewReplacer("•", "?", "◦", "?", "▪", "?").Replace(got[i])
				}
			}
			if d := diff(got, c.want); d != "" {
				t.Error(d)
			}
		})
	}
}

// nested returns an item at each of n levels.
func nested(n int, item string) (lines []string) {
	for level := range n {
		lines = append(lines, strings.Repeat("  ", level)+item)
	}
	return lines
}

// Text that a pane is too narrow for is wrapped, not lost: every character of a wide drawing is in a narrow one too,
// as often as there.
func TestNothingIsLost(t *testing.T) {
	count := func(lines []string) map[rune]int {
		n := map[rune]int{}
		for _, l := range lines {
			for _, r := range ansi.Strip(l) {
				n[r]++
			}
		}
		return n
	}
	for name, doc := range corpus(t) {
		wide := count(draw(Plain(), 2000, doc))
		for _, width := range []int{4, 20, 38} {
			narrow := count(draw(Plain(), width, doc))
			for r, n := range wide {
				if !strings.ContainsRune(" │─┼▎◦▪•", r) && narrow[r] < n {
					t.Errorf("%s at width %d has %q %d times, not %d", name, width, r, narrow[r], n)
				}
			}
		}
	}
}

// Colours are parameters of two digits or more; attributes have one.
func TestPlainHasNoColours(t *testing.T) {
	colour := regexp.MustCompile(`\x1b\[[0-9;]*[0-9]{2}[0-9;]*m`)
	for name, doc := range corpus(t) {
		for _, l := range draw(Plain(), 60, doc) {
			if colour.MatchString(l) {
				t.Fatalf("%s: %q", name, l)
			}
		}
	}
}

// In a wide pane prose keeps to a measure that can be read; code and tables have all of the width.
func TestProseIsNoWiderThanCanBeRead(t *testing.T) {
	words, code := strings.Repeat("word ", 60), strings.Repeat("f(x); ", 30)
	cell := strings.Repeat("cell ", 15)
	for _, l := range stripped(draw(Dark(""), 200, words+"\n\n- "+words+"\n\n## "+words)) {
		if w := ansi.StringWidth(l); w > 110 {
			t.Errorf("%d cells: %q", w, l)
		}
	}
	if got := stripped(draw(Dark(""), 200, "```\n"+code+"\n```\n")); len(got) != 1 {
		t.Errorf("a line of code in %d rows", len(got))
	}
	if got := stripped(draw(Dark(""), 200, "| a | b |\n|---|---|\n| "+cell+"| "+cell+"|\n")); len(got) != 3 {
		t.Errorf("a table's row: %q", got)
	}
}
