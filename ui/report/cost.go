package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
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
	More        []CostMachine // further machines to compare
	Work        price.Workload
	Volumes     []float64 // tokens a month, in and out
	Models      []CostModel
	Unknown     []string // models without a known price, which cannot be compared
	Note        string   // where the models come from, "" where the user has named them
	Assumptions []Assumption
}

// CostMachine is a machine with its name.
type CostMachine struct {
	Name string
	Host price.Hosting
}

// Machines are all machines of the plan, the first one first.
func (p *CostPlan) Machines() []CostMachine {
	return append([]CostMachine{{p.Self, p.Host}}, p.More...)
}

// CostModel is a gateway's model with its price.
type CostModel struct {
	Ref   string
	Quote providers.Quote
}

// Assumption is one basis of the comparison, its source, and the flag that changes it.
type Assumption struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
	Flag   string `json:"flag"`
}

// Sort puts the cheapest model first; marks and colours go by that order.
func (p *CostPlan) Sort() {
	slices.SortStableFunc(p.Models, func(a, b CostModel) int {
		return cmp.Or(cmp.Compare(p.Work.PerMillion(a.Quote.Price),
			p.Work.PerMillion(b.Quote.Price)), cmp.Compare(a.Ref, b.Ref))
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

// MachineMark stands on the line of a machine: "self", or a number where there are several.
func (p *CostPlan) MachineMark(i int) string {
	if len(p.More) == 0 {
		return selfMark
	}
	return strconv.Itoa(i + 1)
}

// The chart shows no more lines than can be told apart, and no more decades than can be read.
const (
	maxCostLines = 8
	maxDecades   = 7
)

// Chart is the picture of the plan. What no machine can serve lies beyond its limit.
func (p *CostPlan) Chart() *chart.Chart {
	limit := 0.0
	for _, m := range p.Machines() {
		limit = max(limit, m.Host.Capacity(p.Work))
	}
	c := &chart.Chart{
		Title:  CostTitle,
		XTitle: "tokens a month, in and out (M million, G thousand million)",
		YTitle: "USD a month", X: text.Volume, Y: text.AxisUSD,
		Limit: limit, LimitName: "infeasible beyond " + text.Volume(limit),
	}
	for i, m := range p.Machines() {
		capacity := m.Host.Capacity(p.Work)
		c.Lines = append(c.Lines, chart.Line{Mark: p.MachineMark(i), Name: m.Name, Bold: true,
			Until: capacity,
			At:    func(x float64) float64 { return m.Host.Month(p.Work, min(x, capacity)).USD() }})
	}
	least, most := slices.Min(p.Volumes), max(slices.Max(p.Volumes), 1.5*limit)
	for i, m := range p.Models[:min(len(p.Models), maxCostLines)] {
		c.Lines = append(c.Lines, chart.Line{Mark: p.Mark(i), Name: m.Ref,
			At: func(x float64) float64 { return p.Work.Cost(m.Quote.Price, x) }})
		for _, machine := range p.Machines() {
			v, verdict := machine.Host.BreakEven(p.Work, m.Quote.Price)
			if verdict != price.PaysFrom && verdict != price.PaysBeyond {
				continue
			}
			least, most = min(least, v), max(most, v)
			c.Points = append(c.Points, chart.Point{X: v, Y: p.Work.Cost(m.Quote.Price, v),
				Label: p.Mark(i) + " " + text.Volume(v), Beyond: verdict == price.PaysBeyond})
		}
	}
	c.From = math.Pow(10, math.Floor(math.Log10(least)+1e-9))
	c.To = max(10*c.From, math.Pow(10, math.Ceil(math.Log10(most)-1e-9)))
	if far := c.From * math.Pow(10, maxDecades); c.To > far {
		c.To = far
	}
	return c
}

// Verdict gives in few words the volume from which on a machine costs less than a model. The sign
// is full if it can serve that volume, else hollow.
func (p *CostPlan) Verdict(machine CostMachine, m CostModel) string {
	switch v, verdict := machine.Host.BreakEven(p.Work, m.Quote.Price); verdict {
	case price.PaysFrom:
		return "◆ " + text.Volume(v)
	case price.PaysBeyond:
		return "◇ " + text.Volume(v)
	case price.PaysAlways:
		return "always"
	}
	return "never"
}

// Report is the plan in lines of at most width cells, in the terminal's own colours.
func (p *CostPlan) Report(width int) string {
	t := theme.New("terminal", nil, false, colorprofile.ANSI)
	var rows []string
	for _, line := range text.Words(CostTitle, width) {
		rows = append(rows, t.Strong.Render(line))
	}
	rows = append(append(rows, ""), p.Rows(t, width, math.MaxInt)...)
	return strings.Join(rows, "\n") + "\n"
}

// CostTitle says what a plan is about.
const CostTitle = "Own machine or gateway: what a month costs"

// costChartRows are the rows that a chart has at most and at least.
const costChartRows, leastCostChart = 22, 12

// Rows lays the plan out in lines of at most width cells: the chart, what the volumes cost, the
// machine's month, and what all of it rests on. The chart takes at most height rows with what
// explains it, so that it can be seen as a whole. Where that is too little there is none.
func (p *CostPlan) Rows(t theme.Styles, width, height int) []string {
	var rows []string
	signs := text.Parts([]string{"tokens a month, in and out", "◆ break-even",
		"◇ one that the machine cannot serve"}, width-1)
	high := min(costChartRows, max(14, width/5), height-len(signs))
	styles := chart.Styles{Axis: t.Dim, Faint: t.Dim, Bold: t.Strong}
	for i := range max(1, len(t.Accents)) {
		styles.Lines = append(styles.Lines, t.Accent(i))
	}
	if high >= leastCostChart {
		for _, row := range p.Chart().Terminal(width-2, high, styles) {
			rows = append(rows, " "+row)
		}
	}
	if len(rows) > 0 {
		for _, line := range signs {
			rows = append(rows, " "+t.Dim.Render(line))
		}
		rows = append(rows, "")
	}
	tables := []*statsTable{p.costs()}
	for i := range p.Machines() {
		tables = append(tables, p.month(i))
	}
	for _, table := range tables {
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
	return rows
}

// costs is the table of machines and models against volumes.
func (p *CostPlan) costs() *statsTable {
	s := &statsTable{title: "USD A MONTH"}
	machines := p.Machines()
	million := statsColumn{head: "$/MTok"}
	for i, m := range machines {
		s.marks, s.names = append(s.marks, p.MachineMark(i)), append(s.names, text.OneLine(m.Name))
		million.cells = append(million.cells, "–")
	}
	for i, m := range p.Models {
		s.marks, s.names = append(s.marks, p.Mark(i)), append(s.names, text.OneLine(m.Ref))
		million.cells = append(million.cells,
			strings.TrimPrefix(text.PlanUSD(p.Work.PerMillion(m.Quote.Price)), "$"))
	}
	for i, machine := range machines {
		verdict := statsColumn{head: "break-even",
			cells: slices.Repeat([]string{"–"}, len(machines))}
		if len(machines) > 1 {
			verdict.head = "even " + p.MachineMark(i)
		}
		for _, m := range p.Models {
			verdict.cells = append(verdict.cells, p.Verdict(machine, m))
		}
		s.cols = append(s.cols, verdict)
	}
	s.cols = append(s.cols, million)
	for _, v := range p.Volumes {
		col := statsColumn{head: text.Volume(v)}
		for _, machine := range machines {
			cell := "infeasible"
			if month := machine.Host.Month(p.Work, v); month.Feasible() {
				cell = text.PlanUSD(month.USD())
			}
			col.cells = append(col.cells, cell)
		}
		for _, m := range p.Models {
			col.cells = append(col.cells, text.PlanUSD(p.Work.Cost(m.Quote.Price, v)))
		}
		s.cols = append(s.cols, col)
	}
	return s
}

// month is the table of what a machine does all month.
func (p *CostPlan) month(i int) *statsTable {
	machine := p.Machines()[i]
	s := &statsTable{title: "THE MACHINE", names: []string{"busy", "of its time", "idle",
		"cost busy", "cost idle"}}
	if len(p.More) > 0 {
		s.title = "MACHINE " + p.MachineMark(i) + " " + text.OneLine(machine.Name)
	}
	for _, v := range p.Volumes {
		m := machine.Host.Month(p.Work, v)
		share := fmt.Sprintf("%.3g %%", 100*m.BusyHours/machine.Host.Hours())
		cells := []string{hours(m.BusyHours), share, hours(m.IdleHours), text.PlanUSD(m.BusyUSD),
			text.PlanUSD(m.IdleUSD)}
		if !m.Feasible() {
			cells = []string{hours(m.BusyHours), share, "–", "infeasible", "–"}
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

// Difference compares a machine with a gateway's model for one volume.
type Difference struct {
	Volume  float64
	Machine CostMachine
	Model   CostModel
	Own     float64 // USD a month on the machine
	Gateway float64 // USD a month on the gateway
}

// Cheaper is "gateway", "machine", or "" where both cost the same.
func (d Difference) Cheaper() string {
	switch {
	case d.Gateway < d.Own:
		return "gateway"
	case d.Own < d.Gateway:
		return "machine"
	}
	return ""
}

// USD is how much the dearer one costs more, and Percent the part of its cost that this is.
func (d Difference) USD() float64 { return math.Abs(d.Own - d.Gateway) }

// Percent is the saving as a part of what the dearer one costs, 0 to 100.
func (d Difference) Percent() float64 {
	if dear := max(d.Own, d.Gateway); dear > 0 {
		return 100 * d.USD() / dear
	}
	return 0
}

// Differences compares each machine with the cheapest model, for each volume that it can serve.
func (p *CostPlan) Differences() []Difference {
	var out []Difference
	for _, v := range p.Volumes {
		for _, machine := range p.Machines() {
			month := machine.Host.Month(p.Work, v)
			if len(p.Models) == 0 || !month.Feasible() {
				continue
			}
			out = append(out, Difference{v, machine, p.Models[0], month.USD(),
				p.Work.Cost(p.Models[0].Quote.Price, v)})
		}
	}
	return out
}

// verdicts say in words who is cheaper, a sentence for each volume.
func (p *CostPlan) verdicts() []string {
	var out []string
	volume := 0.0
	for _, d := range p.Differences() {
		name := "the machine"
		if len(p.More) > 0 {
			name = text.OneLine(d.Machine.Name)
		}
		gateway := "the gateway (" + text.OneLine(d.Model.Ref) + ")"
		words := fmt.Sprintf("%s and %s cost the same, %s", gateway, name, text.PlanUSD(d.Own))
		by := fmt.Sprintf("by %s, %s", text.PlanUSD(d.USD()), figures.Percent(d.Percent()))
		switch d.Cheaper() {
		case "gateway":
			words = fmt.Sprintf("%s is cheaper than %s %s", gateway, name, by)
		case "machine":
			words = fmt.Sprintf("%s is cheaper than %s %s", name, gateway, by)
		}
		if d.Volume == volume {
			out[len(out)-1] += "; " + words
			continue
		}
		volume = d.Volume
		out = append(out, fmt.Sprintf("At %s tokens a month %s", text.Volume(d.Volume), words))
	}
	for i := range out {
		out[i] += "."
	}
	return out
}

// Sentences say what the numbers mean.
func (p *CostPlan) Sentences() []string {
	s := p.verdicts()
	for _, m := range p.Machines() {
		name := "The machine"
		if len(p.More) > 0 {
			name = text.OneLine(m.Name)
		}
		s = append(s, fmt.Sprintf("%s can serve %s tokens a month. At full load a million of "+
			"them costs %s; idle, the month costs %s.",
			name, text.Volume(m.Host.Capacity(p.Work)), text.PlanUSD(m.Host.FullLoad(p.Work)),
			text.PlanUSD(m.Host.Month(p.Work, 0).USD())))
	}
	beyond := slices.ContainsFunc(p.Models, func(m CostModel) bool {
		return slices.ContainsFunc(p.Machines(), func(machine CostMachine) bool {
			_, verdict := machine.Host.BreakEven(p.Work, m.Quote.Price)
			return verdict == price.PaysBeyond
		})
	})
	if beyond {
		s = append(s, "Nor do more such machines reach what lies beyond that (◇): each of their "+
			"tokens costs more than the gateway's.")
	}
	if p.Note != "" {
		s = append(s, p.Note)
	}
	if len(p.Unknown) > 0 {
		s = append(s, "Without a known price, and so not compared: "+
			text.OneLine(strings.Join(p.Unknown, ", "))+". Give one with --price.")
	}
	return s
}

// assumed lists what the comparison rests on.
func (p *CostPlan) assumed(t theme.Styles, width int) []string {
	s := &statsTable{title: "ASSUMPTIONS"}
	value := statsColumn{left: true}
	var flags []string
	for _, a := range p.Assumptions {
		s.names, value.cells, s.notes = append(s.names, text.OneLine(a.Name)),
			append(value.cells, text.OneLine(a.Value)), append(s.notes, text.OneLine(a.Source))
		if a.Flag != "" && !slices.Contains(flags, a.Flag) {
			flags = append(flags, a.Flag)
		}
	}
	s.cols = []statsColumn{value}
	rows := s.lines(t, width)
	most := func(of []string) (w int) {
		for _, one := range of {
			w = max(w, ansi.StringWidth(one))
		}
		return w
	}
	name := min(max(most(s.names), ansi.StringWidth(s.title)), max(minName, width/nameShare))
	if 1+name+statsGap+most(value.cells)+statsGap+most(s.notes) > width { // some would be left out
		rows = []string{" " + t.Strong.Render(s.title)}
		for i, name := range s.names {
			rows = append(rows, " "+text.CutFront(name, width-1),
				"   "+text.Cut(value.cells[i], width-3))
			note := t.Dim.Render(text.Cut(s.notes[i], width-3))
			if last := &rows[len(rows)-1]; ansi.StringWidth(*last+note)+2 <= width {
				*last += "  " + note
			} else {
				rows = append(rows, "   "+note)
			}
		}
	}
	change := "Change them with lineup cost " + strings.Join(flags, ", ") + "."
	for _, row := range text.Words(change, width-1) {
		rows = append(rows, t.Dim.Render(row))
	}
	return rows
}
