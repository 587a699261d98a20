package exchange

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"lineup/providers"
	"lineup/session"
)

// hostileText tries what a text can try: elements, handlers, links that run, breaking out of the page's own markup, escape
// sequences, marks that reorder, character references for all of these, huge lines, nesting without end.
var hostileText = strings.Join([]string{
	"<script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">", "</div></article></main><h1>escaped</h1>",
	"<style>body{display:none}</style>", "<iframe src='javascript:alert(1)'></iframe><base href=//evil.example>", "<svg/onload=alert(1)>",
	"<form action=https://evil.example><input name=a></form>", "<meta http-equiv=refresh content='0;url=https://evil.example'>", "",
	"[run](javascript:alert(1)) [run](JaVaScRiPt&colon;alert(1)) [run](java\tscript:alert(1)) [data](data:text/html,<script>alert(1)</script>) [file](file:///etc/passwd)",
	"<javascript:alert(1)> <https://example.com/?a=\"onmouseover=alert(1)> ![pic](https://evil.example/pixel.png) ![x](javascript:alert(1) \"on\\\"load=x\")",
	"[a]: javascript:alert(1) \"t\"", "", "[a] and [b](https://example.com/\"onclick=alert(1) 'title\" onclick=x')", "",
	"\x1b[2J\x1b]0;owned\x07 \u009b31m \u202eevil\u2066 &#x202e;live&#8294; &#27;[31m &#155;m &NewLine; &lt;script&gt;x&lt;/script&gt; \x00 \xff", "",
	"{{.Policy}} {{template \"reply\"}} <!-- --!> ]]> <!doctype html>", "", "```html\"><script>alert(1)</script>", "</code></pre><script>alert(1)</script>", "```", "",
	"| a | b |", "|:-:|--:|", "| <b onclick=x> | [x](vbscript:x) |", "", "- [x] <input autofocus onfocus=alert(1)>",
	"<details open ontoggle=alert(1)>", strings.Repeat("huge", 20000), strings.Repeat("가", 20000)}, "\n")

func hostileSession() *session.Session {
	r := answered(0, "p/<script>alert(1)</script>", hostileText)
	r.System = hostileText
	r.Reasoning, r.ServedBy, r.ServedModel, r.FinishReason = hostileText, "gate/"+hostileText, hostileText, hostileText
	r.Notes, r.DroppedParams = []string{hostileText}, []string{hostileText}
	r.Metrics.Server = map[string]float64{hostileText: 1}
	r.Params.ReasoningEffort = hostileText
	r.Attempts = append(r.Attempts, session.Attempt{Model: hostileText, Outcome: hostileText})
	r.Cost.Source, r.Usage.Source, r.Version = hostileText, hostileText, hostileText
	deep := answered(1, "p/deep", strings.Repeat("> ", 20000)+"deep")
	links := answered(2, "p/links", strings.Repeat("- a\n ", 3000)+strings.Repeat("[", 20000)+strings.Repeat("](x)", 20000))
	failed := broken(3, "p/<script>alert(1)</script>", &providers.Error{Kind: providers.Kind(hostileText), Status: 500, Message: hostileText, Hint: hostileText})
	other := answered(0, "p/m", hostileText)
	other.Take, other.Model = 1, hostileText
	return &session.Session{ID: hostileText, Title: hostileText, System: hostileText + ".", Tags: []string{hostileText}, CreatedAt: enter(), UpdatedAt: enter(),
		Turns: []*session.Turn{{Prompt: hostileText, CreatedAt: enter(), Replies: []*session.Reply{r, deep, links, failed}, Alternatives: []*session.Reply{other}}}}
}

func htmlOf(t testing.TB, s *session.Session) string {
	t.Helper()
	var b strings.Builder
	if err := WriteHTML(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// allowed are the elements of the page, with the attributes that they may have beside class and dir.
var allowed = map[string]string{"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "body": "", "header": "",
	"main": "", "section": "", "footer": "", "article": "", "div": "", "p": "", "span": "", "bdi": "", "strong": "", "em": "", "del": "", "br": "", "hr": "",
	"h1": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "", "ul": "", "ol": "start", "li": "", "dl": "", "dt": "", "dd": "", "blockquote": "", "pre": "",
	"code": "", "table": "", "thead": "", "tbody": "", "tr": "", "th": "align", "td": "align", "details": "", "summary": "", "a": "href rel title",
	"svg": "viewbox preserveaspectratio aria-hidden", "rect": "x width height"}

// inspect holds a page to what may stand in one, and gives its elements by name.
func inspect(t testing.TB, page string) map[string]int {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for n := range doc.Descendants() {
		visible := n.Data
		switch n.Type {
		case html.CommentNode:
			t.Errorf("a comment: %.60q", n.Data)
		case html.ElementNode:
			count[n.Data]++
			attributes, ok := allowed[n.Data]
			if !ok {
				t.Errorf("the element %q", n.Data)
			}
			for _, a := range n.Attr {
				visible += a.Val
				if key := strings.ToLower(a.Key); key != "class" && key != "dir" && !slices.Contains(strings.Fields(attributes), key) {
					t.Errorf("the attribute %s=%.60q of %s", a.Key, a.Val, n.Data)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "mailto:") {
					t.Errorf("a link to %.60q", a.Val)
				}
			}
		}
		if at := strings.IndexFunc(visible, func(r rune) bool {
			return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c'
		}); at >= 0 {
			t.Errorf("a control character in %.60q", visible[at:])
		}
	}
	return count
}

// TestHTMLIsInert: nothing of a hostile text becomes an element or an attribute that acts, and nothing of it is lost.
func TestHTMLIsInert(t *testing.T) {
	page := htmlOf(t, hostileSession())
	count := inspect(t, page)
	for name, want := range map[string]int{"script": 0, "img": 0, "input": 0, "form": 0, "iframe": 0, "style": 1, "title": 1, "main": 1, "article": 5, "body": 1, "meta": 6} {
		if count[name] != want {
			t.Errorf("%d elements %s, want %d", count[name], name, want)
		}
	}
	for _, text := range []string{"document.title=&#39;owned&#39;", "&lt;/article&gt;", "javascript:alert(1)", "␛[2J", "{{.Policy}}", "https://evil.example/pixel.png"} {
		if !strings.Contains(page, text) && !strings.Contains(page, strings.ReplaceAll(text, "&#39;", "'")) {
			t.Errorf("%q is lost", text)
		}
	}
	if csp := `content="default-src &#39;none&#39;; style-src &#39;sha256-`; !strings.Contains(page, csp) {
		t.Error("the policy is missing")
	}
	if strings.Contains(page, "unsafe-inline") || strings.Count(page, "://") == 0 {
		t.Error("the policy allows too much")
	}
}

// TestHTMLShows what a session has.
func TestHTMLShows(t *testing.T) {
	s := everything(t)
	s.Turns[0].Replies[0].Text = "# Head\n\nA **bold** **마크다운(Markdown)**을 `code` [link](https://example.com/a?b=1&c=2) www.example.org\n\n| n | v |\n|--:|---|\n| 1 | 토큰 |\n\n- [x] done\n\n```go\nx < y\n```\n"
	s.Turns[0].Replies[0].Repeat, s.Turns[0].Replies[0].Warmup = 5, true
	page := htmlOf(t, s)
	inspect(t, page)
	for _, want := range []string{"<title>Everything &lt;&amp;&gt; 토큰화</title>", "SIMULATED", "served by <bdi>gate/vendor/two</bdi>", "<h1>Head</h1>", "<strong>bold</strong>", "<strong>마크다운(Markdown)</strong>을",
		`<a rel="noopener noreferrer nofollow" href="https://example.com/a?b=1&amp;c=2">link</a>`, `href="http://www.example.org"`, `<td align="right">1</td>`, "☑ done",
		`<pre><code class="language-go">x &lt; y`, "0.16s → 0.36s", "100 tok", "(config)", "1 other answer to the same prompt", "rate limit (HTTP 429)", "<bdi>slow down</bdi>",
		"all go on from this", "one of 5 takes; the model was loaded for it", "two-2026", "&#34;temperature&#34;:0.7", "attempt 2", "✗ /items/0: price is &lt;missing&gt;", "call: other no &lt;JSON&gt;", "#토큰", "Another prompt.", `<rect class="think"`, "1.2.3"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if t.Failed() && os.Getenv("LINEUP_SHOW") != "" {
		fmt.Println(page)
	}
	empty := htmlOf(t, &session.Session{})
	inspect(t, empty)
	if !strings.Contains(empty, "untitled") {
		t.Error(empty)
	}
}

func FuzzHTML(f *testing.F) {
	f.Add(hostileText[:min(len(hostileText), 4000)])
	f.Add("[a](https:!//example.com/) [b](https:x) [c](mailto:) [d](//x)")
	f.Add("&#x3c;script&#62; [a](&#106;avascript:x) <a href='x'>\n\n    <b>\n\n* [ ] x\n1. y\n![a][b]\n\n[b]: data:x\n")
	f.Fuzz(func(t *testing.T, s string) {
		began := time.Now()
		h := newHTMLRenderer()
		inspect(t, "<!doctype html><html><head></head><body><div>"+string(h.render(s))+"</div></body></html>")
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%d bytes took %s", len(s), took)
		}
	})
}
