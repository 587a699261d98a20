package dialect

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// KindMathBlock is the kind of [MathBlock].
var KindMathBlock = ast.NewNodeKind("MathBlock")

// MathBlock is mathematics on lines of its own, or with nothing beside it but a full stop. Its
// lines are the source, with the delimiters.
type MathBlock struct {
	ast.BaseBlock

	// GoesOn is true where the opening delimiter is the end of the paragraph before.
	GoesOn bool
	// Joined is true where text follows the closing delimiter on its line; it is a block of its
	// own.
	Joined bool

	closer string
	fence  bool // the opening line has nothing else: blank lines may follow
	closed bool
}

// Kind is KindMathBlock.
func (*MathBlock) Kind() ast.NodeKind { return KindMathBlock }

// IsRaw is true: nothing within is Markdown.
func (*MathBlock) IsRaw() bool { return true }

// Dump prints the node for debugging.
func (n *MathBlock) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// mathBlocks reads $$ $$, \[ \] and \begin \end over several lines. A line within, such as "+ c" or
// "= x", begins no block.
type mathBlocks struct{}

// Trigger has all that a line can begin with, because mathematics may have begun in the line
// before.
func (mathBlocks) Trigger() (all []byte) {
	for b := '!'; b <= 0xff; b++ {
		all = append(all, byte(b))
	}
	return all
}

func (mathBlocks) CanInterruptParagraph() bool { return true }
func (mathBlocks) CanAcceptIndentedLine() bool { return false }

func (mathBlocks) Open(
	parent ast.Node, reader text.Reader, pc parser.Context,
) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || at >= len(line) {
		return nil, parser.NoChildren
	}
	if closer := openBefore(parent, pc, reader.Source()); closer != "" {
		n := &MathBlock{closer: closer, GoesOn: true}
		if end := closing(line, 0, closer); end >= 0 && !ends(line[end:]) {
			return nil, parser.NoChildren
		}
		n.take(line, segment, 0, reader)
		return n, parser.NoChildren
	}
	open, closer := delimiters(line[at:])
	if open == 0 || closer == "$" || closer == `\)` {
		return nil, parser.NoChildren
	}
	n := &MathBlock{closer: closer, fence: util.IsBlank(line[at+open:])}
	if end := closing(line, at+open, closer); end >= 0 && !ends(line[end:]) {
		return nil, parser.NoChildren // more text follows: a paragraph
	}
	n.take(line, segment, at+open, reader)
	return n, parser.NoChildren
}

// openBefore returns the closing delimiter of mathematics that begins at the end of an open
// paragraph of the same parent. The paragraph may become a table: then it has none.
func openBefore(parent ast.Node, pc parser.Context, source []byte) (closer string) {
	p, ok := pc.LastOpenedBlock().Node.(*ast.Paragraph)
	if !ok || p.Lines().Len() == 0 || p.Parent() != parent {
		return ""
	}
	seg := p.Lines().At(p.Lines().Len() - 1)
	last := bytes.TrimRight(seg.Value(source), " \t\r\n")
	if !bytes.HasSuffix(last, []byte("$$")) && !bytes.HasSuffix(last, []byte(`\[`)) &&
		!bytes.HasSuffix(last, []byte("}")) {
		return ""
	}
	if bytes.IndexByte(last, '|') >= 0 {
		return ""
	}
	for i := 0; i < len(last); i++ {
		open, closer := delimiters(last[i:])
		switch {
		case open == 0 || closer == "$":
			if last[i] == '\\' {
				i++
			}
		case i+open == len(last):
			return closer
		default:
			end := closing(last, i+open, closer)
			if end < 0 {
				return ""
			}
			i = end - 1
		}
	}
	return ""
}

// ends reports whether what follows mathematics on its line is at most a mark.
func ends(rest []byte) bool {
	return len(bytes.Trim(rest, " \t\r\n.,;:!?")) == 0
}

// isText reports whether what follows mathematics on its line can be no block but a paragraph.
// Anything else is shown as a part of the mathematics.
func isText(rest []byte) bool {
	blanks := len(rest) - len(bytes.TrimLeft(rest, " "))
	r, _ := utf8.DecodeRune(rest[min(blanks, len(rest)):])
	return blanks < 4 && (unicode.IsLetter(r) || strings.ContainsRune(".,;!?()", r))
}

// take appends a line, or its beginning up to the closing delimiter, searched for from a place on.
func (n *MathBlock) take(line []byte, segment text.Segment, from int, reader text.Reader) {
	end := closing(line, from, n.closer)
	if n.closed = end >= 0; n.closed && !ends(line[end:]) && isText(line[end:]) {
		n.Joined = true
		n.Lines().Append(segment.WithStop(segment.Start + end - segment.Padding))
		reader.Advance(end)
		return
	}
	n.Lines().Append(segment)
	reader.AdvanceToEOL()
}

func (mathBlocks) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	n := node.(*MathBlock)
	line, segment := reader.PeekLine()
	if n.closed || util.IsBlank(line) && !n.fence {
		return parser.Close
	}
	if n.take(line, segment, 0, reader); n.Joined {
		return parser.Close
	}
	return parser.Continue | parser.NoChildren
}

// Close makes a paragraph of a block that a blank line or the end of what it stands in has ended
// before its closing delimiter. At the end of the source more may come, though two dollars at the
// end of a line of text may be a price class.
func (mathBlocks) Close(node ast.Node, reader text.Reader, _ parser.Context) {
	n := node.(*MathBlock)
	last := n.Lines().At(n.Lines().Len() - 1)
	priced := n.GoesOn && n.closer == "$$"
	if n.closed || n.fence || last.Stop >= len(reader.Source()) && !priced {
		return
	}
	parent := n.Parent()
	p, ok := n.PreviousSibling().(*ast.Paragraph)
	switch {
	case n.GoesOn && !ok:
		return
	case n.GoesOn:
		end := p.Lines().Len() - 1
		line := p.Lines().At(end)
		p.Lines().Set(end, line.WithStop(lineEnd(reader.Source(), line.Stop)))
		parent.RemoveChild(parent, n)
	default:
		p = ast.NewParagraph()
		p.SetBlankPreviousLines(n.HasBlankPreviousLines())
		parent.ReplaceChild(parent, n, p)
	}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		p.Lines().Append(line.TrimLeftSpace(reader.Source()))
	}
	end := p.Lines().Len() - 1
	line := p.Lines().At(end)
	p.Lines().Set(end, line.TrimRightSpace(reader.Source()))
}

// lineEnd returns where the line ends that has source[at-1], with its line feed.
func lineEnd(source []byte, at int) int {
	if nl := bytes.IndexByte(source[at:], '\n'); nl >= 0 {
		return at + nl + 1
	}
	return len(source)
}

// mathHTML writes mathematics into a page as it was written.
type mathHTML struct{}

func (mathHTML) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(KindMathBlock,
		func(w util.BufWriter, source []byte, n ast.Node, in bool) (ast.WalkStatus, error) {
			if !in {
				return ast.WalkContinue, nil
			}
			_, _ = w.WriteString(`<pre class="math">`)
			for i := range n.Lines().Len() {
				seg := n.Lines().At(i)
				_, _ = w.Write(util.EscapeHTML(seg.Value(source)))
			}
			_, _ = w.WriteString("</pre>\n")
			return ast.WalkContinue, nil
		})
}
