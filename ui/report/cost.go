package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/providers/price"
	"lineup/ui/chart"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// CostPlan compares a machine of one's own with what gateways ask, for months of several volumes.
type CostPlan struct {
	Self        string // what the machine serves
	Host        price.Hosting
	Work        price.Workload
	Volumes     []float64 // tokens a month, in and out
	Models      []CostModel
	Unknown     []string // models without a known price, which cannot be compared
	Assumptions []Assumption
}

// CostModel is a gateway's model with its price.
type CostModel struct {
	Ref   string
	Quote providers.Quote
}

// Assumption is one thing that the comparison rests on, where it comes from, and the flag that changes it.
type Assumption struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
	Flag   string `json:"flag"`
}

// Sort puts the cheapest model first; marks and colours go by that order.
func (p *CostPlan) Sort() {
	slices.SortStableFunc(p.Models, func(a, b CostModel) int {
		return cmp.Or(cmp.Compare(p.Work.PerMillion(a.Quote.Price), p.Work.PerMillion(b.Quote.Price)), cmp.Compare(a.Ref, b.Ref))
	})
}

// Mark is the letter of the i-th model: A … Z, then AA, AB, ….
func (p *CostPlan) Mark(i int) string {
	mark := string(rune('A' + i%26))
	if i >= 26 {
		return p.Mark(i/26-1) + mark
	}
	return mark
}

// selfMark stands on the machine's line.
const selfMark = "self"

// The chart shows no more lines than can be told apart, and no more decades than can be read.
const (
	maxCostLines = 8
	maxDecades   = 7
)

// Chart is the picture of the plan.
func (p *CostPlan) Chart() *chart.Chart {
	capacity := p.Host.Capacity(p.Work)
	c := &chart.Chart{Title: "Own machine or gateway: what a month costs", XTitle: "tokens a month, in and out (M million, G thousand million)",
		YTitle: "USD a month", X: text.Volume, Y: text.AxisUSD, Limit: capacity, LimitName: "infeasible beyond " + text.Volume(capacity)}
	c.Lines = append(c.Lines, chart.Line{Mark: selfMark, Name: p.Self, Bold: true, Until: capacity,
		At: func(x float64) float64 { return p.Host.Month(p.Work, min(x, capacity)).USD() }})
	least, most := slices.Min(p.Volumes), max(slices.Max(p.Volumes), 1.5*capacity)
	for i, m := range p.Models[:min(len(p.Models), maxCostLines)] {
		c.Lines = append(c.Lines, chart.Line{Mark: p.Mark(i), Name: m.Ref, At: func(x float64) float64 { return p.Work.Cost(m.Quote.Price, x) }})
		v, verdict := p.Host.BreakEven(p.Work, m.Quote.Price)
		if verdict != price.PaysFrom && verdict != price.PaysBeyond {
			continue
		}
		least, most = min(least, v), max(most, v)
		c.Points = append(c.Points, chart.Point{X: v, Y: p.Work.Cost(m.Quote.Price, v), Label: p.Mark(i) + " " + text.Volume(v), Beyond: verdict == price.PaysBeyond})
	}
	c.From = math.Pow(10, math.Floor(math.Log10(least)+1e-9))
	c.To = max(10*c.From, math.Pow(10, math.Ceil(math.Log10(most)-1e-9)))
	if far := c.From * math.Pow(10, maxDecades); c.To > far {
		c.To = far
	}
	return c
}

// Verdict says in few words from which volume on the machine costs less than a model: with a full sign where it can
// serve that, with a hollow one where it cannot.
func (p *CostPlan) Verdict(m CostModel) string {
	switch v, verdict := p.Host.BreakEven(p.Work, m.Quote.Price); verdict {
	case price.PaysFrom:
		return "◆ " + text.Volume(v)
	case price.PaysBeyond:
		return "◇ " + text.Volume(v)
	case price.PaysAlways:
		return "always"
	}
	return "never"
}

// Report lays the plan out in lines of at most width cells: the chart, what the volumes cost, the machine's month, and
// what all of it rests on.
func (p *CostPlan) Report(width int) string {
	t := theme.New("terminal", nil, false, colorprofile.ANSI)
	var rows []string
	say := func(style lipgloss.Style, s string) {
		for _, line := range text.Words(s, width) {
			rows = append(rows, style.Render(line))
		}
		rows = append(rows, "")
	}
	say(t.Strong, "Own machine or gateway: what a month costs")
	styles := chart.Styles{Axis: t.Dim, Faint: t.Dim, Bold: t.Strong}
	for i := range max(1, len(t.Accents)) {
		styles.Lines = append(styles.Lines, t.Accent(i))
	}
	if picture := p.Chart().Terminal(width-2, min(22, max(14, width/5)), styles); picture != nil {
		for _, row := range picture {
			rows = append(rows, " "+row)
		}
		say(t.Dim, "tokens a month, in and out · ◆ break-even · ◇ one that the machine cannot serve")
	}
	for _, table := range []*statsTable{p.costs(), p.month()} {
		rows = append(rows, table.lines(t, width)...)
		rows = append(rows, "")
	}
	for _, s := range p.Sentences() {
		rows = append(rows, text.Words(s, width-1)...)
	}
	rows = append(rows, "")
	rows = append(rows, p.assumed(t, width)...)
	for i, row := range rows {
		rows[i] = ansi.Truncate(row, width, "…")
	}
	return strings.Join(rows, "\n") + "\n"
}

// costs is the table of models against volumes.
func (p *CostPlan) costs() *statsTable {
	s := &statsTable{title: "USD A MONTH", marks: []string{selfMark}, names: []string{text.OneLine(p.Self)}}
	verdict := statsColumn{head: "break-even", cells: []string{"–"}}
	million := statsColumn{head: "$/MTok", cells: []string{"–"}}
	for i, m := range p.Models {
		s.marks, s.names = append(s.marks, p.Mark(i)), append(s.names, text.OneLine(m.Ref))
		verdict.cells = append(verdict.cells, p.Verdict(m))
		million.cells = append(million.cells, strings.TrimPrefix(text.PlanUSD(p.Work.PerMillion(m.Quote.Price)), "$"))
	}
	s.cols = append(s.cols, verdict, million)
	for _, v := range p.Volumes {
		col := statsColumn{head: text.Volume(v)}
		if month := p.Host.Month(p.Work, v); month.Feasible() {
			col.cells = append(col.cells, text.PlanUSD(month.USD()))
		} else {
			col.cells = append(col.cells, "infeasible")
		}
		for _, m := range p.Models {
			col.cells = append(col.cells, text.PlanUSD(p.Work.Cost(m.Quote.Price, v)))
		}
		s.cols = append(s.cols, col)
	}
	return s
}

// month is the table of what the machine does all month.
func (p *CostPlan) month() *statsTable {
	s := &statsTable{title: "THE MACHINE", names: []string{"busy", "idle", "cost busy", "cost idle"}}
	for _, v := range p.Volumes {
		m := p.Host.Month(p.Work, v)
		cells := []string{hours(m.BusyHours), hours(m.IdleHours), text.PlanUSD(m.BusyUSD), text.PlanUSD(m.IdleUSD)}
		if !m.Feasible() {
			cells = []string{hours(m.BusyHours), "–", "infeasible", "–"}
		}
		s.cols = append(s.cols, statsColumn{head: text.Volume(v), cells: cells})
	}
	return s
}

func hours(h float64) string {
	if h < 10 {
		return strconv.FormatFloat(h, 'f', 1, 64) + " h"
	}
	return text.Grouped(int(math.Round(h))) + " h"
}

// Sentences say what the numbers mean.
func (p *CostPlan) Sentences() []string {
	s := []string{fmt.Sprintf("The machine can serve %s tokens a month. At full load a million of them costs %s; idle, the month costs %s.",
		text.Volume(p.Host.Capacity(p.Work)), text.PlanUSD(p.Host.FullLoad(p.Work)), text.PlanUSD(p.Host.Month(p.Work, 0).USD()))}
	beyond := false
	for _, m := range p.Models {
		_, verdict := p.Host.BreakEven(p.Work, m.Quote.Price)
		beyond = beyond || verdict == price.PaysBeyond
	}
	if beyond {
		s = append(s, "What lies beyond that (◇) more such machines do not reach either: each of their tokens costs more than the gateway's.")
	}
	if len(p.Unknown) > 0 {
		s = append(s, "Without a known price, and so not compared: "+text.OneLine(strings.Join(p.Unknown, ", "))+". Give one with --price.")
	}
	return s
}

// assumed lists what the comparison rests on.
func (p *CostPlan) assumed(t theme.Styles, width int) []string {
	s := &statsTable{title: "ASSUMPTIONS"}
	value := statsColumn{left: true}
	var flags []string
	for _, a := range p.Assumptions {
		s.names, value.cells, s.notes = append(s.names, text.OneLine(a.Name)), append(value.cells, text.OneLine(a.Value)), append(s.notes, text.OneLine(a.Source))
		if !slices.Contains(flags, a.Flag) {
			flags = append(flags, a.Flag)
		}
	}
	s.cols = []statsColumn{value}
	rows := s.lines(t, width)
	for _, row := range text.Words("Change them with "+strings.Join(flags, ", ")+".", width-1) {
		rows = append(rows, t.Dim.Render(row))
	}
	return rows
}
