package report

import (
	"strings"

	"lineup/compare"
	"lineup/providers"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// besideFrom is the width in cells from which two answers stand beside each other.
const besideFrom = 96

// between parts two answers that stand beside each other.
const between = " │ "

// Diff is two answers laid out with their differences: beside each other, or as one text where
// there is no room for two. Equal lines stand in one row.
type Diff struct {
	Changes []int // the first row of each difference
	beside  bool
	rows    []diffRow
	column  int // width in cells
	a, b    diffColumn
}

// diffRow is a line of both answers; a narrow one is in a alone.
type diffRow struct{ a, b []diffCell }

// diffCell is a piece of a line. Change counts the differences from 0; it is -1 for what is common.
type diffCell struct {
	text   string
	change int
	second bool // of the second answer
	mark   bool // of a difference in one text; its hyphens do not break
}

// NewDiff lays out two answers at a width in cells, for a terminal that may count clusters.
func NewDiff(stretches []compare.Stretch, width int, on text.Clusters) *Diff {
	d := &Diff{beside: width >= besideFrom, column: max(1, width)}
	if d.beside {
		d.column = (width - len([]rune(between))) / 2
	}
	for _, s := range stretches {
		a, b := screenText(s.A, on), screenText(s.B, on)
		if !s.Differs {
			d.common(a, b)
			continue
		}
		n := len(d.Changes)
		d.Changes = append(d.Changes, -1)
		if d.beside {
			d.a.add(a, n, false)
			d.b.add(b, n, true)
			continue
		}
		d.a.addMarked(a, "[-", "-]", n, false)
		d.a.addMarked(b, "{+", "+}", n, true)
	}
	if d.a.plain.Len()+d.b.plain.Len() > 0 {
		d.endLine()
	}
	for i, row := range d.Changes {
		if row < 0 { // of white space alone
			d.Changes[i] = max(0, len(d.rows)-1)
		}
	}
	return d
}

// screenText is a text as its cells are; a tab is four of them.
func screenText(s string, on text.Clusters) string {
	return strings.ReplaceAll(on.Screen(providers.Clean(s)), "\t", "    ")
}

// common adds what both answers have. A line that ends in both at the same place ends a row.
func (d *Diff) common(a, b string) {
	if !d.beside {
		a = b
	}
	linesA, linesB := strings.Split(a, "\n"), strings.Split(b, "\n")
	if n, m := len(linesA), len(linesB); n != m && n > 1 && m > 1 { // but for the last ones
		linesA = []string{strings.Join(linesA[:n-1], "\n"), linesA[n-1]}
		linesB = []string{strings.Join(linesB[:m-1], "\n"), linesB[m-1]}
	} else if n != m {
		linesA, linesB = []string{a}, []string{b}
	}
	for i := range linesA {
		if i > 0 {
			d.endLine()
		}
		d.a.add(linesA[i], -1, false)
		if d.beside {
			d.b.add(linesB[i], -1, true)
		}
	}
}

// endLine makes rows of what has gathered.
func (d *Diff) endLine() {
	a, b := d.a.wrap(d.column), d.b.wrap(d.column)
	for i := range max(1, len(a), len(b)) {
		var row diffRow
		if i < len(a) {
			row.a = a[i]
		}
		if i < len(b) {
			row.b = b[i]
		}
		for _, cells := range [][]diffCell{row.a, row.b} {
			for _, c := range cells {
				if c.change >= 0 && d.Changes[c.change] < 0 {
					d.Changes[c.change] = len(d.rows)
				}
			}
		}
		d.rows = append(d.rows, row)
	}
	d.a, d.b = diffColumn{}, diffColumn{}
}

// diffColumn is the line of one answer that is being put together.
type diffColumn struct {
	plain  strings.Builder
	pieces []diffCell
}

func (c *diffColumn) add(s string, change int, second bool) {
	if s != "" {
		c.plain.WriteString(s)
		c.pieces = append(c.pieces, diffCell{text: s, change: change, second: second})
	}
}

// unbroken is a hyphen at which no line ends.
const unbroken = "\u2011"

// addMarked adds a text between two marks, each line of it for itself.
func (c *diffColumn) addMarked(s, before, behind string, change int, second bool) {
	mark := func(s string) {
		c.add(strings.ReplaceAll(s, "-", unbroken), change, second)
		c.pieces[len(c.pieces)-1].mark = true
	}
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			c.add("\n", change, second)
		}
		if strings.TrimSpace(line) == "" {
			c.add(line, change, second)
			continue
		}
		mark(before)
		c.add(line, change, second)
		mark(behind)
	}
}

// wrap breaks the line at a width. Wrapping leaves out blanks at the breaks and nothing else.
func (c *diffColumn) wrap(width int) [][]diffCell {
	if c.plain.Len() == 0 {
		return nil
	}
	rest := c.plain.String()
	var rows [][]diffCell
	for _, line := range text.Wrap(rest, width) {
		skipped := 0
		for !strings.HasPrefix(rest[skipped:], line) && skipped < len(rest) {
			skipped++
		}
		c.take(skipped)
		rows = append(rows, c.take(len(line)))
		rest = rest[min(len(rest), skipped+len(line)):]
	}
	return rows
}

// take cuts so many bytes off the front of the pieces.
func (c *diffColumn) take(n int) []diffCell {
	var out []diffCell
	for n > 0 && len(c.pieces) > 0 {
		p := &c.pieces[0]
		k := min(n, len(p.text))
		out = append(out, diffCell{p.text[:k], p.change, p.second, p.mark})
		p.text = p.text[k:]
		n -= k
		if p.text == "" {
			c.pieces = c.pieces[1:]
		}
	}
	return out
}

// Len counts the rows.
func (d *Diff) Len() int { return len(d.rows) }

// Beside reports whether the answers stand beside each other.
func (d *Diff) Beside() bool { return d.beside }

// Heads is the row of the names, each over its answer and in its pane's accent.
func (d *Diff) Heads(th theme.Styles, names [2]string, accents [2]int) string {
	head := func(i int) string { return th.Accent(accents[i]).Bold(true).Render(names[i]) }
	if d.beside {
		left := th.Accent(accents[0]).Bold(true).Render(text.Cut(names[0], d.column))
		right := th.Accent(accents[1]).Bold(true).Render(text.Cut(names[1], d.column))
		return text.Pad(left, d.column) + th.Border.Render(between) + right
	}
	return text.Clip("[-"+head(0)+"-] {+"+head(1)+"+}", d.column, "…")
}

// Rows draws the rows [from, to). What is common is dimmed; the difference at current is marked.
func (d *Diff) Rows(th theme.Styles, from, to, current int, accents [2]int) []string {
	draw := func(cells []diffCell) string {
		var b strings.Builder
		for _, c := range cells {
			style := th.Dim
			switch {
			case c.change >= 0 && c.change == current:
				style = th.Hit
			case c.change >= 0 && c.second:
				style = th.Accent(accents[1]).Bold(true)
			case c.change >= 0:
				style = th.Accent(accents[0]).Bold(true)
			}
			if c.mark {
				c.text = strings.ReplaceAll(c.text, unbroken, "-")
			}
			b.WriteString(style.Render(c.text))
		}
		return text.LeftToRight(b.String())
	}
	var out []string
	for _, row := range d.rows[from:min(to, len(d.rows))] {
		line := draw(row.a)
		if d.beside {
			line = text.Pad(line, d.column) + th.Border.Render(between) + draw(row.b)
		}
		out = append(out, line)
	}
	return out
}
