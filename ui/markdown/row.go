package markdown

import (
	"slices"
	"strings"
)

// A Row is one line of output, with what is needed to read the text in it as it runs on. Text
// stands alone: it carries its own looks and links and ends them.
type Row struct {
	Text  string
	Lead  int    // cells before the text: marks and indentation of lists, quotations and code
	Break Break  // what the end of the row stands for
	Cells []Cell // the columns of a table's row, each with a text of its own; nil in all other rows

	// Mark is what was written in place of the lead of an item of a list, as "- " for "• "; else
	// "".
	Mark string
	// Source is what was written in the row and those Joined to it, where they show it otherwise: a
	// row of a table, a line with tabs; else "".
	Source string
	Joined bool // belongs to the Source above
	Rule   bool // a line that is drawn; no text
}

// A Cell is the part of a table's cell that stands in one row: cells [From, To) of it. The cell
// goes on in the same column of the next row.
type Cell struct {
	From, To int
	Break    Break
}

// A Break says what stood in the text where a row ends.
type Break int

const (
	End Break = iota // the text ends there: a paragraph, an item, a line of code
	Cut              // nothing: a long word, or a script without blanks, goes on in the next row
	// Greater ones are so many blanks less one, which the break took the place of. They may stand
	// at the end of the row as well.
)

// blanks is a break in the place of n blanks, 0 too.
func blanks(n int) Break { return Cut + Break(n) }

// GoesOn reports whether the text goes on in the next row.
func (b Break) GoesOn() bool { return b != End }

// Blanks is what stands in the text in place of the break.
func (b Break) Blanks() string { return strings.Repeat(" ", max(0, int(b-Cut))) }

func (r Row) equal(o Row) bool {
	return r.Text == o.Text && r.Lead == o.Lead && r.Break == o.Break &&
		slices.Equal(r.Cells, o.Cells) &&
		r.Mark == o.Mark && r.Source == o.Source && r.Joined == o.Joined && r.Rule == o.Rule
}

// Wrap breaks plain text into rows of at most width cells as paragraphs of Markdown are broken. Its
// own line ends stay, and the blanks that its lines begin with.
func Wrap(text string, width int) []Row {
	var rows []Row
	for l := range strings.SplitSeq(text, "\n") {
		w := wrapper{spans: []span{{text: clean(expandTabs(l))}}, width: width, code: true}
		tabs := strings.IndexByte(l, '\t') >= 0
		for i, line := range w.wrap() {
			row := Row{Text: line.text, Lead: line.lead, Break: line.brk, Joined: tabs && i > 0}
			if tabs && i == 0 {
				row.Source = l
			}
			rows = append(rows, row)
		}
	}
	return rows
}
