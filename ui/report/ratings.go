package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/compare"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Ratings lays ratings out in lines of at most width cells, styled with the terminal's own sixteen
// colours.
func Ratings(r compare.Ratings, topics []compare.Topic, width int) string {
	return strings.Join(RatingsLines(theme.New("terminal", nil, false, colorprofile.ANSI), r,
		topics, width), "\n") + "\n"
}

// JudgedRatings is Ratings of what a judge found.
func JudgedRatings(r compare.Ratings, width int) string {
	lines := ratingsLines(theme.New("terminal", nil, false, colorprofile.ANSI), r, nil, width,
		ballots{"judgement", "judged"})
	return strings.Join(lines, "\n") + "\n"
}

// ballots is what ratings rest on, and the head of its column.
type ballots struct{ one, head string }

// RatingsLines are the number of votes, a bar with its interval for each contender, a table of the
// pairs, and the first of each topic.
func RatingsLines(
	t theme.Styles, r compare.Ratings, topics []compare.Topic, width int,
) []string {
	return ratingsLines(t, r, topics, width, ballots{"vote", "votes"})
}

func ratingsLines(
	t theme.Styles, r compare.Ratings, topics []compare.Topic, width int, of ballots,
) []string {
	rows := strong(t, text.Parts(votesLine(r.Summary, of), width-1))
	rows = append(append(rows, ""), ratingRows(t, r, width, of)...)
	for _, line := range ratingNotes(r, of) {
		for _, part := range text.Wrap(line, max(1, width-1)) {
			rows = append(rows, " "+t.Dim.Render(part))
		}
	}
	if len(r.Ratings) > 1 {
		rows = append(append(rows, ""), pairRows(t, r, width)...)
	}
	if len(topics) > 0 {
		rows = append(append(rows, ""), topicRows(t, topics, width)...)
	}
	for i, row := range rows {
		rows[i] = ansi.Truncate(row, width, "…")
	}
	return rows
}

// ratingNotes explain the table.
func ratingNotes(r compare.Ratings, of ballots) (notes []string) {
	if len(r.Ratings) > 0 {
		notes = append(notes, "wins: against an average contender; equal ranks: not told apart")
	}
	if slices.ContainsFunc(r.Ratings, func(x compare.Rating) bool { return x.Rank == nil }) {
		notes = append(notes, fmt.Sprintf("– not enough %ss: a rank needs %d", of.one,
			compare.MinVotes))
	}
	return notes
}

// votesLine counts the votes, and says why some do not count.
func votesLine(s compare.Summary, of ballots) []string {
	parts := []string{text.Grouped(s.Votes) + " " + text.Plural(s.Votes, of.one)}
	for _, part := range []struct {
		n    int
		says string
	}{{s.AllBad, "found all answers bad"}, {s.LeftOut, "left out by their marks"}} {
		if part.n > 0 {
			parts = append(parts, text.Grouped(part.n)+" "+part.says)
		}
	}
	if s.BadLines > 0 {
		parts = append(parts, fmt.Sprintf("%d bad %s", s.BadLines, text.Plural(s.BadLines, "line")))
	}
	return parts
}

// Widths of the parts of a rating's line.
const (
	numberWidth = 4 // " 12 " before the name
	leastTrack  = 21
	mostTrack   = 61
	foremost    = 3*statsGap + 4 + 5 + 6 // of the rank, the wins and their interval
)

// ratingColumn is a number of a rating, to the right under its heading.
type ratingColumn struct {
	head  string
	width int
	cell  func(x *compare.Rating) string
}

// ratingColumnsIn are the columns for which a width has room, and their cells.
func ratingColumnsIn(width int, of ballots) (columns []ratingColumn, used int) {
	for _, c := range []ratingColumn{
		{"rank", 4, func(x *compare.Rating) string {
			if x.Rank == nil {
				return "–"
			}
			return strconv.Itoa(*x.Rank)
		}},
		{"wins", 5, func(x *compare.Rating) string { return inPercent(x.P) + " %" }},
		{"95 %", 6, func(x *compare.Rating) string { return span(x.Low, x.High) }},
		{of.head, 6, func(x *compare.Rating) string { return text.Grouped(x.Votes) }},
		{"best", 6, func(x *compare.Rating) string { return text.Grouped(x.Best) }},
		{"worse", 6, func(x *compare.Rating) string { return text.Grouped(x.Worse) }},
	} {
		if used+statsGap+c.width > width {
			break
		}
		used += statsGap + c.width
		columns = append(columns, c)
	}
	return columns, used
}

func ratingRows(t theme.Styles, r compare.Ratings, width int, of ballots) []string {
	name := ansi.StringWidth("contender")
	for _, x := range r.Ratings {
		name = max(name, ansi.StringWidth(text.OneLine(x.Contender.Label)))
	}
	_, used := ratingColumnsIn(width, of)
	left := width - numberWidth - used
	if left-width/nameShare >= statsGap+leastTrack {
		left -= statsGap + leastTrack
	}
	share := min(width/nameShare, width-numberWidth-foremost)
	name = min(name, max(minName, share, left))
	columns, used := ratingColumnsIn(width-numberWidth-name, of)
	track := min(width-numberWidth-name-used-statsGap, mostTrack)
	track -= 1 - track%2 // so that one cell is in the middle
	head := text.Spaces(numberWidth) + text.Pad("contender", name)
	for _, c := range columns {
		head += text.Spaces(statsGap) + fmt.Sprintf("%*s", c.width, c.head)
	}
	if track >= leastTrack {
		half := (track - 1) / 2
		head += text.Spaces(statsGap) + text.Pad("0 %", half-1) + "50 %" +
			fmt.Sprintf("%*s", track-half-3, "100 %")
	}
	rows := []string{t.Dim.Render(head)}
	for i := range r.Ratings {
		x := &r.Ratings[i]
		row := fmt.Sprintf("%3d ", i+1) + text.Pad(text.CutFront(text.OneLine(x.Contender.Label),
			name), name)
		for _, c := range columns {
			row += text.Spaces(statsGap) + fmt.Sprintf("%*s", c.width, c.cell(x))
		}
		if track >= leastTrack {
			row += text.Spaces(statsGap) + intervalBar(t, x, track)
		}
		rows = append(rows, row)
	}
	return rows
}

func inPercent(p float64) string { return strconv.FormatFloat(100*p, 'f', 0, 64) }

// span is an interval in percent.
func span(low, high float64) string { return inPercent(low) + "–" + inPercent(high) }

// intervalBar draws the interval on a track from 0 to 100 %, with the value and the middle.
func intervalBar(t theme.Styles, x *compare.Rating, track int) string {
	at := func(p float64) int { return int(math.Round(p * float64(track-1))) }
	var b strings.Builder
	for i := range track {
		switch {
		case i == at(x.P):
			b.WriteString(t.Strong.Render("●"))
		case i >= at(x.Low) && i <= at(x.High):
			b.WriteString(t.Accent(0).Render("━"))
		case i == (track-1)/2:
			b.WriteString(t.Dim.Render("┊"))
		default:
			b.WriteString(t.Dim.Render("·"))
		}
	}
	return b.String()
}

const (
	pairCell  = 5  // " 100 "
	pairWide  = 12 // " 73 23–96  "
	pairsHead = "wins of the row over the column, %"
)

// pairRows is a heat map of rows over columns, both numbered as the ratings are. Where there is
// room, a cell has its interval too. It is strong where the interval does not hold 50 %, and
// without heat where the two never met.
func pairRows(t theme.Styles, r compare.Ratings, width int) []string {
	n := len(r.Ratings)
	place := map[string]int{}
	for i, x := range r.Ratings {
		place[x.Contender.ID] = i
	}
	cells := make([][]*compare.Pair, n)
	for i := range cells {
		cells[i] = make([]*compare.Pair, n)
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		cells[place[p.A]][place[p.B]] = p
	}
	cell := pairWide
	if numberWidth+n*cell > width {
		cell = pairCell
	}
	shown := min(n, max(1, (width-numberWidth)/cell))
	head := text.Spaces(numberWidth)
	for j := range shown {
		head += text.Pad(fmt.Sprintf("%3d", j+1), cell)
	}
	rows := []string{" " + t.Dim.Render(pairsHead), t.Dim.Render(strings.TrimRight(head, " "))}
	for i := range n {
		row := fmt.Sprintf("%3d ", i+1)
		for j := range shown {
			row += pairText(t, cells[i][j], cells[j][i], cell)
		}
		rows = append(rows, strings.TrimRight(row, " "))
	}
	if shown < n {
		rows = append(rows, " "+t.Dim.Render(fmt.Sprintf("%d more columns; ratings --json has all",
			n-shown)))
	}
	return rows
}

// pairText is one cell. over is the pair as it is, under the pair the other way round; one of them
// is there, or none on the diagonal.
func pairText(t theme.Styles, over, under *compare.Pair, cell int) string {
	var p, low, high float64
	votes := 0
	switch {
	case over != nil:
		p, low, high, votes = over.P, over.Low, over.High, over.Votes
	case under != nil:
		p, low, high, votes = 1-under.P, 1-under.High, 1-under.Low, under.Votes
	default:
		return text.Pad(t.Dim.Render("  –"), cell)
	}
	says := fmt.Sprintf("%3s", inPercent(p))
	if cell == pairWide {
		says += " " + span(low, high)
	}
	says = text.Pad(says, cell-1)
	if votes == 0 {
		return t.Dim.Render(says) + " "
	}
	return t.Heat(2*p-1).Bold(low > 0.5 || high < 0.5).Render(says) + " "
}
