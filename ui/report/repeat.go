package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"lineup/compare"
	"lineup/figures"
	"lineup/session"
	"lineup/ui/text"
)

// Repeat sums up the takes of one pane in lines of plain text: their number and how many answers
// are the same, then median and range of each figure, then what became of the seed.
func Repeat(s compare.Repeat, width int) []string {
	number := func(v float64) string {
		return figures.Approx(s.Estimated) + strconv.FormatFloat(v, 'f', -1, 64)
	}
	money := func(v float64) string { return figures.Money(v, s.Estimated) }
	lines := text.Wrap(repeatHead(s), max(1, width))
	for _, f := range []struct {
		name string
		of   compare.Range
		show func(float64) string
	}{
		{"TTFT", s.TTFT, figures.Fine},
		{"time", s.Duration, figures.Fine},
		{"tok/s", s.TokensPerSecond, func(v float64) string { return number(math.Round(v)) }},
		{"tokens", s.Output, number},
		{"cost", s.Spend, money},
	} {
		if f.of.Median != nil {
			lines = append(lines, rangeLine(f.name, f.of, f.show, width))
		}
	}
	if sum := s.USD.Sum; sum != nil && s.N > 1 && *sum > 0 {
		lines = append(lines, text.Cut("sum    "+money(*sum), width))
	}
	if s.Seed != compare.SeedUnknown {
		lines = append(lines, text.Cut("seed "+string(s.Seed), width))
	}
	if s.Warmup > 0 {
		lines = append(lines, text.Wrap("the first take loaded the model; it is in no median",
			max(1, width))...)
	}
	return lines
}

// AlikeOf says of the takes of a repeat only how many of the answers are the same. It is nil where
// RepeatOf is.
func AlikeOf(t *session.Turn, r *session.Reply, width int) []string {
	if RepeatOf(t, r, width) == nil {
		return nil
	}
	return text.Wrap(repeatHead(compare.SumUp(t.Repeated(r))), max(1, width))
}

// RepeatOf sums up the repeat that a reply is a take of. It is nil for a reply that was asked
// alone, and while a take runs.
func RepeatOf(t *session.Turn, r *session.Reply, width int) []string {
	takes := t.Repeated(r)
	for _, take := range takes {
		if !take.Status.Final() {
			return nil
		}
	}
	if len(takes) == 0 {
		return nil
	}
	return Repeat(compare.SumUp(takes), width)
}

// rangeLine is median and range of a figure. Where there is no room, the range is left out.
func rangeLine(name string, r compare.Range, show func(float64) string, width int) string {
	line := fmt.Sprintf("%-6s %s", name, show(*r.Median))
	low, high := show(*r.Min), show(*r.Max)
	if low == high {
		return text.Cut(line, width)
	}
	whole := fmt.Sprintf("%-6s %-8s %s to %s", name, show(*r.Median), low, high)
	if utf8.RuneCountInString(whole) > width {
		return text.Cut(line, width)
	}
	return whole
}

// repeatHead counts the takes and tells how many answers are alike: "5 takes, 1 failed: 3 the same,
// 1 other".
func repeatHead(s compare.Repeat) string {
	head := fmt.Sprintf("%d %s", s.N, text.Plural(s.N, "take"))
	if n := s.Failed(); n > 0 {
		head += fmt.Sprintf(", %d failed", n)
	}
	if s.Stopped > 0 {
		head += fmt.Sprintf(", %d stopped", s.Stopped)
	}
	if s.Done < 2 {
		return head
	}
	return head + ": " + alikeWords(s.Alike)
}

// alikeWords tells how many answers are the same, given how often each of the different ones came.
func alikeWords(alike []int) string {
	var groups []string
	others := 0
	for _, n := range alike {
		if n > 1 {
			groups = append(groups, strconv.Itoa(n))
		} else {
			others++
		}
	}
	if len(groups) == 0 {
		return "no two are the same"
	}
	words := strings.Join(groups, " and ") + " the same"
	if others > 0 {
		words += fmt.Sprintf(", %d %s", others, text.Plural(others, "other"))
	}
	return words
}
