package markdown

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"html"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// inline returns the text within block n as spans, in the look of the block. A "\n" in them is a
// line break. Each one that a model wrote is shown: a poem, an address or a log loses its sense
// without.
func (p *painter) inline(n ast.Node, look looks) []span {
	in := inliner{p: p}
	in.children(n, look, "")
	return in.end()
}

// An inliner gathers spans. Text of one look is gathered in a buffer, for a paragraph may be very
// long and have many pieces of it.
type inliner struct {
	p     *painter
	spans []span
	last  span // its text is in buf
	buf   []byte
}

func (in *inliner) add(text string, look looks, link string) {
	in.addSpan(span{text, in.p.pens.of(look), link})
}

func (in *inliner) addSpan(s span) {
	if s.pen != in.last.pen || s.link != in.last.link {
		in.end()
		in.last = s
	}
	in.buf = append(in.buf, s.text...)
}

// end returns all spans.
func (in *inliner) end() []span {
	if len(in.buf) > 0 {
		in.last.text = string(in.buf)
		in.spans = append(in.spans, in.last)
		in.buf = in.buf[:0]
	}
	return in.spans
}

func (in *inliner) children(n ast.Node, look looks, link string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		in.node(c, look, link)
	}
}

// marked is children between the prefix and the suffix of their look.
func (in *inliner) marked(n ast.Node, look looks, link string) {
	if look.Prefix != "" {
		in.add(look.Prefix, look, link)
	}
	in.children(n, look, link)
	if look.Suffix != "" {
		in.add(look.Suffix, look, link)
	}
}

func (in *inliner) node(n ast.Node, look looks, link string) {
	sheet := &in.p.style.sheet
	switch n := n.(type) {
	case *ast.Text:
		in.text(n, look, link)
	case *ast.String:
		in.add(clean(string(n.Value)), look, link)
	case *ast.CodeSpan:
		in.code(n, cascade(look, sheet.Code), link)
	case *ast.Emphasis:
		emphasis := sheet.Emph
		if n.Level > 1 {
			emphasis = sheet.Strong
		}
		in.marked(n, cascade(look, emphasis), link)
	case *east.Strikethrough:
		in.marked(n, cascade(look, sheet.Strikethrough), link)
	case *ast.Link:
		in.link(n, look)
	case *ast.AutoLink:
		url := clean(string(n.URL(in.p.src)))
		target := url
		if n.AutoLinkType == ast.AutoLinkEmail &&
			!strings.HasPrefix(strings.ToLower(url), "mailto:") {
			target = "mailto:" + url
		}
		in.add(clean(string(n.Label(in.p.src))), cascade(look, sheet.LinkText), hyperlink(target))
	case *ast.Image:
		alt := cascade(look, sheet.ImageText)
		in.add(alt.Prefix, alt, link)
		in.children(n, alt, link)
		url := clean(unescape(n.Destination))
		in.add(" "+url, cascade(look, sheet.Image), hyperlink(url))
	case *ast.RawHTML:
		in.html(n, look, link)
	default: // a task's box is the mark of its list item
		in.children(n, look, link)
	}
}

func (in *inliner) text(n *ast.Text, look looks, link string) {
	raw := n.Segment.Value(in.p.src)
	if n.IsRaw() {
		in.add(clean(string(raw)), look, link)
	} else {
		in.add(clean(unescape(raw)), look, link)
	}
	if n.HardLineBreak() || n.SoftLineBreak() {
		in.add("\n", look, link)
	}
}

func (in *inliner) code(n *ast.CodeSpan, look looks, link string) {
	in.add(look.Prefix, look, link)
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			text, broken := strings.CutSuffix(string(c.Segment.Value(in.p.src)), "\n")
			in.add(clean(text), look, link)
			if broken {
				in.add("\n", look, link)
			}
		case *ast.String:
			in.add(clean(string(c.Value)), look, link)
		}
	}
	in.add(look.Suffix, look, link)
}

// link shows the text and, where it says something else, the address: what one clicks on is never
// hidden.
func (in *inliner) link(n *ast.Link, look looks) {
	url := clean(unescape(n.Destination))
	target := hyperlink(url)
	words := inliner{p: in.p}
	words.children(n, cascade(look, in.p.style.sheet.LinkText), target)
	var text strings.Builder
	for _, s := range words.end() {
		in.addSpan(s)
		text.WriteString(s.text)
	}
	said := text.String()
	if url != "" && url != said && strings.TrimPrefix(url, "mailto:") != said {
		if said != "" {
			in.add(" ", look, "")
		}
		in.add(url, cascade(look, in.p.style.sheet.Link), target)
	}
}

// html shows a tag as it was written: in a model's answer it is more often spoken of than used. A
// <br> breaks the line.
func (in *inliner) html(n *ast.RawHTML, look looks, link string) {
	var tag []byte
	for i := range n.Segments.Len() {
		seg := n.Segments.At(i)
		tag = append(tag, seg.Value(in.p.src)...)
	}
	switch strings.ToLower(strings.ReplaceAll(string(tag), " ", "")) {
	case "<br>", "<br/>":
		in.add("\n", look, link)
	default:
		in.add(clean(string(tag)), cascade(look, in.p.style.sheet.HTMLSpan), link)
	}
}

// unescape resolves backslash escapes and character references.
func unescape(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 && bytes.IndexByte(raw, '&') < 0 {
		return string(raw)
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '\\' && i+1 < len(raw) && util.IsPunct(raw[i+1]):
			i++
		case raw[i] == '&':
			if n := bytes.IndexByte(raw[i:min(i+40, len(raw))], ';'); n > 0 {
				b.WriteString(html.UnescapeString(string(raw[i : i+n+1])))
				i += n
				continue
			}
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}

// hyperlink returns the OSC 8 sequence that opens a link to url, or "" if it is not one to offer a
// click on. The terminal takes the pieces of a link on several lines for one by its id.
func hyperlink(url string) string {
	const longest = 2000
	// which stands between characters that some terminals join
	url = strings.ReplaceAll(url, "\u200b", "")
	scheme, _, ok := strings.Cut(url, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto":
	default:
		ok = false
	}
	if !ok || len(url) > longest {
		return ""
	}
	var b strings.Builder
	for i := range len(url) {
		if c := url[i]; c > ' ' && c < 0x7f {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	id := fnv.New32a()
	id.Write([]byte(url))
	return ansi.SetHyperlink(b.String(), fmt.Sprintf("id=%d", id.Sum32()))
}
