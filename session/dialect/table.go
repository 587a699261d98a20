package dialect

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// tables makes tables of paragraphs, as GitHub does. A row that has more cells than the head is
// read again: bars within code and mathematics, and two in a row, may be content. What is still too
// much stays in the last cell. GitHub leaves it out.
type tables struct{}

func (tables) Transform(p *ast.Paragraph, reader text.Reader, _ parser.Context) {
	lines, source := p.Lines(), reader.Source()
	for i := 1; i < lines.Len(); i++ {
		under := lines.At(i)
		aligns := alignments(under.Value(source))
		if aligns == nil {
			continue
		}
		head := row(lines.At(i-1), aligns, source, true)
		if head == nil {
			return
		}
		t := east.NewTable()
		t.Alignments = aligns
		t.SetPos(p.Pos())
		t.AppendChild(t, east.NewTableHeader(head))
		for j := i + 1; j < lines.Len(); j++ {
			t.AppendChild(t, row(lines.At(j), aligns, source, false))
		}
		lines.SetSliced(0, i-1)
		p.Parent().InsertAfter(p.Parent(), p, t)
		if lines.Len() == 0 {
			p.Parent().RemoveChild(p.Parent(), p)
			return
		}
		last := lines.At(i - 2)
		lines.Set(i-2, last.WithStop(last.Stop-1)) // without its line feed
		return
	}
}

var column = regexp.MustCompile(`^\s*(:?)-+(:?)\s*$`)

// alignments reads the line under a head; nil where it is none.
func alignments(line []byte) (aligns []east.Alignment) {
	if w, _ := util.IndentWidth(line, 0); w > 3 || !bytes.ContainsAny(line, "|:") {
		return nil
	}
	cols := bytes.Split(line, []byte{'|'})
	if util.IsBlank(cols[0]) {
		cols = cols[1:]
	}
	if n := len(cols); n > 0 && util.IsBlank(cols[n-1]) {
		cols = cols[:n-1]
	}
	for _, c := range cols {
		m := column.FindSubmatch(c)
		switch {
		case m == nil:
			return nil
		case len(m[1]) > 0 && len(m[2]) > 0:
			aligns = append(aligns, east.AlignCenter)
		case len(m[1]) > 0:
			aligns = append(aligns, east.AlignLeft)
		case len(m[2]) > 0:
			aligns = append(aligns, east.AlignRight)
		default:
			aligns = append(aligns, east.AlignNone)
		}
	}
	return aligns
}

// row makes a row of a line. A head must have a cell for each column, or it is nil.
func row(line text.Segment, aligns []east.Alignment, source []byte, head bool) *east.TableRow {
	line = line.TrimLeftSpace(source)
	line = line.TrimRightSpace(source)
	bars := split(line.Value(source), len(aligns))
	if head && len(bars)-1 != len(aligns) {
		return nil
	}
	r := east.NewTableRow(aligns)
	r.SetPos(line.Start)
	for i, align := range aligns {
		cell := east.NewTableCell()
		if i < len(bars)-1 {
			cell.Alignment = align
			seg := text.NewSegment(line.Start+bars[i]+1, line.Start+bars[i+1])
			cell.SetPos(seg.Start)
			seg = seg.TrimLeftSpace(source)
			unescapeBars(cell, seg.TrimRightSpace(source), source)
		}
		r.AppendChild(r, cell)
	}
	return r
}

// unescapeBars gives a cell its text. Within code a backslash before a bar only keeps the bar from
// ending the cell.
func unescapeBars(cell ast.Node, seg text.Segment, source []byte) {
	value := seg.Value(source)
	inner := content(value)
	from := 0
	for i := 1; i < len(value); i++ {
		if value[i] == '|' && value[i-1] == '\\' && inner[i] == inCode {
			cell.Lines().Append(text.NewSegment(seg.Start+from, seg.Start+i-1))
			from = i
		}
	}
	cell.Lines().Append(text.NewSegment(seg.Start+from, seg.Stop))
}

// split returns the places of the bars before, between and after the cells of a line; those at its
// ends may be missing, and are at -1 and its length then. There are several ways to read the bars.
// The first with the wanted number of cells is taken, else the first with fewer.
func split(line []byte, want int) []int {
	inner := content(line)
	first := bars(line, func(int) bool { return true })
	if len(first)-1 == want {
		return first
	}
	outside := bars(line, func(i int) bool { return inner[i] == 0 })
	apart := bars(line, func(i int) bool {
		return inner[i] == 0 && (i == 0 || line[i-1] != '|') &&
			(i+1 == len(line) || line[i+1] != '|')
	})
	ways := [][]int{first, outside, apart}
	for _, way := range ways {
		if len(way)-1 == want {
			return way
		}
	}
	for _, way := range ways {
		if len(way)-1 < want {
			return way
		}
	}
	for n := len(outside); n-1 > want; n-- { // empty cells at the end are not missed
		if !util.IsBlank(line[outside[n-2]+1 : outside[n-1]]) {
			return append(outside[:want:want], outside[n-1])
		}
	}
	return outside[:want+1]
}

// bars returns the places of the bars that part cells.
func bars(line []byte, parts func(at int) bool) []int {
	at := []int{}
	for i := 0; i < len(line); i++ {
		if line[i] == '|' && (i == 0 || line[i-1] != '\\') && parts(i) {
			at = append(at, i)
		}
	}
	if len(at) == 0 || at[0] != 0 {
		at = append([]int{-1}, at...)
	}
	if n := len(at); at[n-1] != len(line)-1 || n == 1 {
		at = append(at, len(line))
	}
	return at
}

// What a byte of a line may be within.
const (
	inCode = 1 + iota
	inMath
)

// content says which bytes of a line stand within code or mathematics.
func content(line []byte) []byte {
	inner := make([]byte, len(line))
	for i := 0; i < len(line); {
		what, n := byte(0), 1
		switch line[i] {
		case '`':
			if n = codeLen(line[i:]); n > 0 {
				what = inCode
			} else {
				n = len(line[i:]) - len(bytes.TrimLeft(line[i:], "`"))
			}
		case '$', '\\':
			switch n = mathLen(line[i:]); {
			case n > 0:
				what = inMath
			case line[i] == '\\':
				n = 2 // the character it escapes goes with it
			default:
				n = 1
			}
		}
		for end := min(i+n, len(line)); i < end; i++ {
			inner[i] = what
		}
	}
	return inner
}

// codeLen returns the length of the code at the start of a line, or 0 if nothing ends it.
func codeLen(line []byte) int {
	marks := len(line) - len(bytes.TrimLeft(line, "`"))
	for i := marks; i < len(line); {
		rest := line[i:]
		run := len(rest) - len(bytes.TrimLeft(rest, "`"))
		if run == marks {
			return i + run
		}
		i += max(run, 1)
	}
	return 0
}

// mathLen returns how long the mathematics is that a line begins with, or 0.
func mathLen(line []byte) int {
	switch open, closer := delimiters(line); {
	case open == 0:
		return 0
	case closer == "$":
		return dollarsLen(line)
	default:
		return max(0, closing(line, open, closer))
	}
}
