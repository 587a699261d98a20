package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"lineup/figures"
	"lineup/providers"
)

// How much stands in a document of Markdown. Comments on GitHub take 65,536 characters.
const (
	markdownRows  = 100
	markdownCases = 20
)

// WriteMarkdown writes a run as GitHub's Markdown: the numbers of each contender, the worst cases,
// and the matrix of the most disagreement. Names stand in code. No link, image, mention or HTML
// acts there.
func WriteMarkdown(w io.Writer, run *Run) error {
	m := mdWriter{bufio.NewWriter(w)}
	list := run.Summaries()
	m.line("# %s\n", code(run.Name))
	m.row("contender", "passed", "rate", "95 %", "TTFT p50 / p95", "time p50 / p95", "tok/s p50",
		"tokens out", "cost", "failures")
	m.rule(10)
	for i := range list {
		m.summary(&list[i])
	}
	m.prompts(run, list)
	if worst := run.Worst(markdownCases); len(worst) > 0 {
		m.line("\n## Cases that fail most\n")
		m.row("case", "failed")
		m.rule(2)
		for _, c := range worst {
			m.row(code(c.ID), fmt.Sprintf("%d of %d", c.Failed, c.All))
		}
	}
	m.matrix(run)
	return m.Flush()
}

// WriteComparison writes a comparison as GitHub's Markdown: each contender, and its cases that got
// worse.
func WriteComparison(w io.Writer, old, new *Run, list []Comparison, pairs []Pair) error {
	m := mdWriter{bufio.NewWriter(w)}
	m.line("# %s → %s\n", code(old.Name), code(new.Name))
	m.row("contender", "better", "worse", "same", "pass rate", "95 %", "p", "time", "cost")
	m.rule(9)
	for _, c := range list {
		name := code(c.Label)
		if c.OldLabel != "" {
			name = code(c.OldLabel) + " → " + name
		}
		if c.Regressed() {
			name += " **worse**"
		}
		rate, span, p := c.rateWords()
		m.row(name, fmt.Sprint(c.Better), fmt.Sprint(c.Worse), fmt.Sprint(c.Same), rate, span, p,
			c.Duration.words(figures.Fine), c.USD.words(figures.USD))
	}
	for i, c := range list {
		if c.Worse == 0 {
			continue
		}
		m.line("\n## Worse: %s\n", code(c.Label))
		n := 0
		for _, a := range align(old, new, pairs[i]) {
			if a.Old != nil && a.New != nil && a.Old.Verdict == Pass && a.New.Verdict == Fail {
				if n++; n <= markdownRows {
					m.line("- %s", code(new.name(a.New)))
				}
			}
		}
		if n > markdownRows {
			m.line("- and %d more", n-markdownRows)
		}
	}
	return m.Flush()
}

// words is a median with its interval.
func (s Shift) words(show func(float64) string) string {
	if s.Median == nil {
		return "–"
	}
	return fmt.Sprintf("%s (%s to %s)", figures.Signed(*s.Median, show),
		figures.Signed(*s.Low, show), figures.Signed(*s.High, show))
}

// rateWords are the difference of the pass rates in percentage points, its interval, and p.
func (c *Comparison) rateWords() (difference, interval, p string) {
	if c.Difference == nil {
		return "–", "–", "–"
	}
	points := func(v float64) string {
		return figures.Signed(100*v, func(v float64) string { return fmt.Sprintf("%.1f", v) })
	}
	return points(*c.Difference) + " pp", points(*c.Low) + " to " + points(*c.High),
		figures.Probability(*c.P)
}

// mdWriter leaves errors to Flush.
type mdWriter struct{ *bufio.Writer }

func (m mdWriter) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m mdWriter) row(cells ...string) { m.line("| %s |", strings.Join(cells, " | ")) }

// rule is what stands under a header. All but the first column are numbers.
func (m mdWriter) rule(columns int) {
	m.line("|---%s|", strings.Repeat("|---:", columns-1))
}

func (m mdWriter) summary(s *Summary) {
	two := func(p Percentiles) string {
		return figures.Millis(p.P50) + " / " + figures.Millis(p.P95)
	}
	w := s.words()
	var failures []string
	for _, kind := range w.failures {
		failures = append(failures, code(kind))
	}
	name := code(s.Label)
	if s.Simulated {
		name += " SIMULATED"
	}
	m.row(name, w.passed, w.rate, w.interval, two(s.TTFT), two(s.Duration), w.speed,
		fmt.Sprint(s.Output), w.cost, strings.Join(failures, ", "))
}

// prompts is a table of contender and prompt, where there are several prompts.
func (m mdWriter) prompts(run *Run, list []Summary) {
	if len(run.Prompts) < 2 {
		return
	}
	m.line("\n## By prompt\n")
	head := []string{"contender"}
	for _, id := range run.Prompts {
		head = append(head, code(id))
	}
	m.row(head...)
	m.rule(len(head))
	for i := range list {
		row := []string{code(list[i].Label)}
		for _, p := range list[i].Prompts {
			row = append(row, p.words())
		}
		m.row(row...)
	}
}

func (m mdWriter) matrix(run *Run) {
	rows := run.Rows()
	ByDisagreement(rows)
	m.line("\n## Matrix\n")
	head := []string{"case"}
	for _, c := range run.Contenders {
		head = append(head, code(c.Label))
	}
	m.row(head...)
	m.rule(len(head))
	for _, row := range rows[:min(len(rows), markdownRows)] {
		cells := []string{code(run.RowName(&row))}
		for i := range row.Cells {
			words := strings.Join(row.Cells[i].Words(WithTime), " ")
			if len(row.Cells[i].failures()) > 0 { // a server's word
				words = code(words)
			}
			cells = append(cells, words)
		}
		m.row(cells...)
	}
	if n := len(rows) - markdownRows; n > 0 {
		m.line("\nand %d more", n)
	}
}

// code is a text in which nothing acts, in one line. A bar would end the cell of a table, whatever
// stands around it: such a text is written in references.
func code(s string) string {
	s = providers.CleanLine(s)
	if s == "" {
		return ""
	}
	if !strings.Contains(s, "|") {
		longest := providers.Backticks(s)
		fence := strings.Repeat("`", longest+1)
		if longest > 0 || strings.HasPrefix(s, " ") { // a space at each end is no part of the code
			return fence + " " + s + " " + fence
		}
		return fence + s + fence
	}
	var b strings.Builder
	for _, c := range s {
		if c < 0x80 && c != ' ' && !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z') {
			fmt.Fprintf(&b, "&#%d;", c)
			continue
		}
		b.WriteRune(c)
	}
	return "<code>" + b.String() + "</code>"
}
