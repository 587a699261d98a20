package exchange

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"lineup/providers"
	"lineup/session"
)

func TestExportMarkdown(t *testing.T) {
	s := everything(t)
	s.Turns[1].Replies[1].Text = "Cut off in\n```go\nfunc main() {"
	s.Turns = append(s.Turns, &session.Turn{Prompt: "last", CreatedAt: enter(), Replies: []*session.Reply{answered(0, "p/m", "plain")}})
	var b strings.Builder
	if err := WriteMarkdown(&b, s); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{"# Everything <&> 토큰화\n", "> What is a <token>?\n> And\twhy?\n", "\n## p/one\n\n_SIMULATED · done · served by gate/vendor/two · TTFT 0.16s · 0.36s",
		" · 100 tokens in, 50 out · $0.0006", " · 2 attempts · all panes continue from this answer_\n", "\n_error · rate_limit (HTTP 429): slow down_\n\n→ wait\n", "func main() {\n```\n\n> last\n",
		"\n- call: weather {\"city\":\"서울\",\"n\":12345678901234567890}\n- call: other no \\<JSON>\n- ✗ /items/0: price is \\<missing>\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("control characters are left in %q", got)
	}
}

func TestWhatATextLeavesOpen(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"a ``` b":                     "",
		"```go\nx\n```":               "",
		"```go\nx":                    "```\n",
		"```":                         "```\n",
		"~~~~\nx\n~~~":                "~~~~\n",
		"```\n~~~\nx":                 "```\n",
		"```` x`y\nx":                 "",
		"    ```\nx":                  "",
		"```\nx\n``` no end":          "```\n",
		"```\na\n```\ntext\n   ```\n": "```\n",
		// Regression: a fence on a line of a list was taken for one that is open, or for none.
		"1. ```bash\n   npm install\n   ```\n2. Then run it.": "",
		"1. foo\n   ```go\n   func main() {":                  "",
		"- ```\n  a":                                          "",
		"> ```\n> a":                                          "",
		"> - ~~~\n>   a":                                      "",
		"1. a\n\n```\nb":                                      "```\n",
		"   ```\n   a":                                        "```\n",
		"Add:\n\n<script>\nlet a = 1":                         "</script>\n",
		"<SCRIPT src='x'>\n\na":                               "</script>\n",
		"<style>\n\na":                                        "</style>\n",
		"<pre>a\n\nb":                                         "</pre>\n",
		"<textarea>\n\nb":                                     "</textarea>\n",
		"a\n\n<!-- b\n\nc":                                    "-->\n",
		"<!-- b -->\n\nc":                                     "",
		"<?php\n\necho":                                       "?>\n",
		"<![CDATA[\n\na":                                      "]]>\n",
		"<!DOCTYPE\n\na":                                      ">\n",
		"<details><summary>x</summary>\n\nhidden":             "\n</details>\n",
		"<div>\n<b>a</b>\n</div>":                             "",
		"a <b>b and <i>c":                                     "\n</i>\n\n</b>\n",
		"use the <script> tag":                                "\n</script>\n",
		"`<script>` and List<String> and <br> <p>":            "",
		"- <script>\n  a":                                     "\n</script>\n",
		"```html\n<div>\n```":                                 "",
		"```html\n<div>":                                      "```\n",
		"<!-- a\n```\nb":                                      "-->\n",
		strings.Repeat("> ", 300) + "a":                       "",
	} {
		if got := newCloser().lines(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Regression: an answer that was cut off made code of all that follows, or hid it. Whatever one holds, the document has
// its headings, and the text stands in it as it was.
func TestMarkdownIsClosedAfterEachAnswer(t *testing.T) {
	for _, text := range []string{"1. ```bash\n   npm install\n   ```\n2. Then run it.", "1. foo\n   ```go\n   func main() {", "<script>\nlet a = 1", "```\na",
		"<!-- a", "<details>\n\na", "~~~ x\n\n\ta", "<?x", "a\n---", "[a]: x", "| a |\n|---|\n| b", "    code", "a\\", "$$\nx", "<textarea>"} {
		first := answered(0, "p/<b>a", text)
		first.Error = &session.ErrorInfo{Kind: providers.Truncated, Message: "<script>", Hint: "<!-- "}
		s := &session.Session{Title: "how to use <script>", CreatedAt: enter(), Turns: []*session.Turn{
			{Prompt: text, CreatedAt: enter(), Replies: []*session.Reply{first, answered(1, "p/b", "second")}},
			{Prompt: "next", CreatedAt: enter(), Replies: []*session.Reply{answered(0, "p/c", "third"), answered(1, "p/d", "fourth")}}}}
		var b strings.Builder
		if err := WriteMarkdown(&b, s); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "\n"+text+"\n") || !strings.Contains(b.String(), "> "+strings.ReplaceAll(text, "\n", "\n> ")+"\n") {
			t.Errorf("%q is changed in\n%s", text, b.String())
		}
		var page strings.Builder
		if err := goldmark.New(goldmark.WithRendererOptions(gmhtml.WithUnsafe())).Convert([]byte(b.String()), &page); err != nil {
			t.Fatal(err)
		}
		doc, err := html.Parse(strings.NewReader(page.String()))
		if err != nil {
			t.Fatal(err)
		}
		headings := 0
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && n.Data == "h2" && n.Parent.Data == "body" && n.FirstChild != nil && strings.HasPrefix(n.FirstChild.Data, "p/") {
				headings++
			}
		}
		if headings != 4 {
			t.Errorf("%q: %d headings of answers, want 4, in\n%s", text, headings, b.String())
		}
	}
}

// TestExportJSONL: a line for each pane that has an answer, without the answers that failed.
func TestExportJSONL(t *testing.T) {
	s := everything(t)
	s.Turns[1].Replies[1].Status = session.Length
	interrupted := answered(0, "p/m", "half")
	interrupted.Status = session.Interrupted
	s.Turns = append(s.Turns, &session.Turn{Prompt: "third", CreatedAt: enter(), Replies: []*session.Reply{interrupted}})
	var b strings.Builder
	if err := WriteJSONL(&b, s); err != nil {
		t.Fatal(err)
	}
	want := `{"messages":[{"role":"system","content":"Another prompt."},{"role":"user","content":"What is a <token>?\nAnd\twhy?"},{"role":"assistant","content":"A piece & \u202e조각 🎉\u001b[2J"}]}
{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is a <token>?\nAnd\twhy?"},{"role":"assistant","content":"A piece & \u202e조각 🎉\u001b[2J"},{"role":"user","content":"Again"},{"role":"assistant","content":"Once more."}]}
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// Regression: after an answer was promoted, the line of another pane held pairs that were never said.
func TestExportJSONLHoldsTheHistoryThatWasSent(t *testing.T) {
	zero := 0
	s := &session.Session{Turns: []*session.Turn{
		{Prompt: "Who?", CreatedAt: enter(), Promoted: &zero, Replies: []*session.Reply{answered(0, "p/a", "Mia"), answered(1, "p/b", "Otto")}},
		{Prompt: "And?", CreatedAt: enter(), Replies: []*session.Reply{answered(0, "p/a", "first."), answered(1, "p/b", "second."), answered(2, "p/c", "third.")}}}}
	for _, turn := range s.Turns {
		for _, r := range turn.Replies {
			r.System = ""
		}
	}
	var b strings.Builder
	if err := WriteJSONL(&b, s); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"first.", "second.", "third."} {
		want := `{"messages":[{"role":"user","content":"Who?"},{"role":"assistant","content":"Mia"},{"role":"user","content":"And?"},{"role":"assistant","content":"` + text + `"}]}`
		if got := strings.Split(b.String(), "\n")[i]; got != want {
			t.Errorf("pane %d: %s, want %s", i, got, want)
		}
	}
}
