package markdown

import (
	"bytes"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
)

// within says which block the source goes on with.
type within uint8

const (
	nothing within = iota
	inList
	inTable
	inCode
)

// A state is what the drawing of a piece of source depends on besides the source.
type state struct {
	any, heading bool // a block was drawn before, and it was a heading

	within within
	prefix []byte   // the lines that open that block again
	number int      // of the next item
	spaced bool     // a blank line stands before it
	cols   *columns // of the table
	tall   bool     // its last row took several lines
}

// A drawing is the lines of a text that grows.
//
// Invariants: lines shows src[:done] and is only appended to; open shows src[done:drawn]; done is a cut (see [findCut]),
// so drawing src[done:] in state at gives what drawing the whole would give there. Only reset goes back.
type drawing struct {
	style *Style
	width int

	parser parser.Parser
	pens   *pens        // nil until there is something to draw, and on a new style
	code   *highlighter // kept for good: what is lexed depends on neither width nor style

	lines []string
	done  int
	refs  []parser.Reference // the links defined in src[:done]
	at    state              // at src[done]

	open  []string
	drawn int
	fence *fence // the growing code block that src[drawn:] belongs to, if it does
	whole bool   // lines shows all, drawn at once: done is no cut
}

// A fence is a growing code block.
type fence struct {
	margin margin // of its next line
	indent int    // bytes that do not belong to the code at the start of its lines
}

// reset forgets all lines.
func (d *drawing) reset(style *Style, width int) {
	if d.parser == nil {
		d.parser, d.code = newParser(), newHighlighter()
	}
	if d.pens == nil {
		d.pens = newPens()
	}
	*d = drawing{style: style, width: width, parser: d.parser, pens: d.pens, code: d.code}
}

func (d *drawing) painter(src []byte) *painter {
	return &painter{style: d.style, pens: d.pens, code: d.code, src: slices.Clip(src), width: d.width}
}

// wants reports whether there is more of src to draw than the beginning of a line of code.
func (d *drawing) wants(src []byte) bool {
	rest := src[d.drawn:]
	return d.fence == nil || bytes.IndexByte(rest, '\n') >= 0 || len(rest) > 2 && endsFence(rest)
}

// endsFence reports whether a line that has begun like this may be the end of a code block.
func endsFence(line []byte) bool { return len(bytes.Trim(line, " `~")) == 0 }

// tail returns src from the last cut on, with the lines that open its first block again.
func (d *drawing) tail(src []byte) []byte {
	if d.at.prefix == nil {
		return src[d.done:]
	}
	return slices.Concat(d.at.prefix, src[d.done:])
}

// commit draws for good what nothing to come can change.
func (d *drawing) commit(src []byte) {
	for {
		tail := d.tail(src)
		doc, _ := parse(d.parser, tail, d.refs)
		if doc == nil {
			return
		}
		c := findCut(doc, tail, d.at, d.code)
		fresh := c.at - len(d.at.prefix)
		if fresh <= 0 {
			return
		}
		closed, refs := parse(d.parser, tail[:c.at], d.refs)
		if closed == nil || !begins(doc, closed) {
			return
		}
		p := d.painter(tail[:c.at])
		d.at = p.document(closed, d.at)
		d.at.within, d.at.spaced, d.at.prefix = c.within, c.spaced, c.prefix
		d.lines = append(d.lines, p.out...)
		d.refs = refs
		d.done += fresh
	}
}

// begins reports whether doc begins with the blocks of part. Where it does not, the parser read something differently
// for want of what follows, and the cut must wait for another place.
func begins(doc, part ast.Node) bool {
	n := doc.FirstChild()
	for c := part.FirstChild(); c != nil; c = c.NextSibling() {
		if n == nil || n.Kind() != c.Kind() {
			return false
		}
		n = n.NextSibling()
	}
	return true
}

// drawOpen draws what is not committed. The last line of growing code is left for rest, where it costs little, as
// long as it is not whole.
func (d *drawing) drawOpen(src []byte) {
	tail := d.tail(src)
	d.open, d.drawn, d.fence = nil, d.done, nil
	doc, _ := parse(d.parser, tail, d.refs)
	if doc == nil {
		return
	}
	d.drawn = len(src)
	p := d.painter(tail)
	if p.open = openFence(doc, tail); p.open != nil {
		lines := p.open.Lines()
		last := lines.At(lines.Len() - 1)
		start := lineStart(tail, last.Start)
		d.fence = &fence{indent: last.Start - start}
		if tail[len(tail)-1] != '\n' {
			lines.SetSliced(0, lines.Len()-1)
			d.drawn -= len(tail) - start
		}
	}
	p.document(doc, d.at)
	d.open = p.out
	if d.fence != nil {
		d.fence.margin = *p.openMargin
	}
}

// finish draws all of src as if it had come at once, and reports whether committed lines have changed: where a link
// was defined after its use.
func (d *drawing) finish(src []byte) (changed bool) {
	d.commit(src)
	tail := d.tail(src)
	doc, refs := parse(d.parser, tail, d.refs)
	at := d.at
	if len(refs) > 0 {
		doc, _ = parse(d.parser, src, nil)
		tail, at = src, state{}
	}
	d.open, d.drawn, d.fence = nil, len(src), nil
	if doc == nil {
		d.open = d.plain(tail, margin{})
		return false
	}
	p := d.painter(tail)
	p.document(doc, at)
	if len(refs) == 0 {
		d.open = p.out
		return false
	}
	changed = len(d.lines) > len(p.out) || !slices.Equal(d.lines, p.out[:len(d.lines)])
	d.lines, d.done, d.whole = p.out, len(src), true
	return changed
}

// rest shows as plain text what is not drawn yet. The marks that end a code block do not flash up as code before they
// are whole.
func (d *drawing) rest(src []byte) []string {
	text := src[d.drawn:]
	if d.fence == nil {
		if d.drawn > 0 && src[d.drawn-1] != '\n' {
			text = bytes.TrimPrefix(text, []byte("\n"))
		}
		return d.plain(text, margin{})
	}
	if endsFence(text) {
		return nil
	}
	var code []byte
	for line := range bytes.Lines(text) {
		outer := min(d.fence.indent, len(line)-len(bytes.TrimLeft(line, " \t>")))
		code = append(code, line[outer:]...)
	}
	return d.plain(code, d.fence.margin)
}

func (d *drawing) plain(text []byte, m margin) []string {
	if len(text) == 0 {
		return nil
	}
	p := d.painter(text)
	p.codeLines(&m, segment{text: string(text)})
	return p.out
}
