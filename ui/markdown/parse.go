package markdown

import (
	"bytes"
	"slices"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// newParser returns a parser of the dialect that Glamour reads: GitHub's, with definition lists.
func newParser() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.GFM, extension.DefinitionList)).Parser()
}

// parse returns the document that src is, given the link definitions that stand before it, and the definitions known
// after it. The document is nil if the parser failed on src, which no text should make it do.
func parse(p parser.Parser, src []byte, refs []parser.Reference) (doc ast.Node, known []parser.Reference) {
	defer func() {
		if recover() != nil {
			doc, known = nil, refs
		}
	}()
	src = slices.Clip(src) // or goldmark may write the line end that it wants at the end of a block beyond it
	pc := parser.NewContext()
	for _, r := range refs {
		pc.AddReference(r)
	}
	doc = p.Parse(text.NewReader(src), parser.WithContext(pc))
	return doc, pc.References()
}

// blockStart returns where the first line of top-level block n starts in src, or -1 where the tree does not tell.
func blockStart(n ast.Node, src []byte) int {
	switch n.Kind() {
	case ast.KindList:
		if n.FirstChild() == nil {
			return -1
		}
		return itemStart(n.FirstChild(), src)
	case east.KindTable:
		if prev := n.PreviousSibling(); prev != nil && prev.Kind() == ast.KindParagraph && !blankBefore(n, src) {
			return -1 // its head was a line of that paragraph, and may be anything
		}
	case ast.KindBlockquote:
		at := firstLine(n, src)
		if at < 0 || !quoted(src[at:]) || at > 0 && quoted(src[lineStart(src, at-1):]) {
			return -1 // it starts with an empty line of its own
		}
		return at
	}
	return firstLine(n, src)
}

func quoted(line []byte) bool {
	line = bytes.TrimLeft(line, " ")
	return len(line) > 0 && line[0] == '>'
}

// itemStart is blockStart for an item of a top-level list. The first text of an item need not be on its first line, so
// the mark there must be the one that the item was made from: its offset is where the item's text begins.
func itemStart(n ast.Node, src []byte) int {
	item, ok := n.(*ast.ListItem)
	at := firstLine(n, src)
	if !ok || at < 0 {
		return -1
	}
	line := src[at:]
	if nl := bytes.IndexByte(line, '\n'); nl >= 0 {
		line = line[:nl]
	}
	i := 0
	for i < len(line) && line[i] == ' ' {
		i++
	}
	for i < len(line) && line[i] >= '0' && line[i] <= '9' {
		i++
	}
	if i >= len(line) || line[i] != item.Parent().(*ast.List).Marker {
		return -1
	}
	i++
	blanks := len(line) - i - len(bytes.TrimLeft(line[i:], " "))
	if i+blanks == len(line) || blanks > 4 {
		blanks = 1
	}
	if i+blanks != item.Offset {
		return -1
	}
	return at
}

// firstLine returns where the line with the first text of n starts, or -1.
func firstLine(n ast.Node, src []byte) int {
	for ; n != nil; n = n.FirstChild() {
		if f, ok := n.(*ast.FencedCodeBlock); ok {
			return fenceLine(f, src)
		}
		if n.Type() != ast.TypeBlock {
			return -1
		}
		if n.Lines() != nil && n.Lines().Len() > 0 {
			return lineStart(src, n.Lines().At(0).Start)
		}
	}
	return -1
}

// blankBefore reports whether a blank line stands before block n in src. The parser's own answer is of no use within
// quotations, where such a line is not empty.
func blankBefore(n ast.Node, src []byte) bool {
	at := firstLine(n, src)
	if at <= 0 {
		return at < 0 && n.HasBlankPreviousLines()
	}
	return len(bytes.Trim(src[lineStart(src, at-1):at], " \t\n>")) == 0
}

// fenceLine returns where the opening line of a fenced block starts, or -1.
func fenceLine(f *ast.FencedCodeBlock, src []byte) int {
	switch {
	case f.Info != nil:
		return lineStart(src, f.Info.Segment.Start)
	case f.Lines().Len() > 0:
		return lineStart(src, lineStart(src, f.Lines().At(0).Start)-1)
	}
	return -1
}

// lineStart returns where the line that holds src[at] starts.
func lineStart(src []byte, at int) int { return bytes.LastIndexByte(src[:max(at, 0)], '\n') + 1 }

// openFence returns the fenced block that what comes after src goes on with, or nil.
func openFence(doc ast.Node, src []byte) *ast.FencedCodeBlock {
	n := doc
	for n.LastChild() != nil && n.LastChild().Type() == ast.TypeBlock {
		n = n.LastChild()
	}
	f, ok := n.(*ast.FencedCodeBlock)
	if !ok || f.Lines().Len() == 0 {
		return nil
	}
	if last := f.Lines().At(f.Lines().Len() - 1); len(bytes.TrimSpace(src[last.Stop:])) > 0 {
		return nil // its closing line
	}
	return f
}

// A cut is a place in the source up to which nothing to come can change what is drawn.
type cut struct {
	at int
	// Where the cut is within a block, that block goes on after it:
	within within
	spaced bool   // a blank line stands before the next item
	prefix []byte // the lines that open the block again
}

// findCut returns the last cut in src, at 0 if there is none. at is the state in which src begins.
//
// A block is final when the next one has begun with a whole line, for Markdown is parsed by lines. The exception is a
// definition list: it takes in the paragraph after it if a definition follows. So is a list item when the next one
// has begun; a row of a table once the widths of the columns are settled; and a line of code as soon as lexing can
// start afresh after it.
func findCut(doc ast.Node, src []byte, at state, code *highlighter) cut {
	whole := bytes.LastIndexByte(src, '\n') + 1
	for n := doc.LastChild(); n != nil; n = n.PreviousSibling() {
		var c cut
		switch n := n.(type) {
		case *ast.List:
			c = cutList(n, src, whole)
		case *east.Table:
			c = cutTable(n, src, whole, at)
		case *ast.FencedCodeBlock:
			if n == openFence(doc, src) {
				c = cutCode(n, src, whole, code)
			}
		}
		if c.at > 0 {
			return c
		}
		prev := n.PreviousSibling()
		if start := blockStart(n, src); start > 0 && start < whole && prev != nil && prev.Kind() != east.KindDefinitionList {
			return cut{at: start}
		}
	}
	return cut{}
}

func cutList(n *ast.List, src []byte, whole int) cut {
	for item := n.LastChild(); item != nil && item != n.FirstChild(); item = item.PreviousSibling() {
		if at := itemStart(item, src); at > 0 && at < whole {
			return cut{at: at, within: inList, spaced: blankBefore(item, src)}
		}
	}
	return cut{}
}

func cutTable(n *east.Table, src []byte, whole int, at state) cut {
	if at.within != inTable || n.PreviousSibling() != nil {
		at = state{}
	}
	rows := n.ChildCount() - 1
	for row := n.LastChild(); row != n.FirstChild(); row = row.PreviousSibling() {
		rows--
		if at.within != inTable && rows < settledRows || rows == 0 {
			break
		}
		start := firstLine(row, src)
		if start < 0 || start >= whole {
			continue
		}
		prefix := at.prefix
		if prefix == nil {
			head := blockStart(n, src)
			if head < 0 {
				break
			}
			prefix = lines(src[head:], 2)
		}
		return cut{at: start, within: inTable, prefix: prefix}
	}
	return cut{}
}

func cutCode(n *ast.FencedCodeBlock, src []byte, whole int, code *highlighter) cut {
	known := *n.Lines()
	if last := known.At(known.Len() - 1); last.Stop > whole {
		known.SetSliced(0, known.Len()-1)
	}
	settled := code.settledLen(string(n.Language(src)), codeText(&known, src))
	if settled == 0 {
		return cut{}
	}
	at := whole
	for i, length := 0, 0; i < known.Len(); i++ {
		seg := known.At(i)
		if length == settled {
			at = lineStart(src, seg.Start)
			break
		}
		length += len(seg.Value(src))
	}
	head := fenceLine(n, src)
	if head < 0 {
		return cut{}
	}
	return cut{at: at, within: inCode, prefix: lines(src[head:], 1)}
}

// lines returns the first n lines of src.
func lines(src []byte, n int) []byte {
	end := 0
	for range n {
		end += bytes.IndexByte(src[end:], '\n') + 1
	}
	return bytes.Clone(src[:end])
}
