package markdown

import (
	"strings"
	"testing"
)

func TestUnclosed(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"plain", ""},
		{"**bold", "**"},
		{"- no block marks here **bold and more", "**"},
		{"**bold** on", ""},
		{"**bold** and **more", "**"},
		{`**bold\* on`, "**"},
		{`\**no`, ""},
		{"** no", ""},
		{"a ** b", ""},
		{"2**3 is 8", ""},
		{"x*y", ""},
		{"*one star", ""},
		{"***both", ""},
		{"이것은**중요", "**"},
		{"**중요**합니다", ""},
		{"**강조(괄호)**은", ""},
		{"**bracket(s)**of", ""}, // CommonMark closes nothing here
		{"(**in", "**"},
		{"`code", "`"},
		{"`code` and `more", "`"},
		{"``a`b", "``"},
		{"``a`` on", ""},
		{"`a`` on", "`"},
		{"`**` on", ""},
		{"`a ** b", "`"},
		{"**see `code", "`**"},
		{"**see `code` more", "**"},
		{"**over\ntwo lines", "**"},
	} {
		if got := unclosed(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// What is to be bold, or code, is drawn so while it comes: no marks stand there for want of
// their ends, but for a moment where a line has ended within.
func TestMarksDoNotFlashUp(t *testing.T) {
	for _, doc := range []string{
		"Here is **something bold**, and `some code` in it.\n",
		"- an item\n- **bold `code` bold** end\n",
		"> a quotation with **bold words** in it\n",
		"> one **over\n> two lines** of a quotation\n",
		"- one **over\n  two lines** of an item\n",
		"1. **First**: this\n2. **Second**: that\n",
		"## A heading with `code` and **more**\n",
		"첫째, **아주 중요한 점(point)**이 있습니다.\n",
		"and `code`, **bold***\n",
	} {
		s := unhurried(Dark(""), 60)
		for i, r := range doc {
			s.Write(string(r))
			sofar := doc[:i+len(string(r))]
			if shown := strings.Join(stripped(all(s.Render(1))), "\n"); !strings.HasSuffix(strings.TrimRight(sofar, " >"), "\n") && strings.ContainsAny(shown, "*`") {
				t.Errorf("of %q is shown %q", sofar, shown)
			}
		}
	}
}
