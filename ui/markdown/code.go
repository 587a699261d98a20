package markdown

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/text"
)

const (
	codeBar  = "▎ "
	tabWidth = 4
)

// codeMargin returns the margin of code within m: a bar, where there is room for one.
func (p *painter) codeMargin(m *margin) margin {
	cells := ansi.StringWidth(codeBar)
	if p.room(m)-cells < 8 {
		return *m
	}
	bar := p.paintBar(codeBar)
	return m.barred(bar, cells)
}

// codeBlock draws code behind a bar, in colour if its language is known.
func (p *painter) codeBlock(m *margin, lang string, lines *text.Segments, open bool) {
	in := p.codeMargin(m)
	before := len(p.out)
	for _, seg := range p.code.segments(lang, codeText(lines, p.src), open) {
		p.codeLines(&in, seg)
	}
	if len(p.out) > before {
		m.first, m.mark = m.rest, ""
	}
	if open {
		p.openMargin = &in
	}
}

// codeText returns the text of a code block, each line with its end.
func codeText(lines *text.Segments, src []byte) string {
	var b strings.Builder
	for i := range lines.Len() {
		seg := lines.At(i)
		b.Write(seg.Value(src))
	}
	return b.String()
}

// codeLines draws the lines of one segment.
func (p *painter) codeLines(m *margin, seg segment) {
	base := p.style.sheet.CodeBlock.looks
	theme := p.theme()
	left, used := seg.runs, 0 // used: bytes of left[0] that are drawn
	for l := range strings.Lines(seg.text) {
		var spans []span
		source, from := l, len(p.out)
		for len(l) > 0 {
			n, pen := len(l), p.pens.of(base)
			if len(left) > 0 {
				n, pen = min(n, left[0].bytes-used), p.tokenPen(theme, left[0].token)
				if used += n; used == left[0].bytes {
					left, used = left[1:], 0
				}
			}
			spans = appendSpan(spans, span{strings.TrimSuffix(l[:n], "\n"), pen, ""})
			l = l[n:]
		}
		p.codeLine(m, spans)
		if strings.IndexByte(source, '\t') >= 0 {
			p.written(from, strings.TrimSuffix(source, "\n"))
		}
	}
}

func (p *painter) codeLine(m *margin, spans []span) {
	column := 0
	for i := range lastTab(spans) + 1 {
		spans[i].text, column = expand(spans[i].text, column)
	}
	for i := range spans {
		spans[i].text = clean(spans[i].text)
	}
	p.putAll(m, wrapCode(spans, p.room(m)))
}

// lastTab returns the index of the last span with a tab, or -1.
func lastTab(spans []span) int {
	i := len(spans) - 1
	for i >= 0 && strings.IndexByte(spans[i].text, '\t') < 0 {
		i--
	}
	return i
}

// expandTabs replaces the tabs of a line by spaces.
func expandTabs(s string) string {
	s, _ = expand(s, 0)
	return s
}

// expand replaces tabs by spaces in text that starts at a column, and returns the column after it.
func expand(s string, column int) (string, int) {
	if strings.IndexByte(s, '\t') < 0 {
		return s, column + ansi.StringWidth(s)
	}
	var b strings.Builder
	for i, field := range strings.Split(s, "\t") {
		if i > 0 {
			n := tabWidth - column%tabWidth
			b.WriteString("    "[:n])
			column += n
		}
		b.WriteString(field)
		column += ansi.StringWidth(field)
	}
	return b.String(), column
}

func (p *painter) theme() *chroma.Style {
	if name := p.style.sheet.CodeBlock.Theme; name != "" {
		return styles.Get(name)
	}
	return nil
}

// tokenPen returns the pen of a token. A theme's background is left out: panes end a line where its
// text ends.
func (p *painter) tokenPen(theme *chroma.Style, t chroma.TokenType) string {
	code := &p.style.sheet.CodeBlock
	if theme == nil && code.tokens == nil || t == chroma.TextWhitespace { // blanks show no colour
		return p.pens.of(code.looks)
	}
	pen, ok := p.pens.tokens[t]
	if !ok {
		look := tokenLook(code.tokens, t)
		if code.tokens == nil {
			look = themeLook(theme, t)
		}
		pen = p.pens.of(cascade(code.looks, look))
		p.pens.tokens[t] = pen
	}
	return pen
}

// themeLook is the look of a token in a style of Chroma's.
func themeLook(theme *chroma.Style, t chroma.TokenType) looks {
	entry := theme.Get(t)
	look := looks{
		Bold: new(entry.Bold == chroma.Yes), Italic: new(entry.Italic == chroma.Yes),
		Underline: new(entry.Underline == chroma.Yes),
	}
	if entry.Colour.IsSet() && entry.Colour != theme.Get(chroma.Background).Colour {
		look.Color = new(entry.Colour.String())
	}
	return look
}
