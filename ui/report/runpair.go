package report

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/colorprofile"

	runs "lineup/batch/report"
	"lineup/figures"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Comparisons lays out how contenders did in a new run against an old one.
func Comparisons(old, new string, list []runs.Comparison, width int) string {
	t := theme.New("terminal", nil, false, colorprofile.ANSI)
	rows := wrapped(t, text.OneLine(old)+" → "+text.OneLine(new), width)
	for i := range list {
		rows = append(rows, "")
		rows = append(rows, comparisonLines(t, &list[i], width)...)
	}
	return strings.Join(cutTo(rows, width), "\n") + "\n"
}

func comparisonLines(t theme.Styles, c *runs.Comparison, width int) []string {
	name := text.OneLine(c.Label)
	if c.OldLabel != "" {
		name = text.OneLine(c.OldLabel) + " → " + name
	}
	rows := wrapped(t, name, width)
	const indent = 14
	room := max(indent, width-indent)
	say := func(name string, lines []string) {
		for _, line := range lines {
			rows = append(rows, fmt.Sprintf("   %-9s  %s", name, line))
			name = ""
		}
	}
	counts := []string{text.Grouped(c.Better) + " better", text.Grouped(c.Worse) + " worse",
		text.Grouped(c.Same) + " the same"}
	for _, part := range []struct {
		n    int
		says string
	}{{c.Unchecked, "unchecked"}, {c.OnlyOld, "only in the old run"},
		{c.OnlyNew, "only in the new run"}} {
		if part.n > 0 {
			counts = append(counts, text.Grouped(part.n)+" "+part.says)
		}
	}
	say("cases", text.Parts(counts, room))
	if c.Difference != nil {
		verdict := t.Dim.Render("no clear difference")
		switch {
		case c.Regressed():
			verdict = t.Bad.Render("worse")
		case *c.Low > 0:
			verdict = t.Strong.Render("better")
		}
		say("pass rate", text.Wrap(fmt.Sprintf("%s  %s  95 %%: %s to %s  p %s",
			points(*c.Difference), verdict, points(*c.Low), points(*c.High),
			figures.Probability(*c.P)), room))
	}
	for _, line := range []struct {
		name  string
		shift runs.Shift
		show  func(float64) string
	}{{"TTFT", c.TTFT, signedTime}, {"time", c.Duration, signedTime}, {"cost", c.USD, signedUSD}} {
		if line.shift.Median != nil {
			say(line.name, text.Wrap(fmt.Sprintf("%s  95 %%: %s to %s",
				line.show(*line.shift.Median), line.show(*line.shift.Low),
				line.show(*line.shift.High)), room))
		}
	}
	return rows
}

// points is a difference of rates in percentage points.
func points(v float64) string {
	return figures.Signed(v, func(v float64) string { return fmt.Sprintf("%.1f pp", 100*v) })
}

func signedTime(ms float64) string {
	return figures.Signed(ms, figures.Fine)
}

func signedUSD(v float64) string {
	return figures.Signed(v, figures.USD)
}
