package markdown

import (
	"bytes"
	"slices"
	"strings"

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
	tall   bool     // a row of it took several lines
}

// A drawing is the lines of a text that grows.
//
// Invariants: lines shows src[:done] and is only appended to; open shows src[done:drawn]; done is a
// cut (see [findCut]), so drawing src[done:] in state at gives what drawing the whole would give
// there. Only reset goes back.
type drawing struct {
	style *Style
	width int

	parser parser.Parser
	pens   *pens        // nil until there is something to draw, and on a new style
	code   *highlighter // kept for good: what is lexed depends on neither width nor style

	lines []Row
	done  int
	refs  []parser.Reference // the links defined in src[:done]
	at    state              // at src[done]

	open  []Row
	drawn int
	fence *fence // the growing code block that src[drawn:] belongs to, if it does
	whole bool   // lines shows all, drawn at once: done is no cut
}

// A fence is a growing code block.
type fence struct {
	margin margin // of its next line
	indent int    // bytes that do not belong to the code at the start of its lines
}

// code returns the code in lines of source within the block.
func (f *fence) code(text []byte) []byte {
	var code []byte
	for line := range bytes.Lines(text) {
		outer := min(f.indent, len(line)-len(bytes.TrimLeft(line, " \t>")))
		code = append(code, line[outer:]...)
	}
	return code
}

// reset forgets all lines.
func (d *drawing) reset(style *Style, width int) {
	if d.parser == nil {
		d.parser, d.code = newParser(), newHighlighter()
	}
	if d.pens == nil {
		d.pens = newPens()
	}
	d.code.off = style.sheet.CodeBlock.Theme == "" && style.sheet.CodeBlock.tokens == nil
	*d = drawing{style: style, width: width, parser: d.parser, pens: d.pens, code: d.code}
}

func (d *drawing) painter(src []byte) *painter {
	return &painter{style: d.style, pens: d.pens, code: d.code, src: slices.Clip(src),
		width: d.width}
}

// wants reports whether there is more of src to draw than the beginning of a line of code.
func (d *drawing) wants(src []byte) bool {
	if d.fence == nil {
		return true
	}
	rest := d.fence.code(src[d.drawn:])
	return bytes.IndexByte(rest, '\n') >= 0 || endsFence(rest) && len(bytes.TrimSpace(rest)) > 2
}

// endsFence reports whether a line that has begun like this may be the end of a code block.
func endsFence(line []byte) bool { return len(bytes.Trim(line, " `~")) == 0 }

// A piece is source and the document that it is, nil if the parser failed on it.
type piece struct {
	src  []byte
	doc  ast.Node
	refs []parser.Reference // the links known after it
}

func (d *drawing) parse(src []byte, refs []parser.Reference) piece {
	doc, known := parse(d.parser, src, refs)
	return piece{src, doc, known}
}

// parseOpen parses src from the last cut on, with the lines that open its first block again.
func (d *drawing) parseOpen(src []byte) piece {
	open := src[d.done:]
	if d.at.prefix != nil {
		open = slices.Concat(d.at.prefix, open)
	}
	return d.parse(open, d.refs)
}

// commit draws for good what nothing to come can change of the open end, and reports whether there
// was any.
func (d *drawing) commit(open piece) bool {
	if open.doc == nil {
		return false
	}
	c := findCut(open.doc, open.src, d.at, d.code)
	fresh := c.at - len(d.at.prefix)
	if fresh <= 0 {
		return false
	}
	closed := d.parse(open.src[:c.at], d.refs)
	if closed.doc == nil || !begins(open.doc, closed.doc, true) {
		return false
	}
	p := d.painter(closed.src)
	d.at = p.document(closed.doc, d.at)
	d.at.within, d.at.spaced, d.at.prefix = c.within, c.spaced, c.prefix
	d.lines = append(d.lines, p.out...)
	d.refs = closed.refs
	d.done += fresh
	return true
}

// begins reports whether doc begins with the blocks of part. If open, the last of them may go on in
// doc. Where it does not, the parser read something differently for want of what follows, and the
// cut must wait for another place.
func begins(doc, part ast.Node, open bool) bool {
	n := doc.FirstChild()
	for c := part.FirstChild(); c != nil; c = c.NextSibling() {
		switch {
		case c.Type() != ast.TypeBlock:
			return true // the text of a block: a link in it may be defined later
		case n == nil || n.Kind() != c.Kind() || !begins(n, c, open && c.NextSibling() == nil):
			return false
		}
		n = n.NextSibling()
	}
	return n == nil || open
}

// drawOpen draws what is not committed. The last line of growing code is left to rest until it is
// whole; it costs little there.
func (d *drawing) drawOpen(open piece) {
	d.open, d.drawn, d.fence = nil, d.done, nil
	if open.doc == nil {
		return
	}
	d.drawn += len(open.src) - len(d.at.prefix)
	open = d.foresee(open)
	p := d.painter(open.src)
	if p.open = openFence(open.doc, open.src); p.open != nil && open.src[len(open.src)-1] != '\n' {
		lines := p.open.Lines()
		last := lines.At(lines.Len() - 1)
		lines.SetSliced(0, lines.Len()-1)
		d.drawn -= len(open.src) - lineStart(open.src, last.Start)
	}
	p.document(open.doc, d.at)
	d.open = p.out
	if p.openMargin != nil {
		marks := bytes.IndexAny(open.src[max(fenceLine(p.open, open.src), 0):], "`~")
		d.fence = &fence{margin: *p.openMargin, indent: max(marks, 0)}
	}
}

// finish draws all of src for good and reports whether committed lines have changed. They have if a
// link was defined after its use. They also have if the parser, given more, read something before a
// cut differently; goldmark does so with a table that begins in the middle of a paragraph. (It
// takes 0.2 ms for 1,000 characters, once.)
func (d *drawing) finish(src []byte) (changed bool) {
	lines := d.paint(d.parse(src, nil), state{})
	changed = len(d.lines) > len(lines) || !slices.EqualFunc(d.lines, lines[:len(d.lines)],
		Row.equal)
	d.lines, d.open, d.done, d.drawn, d.fence, d.whole = lines, nil, len(src), len(src), nil, true
	return changed
}

// raw draws src as it is: its whole lines for good, the last one as it stands.
func (d *drawing) raw(src []byte, finished bool) {
	end := lineStart(src, len(src))
	if finished {
		end = len(src)
	}
	if end > d.done {
		d.lines = append(d.lines, Wrap(strings.TrimSuffix(string(src[d.done:end]), "\n"),
			d.width)...)
		d.done = end
	}
	if d.open = nil; end < len(src) {
		d.open = Wrap(string(src[end:]), d.width)
	}
	d.drawn, d.whole = len(src), finished
}

// paint draws a piece that nothing follows.
func (d *drawing) paint(whole piece, at state) []Row {
	if whole.doc == nil {
		return d.plain(whole.src, margin{})
	}
	p := d.painter(whole.src)
	p.document(whole.doc, at)
	return p.out
}

// rest shows as plain text what is not drawn yet. The marks that end a code block do not flash up
// as code before they are whole.
func (d *drawing) rest(src []byte) []Row {
	text := src[d.drawn:]
	if d.fence == nil {
		if d.drawn > 0 && src[d.drawn-1] != '\n' {
			text = bytes.TrimPrefix(text, []byte("\n"))
		}
		return d.plain(text, margin{})
	}
	if text = d.fence.code(text); endsFence(text) {
		return nil
	}
	return d.plain(text, d.fence.margin)
}

func (d *drawing) plain(text []byte, m margin) []Row {
	if len(text) == 0 {
		return nil
	}
	p := d.painter(text)
	p.codeLines(&m, segment{text: string(text)})
	return p.out
}
