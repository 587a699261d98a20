package cli

import (
	"io"
	"math"

	"lineup/figures"
	"lineup/htmlpage"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/chart"
	"lineup/ui/report"
	"lineup/ui/text"
)

// benchPage is one HTML page without any other files: two charts, the levels, and the terms.
func benchPage(out io.Writer, b *session.Bench) error {
	title := providers.CleanLine("What " + b.Contender.Label() + " can serve")
	return chartPage(out, title, "Measured on "+report.BenchDay(b.At)+".", func(w htmlpage.Writer) {
		for _, c := range benchCharts(b) {
			w.Put("<h2>", c.Title, "</h2>\n")
			drawInline(w, c)
		}
		w.Raw("<h2>Levels</h2>\n")
		levels := report.BenchTable(b.Levels)
		w.Table("facts", levels[0], levels[1:])
		for _, s := range report.BenchSentences(b) {
			w.Put("<p>", providers.CleanLine(s), "</p>\n")
		}
	})
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
	for i := range b.Levels {
		base.XTicks = append(base.XTicks, float64(b.Levels[i].Concurrency))
	}
	if knee := b.KneeLevel(); knee != nil {
		base.Limit, base.LimitName = float64(knee.Concurrency), "the knee"
	}
	output, wait := base, base
	output.Title, output.YTitle = "Output", "tokens a second"
	output.Y = text.Digits3
	output.Lines = []chart.Line{{Mark: "all", Name: "requests together", Bold: true,
		At: over(func(l *session.BenchLevel) float64 { return l.TokensPerSecond })},
		{Mark: "each", Name: "answer by itself",
			At: over(func(l *session.BenchLevel) float64 { return value(l.Each) })}}
	wait.Title, wait.YTitle = "Time to the first token", "time"
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
