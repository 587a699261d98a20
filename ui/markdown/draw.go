package markdown

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"lineup/session/dialect"
)

// A painter lays blocks out as lines of at most width cells.
type painter struct {
	style *Style
	pens  *pens
	code  *highlighter
	src   []byte // what the nodes were parsed from
	width int
	open  *ast.FencedCodeBlock // the code block that is still growing, if any

	out        []Row
	openMargin *margin // where the next line of that block goes
}

// A margin is what stands left of a block: the marks and indentation of the lists, items and
// quotations around it.
type margin struct {
	first, rest string // on the next line, and on the ones after it
	cells       int
	mark        string // what was written in place of first, see [Row]; "" where it is rest

	outer      string // the rest of the margin that the mark of a list's item stands in
	outerCells int
}

// barred returns a margin within m that begins with a bar on every line.
func (m *margin) barred(bar string, cells int) margin {
	rest, cells := m.rest+bar, m.cells+cells
	return margin{first: m.first + bar, rest: rest, cells: cells, mark: m.mark, outer: rest,
		outerCells: cells}
}

// put writes a line within the margin that nothing goes on from.
func (p *painter) put(m *margin, text string) { p.putLine(m, line{text: text}, nil) }

// putLine writes a line of text, or of a table's cells, within the margin.
func (p *painter) putLine(m *margin, l line, cells []Cell) {
	text, mark := m.first+l.text, m.mark
	m.first, m.mark = m.rest, ""
	if strings.HasSuffix(text, " ") {
		text = strings.TrimRight(text, " ")
	}
	for i := range cells {
		cells[i].From, cells[i].To = cells[i].From+m.cells, cells[i].To+m.cells
	}
	p.out = append(p.out, Row{Text: text, Lead: m.cells + l.lead, Break: l.brk, Cells: cells,
		Mark: mark})
}

// written notes what was written in the rows drawn from a place on, which show it otherwise.
func (p *painter) written(from int, source string) {
	for i := from; i < len(p.out); i++ {
		p.out[i].Source, p.out[i].Joined = source, i > from
		source = ""
	}
}

func (p *painter) putAll(m *margin, lines []line) {
	for _, l := range lines {
		p.putLine(m, l, nil)
	}
}

// room is the width that m leaves.
func (p *painter) room(m *margin) int { return max(p.width-m.cells, 1) }

// longestLine is how many cells a line of prose may have, however wide the pane: the eye loses its
// way back in a longer one. Code and tables take what there is.
const longestLine = 100

// indent returns a margin within m: its first line begins with mark, the others are indented as
// far. written is the source of the mark. Lists nested many levels deep may leave too little room
// in a narrow pane. Then the mark stands below the one of the outer list. If even that leaves too
// little, the mark gets a line of its own and the text stays at m.
func (p *painter) indent(m *margin, mark, written string, look looks) margin {
	cells := ansi.StringWidth(mark)
	within := func(rest string, at int) margin {
		blanks := strings.Repeat(" ", cells)
		in := margin{rest: rest + blanks, cells: at + cells, mark: ansi.Strip(rest) + written,
			outer: rest, outerCells: at}
		in.first = rest + p.paint(mark, look)
		return in
	}
	if p.room(m)-cells >= p.leastRoom() {
		in := within(m.rest, m.cells)
		if m.first != m.rest {
			in.first, in.mark = m.first+p.paint(mark, look), m.mark+written
			m.first, m.mark = m.rest, ""
		}
		return in
	}
	if p.width-m.outerCells-cells >= p.leastRoom()-4 {
		if m.first != m.rest {
			p.put(m, "")
		}
		return within(m.outer, m.outerCells)
	}
	if strings.TrimSpace(mark) != "" {
		p.putAll(m, wrap([]span{{mark, p.pens.of(look), ""}}, p.room(m)))
	}
	return *m
}

// leastRoom is the width that indentation leaves to text.
func (p *painter) leastRoom() int { return max(8, p.width/2) }

// paint returns text in a look, complete with its end.
func (p *painter) paint(text string, look looks) string {
	if pen := p.pens.of(look); pen != "" {
		return pen + text + ansi.ResetStyle
	}
	return text
}

// document draws the top-level blocks. They are parted by one blank line, but for a heading, which
// belongs to what follows it. at says what was drawn before; the state after the last block is
// returned.
func (p *painter) document(doc ast.Node, at state) state {
	m := &margin{}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		before := len(p.out)
		if at.any && !at.heading && at.within == nothing {
			p.out = append(p.out, Row{})
		}
		gap := len(p.out)
		p.top(n, m, &at)
		if len(p.out) > gap || p.openMargin != nil {
			at.any, at.heading = true, isHeading(n)
		} else { // a definition of links, say
			p.out = p.out[:before]
		}
		at.within = nothing
	}
	return at
}

// isHeading reports whether n is a heading without a blank line after it. A title, of level 1,
// stands apart.
func isHeading(n ast.Node) bool {
	h, ok := n.(*ast.Heading)
	return ok && h.Level > 1
}

// top draws a top-level block, which may go on from at.
func (p *painter) top(n ast.Node, m *margin, at *state) {
	look := p.style.sheet.Document
	switch n := n.(type) {
	case *ast.List:
		p.list(n, m, look, at)
	case *east.Table:
		p.table(n, m, look, at)
	default:
		p.block(n, m, look)
	}
}

// blocks draws what a container holds, with blank lines where the source has them.
func (p *painter) blocks(parent ast.Node, m *margin, look looks) {
	before := len(p.out)
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if len(p.out) > before && !isHeading(n.PreviousSibling()) && blankBefore(n, p.src) {
			p.put(m, "")
		}
		p.block(n, m, look)
	}
}

func (p *painter) block(n ast.Node, m *margin, look looks) {
	sheet := &p.style.sheet
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		p.text(n, m, look)
	case *ast.Heading:
		levels := [...]looks{
			sheet.H1, sheet.H2, sheet.H3,
			sheet.H4, sheet.H5, sheet.H6,
		}
		p.text(n, m, cascade(look, levels[n.Level-1]))
	case *ast.ThematicBreak:
		p.put(m, p.paint(p.rule(p.room(m)), cascade(look, sheet.HorizontalRule)))
		line, _, _ := bytes.Cut(p.src[max(n.Pos(), 0):], []byte("\n"))
		p.out[len(p.out)-1].Rule = true
		p.written(len(p.out)-1, strings.TrimSpace(string(line)))
	case *ast.Blockquote:
		p.quote(n, m, look)
	case *ast.List:
		p.list(n, m, look, &state{})
	case *ast.FencedCodeBlock:
		p.codeBlock(m, string(n.Language(p.src)), n.Lines(), n == p.open)
	case *ast.CodeBlock:
		p.codeBlock(m, "", n.Lines(), false)
	case *ast.HTMLBlock:
		p.html(n, m, look)
	case *dialect.MathBlock:
		p.verbatim(n.Lines(), m, look)
	case *east.Table:
		p.table(n, m, look, &state{})
	default:
		p.blocks(n, m, look)
	}
}

// text draws a block that holds text alone, between the prefix and the suffix of its look.
func (p *painter) text(n ast.Node, m *margin, look looks) {
	spans := p.inline(n, look)
	if len(spans) == 0 {
		return
	}
	if look.Prefix != "" {
		spans = append([]span{{look.Prefix, p.pens.of(look), ""}}, spans...)
	}
	if look.Suffix != "" {
		spans = append(spans, span{look.Suffix, p.pens.of(look), ""})
	}
	p.putAll(m, wrap(spans, min(p.room(m), longestLine)))
}

// paintBar returns a vertical bar in the look of rules. Blanks after it are left as they are, for
// put to trim.
func (p *painter) paintBar(bar string) string {
	line := strings.TrimRight(bar, " ")
	return p.paint(line, p.style.sheet.HorizontalRule) + bar[len(line):]
}

func (p *painter) rule(cells int) string {
	unit := or(p.style.sheet.Table.RowSeparator, "-")
	return strings.Repeat(unit, cells/max(ansi.StringWidth(unit), 1))
}

// quote draws a quotation behind a bar.
func (p *painter) quote(n *ast.Blockquote, m *margin, look looks) {
	bar := p.style.sheet.BlockQuote.IndentToken
	look = cascade(look, p.style.sheet.BlockQuote.looks)
	cells := ansi.StringWidth(bar)
	if p.room(m)-cells < p.leastRoom() {
		p.blocks(n, m, look)
		return
	}
	bar = p.paintBar(bar)
	in := m.barred(bar, cells)
	before := len(p.out)
	p.blocks(n, &in, look)
	if len(p.out) > before {
		m.first, m.mark = m.rest, ""
	}
}

// list draws a list, which may go on from an item drawn before. Items are parted by a blank line
// where the source has one. CommonMark's loose lists are not looked for: each item is final once
// the next begins.
func (p *painter) list(n *ast.List, m *margin, look looks, at *state) {
	number, spaced := n.Start, false
	if at.within == inList {
		number, spaced = at.number, at.spaced
	}
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		if spaced || item != n.FirstChild() && blankBefore(item, p.src) {
			p.put(m, "")
		}
		spaced = false
		mark, written, markLook := p.mark(n, item, number)
		number++
		in := p.indent(m, mark, written, cascade(look, markLook))
		before := len(p.out)
		p.blocks(item, &in, look)
		if len(p.out) == before && in.first != in.rest && p.openMargin == nil { // an empty item
			p.put(&in, "")
		}
	}
	at.number = number
}

// mark returns what stands before an item, and what it was made of.
func (p *painter) mark(
	list *ast.List, item ast.Node, number int,
) (mark, written string, look looks) {
	sheet := &p.style.sheet
	written = string(list.Marker) + " "
	if list.IsOrdered() {
		look, written = sheet.Enumeration, p.numberOf(item, number)+written
		mark = strconv.Itoa(number) + or(look.Prefix, ". ")
	} else {
		look = sheet.Item
		mark = or(look.Prefix, [...]string{"• ", "◦ ", "▪ "}[depth(list)%3])
	}
	if first := item.FirstChild(); first != nil {
		if box, ok := first.FirstChild().(*east.TaskCheckBox); ok {
			if box.IsChecked {
				return sheet.Task.Ticked, written + "[x] ", sheet.Task.looks
			}
			return sheet.Task.Unticked, written + "[ ] ", sheet.Task.looks
		}
	}
	return mark, written, look
}

// numberOf is the number that was written before an item. Where the source does not tell, it is the
// one that is drawn.
func (p *painter) numberOf(item ast.Node, drawn int) string {
	if at := firstLine(item, p.src); at >= 0 {
		line := bytes.TrimLeft(p.src[at:], " \t>")
		if n := len(line) - len(bytes.TrimLeft(line, "0123456789")); n > 0 {
			return string(line[:n])
		}
	}
	return strconv.Itoa(drawn)
}

// depth counts the lists around a list.
func depth(list ast.Node) (n int) {
	for at := list.Parent(); at != nil; at = at.Parent() {
		if at.Kind() == ast.KindList {
			n++
		}
	}
	return n
}

// html shows a block of HTML as it was written.
func (p *painter) html(n *ast.HTMLBlock, m *margin, look looks) {
	look = cascade(look, p.style.sheet.HTMLBlock)
	p.verbatim(n.Lines(), m, look)
	if n.HasClosure() {
		last := text.NewSegments()
		last.Append(n.ClosureLine)
		p.verbatim(last, m, look)
	}
}

// verbatim shows lines as they were written.
func (p *painter) verbatim(lines *text.Segments, m *margin, look looks) {
	pen := p.pens.of(look)
	for i := range lines.Len() {
		seg := lines.At(i)
		line := strings.TrimRight(string(seg.Value(p.src)), " \n")
		from := len(p.out)
		p.putAll(m, wrapCode(appendSpan(nil, span{clean(expandTabs(line)), pen, ""}), p.room(m)))
		if strings.IndexByte(line, '\t') >= 0 {
			p.written(from, line)
		}
	}
}
