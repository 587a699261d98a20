package markdown

import (
	"slices"
	"strings"
)

// A Row is one line of output, and what is to be known to read the text in it as it runs on. Text stands alone: it carries
// its own looks and links and ends them.
type Row struct {
	Text  string
	Lead  int    // cells before the text: marks and indentation of lists, quotations and code
	Break Break  // what the end of the row stands for
	Cells []Cell // the columns of a table's row, each with a text of its own; nil in all other rows
}

// A Cell is the part of a table's cell that stands in one row: cells [From, To) of it. The cell goes on in the same column
// of the next row.
type Cell struct {
	From, To int
	Break    Break
}

// A Break says what stood in the text where a row ends.
type Break int

const (
	End Break = iota // the text ends there: a paragraph, an item, a line of code
	Cut              // nothing: a long word, or a script without blanks, goes on in the next row
	// Greater ones are so many blanks less one, which the break took the place of. They may stand at the end of the
	// row as well.
)

// blanks is a break in the place of n blanks, 0 too.
func blanks(n int) Break { return Cut + Break(n) }

// GoesOn reports whether the text goes on in the next row.
func (b Break) GoesOn() bool { return b != End }

// Blanks is what stands in the text in place of the break.
func (b Break) Blanks() string { return strings.Repeat(" ", max(0, int(b-Cut))) }

func (r Row) equal(o Row) bool {
	return r.Text == o.Text && r.Lead == o.Lead && r.Break == o.Break && slices.Equal(r.Cells, o.Cells)
}

// Wrap breaks plain text into rows of at most width cells as paragraphs of Markdown are broken. Its own line ends stay,
// and the blanks that its lines begin with.
func Wrap(text string, width int) []Row {
	var rows []Row
	for l := range strings.SplitSeq(text, "\n") {
		w := wrapper{spans: []span{{text: clean(expandTabs(l))}}, width: width, code: true}
		for _, l := range w.wrap() {
			rows = append(rows, Row{Text: l.text, Lead: l.lead, Break: l.brk})
		}
	}
	return rows
}
