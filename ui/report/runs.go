package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	runs "lineup/batch/report"
	"lineup/figures"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// How much of a run stands in a report; the pages that it can be written to have all of it.
const (
	worstCases = 10
	matrixRows = 20
)

// Run lays out what is in a run, in lines of at most width cells, styled with the terminal's own
// sixteen colours.
func Run(run *runs.Run, width int) string {
	t := theme.New("terminal", nil, false, colorprofile.ANSI)
	return strings.Join(RunLines(t, run, width), "\n") + "\n"
}

// RunLines are the numbers of each contender, the cases that fail most, and the matrix of the cases
// that the contenders differ in most.
func RunLines(t theme.Styles, run *runs.Run, width int) []string {
	list := run.Summaries()
	rows := strong(t, text.Parts(runTitle(run, list), width-1))
	names := make([]string, len(list))
	for i := range list {
		names[i] = text.OneLine(list[i].Label)
		if list[i].Simulated {
			names[i] += " SIM"
		}
	}
	tables := []statsTable{passedTable(list), promptTable(run, list),
		failureTable(list, runFailures),
		percentileTable("TTFT", list,
			func(s *runs.Summary) runs.Percentiles { return s.TTFT }, runTime),
		percentileTable("TIME", list,
			func(s *runs.Summary) runs.Percentiles { return s.Duration }, runTime),
		percentileTable("TOK/S", list,
			func(s *runs.Summary) runs.Percentiles { return s.TokensPerSecond }, runSpeed),
		spentTable(list)}
	for _, table := range tables {
		if table.title == "" {
			continue
		}
		table.names = names
		rows = append(append(rows, ""), table.lines(t, width)...)
	}
	rows = append(rows, worstLines(t, run)...)
	rows = append(rows, matrixLines(t, run, names, width)...)
	return cutTo(rows, width)
}

// wrapped are the lines of a title.
func wrapped(t theme.Styles, title string, width int) []string {
	return strong(t, text.Wrap(title, max(1, width-1)))
}

// strong are the lines of a title.
func strong(t theme.Styles, lines []string) (rows []string) {
	for _, line := range lines {
		rows = append(rows, " "+t.Strong.Render(line))
	}
	return rows
}

func cutTo(rows []string, width int) []string {
	for i, row := range rows {
		rows[i] = ansi.Truncate(row, width, "…")
	}
	return rows
}

// counted is a number with its word.
func counted(n int, word string) string { return text.Grouped(n) + " " + text.Plural(n, word) }

func runTitle(run *runs.Run, list []runs.Summary) []string {
	title := []string{counted(len(run.Results), "line"), counted(len(run.Cases), "case"),
		counted(len(run.Prompts), "prompt"), counted(len(run.Contenders), "contender")}
	simulated := 0
	for i := range run.Results {
		simulated += text.Int(run.Results[i].Simulated)
	}
	sum, known := 0.0, false
	for i := range list {
		if usd, ok := text.Value(list[i].USD); ok {
			sum, known = sum+usd, true
		}
	}
	if known {
		title = append(title, figures.Money(sum, false))
	}
	if simulated > 0 {
		title = append(title, text.Grouped(simulated)+" of them SIMULATED")
	}
	return title
}

// some is a count, or a dash for none.
func some(n int) string {
	if n == 0 {
		return "–"
	}
	return text.Grouped(n)
}

// share is a rate in percent, or a dash where it is unknown.
func share(v *float64) string {
	if v == nil {
		return "–"
	}
	return figures.Percent(100 * *v)
}

func passedTable(list []runs.Summary) statsTable {
	s := statsTable{title: "CHECKS", key: "━ passed ─ failed", cols: []statsColumn{
		column("checked", list, func(s *runs.Summary) string { return some(s.N) }),
		column("passed", list, func(s *runs.Summary) string { return some(s.Passed) }),
		column("rate", list, func(s *runs.Summary) string { return share(s.Rate) }),
		column("95 %", list, func(s *runs.Summary) string { return figures.Span(s.Low, s.High) }),
	}}
	unchecked := false
	for i := range list {
		unchecked = unchecked || list[i].Unchecked > 0
		s.bars = append(s.bars, statsBar{float64(list[i].Passed), float64(list[i].N)})
	}
	if unchecked {
		s.cols = append(s.cols, column("unchecked", list,
			func(s *runs.Summary) string { return some(s.Unchecked) }))
	}
	return s
}

// promptTable shows the prompts apart; it has no title where there is one.
func promptTable(run *runs.Run, list []runs.Summary) statsTable {
	if len(run.Prompts) < 2 {
		return statsTable{}
	}
	const widest = 24
	s := statsTable{title: "BY PROMPT"}
	for i, id := range run.Prompts {
		s.cols = append(s.cols, column(ansi.Truncate(text.OneLine(id), widest, "…"), list,
			func(s *runs.Summary) string {
				if p := &s.Prompts[i]; p.N > 0 {
					return fmt.Sprintf("%s of %s", text.Grouped(p.Passed), text.Grouped(p.N))
				}
				return "–"
			}))
	}
	for i, id := range run.Prompts { // last, since a narrow table leaves out its last columns
		name := ansi.Truncate(text.OneLine(id), widest, "…")
		s.cols = append(s.cols, column(name+" 95 %", list, func(s *runs.Summary) string {
			return figures.Span(s.Prompts[i].Low, s.Prompts[i].High)
		}))
	}
	return s
}

func runFailures(s *runs.Summary) (map[string]int, int) { return s.Failures, s.Failed }

func runTime(_ *runs.Summary, v float64) string { return figures.Millis(&v) }

func runSpeed(s *runs.Summary, v float64) string {
	return figures.Approx(s.Estimated) + figures.Speed(v)
}

func percentileTable(title string, list []runs.Summary, of func(*runs.Summary) runs.Percentiles,
	show func(*runs.Summary, float64) string) statsTable {
	s := statsTable{title: title, key: barKey}
	cell := func(v func(runs.Percentiles) *float64) func(*runs.Summary) string {
		return func(x *runs.Summary) string {
			if p := v(of(x)); p != nil {
				return show(x, *p)
			}
			return "–"
		}
	}
	s.cols = []statsColumn{
		column("p50", list, cell(func(p runs.Percentiles) *float64 { return p.P50 })),
		column("p95", list, cell(func(p runs.Percentiles) *float64 { return p.P95 }))}
	for i := range list {
		p := of(&list[i])
		to, _ := text.Value(p.P50)
		on, _ := text.Value(p.P95)
		s.bars = append(s.bars, statsBar{to, on})
	}
	return s
}

func spentTable(list []runs.Summary) statsTable {
	s := statsTable{title: "COST", key: "━ cost", cols: []statsColumn{
		column("sum", list, func(s *runs.Summary) string {
			if s.USD == nil {
				return "$?"
			}
			return figures.Money(*s.USD, s.Estimated)
		}),
		column("unknown", list, func(s *runs.Summary) string { return some(s.USDUnknown) }),
		column("tokens out", list, func(s *runs.Summary) string {
			return figures.Approx(s.Estimated) + text.Count(s.Output)
		}),
	}}
	for i := range list {
		usd, _ := text.Value(list[i].USD)
		s.bars = append(s.bars, statsBar{to: usd})
	}
	return s
}

func worstLines(t theme.Styles, run *runs.Run) []string {
	worst := run.Worst(worstCases)
	if len(worst) == 0 {
		return nil
	}
	rows := []string{"", " " + t.Strong.Render("CASES THAT FAIL MOST")}
	for _, c := range worst {
		rows = append(rows, fmt.Sprintf(" %5s of %-5s %s", text.Grouped(c.Failed),
			text.Grouped(c.All), text.OneLine(c.ID)))
	}
	return rows
}

// matrixLines are the cases that the contenders differ in most, each with its cells. A cell says
// less where there is less room, down to its sign, so that each contender has a column.
func matrixLines(t theme.Styles, run *runs.Run, names []string, width int) []string {
	rows := run.Rows()
	if len(rows) == 0 {
		return nil
	}
	runs.ByDisagreement(rows)
	shown := rows[:min(len(rows), matrixRows)]
	name := ansi.StringWidth("MATRIX")
	table := statsTable{title: "MATRIX"}
	for _, row := range shown {
		table.names = append(table.names, text.OneLine(run.RowName(&row)))
		name = max(name, ansi.StringWidth(table.names[len(table.names)-1]))
	}
	name = min(name, max(minName, width/nameShare))
	room := max(1, (width-1-name)/len(names)-statsGap)
	detail, _ := CellDetail(shown, room)
	for i := range names {
		c := statsColumn{left: true, head: ColumnHead(i, names[i], room)}
		for j := range shown {
			c.cells = append(c.cells, CellText(&shown[j].Cells[i], detail))
		}
		table.cols = append(table.cols, c)
	}
	out := append([]string{""}, table.lines(t, width)...)
	if n := len(rows) - len(shown); n > 0 {
		out = append(out, " "+t.Dim.Render(fmt.Sprintf(
			"and %s more %s; --html writes all of them", text.Grouped(n), text.Plural(n, "row"))))
	}
	return out
}

// CellDetail is how much can be said of the cells of some rows in so much room each, and the width
// of the widest one then.
func CellDetail(rows []runs.Row, room int) (d runs.Detail, widest int) {
	for d = runs.WithCost; ; d-- {
		widest = 0
		for i := range rows {
			for j := range rows[i].Cells {
				widest = max(widest, ansi.StringWidth(CellText(&rows[i].Cells[j], d)))
			}
		}
		if widest <= room || d == runs.SignOnly {
			return d, widest
		}
	}
}

// leastColumnName is the least of a name that is worth showing over a column.
const leastColumnName = 4

// ColumnHead is the number of a contender and its name in so many cells, the end of the name first:
// it tells models of one provider apart.
func ColumnHead(i int, label string, width int) string {
	number := strconv.Itoa(i+1) + " "
	room := width - len(number)
	if label = text.OneLine(label); room < min(leastColumnName, ansi.StringWidth(label)) {
		return ansi.Truncate(strings.TrimSpace(number), width, "")
	}
	return number + text.CutFront(label, room)
}

// CellText is a cell in a few words.
func CellText(c *runs.Cell, detail runs.Detail) string {
	return text.OneLine(strings.Join(c.Words(detail), " "))
}
