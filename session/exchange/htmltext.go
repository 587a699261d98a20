package exchange

import (
	"bytes"
	"html"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"lineup/providers"
	"lineup/session/dialect"
)

// markdownHTML is HTML in which nothing acts; a htmlRenderer makes it.
type markdownHTML string

// htmlRenderer makes HTML of the Markdown of models.
type htmlRenderer struct{ md goldmark.Markdown }

func newHTMLRenderer() *htmlRenderer {
	return &htmlRenderer{goldmark.New(
		goldmark.WithExtensions(dialect.Extension()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(inert{}, 1))))}
}

// What is longer than this, or nested deeper, is shown as it was written: the parser's time grows
// with the square of some texts, and browsers stop nesting at 512 elements.
const (
	maxMarkdown = 1 << 20
	maxMarks    = 200 // characters that open something, in a row
	maxNesting  = 60
)

// render gives HTML in which nothing acts.
func (h *htmlRenderer) render(s string) markdownHTML {
	if s == "" {
		return ""
	}
	s = providers.Clean(s)
	if out, ok := h.convert(s); ok {
		return out
	}
	return markdownHTML(`<pre class="plain">` + html.EscapeString(s) + `</pre>`)
}

func (h *htmlRenderer) convert(s string) (out markdownHTML, ok bool) {
	if len(s) > maxMarkdown || longestRun(s) > maxMarks {
		return "", false
	}
	defer func() { // the parser is another's, and the text is anybody's
		if recover() != nil {
			out, ok = "", false
		}
	}()
	src := []byte(s)
	doc := h.md.Parser().Parse(gmtext.NewReader(src))
	if nesting(doc) > maxNesting {
		return "", false
	}
	var b bytes.Buffer
	if err := h.md.Renderer().Render(&b, src, doc); err != nil {
		return "", false
	}
	// Once more, because character references have become characters.
	// goldmark escapes, and inert takes what acts
	return markdownHTML(providers.Clean(b.String())), true
}

// longestRun counts the marks that may open a block or a span, with the blanks between them, in the
// longest run of them.
func longestRun(s string) (longest int) {
	n := 0
	for i := range len(s) {
		switch s[i] {
		case '>', '[', '(', '*', '_', '!', '`', '~', '<', '+':
			n++
			longest = max(longest, n)
		case ' ', '\t':
		default:
			n = 0
		}
	}
	return longest
}

func nesting(n ast.Node) int {
	deepest := 0
	for depth := 0; n != nil; {
		deepest = max(deepest, depth)
		if c := n.FirstChild(); c != nil {
			n, depth = c, depth+1
			continue
		}
		for n != nil && n.NextSibling() == nil {
			n, depth = n.Parent(), depth-1
		}
		if n != nil {
			n = n.NextSibling()
		}
	}
	return deepest
}

// inert draws active nodes as text, or as links to the web alone.
type inert struct{}

// RegisterFuncs takes the place of goldmark's own renderers.
func (inert) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindRawHTML, inert{}.rawHTML)
	reg.Register(ast.KindHTMLBlock, inert{}.htmlBlock)
	reg.Register(ast.KindLink, inert{}.link)
	reg.Register(ast.KindAutoLink, inert{}.autoLink)
	reg.Register(ast.KindImage, inert{}.image)
	reg.Register(east.KindTaskCheckBox, inert{}.checkBox)
}

func (inert) rawHTML(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus,
	error) {
	if entering {
		n := node.(*ast.RawHTML)
		for i := range n.Segments.Len() {
			segment := n.Segments.At(i)
			// a buffer that fails says so in Flush
			_, _ = w.Write(util.EscapeHTML(segment.Value(source)))
		}
	}
	return ast.WalkSkipChildren, nil
}

func (inert) htmlBlock(w util.BufWriter, source []byte, node ast.Node,
	entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.HTMLBlock)
	_, _ = w.WriteString(`<pre><code>`)
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		_, _ = w.Write(util.EscapeHTML(line.Value(source)))
	}
	if n.HasClosure() {
		_, _ = w.Write(util.EscapeHTML(n.ClosureLine.Value(source)))
	}
	_, _ = w.WriteString("</code></pre>\n")
	return ast.WalkContinue, nil
}

// openLink opens a link to the web, and reports whether it did: any other one stays text.
func openLink(w util.BufWriter, address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil:
		return false
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "", u.Scheme == "mailto" &&
		u.Opaque != "":
	default:
		return false
	}
	_, _ = w.WriteString(`<a rel="noopener noreferrer nofollow" href="`)
	_, _ = w.Write(util.EscapeHTML(util.URLEscape([]byte(u.String()), false)))
	_, _ = w.WriteString(`">`)
	return true
}

func (inert) link(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus,
	error) {
	n := node.(*ast.Link)
	if entering {
		if !openLink(w, string(n.Destination)) {
			n.SetAttributeString("inert", true)
		}
		return ast.WalkContinue, nil
	}
	if _, ok := n.AttributeString("inert"); !ok {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(" (")
	_, _ = w.Write(util.EscapeHTML(n.Destination)) // what it says, it does not do
	_, _ = w.WriteString(")")
	return ast.WalkContinue, nil
}

func (inert) autoLink(w util.BufWriter, source []byte, node ast.Node,
	entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.AutoLink)
	address := string(n.URL(source))
	if n.AutoLinkType == ast.AutoLinkEmail &&
		!strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	opened := openLink(w, address)
	_, _ = w.Write(util.EscapeHTML(n.Label(source)))
	if opened {
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

// image names the picture: nothing is loaded.
func (inert) image(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus,
	error) {
	n := node.(*ast.Image)
	if entering {
		_, _ = w.WriteString("[image: ")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(" ")
	_, _ = w.Write(util.EscapeHTML(n.Destination))
	_, _ = w.WriteString("]")
	return ast.WalkContinue, nil
}

func (inert) checkBox(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus,
	error) {
	if entering {
		sign := "☐ "
		if node.(*east.TaskCheckBox).IsChecked {
			sign = "☑ "
		}
		_, _ = w.WriteString(sign)
	}
	return ast.WalkContinue, nil
}
