package ui

import (
	"bytes"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"lineup/blind"
	"lineup/session"
	"lineup/session/exchange"
	"lineup/ui/markdown"
)

// seen is what a reader of an answer sees of it: in a pane, and on the exported page.
func seen(t *testing.T, answer string) map[string]string {
	t.Helper()
	s := markdown.New(markdown.Plain(), 1000)
	s.Write(answer)
	s.Finish()
	frame := s.Render(-1)
	var rows []string
	for _, row := range append(frame.Committed, frame.Tail...) {
		rows = append(rows, ansi.Strip(row.Text))
	}
	var page bytes.Buffer
	err := exchange.WriteHTML(&page, &session.Session{Turns: []*session.Turn{{Prompt: "p", Replies: []*session.Reply{{Status: session.Done, Text: answer}}}}})
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(page.String(), "<body")
	tags := regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<!--.*?-->|<[^>]*>`)
	return map[string]string{"pane": strings.Join(rows, "\n"), "page": html.UnescapeString(tags.ReplaceAllString(body, ""))}
}

// letters are a text as a reader takes it in: without what cannot be seen.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// dressed puts marks of Markdown around parts of a name.
func dressed(r *rand.Rand, name string) string {
	marks := [][2]string{{"*", "*"}, {"**", "**"}, {"***", "***"}, {"_", "_"}, {"__", "__"}, {"~~", "~~"}, {"~", "~"}, {"`", "`"}, {"``", "``"}, {"`` ", " ``"}, {"[", "](https://x.io)"},
		{"[", "](</a b>)"}, {"[", `](https://x.io "t)t")`}, {"[", "](https://x.io/(y))"}, {"[", "][1]"}, {"[", "][]"}, {"[", "]"}, {"![", "](a.png)"}, {"<b>", "</b>"}, {`<i title="a>b">`, "</i>"}, {"$", "$"}, {`\(`, `\)`},
		{"<!-- -->", ""}, {"&#8203;", ""}, {"&zwj;", ""}, {"\u2060", ""}, {`\`, ""}, {"[](https://x.io)", ""}, {"[](#)", ""}, {"****", ""}, {"<span></span>", ""}, {"", ""}}
	runes := []rune(name)
	var b strings.Builder
	for len(runes) > 0 {
		n := 1 + r.IntN(len(runes))
		part := string(runes[:n])
		runes = runes[n:]
		m := marks[r.IntN(len(marks))]
		if n > 1 && r.IntN(3) == 0 {
			part = dressed(r, part)
		}
		b.WriteString(m[0] + part + m[1])
	}
	return b.String()
}

// A name was to be seen where a link with a title or a label parted it, code with blanks at its ends, or marks in a short Korean name.
// What counts is what a reader sees, not what was written.
func TestNoNameIsSeenThroughMarkdown(t *testing.T) {
	veil := blind.New("local/llama3.1:8b", "openai/gpt-4o", "anthropic/claude-sonnet-4-5")
	r := rand.New(rand.NewPCG(1, 2))
	names := []string{"llama", "Claude", "클로드", "ChatGPT", "OpenAI", "라마"}
	for i := range 1200 {
		name := names[i%len(names)]
		answer := "I am " + dressed(r, name) + " of course.\n\n[1]: https://x.io\n"
		masked := veil.Text(answer)
		for where, what := range seen(t, masked) {
			if strings.Contains(letters(what), letters(name)) {
				t.Errorf("a %s shows %q of %q, masked as %q", where, name, answer, masked)
			}
		}
	}
}
