package cli

import (
	"fmt"
	"html"
	"math"
	"strings"

	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/chart"
	"lineup/ui/report"
	"lineup/ui/text"
)

// benchPage is one HTML page without any other files: two charts, the levels, and the terms.
func benchPage(b *session.Bench) string {
	var page strings.Builder
	escape := func(s string) string { return html.EscapeString(providers.CleanLine(s)) }
	title := "What " + b.Contender.Label() + " can serve"
	page.WriteString("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">" +
		"<meta name=\"viewport\" content=\"width=device-width\">\n" +
		"<title>" + escape(title) + "</title>\n<style>" + pageStyle + "</style>\n<main>\n")
	fmt.Fprintf(&page, "<h1>%s</h1>\n<p>Measured on %s.</p>\n", escape(title),
		report.BenchDay(b.At))
	for _, c := range benchCharts(b) {
		page.WriteString(c.SVG())
	}
	page.WriteString("<table><caption>Levels</caption>\n")
	for i, row := range report.BenchTable(b.Levels) {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		page.WriteString("<tr>")
		for _, cell := range row {
			fmt.Fprintf(&page, "<%s>%s</%s>", tag, escape(cell), tag)
		}
		page.WriteString("</tr>\n")
	}
	page.WriteString("</table>\n")
	for _, s := range report.BenchSentences(b) {
		fmt.Fprintf(&page, "<p>%s</p>\n", escape(s))
	}
	page.WriteString("</main></html>\n")
	return page.String()
}

// benchCharts are output and time to the first token over the requests at a time. One level alone
// makes no line.
func benchCharts(b *session.Bench) []*chart.Chart {
	if len(b.Levels) < 2 {
		return nil
	}
	first, last := b.Levels[0], b.Levels[len(b.Levels)-1]
	over := func(of func(*session.BenchLevel) float64) func(float64) float64 {
		return func(x float64) float64 { return between(b.Levels, x, of) }
	}
	base := chart.Chart{XTitle: "requests at a time", X: text.Digits3,
		From: float64(first.Concurrency), To: float64(last.Concurrency)}
	if knee := b.KneeLevel(); knee != nil {
		base.Limit, base.LimitName = float64(knee.Concurrency), "the knee"
	}
	output, wait := base, base
	output.Title, output.YTitle = "Output", "tokens a second"
	output.Y = text.Digits3
	output.Lines = []chart.Line{{Mark: "all", Name: "all requests together", Bold: true,
		At: over(func(l *session.BenchLevel) float64 { return l.TokensPerSecond })},
		{Mark: "each", Name: "a single answer",
			At: over(func(l *session.BenchLevel) float64 { return value(l.Each) })}}
	wait.Title, wait.YTitle = "Time to the first token", "ms"
	wait.Y = func(v float64) string { return figures.Millis(&v) }
	wait.Lines = []chart.Line{
		{Mark: "p95", Name: "95 of 100 wait no longer", Bold: true,
			At: over(func(l *session.BenchLevel) float64 { return value(l.TTFT.P95) })},
		{Mark: "p50", Name: "half wait no longer",
			At: over(func(l *session.BenchLevel) float64 { return value(l.TTFT.P50) })}}
	return []*chart.Chart{&output, &wait}
}

func value(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// between interpolates a number of the levels, on logarithmic axes.
func between(
	levels []session.BenchLevel, x float64, of func(*session.BenchLevel) float64,
) float64 {
	for i := 1; i < len(levels); i++ {
		a, b := &levels[i-1], &levels[i]
		if x > float64(b.Concurrency) && i < len(levels)-1 {
			continue
		}
		ya, yb := of(a), of(b)
		if ya <= 0 || yb <= 0 {
			return 0
		}
		part := math.Log(x/float64(a.Concurrency)) /
			math.Log(float64(b.Concurrency)/float64(a.Concurrency))
		return ya * math.Pow(yb/ya, min(1, max(0, part)))
	}
	return 0
}
