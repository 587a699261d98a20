package cli

import (
	"io"
	"slices"

	"lineup/htmlpage"
	"lineup/providers"
	"lineup/ui/chart"
	"lineup/ui/report"
	"lineup/ui/text"
)

// chartStyle is the style of pages with charts. A chart takes the colours of its page, and scrolls
// where the page is too narrow to read it.
const chartStyle = chart.Style + `
.chart { overflow-x: auto; margin: .8rem 0; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; }
.chart svg { display: block; width: 100%; min-width: 56rem; height: auto; }
.chart .lu { --ground: var(--card); --ink: var(--text); --mute: var(--dim); --rule: var(--line); }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .4rem; } main > p { max-width: 60rem; margin: .5rem 0; }
`

// chartPage is one HTML page without any other files, of the given title and a line about it.
func chartPage(out io.Writer, title, about string, body func(htmlpage.Writer)) error {
	w := htmlpage.New(out)
	page := htmlpage.Page{Title: title, Style: chartStyle}
	w.Head(page)
	w.Put("<header>\n<h1 dir=\"auto\">", title, "</h1>\n")
	w.Put(`<p class="sub">`, about, "</p>\n</header>\n<main>\n")
	body(w)
	w.Raw("</main>\n<footer class=\"foot\"><p>Written by lineup.</p></footer>\n")
	w.Foot(page)
	return w.Flush()
}

// drawInline writes a chart, whose texts it has escaped.
func drawInline(w htmlpage.Writer, c *chart.Chart) {
	w.Raw("<div class=\"chart\" tabindex=\"0\">" + c.Inline() + "</div>\n")
}

// costPage is a page with the chart, the costs, and the assumptions.
func costPage(out io.Writer, p *report.CostPlan) error {
	title, signs := p.Chart().Title, "◆ break-even · ◇ one that the machine cannot serve"
	return chartPage(out, title, signs, func(w htmlpage.Writer) {
		drawInline(w, p.Chart())
		w.Raw("<h2>USD a month</h2>\n")
		costTable(w, p)
		for _, s := range p.Sentences() {
			w.Put("<p>", providers.CleanLine(s), "</p>\n")
		}
		w.Raw("<h2>Assumptions</h2>\n")
		var rows [][]string
		for _, a := range p.Assumptions {
			rows = append(rows, []string{providers.CleanLine(a.Name), providers.CleanLine(a.Value),
				providers.CleanLine(a.Source)})
		}
		w.Table("", []string{"what", "value", "from"}, rows)
	})
}

// costTable is what each volume costs on the machines and at the models.
func costTable(w htmlpage.Writer, p *report.CostPlan) {
	machines := p.Machines()
	head := []string{"model"}
	for i := range machines {
		if len(machines) == 1 {
			head = append(head, "break-even")
		} else {
			head = append(head, "break-even "+p.MachineMark(i))
		}
	}
	head = append(head, "$ a million tokens")
	for _, v := range p.Volumes {
		head = append(head, text.Volume(v))
	}
	var rows [][]string
	for i, machine := range machines {
		cells := append([]string{providers.CleanLine(p.MachineMark(i) + " " + machine.Name)},
			slices.Repeat([]string{"–"}, len(machines)+1)...)
		for _, v := range p.Volumes {
			if m := machine.Host.Month(p.Work, v); m.Feasible() {
				cells = append(cells, text.PlanUSD(m.USD()))
			} else {
				cells = append(cells, "infeasible")
			}
		}
		rows = append(rows, cells)
	}
	for i, m := range p.Models {
		cells := []string{providers.CleanLine(p.Mark(i) + " " + m.Ref)}
		for _, machine := range machines {
			cells = append(cells, p.Verdict(machine, m))
		}
		cells = append(cells, text.PlanUSD(p.Work.PerMillion(m.Quote.Price)))
		for _, v := range p.Volumes {
			cells = append(cells, text.PlanUSD(p.Work.Cost(m.Quote.Price, v)))
		}
		rows = append(rows, cells)
	}
	w.Table("facts", head, rows)
}
