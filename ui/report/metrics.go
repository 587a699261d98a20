package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lineup/figures"
	"lineup/providers"
	"lineup/session"
	"lineup/ui/text"
)

// Cost shows what a reply cost. An unknown cost is ?. Nothing is written where there is none to
// pay: on one's own machine, or where free says so.
func Cost(c session.Cost, free bool) string {
	switch {
	case c.USD != nil:
		return figures.Money(*c.USD, strings.HasPrefix(c.Source, "~"))
	case c.Own || free:
		return ""
	}
	return "$?"
}

// Speed is how fast the output comes or came.
func Speed(r *session.Reply) string {
	if r == nil || r.Metrics.TokensPerSecond == nil {
		return ""
	}
	return figures.Approx(r.Usage.Source == session.Estimated) +
		figures.Speed(*r.Metrics.TokensPerSecond) + " tok/s"
}

// Metrics is the last line of a pane: TTFT, time, tokens, cost, load. now is the time of the frame,
// for running clocks. Every column keeps its width while its number grows, and stays where it is.
// TTFT and time are the last attempt's; "+1.7s before" tells what the earlier ones took.
func Metrics(r *session.Reply, free bool, now time.Time, width int) string {
	if r == nil {
		return ""
	}
	line := text.Fit(width, metricCells(r, free, now, width)...)
	if r.Loaded() {
		load := "  load " + figures.Millis(r.Metrics.Load)
		if utf8.RuneCountInString(line+load) <= width {
			line += load
		}
	}
	return line
}

// leastBefore is how many milliseconds the earlier attempts took before a pane tells of them.
const leastBefore = 10

// columnWidths are the cells of the numbers at least: time to first token, time, tokens, cost.
func columnWidths() [4]int { return [...]int{10, 6, 9, 8} }

// metricCells are the columns of a line of numbers.
func metricCells(r *session.Reply, free bool, now time.Time, width int) []string {
	spoken := r.Metrics.TTFT != nil
	mark := figures.Approx(r.Usage.Source == session.Estimated)
	ttft, total, tokens := "TTFT –", figures.Duration(r.Elapsed(now)),
		mark+figures.Tokens(r.Usage.Output)+" tok"
	switch {
	case r.Metrics.TTFT != nil:
		ttft = "TTFT " + figures.Millis(r.Metrics.TTFT)
	case r.Status.Final():
		if total = "–"; r.Usage.Output == 0 {
			tokens = "0 tok"
		}
		spoken = r.Usage.Output > 0 // paid for, though nothing came of it
	case r.Phase() == session.PhaseQueued: // its clock starts when its request does
		ttft, total, tokens = "TTFT …", "–", "0 tok"
	default:
		ttft, tokens = "TTFT …", "0 tok"
	}
	w := columnWidths()
	cells := []string{fmt.Sprintf("%-*s", w[0], ttft), fmt.Sprintf("%*s", w[1], total),
		fmt.Sprintf("%*s", w[2], tokens)}
	if c := Cost(r.Cost, free); c != "" && spoken {
		cells = append(cells, fmt.Sprintf("%*s", w[3], c))
	}
	if ms := r.Before(); ms >= leastBefore && (spoken || !r.Status.Final()) {
		cells[1] += " +" + figures.Millis(&ms)
		if utf8.RuneCountInString(strings.Join(cells, " ")+" before") <= width {
			cells[1] += " before"
		}
	}
	if second := visible(r); second != "" {
		both := fmt.Sprintf("%-*s", bothTimes, ttft+second)
		least := strings.Fields(both + " " + strings.Join(cells[1:], " "))
		columns := w[0] + w[1] + w[2] + w[3] + len(w) - 1
		moves := columns <= width && width < columns+bothTimes-w[0]
		if !moves && utf8.RuneCountInString(strings.Join(least, " ")) <= width {
			cells[0] = both
		}
	}
	return cells
}

// bothTimes is the width of the first column with the second time of a model that thinks. That time
// is left out where the other columns would have to move or to go.
const bothTimes = 16

// visible is the second time to a first token, the visible one, of a model that thinks first.
func visible(r *session.Reply) string {
	v, first := r.Metrics.VisibleTTFT, r.Metrics.TTFT
	switch {
	case v != nil && first != nil && *v-*first > 50:
		return "→" + figures.Millis(v)
	case v == nil && first != nil && r.Phase() == session.PhaseThinking:
		return "→…"
	}
	return ""
}

// Rates says a price in w cells.
func Rates(q providers.Quote, w int) string {
	s := ShortRates(q) + " per million tokens"
	if len(s) > w {
		s = strings.Replace(s, "million tokens", "M tokens", 1)
	}
	return s
}

// ShortRates are the same without their unit. The list price of a maker is a guess at what another
// gateway takes, and marked as one.
func ShortRates(q providers.Quote) string {
	mark := figures.Approx(q.Maker != "")
	return fmt.Sprintf("%s$%s in, %s$%s out", mark, text.Price(q.Price.Input), mark,
		text.Price(q.Price.Output))
}
