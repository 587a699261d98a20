package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

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
// Markdown is parsed by lines: a block is final once the next one has begun with a whole line. A
// list item is final once the next item has begun, a row of a table once the widths of the columns
// are settled. A line of code is final once lexing can start afresh after it.
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
		if start := blockStart(n, src); start > 0 && start < whole {
			return cut{at: start}
		}
	}
	return cut{}
}

func cutList(n *ast.List, src []byte, whole int) cut {
	for item := n.LastChild(); item != nil &&
		item != n.FirstChild(); item = item.PreviousSibling() {
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
