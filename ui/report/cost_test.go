package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/providers/price"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// articlePlan is the question of the article: a machine at $800 a month, and a gateway at $0.42 a million tokens.
func articlePlan() *CostPlan {
	quote := func(in, out float64) providers.Quote {
		return providers.Quote{Price: providers.Price{Input: in, Output: out}, Source: providers.CostConfig}
	}
	p := &CostPlan{Self: "local/llama3.1:8b", Host: price.Hosting{Machine: providers.Machine{MonthlyUSD: 800}, TokensPerSecond: 400},
		Work: price.Workload{Request: providers.Usage{Input: 750, Output: 250}}, Volumes: []float64{1e6, 10e6, 100e6},
		Models: []CostModel{{"holysheep/claude-sonnet-4", quote(3, 15)}, {"holysheep/deepseek-v3.2", quote(0.42, 0.42)},
			{"gate/아주-작은-모델", quote(0.01, 0.05)}},
		Unknown:     []string{"gate/new"},
		Assumptions: []Assumption{{"the machine", "$800.00 a month", "config", "--monthly-usd"}, {"its speed", "400 tok/s of output", "given", "--tokens-per-second"}}}
	p.Sort()
	return p
}

// Regression: at 40 columns the values of the assumptions were left out, and their sources kept.
func TestAssumptionsKeepTheirValues(t *testing.T) {
	p := articlePlan()
	p.Assumptions = append(p.Assumptions, Assumption{"sim-gateway/flash-sim", "$0.3 in, $2.5 out a million", "config", "--price"})
	for _, width := range []int{30, 40, 41, 50, 80} {
		got := ansi.Strip(p.Report(width))
		for _, a := range p.Assumptions {
			if !strings.Contains(got, a.Value) || !strings.Contains(got, a.Source) {
				t.Errorf("at %d columns %q (%s) is not there:\n%s", width, a.Value, a.Source, got)
			}
		}
		for line := range strings.SplitSeq(got, "\n") {
			if ansi.StringWidth(line) > width {
				t.Errorf("at %d columns a line has %d: %q", width, ansi.StringWidth(line), line)
			}
		}
	}
}

// At 40 columns the title "MACHINE 1 small" was cut, beside the blanks of a column.
func TestLongTitlesTakeTheBlanksBesideThem(t *testing.T) {
	table := statsTable{title: "MACHINE 1 small", names: []string{"busy", "of its time"}, cols: []statsColumn{
		{head: "1M", cells: []string{"6.8 h", "0.931 %"}}, {head: "10M", cells: []string{"68 h", "9.31 %"}},
		{head: "100M", cells: []string{"680 h", "93.1 %"}}}}
	for width := 30; width < 60; width++ {
		rows := table.lines(theme.New("terminal", nil, false, colorprofile.Ascii), width)
		for _, row := range rows {
			if ansi.StringWidth(row) != ansi.StringWidth(rows[0]) {
				t.Errorf("%d cells: %q is not as wide as %q", width, row, rows[0])
			}
		}
		if width >= 36 && !strings.Contains(ansi.Strip(rows[0]), table.title) {
			t.Errorf("%d cells: %q", width, rows[0])
		}
	}
}

// The sums of the article's three months, as the report writes them: $0.42, $4.20 and $42.00 on the gateway, $800 on the
// machine, and 800 / 0.42 = 1,904.76 million tokens where both cost the same.
func TestArticleReport(t *testing.T) {
	got := ansi.Strip(articlePlan().Report(120))
	for _, want := range []string{"B    holysheep/deepseek-v3.2", "◆ 1.90G", "$0.42", "$4.20", "$42.00", "$800.00"} {
		if !strings.Contains(got, want) {
			t.Errorf("the report does not say %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "$4,200") {
		t.Errorf("the article's $4,200 is a thousand times too much:\n%s", got)
	}
}

func TestCostReport(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		got := articlePlan().Report(width)
		for row := range strings.Lines(got) {
			row = strings.TrimSuffix(row, "\n")
			if w := ansi.StringWidth(row); w > width {
				t.Errorf("a line of %d cells on a terminal of %d: %q", w, width, row)
			}
			for _, sequence := range []string{"38;2;", "38;5;", "48;"} {
				if strings.Contains(row, sequence) {
					t.Errorf("the report is not of the terminal's sixteen colours: %q", row)
				}
			}
		}
		goldenText(t, fmt.Sprintf("cost-%d", width), ansi.Strip(got))
	}
}

func TestVolumesAndAmounts(t *testing.T) {
	for v, want := range map[float64]string{1: "1", 1500: "1.50k", 500e3: "500k", 999_999: "1.00M", 1e6: "1M", 10e6: "10M", 420.76e6: "421M",
		1904.76e6: "1.90G", 12.34e9: "12.3G", 2e12: "2T"} {
		if got := text.Volume(v); got != want {
			t.Errorf("Volume(%v) is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "$0.00", 0.0042: "$0.0042", 0.42: "$0.42", 4.2: "$4.20", 42: "$42.00", 800: "$800.00", 4200: "$4,200.00",
		0.999: "$1.00", 123456.7: "$123,457"} {
		if got := text.PlanUSD(v); got != want {
			t.Errorf("PlanUSD(%v) is %q, want %q", v, got, want)
		}
	}
}

func TestMarks(t *testing.T) {
	p := &CostPlan{}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 27: "AB", 51: "AZ", 52: "BA"} {
		if got := p.Mark(i); got != want {
			t.Errorf("mark %d is %s, want %s", i, got, want)
		}
	}
}
