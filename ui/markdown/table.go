package markdown

import (
	"bytes"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// settledRows is the number of rows that decide how wide the columns of a table are. Later rows are
// wrapped to fit. The drawn part of a long table stays the same while the table grows.
const settledRows = 64

// columns says how a table is laid out.
type columns struct {
	widths  []int
	stacked bool // too narrow for columns: each row is a list of "header: value"
}

// table draws a table with thin rules, which may go on from rows drawn before.
func (p *painter) table(t *east.Table, m *margin, look looks, at *state) {
	header := t.FirstChild()
	row := header.NextSibling()
	head := p.cells(header, cascade(look, p.style.sheet.Strong))
	goesOn := at.within == inTable
	if !goesOn {
		at.cols, at.tall = p.layOut(head, row, look, p.room(m)), false
	}
	under := p.lineBelow(header)
	if at.cols.stacked {
		p.stacked(m, head, header, look, goesOn)
		return
	}
	if !goesOn {
		p.gridRow(m, wrapCells(head, at.cols), t, at.cols, p.source(header))
		p.gridRule(m, look, at.cols, under)
	}
	for ; row != nil; row = row.NextSibling() {
		cells := wrapCells(p.cells(row, look), at.cols)
		tall := height(cells) > 1
		// rules keep rows apart from the first on that takes several lines
		if goesOn && (tall || at.tall) {
			p.gridRule(m, look, at.cols, "")
		}
		p.gridRow(m, cells, t, at.cols, p.source(row))
		goesOn, at.tall = true, tall || at.tall
	}
}

// stacked draws a table in which each row is a list of "header: value".
func (p *painter) stacked(m *margin, head [][]span, header ast.Node, look looks, goesOn bool) {
	above := p.source(header) + "\n" + p.lineBelow(header)
	row := header.NextSibling()
	if row == nil && !goesOn {
		p.stackedRow(m, nil, head, above)
	}
	for ; row != nil; row = row.NextSibling() {
		source := p.source(row)
		if goesOn {
			p.put(m, p.paint(p.rule(min(p.room(m), 12)), cascade(look, p.style.sheet.Table.looks)))
			p.out[len(p.out)-1].Rule = true
		} else {
			source = above + "\n" + source
		}
		p.stackedRow(m, head, p.cells(row, look), source)
		goesOn = true
	}
}

// source returns the line that a row was written in, from its first bar on.
func (p *painter) source(row ast.Node) string {
	cell := row.FirstChild()
	if cell == nil || cell.Lines().Len() == 0 {
		return ""
	}
	at := cell.Lines().At(0).Start
	before := bytes.TrimRight(p.src[:at], " \t")
	if n := len(before); n > 0 && before[n-1] == '|' {
		at = n - 1
	}
	line, _, _ := bytes.Cut(p.src[at:], []byte("\n"))
	return string(bytes.TrimRight(line, " \t\r"))
}

// lineBelow returns the line below a table's head, from its first mark on.
func (p *painter) lineBelow(head ast.Node) string {
	cell := head.FirstChild()
	if cell == nil || cell.Lines().Len() == 0 {
		return ""
	}
	_, below, _ := bytes.Cut(p.src[cell.Lines().At(0).Start:], []byte("\n"))
	line, _, _ := bytes.Cut(below, []byte("\n"))
	return string(bytes.Trim(line, "> \t\r"))
}

// cells returns the cells of a row.
func (p *painter) cells(row ast.Node, look looks) (cells [][]span) {
	for c := row.FirstChild(); c != nil; c = c.NextSibling() {
		cells = append(cells, p.inline(c, look))
	}
	return cells
}

// layOut decides the widths of the columns. If there is room, each gets the width of its text on
// one line. Otherwise each gets at least its longest word, within limits, and a share of the rest.
// Without room even for that the table is stacked.
func (p *painter) layOut(head [][]span, row ast.Node, look looks, room int) *columns {
	natural, words := make([]int, len(head)), make([]int, len(head))
	add := func(cells [][]span) {
		for i, c := range cells {
			total, longest := measure(c)
			natural[i], words[i] = max(natural[i], total, 1), max(words[i], longest, 1)
		}
	}
	add(head)
	for n := 0; row != nil && n < settledRows; n++ {
		add(p.cells(row, look))
		row = row.NextSibling()
	}
	room -= p.barCells() * (len(head) - 1)
	if sum(natural) <= room {
		return &columns{widths: natural}
	}
	const longWord, shortWord = 24, 10
	for limit := longWord; limit >= shortWord; limit-- {
		least := make([]int, len(head))
		for i := range least {
			least[i] = min(words[i], limit)
		}
		if spare := room - sum(least); spare >= 0 {
			return &columns{widths: share(least, natural, spare)}
		}
	}
	return &columns{stacked: true}
}

// share gives the spare cells to the columns that want more than their least, in proportion to how
// much more.
func share(least, natural []int, spare int) []int {
	wanted := sum(natural) - sum(least)
	widths := make([]int, len(least))
	for i := range least {
		want := natural[i] - least[i]
		got := 0
		if wanted > 0 {
			got = min(want, spare*want/wanted)
		}
		wanted, spare = wanted-want, spare-got
		widths[i] = least[i] + got
	}
	return widths
}

func sum(ns []int) (total int) {
	for _, n := range ns {
		total += n
	}
	return total
}

// bar is what stands between two columns.
func (p *painter) bar() string {
	return " " + or(p.style.sheet.Table.ColumnSeparator, "|") + " "
}

func (p *painter) barCells() int { return ansi.StringWidth(p.bar()) }

// wrapCells wraps the cells of a row to their columns.
func wrapCells(cells [][]span, cols *columns) [][]line {
	wrapped := make([][]line, len(cols.widths))
	for i := range min(len(wrapped), len(cells)) {
		wrapped[i] = wrap(cells[i], cols.widths[i])
	}
	return wrapped
}

func height(cells [][]line) (lines int) {
	for _, c := range cells {
		lines = max(lines, len(c))
	}
	return lines
}

// gridRow draws a row as columns.
func (p *painter) gridRow(m *margin, cells [][]line, t *east.Table, cols *columns, source string) {
	from := len(p.out)
	bar := p.paint(p.bar(), p.style.sheet.Table.looks)
	for y := range height(cells) {
		var b strings.Builder
		pieces, at := make([]Cell, len(cells)), 0
		for i, lines := range cells {
			if i > 0 {
				b.WriteString(bar)
				at += p.barCells()
			}
			var l line
			if y < len(lines) {
				l = lines[y]
			}
			left, right := pad(t.Alignments[i], cols.widths[i]-l.cells)
			pieces[i] = Cell{at + left, at + left + l.cells, l.brk}
			at += cols.widths[i]
			b.WriteString(strings.Repeat(" ", left))
			b.WriteString(l.text)
			if i < len(cells)-1 {
				b.WriteString(strings.Repeat(" ", right))
			}
		}
		p.putLine(m, line{text: b.String()}, pieces)
	}
	p.written(from, source)
}

// pad splits the free cells of a column into those before and after the text.
func pad(a east.Alignment, free int) (left, right int) {
	free = max(free, 0)
	switch a {
	case east.AlignRight:
		return free, 0
	case east.AlignCenter:
		return free / 2, free - free/2
	}
	return 0, free
}

// gridRule draws a rule across the columns. The first one was written.
func (p *painter) gridRule(m *margin, look looks, cols *columns, source string) {
	cross := p.rule(1) + or(p.style.sheet.Table.CenterSeparator, "+") + p.rule(1)
	parts := make([]string, len(cols.widths))
	for i, w := range cols.widths {
		parts[i] = p.rule(w)
	}
	p.put(m, p.paint(strings.Join(parts, cross), cascade(look, p.style.sheet.Table.looks)))
	p.out[len(p.out)-1].Rule, p.out[len(p.out)-1].Source = true, source
}

// stackedRow draws a row as one "header: value" after the other.
func (p *painter) stackedRow(m *margin, head, cells [][]span, source string) {
	from := len(p.out)
	for i, c := range cells {
		if len(c) == 0 {
			continue
		}
		var spans []span
		if i < len(head) && len(head[i]) > 0 {
			for _, s := range head[i] {
				spans = appendSpan(spans, s)
			}
			spans = appendSpan(spans, span{text: ": "})
		}
		for _, s := range c {
			spans = appendSpan(spans, s)
		}
		p.putAll(m, (&wrapper{spans: spans, width: p.room(m), hang: 2}).wrap())
	}
	p.written(from, source)
}
