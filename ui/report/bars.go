package report

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"lineup/session"
)

// Best are the best numbers among the answers to one turn.
type Best struct {
	Turn *session.Turn
	// the shortest times somebody waited for the first token and the last one in milliseconds, the
	// least cost in USD, and the most tokens; nil where those of some answer are not known
	First, Last, USD *float64
	Tokens           int
	// the slots of the one best answer in each, -1 for none: first token, last token, tokens, cost
	Stars [4]int
}

// Bar compares a number with the best one.
type Bar struct {
	At, Width int     // cells
	Share     float64 // of the best one: 1 is as good
	Star      bool    // it is the one best
}

// Text is the bar and what is left of its cells.
func (b Bar) Text() (full, rest string) {
	width := b.Width
	star := ""
	if b.Star {
		width, star = width-1, "★"
	}
	n := min(width, max(1, int(math.Round(b.Share*float64(width)))))
	return strings.Repeat("━", n) + star, strings.Repeat("─", width-n)
}

// Bars are the bars under the numbers of [Metrics], as far as its columns have room.
func Bars(r *session.Reply, best *Best, free bool, now time.Time, width int) []Bar {
	if best == nil || r.Merge || !r.Status.Answer() {
		return nil
	}
	cells := metricCells(r, free, now, width)
	length := func(gap string) int { return utf8.RuneCountInString(strings.Join(cells, gap)) }
	gap, bare := 2, false
	if length("  ") > width {
		gap = 1
	}
	if bare = length(" ") > width; bare {
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
	}
	if length(" ") > width {
		return nil
	}
	first, last := r.Waited()
	shares := [...]float64{less(best.First, first), less(best.Last, last), 0,
		less(best.USD, r.Cost.USD)}
	if best.Tokens > 0 {
		shares[2] = float64(r.Usage.Output) / float64(best.Tokens)
	}
	var bars []Bar
	at, widths := 0, columnWidths()
	for i, cell := range cells {
		long := utf8.RuneCountInString(cell)
		if shares[i] > 0 {
			bar := Bar{At: at, Width: widths[i], Share: min(1, shares[i]),
				Star: best.Stars[i] == r.Slot}
			if bare {
				bar.Width = min(bar.Width, long)
			}
			bars = append(bars, bar)
		}
		at += long + gap
	}
	return bars
}

// less is the share of a number of which less is better; 0 where it or the best is unknown.
func less(best, v *float64) float64 {
	switch {
	case best == nil || v == nil:
		return 0
	case *v <= *best:
		return 1
	}
	return max(math.SmallestNonzeroFloat64, *best / *v)
}
