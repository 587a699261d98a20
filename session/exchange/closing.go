package exchange

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gmtext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// closer finds what a text leaves open in Markdown: a code block, a block of HTML, an element of
// HTML. An answer that was cut off must not make code of what follows it, or hide it.
type closer struct{ md goldmark.Markdown }

func newCloser() *closer { return &closer{goldmark.New(goldmark.WithExtensions(extension.GFM))} }

// probe is a paragraph that no text has; it is the last block of a document in which nothing is
// left open.
const probe = "\ue0fflineup\ue0ff"

// mostOpen bounds the blocks that are closed, one within another.
const mostOpen = 4

// lines gives the lines that close a text, each with its end; "" where nothing is open.
func (c *closer) lines(text string) (lines string) {
	if len(text) > maxMarkdown || longestRun(text) > maxMarks {
		return ""
	}
	defer func() { // the parser is another's, and the text is anybody's
		if recover() != nil {
			lines = ""
		}
	}()
	for range mostOpen {
		end := c.openBlock(text + "\n" + lines)
		if end == "" {
			break
		}
		lines += end + "\n"
	}
	for _, name := range c.openElements(text + "\n" + lines) {
		lines += "\n</" + name + ">\n"
	}
	return lines
}

// bullet is the mark of a list after a text: not that of a list at its end, which would go on.
func (c *closer) bullet(text string) (mark string) {
	mark = "-"
	if len(text) > maxMarkdown || longestRun(text) > maxMarks {
		return mark
	}
	defer func() { _ = recover() }() // as in lines
	last := c.md.Parser().Parse(gmtext.NewReader([]byte(text))).LastChild()
	if list, ok := last.(*ast.List); ok && list.Marker == '-' {
		mark = "*"
	}
	return mark
}

// openBlock gives the line that ends the block left open by a text, "" for none. The parser
// decides: a paragraph after the text is one, or is a part of what is open.
func (c *closer) openBlock(text string) string {
	src := []byte(text + "\n\n" + probe + "\n")
	switch n := c.md.Parser().Parse(gmtext.NewReader(src)).LastChild().(type) {
	case *ast.FencedCodeBlock:
		if n.Lines().Len() == 0 {
			return ""
		}
		// of the line before, where the fence is
		end := bytes.LastIndexByte(src[:n.Lines().At(0).Start], '\n')
		fence := bytes.TrimLeft(src[bytes.LastIndexByte(src[:end], '\n')+1:end], " ")
		return string(fence[:len(fence)-len(bytes.TrimLeft(fence, string(fence[:1])))])
	case *ast.HTMLBlock:
		return htmlEnd(n, src)
	}
	return ""
}

// htmlEnd gives what ends a block of HTML of the kinds that go on through empty lines (CommonMark
// 0.31 §4.6).
func htmlEnd(n *ast.HTMLBlock, src []byte) string {
	switch n.HTMLBlockType {
	case ast.HTMLBlockType1:
		line := strings.ToLower(string(n.Lines().Value(src)))
		for _, name := range []string{"script", "pre", "style", "textarea"} {
			if strings.HasPrefix(strings.TrimLeft(line, " "), "<"+name) {
				return "</" + name + ">"
			}
		}
	case ast.HTMLBlockType2:
		return "-->"
	case ast.HTMLBlockType3:
		return "?>"
	case ast.HTMLBlockType4:
		return ">"
	case ast.HTMLBlockType5:
		return "]]>"
	}
	return ""
}

// reaching are the elements that take in what follows them until they are closed. Others are left
// alone: List<String> is no HTML, and a paragraph ends by itself.
const reaching = ` a abbr article aside b bdo big blockquote button center code del details dialog div dl em fieldset figure font
	footer form h1 h2 h3 h4 h5 h6 header i iframe ins kbd label main mark math nav noembed noframes noscript object ol
	pre q s samp script section select small span strike strong style sub summary sup svg table template textarea title
	tt u ul var video xmp `

// openElements gives the names of the elements that a text opens and does not close, the innermost
// first.
func (c *closer) openElements(text string) (open []string) {
	src := []byte(text)
	var raw bytes.Buffer
	_ = ast.Walk(c.md.Parser().Parse(gmtext.NewReader(src)),
		func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.RawHTML:
				raw.Write(n.Segments.Value(src))
				raw.WriteByte('\n')
			case *ast.HTMLBlock:
				raw.Write(n.Lines().Value(src))
				if n.HasClosure() {
					raw.Write(n.ClosureLine.Value(src))
				}
				raw.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		})
	z := html.NewTokenizer(&raw)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			slices.Reverse(open)
			return open
		}
		name, _ := z.TagName()
		switch n := string(name); {
		case kind == html.StartTagToken && strings.Contains(strings.ReplaceAll(reaching, "\n\t",
			" "), " "+n+" "):
			open = append(open, n)
		case kind == html.EndTagToken:
			if at := lastIndex(open, n); at >= 0 {
				open = slices.Delete(open, at, at+1)
			}
		}
	}
}

func lastIndex(list []string, s string) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == s {
			return i
		}
	}
	return -1
}

// inLine is a text within a line of Markdown of lineup's own, such as a title: a tag of HTML in it
// is shown and does not act.
func inLine(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '<' && i+1 < len(s) && (s[i+1] == '/' || s[i+1] == '!' || s[i+1] == '?' ||
			s[i+1]|0x20 >= 'a' && s[i+1]|0x20 <= 'z') {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
