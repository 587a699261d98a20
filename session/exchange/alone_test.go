package exchange

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"

	"lineup/jsoncheck"
	"lineup/session"
)

// Regression: [1] of one answer was a link to the source of another answer, and so were footnotes.
// Each answer is shown as it is shown alone, or as it was written; and none is changed.
func TestAnAnswerInMarkdownStandsAlone(t *testing.T) {
	const one = "As said [1].\n\n[1]: https://one.example"
	for _, c := range []struct{ name, prompt, first, second, title string }{
		{"the same label", "q", one, "So [1] says.\n\n[1]: https://two.example", "t"},
		{"no definition of its own", "q", one, "See [1] in the book.", "t"},
		{"the user comes later", "q", "See [1] in the book.", one, "t"},
		{"a definition in the prompt", one, "See [1].", "a[1]", "t"},
		{"a reference in the prompt", "what is [1]?", "a", one, "t"},
		{"a reference in the title", "q", "a", one, "what is [1]?"},
		{"full and collapsed", "q", "[ Foo\tBAR ]: <https://one.example> 'title'", "[x][foo bar] and [foo bar][] and ![foo bar]", "t"},
		{"on two lines", "q", "[a]:\n  /one\n  \"title\"\n\ntext", "x[a]", "t"},
		{"in a quotation", "q", "> [a]: /one", "x[a]", "t"},
		{"in a list", "q", "- b\n\n  [a]: /one", "x[a]", "t"},
		{"a footnote", "q", "Said[^1].\n\n[^1]: by one, and more", "Said[^1].\n\n[^1]: by two, and more", "t"},
		{"a footnote that is a link", "q", "Said[^n].\n\n[^n]: https://one.example", "Said[^n].", "t"},
		{"a fence in it", "q", "[a]: /one\n\n````\n[a]\n````", "[a]", "t"},
		{"a list at the end", "q", "- a\n- b", "* a\n* b", "t"},
		{"a line under it", "q", "---\n===\ntext", "===\ntext\n---", "t"},
		{"indented code", "q", "    code\n\ttab", "\tcode", "t"},
	} {
		s := &session.Session{Title: c.title, CreatedAt: enter(), Turns: []*session.Turn{{Prompt: c.prompt, CreatedAt: enter(),
			Replies: []*session.Reply{answered(0, "p/a", c.first), answered(1, "p/b", c.second)}}}}
		for _, r := range s.Turns[0].Replies {
			r.JSON = &jsoncheck.Result{Valid: true}
		}
		var b strings.Builder
		if err := WriteMarkdown(&b, s); err != nil {
			t.Fatal(err)
		}
		page := rendered(t, b.String())
		for _, text := range []string{c.first, c.second} {
			if !strings.Contains(b.String(), "\n"+text+"\n") {
				t.Errorf("%s: %q is changed in\n%s", c.name, text, b.String())
			}
			if !strings.Contains(page, rendered(t, text)) && !strings.Contains(page, rendered(t, verbatim(text, "markdown"))) &&
				!strings.Contains(page, rendered(t, verbatim(text, "text"))) {
				t.Errorf("%s: %q does not stand alone in\n%s\n%s", c.name, text, b.String(), page)
			}
		}
		if strings.Contains(page, "<blockquote>\n<p>what is <a") || strings.Contains(page, "<h1>what is <a") {
			t.Errorf("%s: an answer makes links elsewhere:\n%s", c.name, page)
		}
	}
}

// rendered is how a reader with GitHub's extensions shows Markdown; footnotes, which stand at the
// end of a document, and their numbers left out.
func rendered(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(gmhtml.WithUnsafe()))
	if err := md.Convert([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	page, _, _ := strings.Cut(b.String(), "<div class=\"footnotes\"")
	return page
}

// What changes nothing else is drawn as it was: most definitions do not.
func TestDefinitionsThatReachNothingStay(t *testing.T) {
	for _, c := range []struct {
		texts []string
		want  string // of the texts that reach another one
	}{
		{[]string{"[1]\n\n[1]: /a", "none"}, "-"},
		{[]string{"[1]\n\n[1]: /a", "`[1]` and a\\[1]"}, "-"},
		{[]string{"[1]\n\n[1]: /a", "[1]\n\n[1]: /a"}, "-"},
		{[]string{"[1]\n\n[1]: /a", "[1]\n\n[1]: /b", "[1]\n\n[1]: /c"}, "01"},
		{[]string{"[1]\n\n[1]: /a", "[1]: /b"}, "-"},
		{[]string{"```\n[1]: /a\n```", "[1]"}, "-"},
		{[]string{"[x](y)\n\n- [ ] task", "[ ] [x]"}, "-"},
		{[]string{"[^1]\n\n[^1]: a b", "^1 [1]"}, "-"},
		{[]string{"[^1]\n\n[^1]: a b", "so[^1]"}, "0"},
		{[]string{"[a]: /x", strings.Repeat("> ", 300) + "[a]"}, "-"},
	} {
		got := ""
		for i, reaches := range newDefiner().reaching(c.texts, "own words") {
			if reaches {
				got += string(rune('0' + i))
			}
		}
		if got != strings.Trim(c.want, "-") {
			t.Errorf("%q: %q reach another one, want %q", c.texts, got, c.want)
		}
	}
}

// Regression: the page of HTML takes every answer for itself.
func TestAnAnswerInHTMLStandsAlone(t *testing.T) {
	s := &session.Session{Title: "t", CreatedAt: enter(), Turns: []*session.Turn{{Prompt: "q", CreatedAt: enter(), Replies: []*session.Reply{
		answered(0, "p/a", "So [1].\n\n[1]: https://one.example"), answered(1, "p/b", "See [1].\n\n```\nopen"), answered(2, "p/c", "Third [1].")}}}}
	page := htmlOf(t, s)
	if n := strings.Count(page, `href="https://one.example"`); n != 1 || !strings.Contains(page, "<p>See [1].</p>") || !strings.Contains(page, "<p>Third [1].</p>") {
		t.Errorf("%d links; the answers do not stand alone", n)
	}
}

// Regression: a prompt of indented lines was shown as a code block of its own kind, or lost its tabs.
func TestAPromptInMarkdownKeepsItsIndentation(t *testing.T) {
	for _, prompt := range []string{
		"all:\n\tgcc -o x\tx.c", "\tif a {\n\t\tb()\n\t}", "def f():\n    return 1\n\n\n    # end", "    four blanks", "a\n\n    four blanks",
		"a poem\n  goes in\n   and in", " \tmixed", "# title\n\n\tcode", "text\n\n```\n\tinner\n```\n\n\tafter", "````\n\tinner", "\t```\n\ta",
	} {
		s := &session.Session{Title: "t", CreatedAt: enter(), Turns: []*session.Turn{{Prompt: prompt, CreatedAt: enter(),
			Replies: []*session.Reply{answered(0, "p/a", "yes")}}}}
		var b strings.Builder
		if err := WriteMarkdown(&b, s); err != nil {
			t.Fatal(err)
		}
		page := rendered(t, b.String())
		_, quoted, _ := strings.Cut(page, "<blockquote>\n")
		quoted, _, _ = strings.Cut(quoted, "</blockquote>")
		code, isCode := strings.CutPrefix(quoted, "<pre><code class=\"language-text\">")
		fenced := strings.HasPrefix(prompt, "````") // in a fence of its own already
		if isCode == fenced || !fenced && code != prompt+"\n</code></pre>\n" || !strings.Contains(page, "yes") {
			t.Errorf("%q is shown as\n%s", prompt, page)
		}
	}
	for _, prompt := range []string{"no indentation\nhere", "- a\n    - b\n\n      more\n- c", "```go\nif a {\n\tb()\n}\n```"} {
		if newDefiner().indented(prompt) {
			t.Errorf("%q needs no block of code", prompt)
		}
	}
}
