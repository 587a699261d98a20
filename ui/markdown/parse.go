package markdown

import (
	"bytes"
	"slices"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"lineup/session/dialect"
)

// newParser returns a parser of the Markdown that models write.
func newParser() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(dialect.Extension())).Parser()
}

// parse returns the document that src is, given the link definitions that stand before it, and the
// definitions known after it. The document is nil if the parser failed on src, which no text should
// make it do.
func parse(
	p parser.Parser, src []byte, refs []parser.Reference,
) (doc ast.Node, known []parser.Reference) {
	defer func() {
		if recover() != nil {
			doc, known = nil, refs
		}
	}()
	// or goldmark may write the line end that it wants at the end of a block beyond it
	src = slices.Clip(src)
	pc := parser.NewContext()
	for _, r := range refs {
		pc.AddReference(r)
	}
	doc = p.Parse(text.NewReader(src), parser.WithContext(pc))
	return doc, pc.References()
}

// blockStart returns where the first line of top-level block n starts in src, or -1 where the tree
// does not tell.
func blockStart(n ast.Node, src []byte) int {
	if m, ok := n.PreviousSibling().(*dialect.MathBlock); ok && m.Joined {
		return -1 // its line begins with the end of the mathematics
	}
	if m, ok := n.(*dialect.MathBlock); ok && m.GoesOn {
		return -1 // it begins in the line before
	}
	switch n.Kind() {
	case ast.KindList:
		if n.FirstChild() == nil {
			return -1
		}
		return itemStart(n.FirstChild(), src)
	case east.KindTable:
		if n.PreviousSibling() != nil && !blankBefore(n, src) {
			return -1 // its head was a line of a paragraph, which may have become anything
		}
	}
	return firstLine(n, src)
}

// itemStart is blockStart for an item of a top-level list. The first text of an item need not be on
// its first line, so the mark there must be the one that the item was made from: its offset is
// where the item's text begins.
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

// blankBefore reports whether a blank line stands before block n in src. The parser's own answer is
// of no use within quotations, where such a line is not empty.
func blankBefore(n ast.Node, src []byte) bool {
	at := firstLine(n, src)
	if at <= 0 {
		return at < 0 && n.HasBlankPreviousLines()
	}
	if prev := n.PreviousSibling(); prev != nil && firstLine(prev, src) > at {
		return false // a table was made of the last lines of this block and put before it
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
	if last := f.Lines().At(f.Lines().Len() - 1); len(bytes.Trim(src[last.Stop:], " \t\n>")) > 0 {
		return nil // its closing line
	}
	return f
}
