package markdown

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// running puts the text of rows together as it runs on, without marks and indentation; texts are parted by "/".
func running(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		text := ansi.Strip(r.Text)
		text = ansi.Strip(ansi.Cut(r.Text, min(r.Lead, ansi.StringWidth(text)), ansi.StringWidth(text)))
		if !r.Break.GoesOn() {
			b.WriteString(text + "/")
			continue
		}
		b.WriteString(strings.TrimRight(text, " ") + r.Break.Blanks())
	}
	return b.String()
}

// Rows tell where their text goes on, and what stood where it was broken.
func TestTextRunsOnOverRows(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		width     int
		want      string
	}{
		{"words", "one two three four\nfive", 9, "one two three four/five/"},
		{"paragraphs", "one two three\n\nfour", 9, "one two three//four/"},
		{"hard breaks", "one two three  \nfour", 9, "one two three/four/"},
		{"looks", "one **two three** `four five six`", 9, "one two three four five six/"},
		{"a long word", "see https://example.com/long/path now", 16, "see https://example.com/long/path now/"},
		{"no room for a letter behind the blank", "aaaaaaaaa bbbbbbbbbbbbbbbbb c", 10, "aaaaaaaaa bbbbbbbbbbbbbbbbb c/"},
		{"no room for a glyph behind the blank", "aaaaaaaa 띄어쓰기없이이어지는글", 10, "aaaaaaaa 띄어쓰기없이이어지는글/"},
		{"Korean", "한국어 문장을 씁니다", 14, "한국어 문장을 씁니다/"},
		{"Korean without blanks", "띄어쓰기없이이어지는글", 10, "띄어쓰기없이이어지는글/"},
		{"Kanji", "東京は首都です。人口", 14, "東京は首都です。人口/"},
		{"list", "- one two three\n  four\n- five", 12, "one two three/four/five/"},
		{"quotation", "> one two three", 9, "one two three/"},
		{"heading", "## one two three\ntext", 9, "one two three/text/"},
		{"code", "```\nif x {\n\treturn fmt.Errorf(\"gone\")\n}\n```", 24, "if x {/    return fmt.Errorf(\"gone\")/}/"},
		{"blanks in code", "```\none     two     three\n```", 12, "one     two     three/"},
		{"code in a list", "- a\n  ```\n  one two three four five\n  ```", 20, "a/one two three four five/"},
		{"HTML", "<div>\none two three four\n</div>", 9, "<div>/one two three four/</div>/"},
		{"stacked table", "|model|speed|price|\n|-|-|-|\n|gemini flash|fast indeed|cheap|", 18, "model: gemini flash/speed: fast indeed/price: cheap/"},
	} {
		s := New(Dark(""), c.width)
		s.Write(c.doc)
		s.Finish()
		if got := running(rows(s.Render(1))); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

// The cells of a table go on below, each in its own column.
func TestCellsRunOnInTheirColumn(t *testing.T) {
	s := New(Plain(), 23)
	s.Write("> | a | b |\n> |--:|---|\n> | one two three | 띄어쓰기 없이이어지는글 |\n")
	s.Finish()
	columns := make([]string, 2)
	for _, r := range rows(s.Render(1)) {
		for i, c := range r.Cells {
			columns[i] += ansi.Strip(ansi.Cut(r.Text, c.From, c.To))
			if columns[i] += c.Break.Blanks(); !c.Break.GoesOn() {
				columns[i] += "/"
			}
		}
	}
	if got := strings.Join(columns, "|"); !strings.HasPrefix(got, "a/one two three/") || !strings.Contains(got, "|b/띄어쓰기 없이이어지는글/") {
		t.Errorf("the columns are %q", got)
	}
}

func TestWrap(t *testing.T) {
	rows := Wrap("  one two three\n\nlonger-than-that 띄어쓰기없이", 9)
	want := []string{"  one two", "three", "", "longer-th", "an-that", "띄어쓰기", "없이"}
	if d := diff(stripped(texts(rows)), want); d != "" {
		t.Error(d)
	}
	if got := running(rows); got != "  one two three//longer-than-that 띄어쓰기없이/" {
		t.Errorf("the text is %q", got)
	}
}
