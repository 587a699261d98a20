package report

import (
	_ "embed" // the style and the script of the page
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"lineup/figures"
	"lineup/htmlpage"
	"lineup/providers"
)

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// WriteHTML writes a run as one self-contained page: the numbers of each contender, and the matrix
// with every answer. The page builds only the rows in sight, so 10,000 lines open like ten. Texts
// are data in it. Its script writes them as text.
func WriteHTML(w io.Writer, run *Run) error {
	var columns []column
	for i, c := range run.Contenders {
		columns = append(columns, column{run, i, c.Label})
	}
	p := matrixPage{Writer: htmlpage.New(w), columns: columns}
	return p.write(run.Name, func() {
		p.summaries(run.Summaries())
		p.worst(run)
	})
}

// WriteComparisonHTML writes two runs as one page, the columns of each pair of contenders beside
// each other.
func WriteComparisonHTML(w io.Writer, old, new *Run, list []Comparison, pairs []Pair) error {
	var columns []column
	for _, pair := range pairs {
		if pair.Old >= 0 {
			label := "old: " + old.Contenders[pair.Old].Label
			columns = append(columns, column{old, pair.Old, label})
		}
		if pair.New >= 0 {
			label := "new: " + new.Contenders[pair.New].Label
			columns = append(columns, column{new, pair.New, label})
		}
	}
	p := matrixPage{Writer: htmlpage.New(w), columns: columns, pairs: pairs}
	return p.write(old.Name+" → "+new.Name, func() { p.comparisons(list) })
}

// column is a contender of a run.
type column struct {
	run       *Run
	contender int
	label     string
}

// matrixPage is a page that is being written. pairs is nil where it shows one run.
type matrixPage struct {
	htmlpage.Writer
	columns []column
	pairs   []Pair
}

func (p matrixPage) write(title string, facts func()) error {
	title = providers.CleanLine(title)
	frame := htmlpage.Page{Title: title, Style: pageStyle, Script: pageScript}
	p.Head(frame)
	p.Put("<header>\n<h1 dir=\"auto\">", title, "</h1>\n</header>\n<main>\n")
	facts()
	p.tools()
	p.Raw(`<div id="list" class="list" tabindex="0"><div id="heads" class="heads grid"><div class="label">case</div>`)
	for _, c := range p.columns {
		p.Put(`<div dir="auto">`, providers.CleanLine(c.label), "</div>")
	}
	p.Raw(`</div><p id="none" class="empty" hidden>No row fits.</p>` +
		`<div id="space"></div></div>
<dialog id="sheet"><div class="sheet"><div class="bar"><h2 id="name" dir="auto"></h2>
<button id="previous" type="button">← previous</button><button id="next" type="button">next →</button>
<button id="close" type="button">close</button></div><div id="body" class="body"></div></div></dialog>
</main>
<footer class="foot"><p>✓ passed · ✗ failed · ◐ some takes failed · ● nothing was checked · – not asked. ` +
		`TTFT: time to the first token. ~ marks an estimate, ? what is not known. Written by lineup.</p></footer>
`)
	if err := p.data(); err != nil {
		return err
	}
	p.Foot(frame)
	return p.Flush()
}

// tools are the filters. They need the script, which shows them.
func (p matrixPage) tools() {
	p.Raw("<noscript><p class=\"simnote\">The matrix below needs JavaScript.</p></noscript>\n" +
		`<div id="tools" class="tools" hidden>
<label><input id="different" type="checkbox"> different only</label>
<label><input id="failed" type="checkbox"> failed only</label>
`)
	if p.pairs != nil {
		p.Raw(`<label><input id="worse" type="checkbox"> worse only</label>
<label><input id="better" type="checkbox"> better only</label>
`)
	}
	p.Raw(`<label>order <select id="order"><option value="file">as in the file</option>` +
		`<option value="disagreement">most disagreement first</option>` +
		`<option value="failed">most failures first</option></select></label>
<label>find case <input id="find" type="search"></label>
<span id="count" class="count" role="status"></span>
</div>
`)
}

// table writes a table whose first column holds names.
func (p matrixPage) table(head []string, rows [][]string) {
	for _, row := range rows {
		for i, cell := range row {
			row[i] = providers.CleanLine(cell)
		}
	}
	p.Table("facts", head, rows)
}

func (p matrixPage) summaries(list []Summary) {
	head := []string{"contender", "passed", "rate", "95 %", "TTFT p50", "p95", "time p50", "p95",
		"tok/s p50", "tokens out", "cost", "failures"}
	prompts := len(list) > 0 && len(list[0].Prompts) > 1
	var rows, byPrompt [][]string
	byHead := []string{"contender"}
	simulated := false
	for i := range list {
		s := &list[i]
		simulated = simulated || s.Simulated
		rows = append(rows, s.cells())
		if prompts {
			row := []string{s.Label}
			for _, x := range s.Prompts {
				if i == 0 {
					byHead = append(byHead, providers.CleanLine(x.PromptID))
				}
				row = append(row, x.words())
			}
			byPrompt = append(byPrompt, row)
		}
	}
	if simulated {
		p.Raw("<p class=\"simnote\"><strong>SIMULATED</strong> answers are among these: their " +
			"numbers measure a simulation, not a model.</p>\n")
	}
	p.table(head, rows)
	if prompts {
		p.Raw("<h2 class=\"sub\">Passed by prompt</h2>\n")
		p.table(byHead, byPrompt)
	}
}

// cells are a row of the table of contenders.
func (s *Summary) cells() []string {
	w := s.words()
	return []string{s.Label, w.passed, w.rate, w.interval, figures.Millis(s.TTFT.P50),
		figures.Millis(s.TTFT.P95), figures.Millis(s.Duration.P50),
		figures.Millis(s.Duration.P95), w.speed, fmt.Sprint(s.Output), w.cost,
		strings.Join(w.failures, ", ")}
}

func (p matrixPage) worst(run *Run) {
	worst := run.Worst(markdownCases)
	if len(worst) == 0 {
		return
	}
	var rows [][]string
	for _, c := range worst {
		rows = append(rows, []string{c.ID, fmt.Sprintf("%d of %d", c.Failed, c.All)})
	}
	p.Raw("<details><summary>Cases that fail most</summary>\n")
	p.table([]string{"case", "failed"}, rows)
	p.Raw("</details>\n")
}

func (p matrixPage) comparisons(list []Comparison) {
	var rows [][]string
	for _, c := range list {
		rows = append(rows, c.cells())
	}
	p.table([]string{"contender", "better", "worse", "same", "only old", "only new", "",
		"pass rate", "95 %", "p", "TTFT", "time", "cost"}, rows)
}

// cells are a row of the table of comparisons.
func (c *Comparison) cells() []string {
	name, verdict := c.Label, ""
	if c.OldLabel != "" {
		name = c.OldLabel + " → " + name
	}
	rate, span, p := c.rateWords()
	switch {
	case c.Regressed():
		verdict = "worse"
	case c.Low != nil && *c.Low > 0:
		verdict = "better"
	}
	return []string{name, fmt.Sprint(c.Better), fmt.Sprint(c.Worse), fmt.Sprint(c.Same),
		fmt.Sprint(c.OnlyOld), fmt.Sprint(c.OnlyNew), verdict, rate, span, p,
		c.TTFT.words(figures.Fine), c.Duration.words(figures.Fine), c.USD.words(figures.USD)}
}

// pageRow is a row of the matrix, with its cells by column.
type pageRow struct {
	Row
	name string
}

// rows brings the lines of all columns together, by the ids of case and prompt.
func (p matrixPage) rows() []pageRow {
	type place struct{ of, prompt string }
	known := map[place]int{}
	var out []pageRow
	several := false
	for _, c := range p.columns {
		several = several || len(c.run.Prompts) > 1
	}
	for i, c := range p.columns {
		for j := range c.run.Results {
			r := &c.run.Results[j]
			if int(r.Contender) != c.contender {
				continue
			}
			at := place{c.run.Cases[r.Case], c.run.Prompts[r.Prompt]}
			n, ok := known[at]
			if !ok {
				n = len(out)
				known[at] = n
				name := at.of
				if several {
					name += " · " + at.prompt
				}
				out = append(out, pageRow{Row{Cells: make([]Cell, len(p.columns))}, name})
			}
			out[n].Cells[i].Takes = append(out[n].Cells[i].Takes, r)
		}
	}
	for i := range out {
		for j := range out[i].Cells {
			c := &out[i].Cells[j]
			slices.SortFunc(c.Takes, func(a, b *Result) int { return int(a.Take - b.Take) })
			c.sumUp()
		}
	}
	return out
}

// Flags of a row, as page.js knows them.
const (
	flagDiffers = 1 << iota
	flagWorse
	flagBetter
)

func (p matrixPage) flags(row *pageRow) (flags int) {
	if row.Differs() {
		flags |= flagDiffers
	}
	at := 0
	for _, pair := range p.pairs {
		if pair.Old < 0 || pair.New < 0 {
			at++
			continue
		}
		old, now := &row.Cells[at], &row.Cells[at+1]
		at += 2
		if old.N == 0 || now.N == 0 {
			continue
		}
		switch before, after := old.share(), now.share(); {
		case after < before:
			flags |= flagWorse
		case after > before:
			flags |= flagBetter
		}
	}
	return flags
}

// textBlock is how many rows have their texts in one block of the page.
const textBlock = 40

// data writes the matrix for the script: an index of all rows, and their texts in blocks that it
// reads when a row comes into sight. A browser takes such blocks for text that does nothing.
func (p matrixPage) data() error {
	rows := p.rows()
	labels := []string{} // never null in JSON
	for _, c := range p.columns {
		labels = append(labels, providers.CleanLine(c.label))
	}
	index := make([][]any, len(rows))
	for i := range rows {
		row := &rows[i]
		failed, _ := row.Failed()
		cells := make([][2]string, len(row.Cells))
		for j := range row.Cells {
			words := row.Cells[j].Words(WithCost)
			cells[j] = [2]string{words[0], strings.Join(words[1:], " · ")}
		}
		index[i] = []any{providers.CleanLine(row.name), math.Round(1e4*row.Disagreement()) / 1e4,
			failed, p.flags(row), cells}
	}
	p.block("data", map[string]any{"columns": labels, "block": textBlock, "rows": index})
	var readers []details
	for _, c := range p.columns {
		readers = append(readers, details{run: c.run})
	}
	for from := 0; from < len(rows); from += textBlock {
		var texts []any
		for i := range rows[from:min(from+textBlock, len(rows))] {
			t, err := rowTexts(readers, &rows[from+i])
			if err != nil {
				return err
			}
			texts = append(texts, t)
		}
		p.block(fmt.Sprintf("t%d", from/textBlock), texts)
	}
	return nil
}

// block writes a value as JSON that no HTML can end: < > and & are escaped.
func (p matrixPage) block(id string, v any) {
	p.Raw(`<script type="application/json" id="` + id + `">`)
	_ = json.NewEncoder(p).Encode(v) // an error of the writer stays in it
	p.Raw("</script>\n")
}

// pageTake is a take as page.js reads it: its sign, its numbers, its checks, its failure, its text.
type pageTake struct {
	S string   `json:"s"`
	N string   `json:"n"`
	C [][3]any `json:"c"` // whether it passed, or null; the check; why
	E string   `json:"e,omitempty"`
	T string   `json:"t"`
}

// rowTexts are the prompt, the variables and the takes of each column.
func rowTexts(readers []details, row *pageRow) ([3]any, error) {
	prompt, vars := "", ""
	columns := make([][]pageTake, len(row.Cells))
	for i := range row.Cells {
		columns[i] = []pageTake{}
		for _, r := range row.Cells[i].Takes {
			d, err := readers[i].of(r)
			if err != nil {
				return [3]any{}, err
			}
			prompt, vars = d.prompt(), string(d.Vars)
			columns[i] = append(columns[i], pageTakeOf(r, &d))
		}
	}
	if vars == "{}" || vars == "null" {
		vars = ""
	}
	return [3]any{providers.Clean(prompt), providers.Clean(vars), columns}, nil
}

func pageTakeOf(r *Result, d *detail) pageTake {
	one := Cell{Takes: []*Result{r}}
	one.sumUp()
	t := pageTake{S: one.Sign(), C: [][3]any{}, T: providers.Clean(d.answer())}
	parts := []string{providers.CleanLine(d.Status)}
	if r.Take > 0 {
		parts = append(parts, fmt.Sprintf("take %d", r.Take))
	}
	if !math.IsNaN(r.TTFT) {
		parts = append(parts, "TTFT "+figures.Millis(&r.TTFT))
	}
	if !math.IsNaN(r.Duration) {
		parts = append(parts, figures.Millis(&r.Duration))
	}
	if !math.IsNaN(r.Speed) {
		parts = append(parts, figures.Approx(r.Estimated)+figures.Speed(r.Speed)+" tok/s")
	}
	parts = append(parts, fmt.Sprintf("%s%d tokens", figures.Approx(r.Estimated), r.Output))
	if !math.IsNaN(r.USD) {
		parts = append(parts, figures.Exact(r.USD, r.Estimated))
	}
	t.N = strings.Join(parts, " · ")
	if d.Error != nil {
		t.E = providers.CleanLine(d.Error.String())
	} else if !r.Answer {
		t.E = providers.CleanLine(r.Failure)
	}
	for _, c := range d.Checks {
		t.C = append(t.C, [3]any{c.Pass, providers.CleanLine(c.Check), providers.CleanLine(c.Why)})
	}
	return t
}
