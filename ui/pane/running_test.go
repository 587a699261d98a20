package pane

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/theme"
)

// wrapped is a pane of 24 cells that shows an answer, as wide as its text may be 20, and its look.
func wrapped(t *testing.T, answer string) (*Pane, Look) {
	t.Helper()
	p := New(0, registry.Spec{})
	p.Resize(Rect{0, 0, 24, 36}, 0)
	p.Add(&session.Turn{Prompt: "go"}, &session.Reply{Text: answer, Status: session.Done})
	l := Look{Theme: theme.New("dark", nil, true, colorprofile.TrueColor), Width: p.InnerWidth(), Panes: 1,
		Label: func(keys.Action) string { return "" }}
	p.Draw(l, time.Time{})
	return p, l
}

// Text is found as it runs on: over the rows that it was broken into, marked in each of them, and not beyond the text.
func TestFindAcrossBrokenRows(t *testing.T) {
	table := "| name | what it is |\n|---|---|\n| alpha | a word that is long |\n| beta | 띄어쓰기없이이어지는글 |\n"
	for _, c := range []struct {
		name, answer, query string
		want                []string // what is marked, by rows; a hit per item, "/" between its rows
	}{
		{"words", "one two three four five\nsix", "THREE four FIVE", []string{"three four/five"}},
		{"every time", "one two three four five six seven eight four five", "four five", []string{"four/five", "four five"}},
		{"Korean between words", "한국어 문장을 씁니다 그리고 씁니다", "씁니다 그리고", []string{"씁니다/그리고"}},
		{"Korean within a word", "띄어쓰기없이이어지는긴글", "이어지는긴글", []string{"이어지는/긴글"}},
		{"an address", "see https://example.com/long/path now", "example.com", []string{"example./com"}},
		{"over looks", "one two **three four** five", "four five", []string{"four/five"}},
		{"a long code line", "```\nif ready { return somewhere }\n```", "return somewhere", []string{"return/somewhere"}},
		{"three rows", "aaaa bbbbbbbbbbbbbbb cccccccccccccccccc dd", "a bbbbbbbbbbbbbbb cccccccccccccccccc d", []string{"a bbbbbbbbbbbbbbb/cccccccccccccccccc/d"}},
		{"in a quotation", "> one two three four five", "four five", []string{"four/five"}},
		{"in a list", "- one two three four five", "four five", []string{"four/five"}},
		{"in a table's cell", table, "that is long", []string{"that/is long"}},
		{"Korean in a table's cell", table, "쓰기없이이어", []string{"쓰기없이/이어"}},
		{"not over paragraphs", "one\n\ntwo", "one two", nil},
		{"not over items", "- one\n- two", "onetwo", nil},
		{"not over lines of code", "```\none\ntwo\n```", "one two", nil},
		{"not over cells", table, "alpha a word", nil},
		{"not the marks", "> one two three four five\n\n- item", "│", nil},
		{"nor the bar of code", "```\ncode\n```", "▎", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, l := wrapped(t, c.answer)
			p.find = &finder{query: c.query, at: -1}
			p.find.step(p, 1, l)
			var got []string
			rows := p.turns[0].Rows()
			for _, h := range p.find.hits {
				var parts []string
				for _, at := range h {
					parts = append(parts, ansi.Strip(ansi.Cut(rows[at.line].Text, at.from, at.to)))
				}
				got = append(got, strings.Join(parts, "/"))
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Fatalf("%q, not %q", got, c.want)
			}
			p.Redraw()
			p.Draw(l, time.Time{})
			for _, h := range got[:min(1, len(got))] {
				for part := range strings.SplitSeq(h, "/") {
					if !strings.Contains(strings.Join(p.Rows(), "\n"), l.Theme.Hit.Render(part)) {
						t.Errorf("%q is not marked", part)
					}
				}
			}
		})
	}
}

// A step goes over a text on two rows as over one.
func TestStepsTakeABrokenTextForOne(t *testing.T) {
	p, l := wrapped(t, "one two three four five\n\nsix four five")
	p.find = &finder{query: "four five", at: -1}
	for _, want := range []string{`"four five" 1/2`, `"four five" 2/2`, `"four five" 1/2`} {
		p.find.step(p, 1, l)
		if got := p.find.says(); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

// What is copied by dragging is the text, not the lines that it was broken into.
func TestCopiedTextIsNotBroken(t *testing.T) {
	for _, c := range []struct{ name, answer, want string }{
		{"words", "one two three four five\nsix", "one two three four five\nsix"},
		{"paragraphs", "one two three four five\n\nsix", "one two three four five\n\nsix"},
		{"hard breaks", "one two three four five  \nsix", "one two three four five\nsix"},
		{"Korean", "한국어 문장을 씁니다 그리고 씁니다", "한국어 문장을 씁니다 그리고 씁니다"},
		{"Korean without blanks", "띄어쓰기없이이어지는긴글을씁니다", "띄어쓰기없이이어지는긴글을씁니다"},
		{"an address", "see https://example.com/long/path now", "see https://example.com/long/path now"},
		{"a list", "- one two three four five\n- six", "- one two three four five\n- six"},
		{"lists of other marks", "* a\n  + b\n\n3) c\n3) d\n\n- [x] done", "* a\n  + b\n\n3) c\n3) d\n\n- [x] done"},
		{"a table", "|a|b|\n|-|:-:|\n|1| `x || y`|\n\nend", "|a|b|\n|-|:-:|\n|1| `x || y`|\n\nend"},
		{"a table in tall rows", "| one | two |\n|---|---|\n| a | so many words |\n| b | c |", "| one | two |\n|---|---|\n| a | so many words |\n| b | c |"},
		{"a table that is stacked", "|model|speed|price|\n|-|-|-|\n|gemini flash|fast indeed|cheap|", "|model|speed|price|\n|-|-|-|\n|gemini flash|fast indeed|cheap|"},
		{"a table in a quotation", "> | a | b |\n> |---|---|\n> | 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"},
		{"a rule", "a\n\n***\n\nb", "a\n\n***\n\nb"},
		{"mathematics", "\\[\na\t= b \\\\\n\\]", "\\[\na\t= b \\\\\n\\]"},
		{"a quotation", "> one two three four five\n>\n> six", "one two three four five\n\nsix"},
		{"code", "```\nif ready {\n\treturn somewhere, nil\n}\n```", "if ready {\n\treturn somewhere, nil\n}"},
		{"blanks in code", "```\nname      value      comment\n```", "name      value      comment"},
		{"code in a list", "- a\n  ```\n  one two three four five\n  six\n  ```", "- a\none two three four five\nsix"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, l := wrapped(t, c.answer)
			head := len(p.turns[0].prompt)
			all := selection{Spot{position{0, head}, 0}, Spot{position{0, p.turns[0].height() - 1}, 100}}
			if got := all.text(p, l); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
	p, l := wrapped(t, "| a | b |\n|---|---|\n| 1 | 2 |")
	head := len(p.turns[0].prompt)
	part := selection{Spot{position{0, head}, 4}, Spot{position{0, head + 2}, 0}}
	if got, want := part.text(p, l), "b\n|---|---|\n1"; got != want {
		t.Errorf("of a table from a cell on: %q, not %q", got, want)
	}
	p, l = wrapped(t, "one two three four five\nsix")
	head = len(p.turns[0].prompt)
	for _, c := range []struct {
		from, to Spot
		want     string
	}{
		{Spot{position{0, head}, 4}, Spot{position{0, head}, 17}, "two three four"},
		{Spot{position{0, head}, 14}, Spot{position{0, head + 1}, 3}, "four five"},
		{Spot{position{0, head + 1}, 3}, Spot{position{0, head}, 14}, "four five"},
	} {
		if got := (selection{c.from, c.to}).text(p, l); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

// What is copied from a raw view is the text, with the tabs that it has.
func TestRawTextIsCopiedAsWritten(t *testing.T) {
	p, l := wrapped(t, "**a**\n\tb c d e f g h i j k l m n\n\nend")
	l.Reading.Raw = true
	p.turns[0].layout(l)
	head := len(p.turns[0].prompt)
	all := selection{Spot{position{0, head}, 0}, Spot{position{0, p.turns[0].height() - 1}, 100}}
	if got, want := all.text(p, l), "**a**\n\tb c d e f g h i j k l m n\n\nend"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}
