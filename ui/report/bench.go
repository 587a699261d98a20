package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lineup/figures"
	"lineup/session"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// Bench lays a measurement of a server under load out in lines of at most width cells, styled with
// the terminal's own sixteen colours.
func Bench(b *session.Bench, width int) string {
	t := theme.New("terminal", nil, false, colorprofile.ANSI)
	rows := BenchRows(t, b.Levels, nil, 1, width)
	for _, sentence := range BenchSentences(b) {
		rows = append(rows, text.Wrap(sentence, width)...)
	}
	return strings.Join(rows, "\n") + "\n"
}

// The longest bar of a level in cells, and the shortest that is worth its room.
const (
	mostBar  = 24
	leastBar = 6
)

// benchColumn is a number of a level, to the right under its heading.
type benchColumn struct {
	head string
	cell func(l *session.BenchLevel) string
}

// benchColumns are the numbers of a level, those first that matter most.
func benchColumns() []benchColumn {
	return []benchColumn{
		{"TTFT p50", func(l *session.BenchLevel) string { return figures.Millis(l.TTFT.P50) }},
		{"p95", func(l *session.BenchLevel) string { return figures.Millis(l.TTFT.P95) }},
		{"between p50", func(l *session.BenchLevel) string { return fine(l.ITL.P50) }},
		{"p95", func(l *session.BenchLevel) string { return fine(l.ITL.P95) }},
		{"good", func(l *session.BenchLevel) string {
			return strconv.FormatFloat(100*l.Goodput, 'f', 0, 64) + " %"
		}},
		{"failed", func(l *session.BenchLevel) string {
			return text.Grouped(l.Requests-l.Done) + " of " + text.Grouped(l.Requests)
		}},
		{"req/s", func(l *session.BenchLevel) string { return text.Digits3(l.RequestsPerSecond) }},
		{"each", func(l *session.BenchLevel) string {
			if l.Each == nil {
				return "–"
			}
			return figures.Speed(*l.Each)
		}},
		{"TTFT p99", func(l *session.BenchLevel) string { return figures.Millis(l.TTFT.P99) }},
		{"tokens in", func(l *session.BenchLevel) string { return whole(l.Input) }},
		{"out", func(l *session.BenchLevel) string { return whole(l.Output) }},
	}
}

// fine is figures.Fine of a time that may be unknown.
func fine(ms *float64) string {
	if ms == nil {
		return "–"
	}
	return figures.Fine(*ms)
}

func whole(v float64) string { return text.Grouped(int(math.Round(v))) }

// BenchRows is a row for each level, with a bar for its output. now is the level in progress, with
// the part of it that is over (0…1); nil for none.
func BenchRows(
	t theme.Styles, levels []session.BenchLevel, now *session.BenchLevel, part float64, width int,
) []string {
	room := width
	if now != nil {
		levels = append(slices.Clone(levels), *now)
		room -= len("  100 %")
	}
	most := 0.0
	for i := range levels {
		most = max(most, levels[i].TokensPerSecond)
	}
	all := BenchTable(levels)
	shown := 2
	for shown < len(all[0]) && tableWidth(all, shown+1) <= room {
		shown++
	}
	bar := min(mostBar, room-tableWidth(all, shown)-statsGap)
	rows := []string{t.Dim.Render(benchRow(all, 0, shown))}
	for i := range levels {
		row := benchRow(all, i+1, shown)
		if bar >= leastBar && most > 0 {
			n := int(math.Round(float64(bar) * levels[i].TokensPerSecond / most))
			bar := strings.Repeat("━", n)
			if now == nil || i < len(levels)-1 {
				bar = t.Accent(0).Render(bar)
			}
			row += text.Spaces(statsGap) + bar
		}
		if now != nil && i == len(levels)-1 {
			row = t.Dim.Render(fmt.Sprintf("%s  %2.0f %%", row, 100*part))
		}
		rows = append(rows, ansi.Truncate(row, width, "…"))
	}
	return rows
}

// BenchTable is every number of every level as text, below a row of headings.
func BenchTable(levels []session.BenchLevel) [][]string {
	rows := [][]string{{"at once", "tok/s"}}
	for _, c := range benchColumns() {
		rows[0] = append(rows[0], c.head)
	}
	for i := range levels {
		l := &levels[i]
		row := []string{text.Grouped(l.Concurrency), text.Digits3(l.TokensPerSecond)}
		for _, c := range benchColumns() {
			row = append(row, c.cell(l))
		}
		rows = append(rows, row)
	}
	return rows
}

// benchColumnWidth is the width of a column of a table.
func benchColumnWidth(rows [][]string, i int) (w int) {
	for _, row := range rows {
		w = max(w, ansi.StringWidth(row[i]))
	}
	return w
}

// tableWidth is the width of the first n columns.
func tableWidth(rows [][]string, n int) int {
	w := statsGap * (n - 1)
	for i := range n {
		w += benchColumnWidth(rows, i)
	}
	return w
}

// benchRow aligns the first n cells of a row to the right.
func benchRow(rows [][]string, row, n int) string {
	parts := make([]string, n)
	for i := range n {
		parts[i] = text.PadLeft(rows[row][i], benchColumnWidth(rows, i))
	}
	return strings.Join(parts, text.Spaces(statsGap))
}

// BenchSentences say what a measurement comes to, and on what terms.
func BenchSentences(b *session.Bench) []string {
	var out []string
	switch {
	case b.KneeLevel() != nil:
		out = append(out, "The knee: "+BenchWords(b)+".")
	case len(b.Levels) > 0:
		out = append(out, "No level met the limits: "+limitWords(b)+".")
	}
	out = append(out, stopWords(b))
	if n := len(b.Levels); n > 0 {
		last := b.Levels[n-1]
		asked := fmt.Sprintf("Prompts of %s tokens (asked for: %s), answers of %s",
			whole(last.Input), text.Grouped(b.Terms.PromptTokens), whole(last.Output))
		if last.Forced {
			out = append(out, asked+".")
		} else {
			asked += fmt.Sprintf(" (asked for: %s, which this server does not keep to).",
				text.Grouped(b.Terms.Tokens))
			out = append(out, asked)
		}
	}
	if kinds := failureWords(b.Levels); kinds != "" {
		out = append(out, "Failures: "+kinds+".")
	}
	return out
}

// BenchWords tells what a measured server can serve. The measurement has a knee.
func BenchWords(b *session.Bench) string {
	l := b.KneeLevel()
	return fmt.Sprintf("%d at once, %s tok/s of output (%s)", l.Concurrency,
		text.Digits3(l.TokensPerSecond), limitWords(b))
}

// BenchShort tells how many requests at a time a measured server can serve, and the limits. The
// measurement has a knee.
func BenchShort(b *session.Bench) string {
	return fmt.Sprintf("%d at once (TTFT %s, ITL %s)", b.KneeLevel().Concurrency,
		figures.Millis(&b.Terms.TTFT), figures.Fine(b.Terms.ITL))
}

func limitWords(b *session.Bench) string {
	return fmt.Sprintf("first token within %s, %s between tokens", figures.Millis(&b.Terms.TTFT),
		figures.Fine(b.Terms.ITL))
}

// stopWords says why the ladder ended.
func stopWords(b *session.Bench) string {
	switch b.Summary.Stopped {
	case session.StopSaturated:
		return "Stopped: the last level gave less than 5 % more than the one before."
	case session.StopLimits:
		return "Stopped: at the last level half the requests or more missed the limits."
	case session.StopInterrupted:
		return "Interrupted: the last level is shorter than the others."
	}
	return "The ladder ended before the server did: more levels in --concurrency may give more."
}

// failureWords counts the failures of all levels by kind, the most frequent first.
func failureWords(levels []session.BenchLevel) string {
	count := map[string]int{}
	for _, l := range levels {
		for kind, n := range l.Failures {
			count[string(kind)] += n
		}
	}
	return byKind(count)
}

// BenchDay is the day of a measurement, in local time.
func BenchDay(at time.Time) string { return at.Local().Format(time.DateOnly) }
