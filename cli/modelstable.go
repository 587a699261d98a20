package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"github.com/charmbracelet/x/ansi"

	"lineup/providers"
	"lineup/ui/text"
)

// modelTable aligns the models in columns; the last one is as long as it is. What no server tells
// of its memory has no column. Where that is wider than width, memory stands below its model. A
// width of 0 is without end. Times are in the zone of now.
func modelTable(records []modelRecord, now time.Time, width int) string {
	rows := [][]string{{"MODEL", "CONTEXT", "INPUT", "OUTPUT", "", "MEMORY", "UNTIL", "PRICE"}}
	tellsMemory := slices.ContainsFunc(records,
		func(r modelRecord) bool { return text.Memory(r.memory) != "" })
	tellsUntil := slices.ContainsFunc(records,
		func(r modelRecord) bool { return text.Until(r.memory, now) != "" })
	if !tellsMemory {
		rows[0][5] = ""
	}
	if !tellsUntil {
		rows[0][6] = ""
	}
	for _, r := range records {
		rows = append(rows, modelRow(r, now))
	}
	wide := columns(rows, 1, 2, 3)
	if width == 0 || lipgloss.Width(wide) <= width {
		return wide
	}
	return stackedModels(rows, records, now, width)
}

// modelRow are the cells of a model.
func modelRow(r modelRecord, now time.Time) []string {
	context, in, out, from := "?", "?", "?", "not known"
	if r.Context != nil {
		context = text.ContextLength(*r.Context)
	}
	if q := r.Price; q != nil {
		from = q.Words()
		in, out = fmt.Sprintf("$%.4g", q.Price.Input), fmt.Sprintf("$%.4g", q.Price.Output)
		if q.Machine != nil {
			in, out = "–", "–"
		}
		if q.Maker != "" {
			in, out = "~"+in, "~"+out
		}
	}
	return []string{providers.CleanLine(r.Ref), context, in, out, inListWords(r),
		text.Memory(r.memory), text.Until(r.memory, now), providers.CleanLine(from)}
}

// inListWords say whether a model is in memory, or that its server does not list it.
func inListWords(r modelRecord) string {
	if !r.Listed {
		return "not listed"
	}
	return text.InMemory(r.memory)
}

// memoryWords are what a server tells of a model in its memory, in one line.
func memoryWords(r modelRecord, now time.Time) string {
	words := []string{inListWords(r), text.Memory(r.memory), text.UntilWords(r.memory, now)}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), ", ")
}

// stackedModels are the rows of a model table for a narrow terminal. Below a model stands its
// memory, and the source of its price unless that fits beside it.
func stackedModels(rows [][]string, records []modelRecord, now time.Time, width int) string {
	const left = "  "
	numbers := make([][]string, len(rows))
	for i, row := range rows {
		numbers[i] = row[:4]
	}
	lines := strings.Split(strings.TrimSuffix(columns(numbers, 1, 2, 3), "\n"), "\n")
	from := 0 // the cell where prices begin
	for _, line := range lines {
		from = max(from, ansi.StringWidth(line)+len(left))
	}
	alone := from-len(left) > width // the name: its numbers stand below it, in words
	var b strings.Builder
	for i, line := range lines {
		var below []string
		if i > 0 && alone {
			below = append(below, numberWords(rows[i]))
		}
		if alone {
			line = rows[i][0]
		}
		if i > 0 {
			below = append(below, memoryWords(records[i-1], now))
		}
		if price := rows[i][7]; !alone && from+ansi.StringWidth(price) <= width {
			line = text.Pad(line, from) + price
		} else if i > 0 && alone { // no column says what it is
			below = append(below, "price: "+price)
		} else if i > 0 {
			below = append(below, price)
		}
		b.WriteString(line + "\n")
		for _, words := range below {
			if words == "" {
				continue
			}
			for _, row := range text.Words(words, width-1) { // a day stays whole
				b.WriteString(" " + row + "\n")
			}
		}
	}
	return b.String()
}

// numberWords are the context and the prices of a model's row.
func numberWords(row []string) string {
	words := "context " + row[1]
	if row[2] != "–" && row[2] != "?" {
		words += ", " + row[2] + " in, " + row[3] + " out"
	}
	return words
}

// columns sets rows in columns, the given ones to the right. An empty column is left out, and the
// last one keeps its length.
func columns(rows [][]string, right ...int) string {
	t := table.New().Wrap(false).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderColumn(false).BorderHeader(false).BorderRow(false)
	var aligned []lipgloss.Position
	cells := make([][]string, len(rows))
	for i := range rows[0] {
		if !slices.ContainsFunc(rows, func(row []string) bool { return row[i] != "" }) {
			continue
		}
		at := lipgloss.Left
		if slices.Contains(right, i) {
			at = lipgloss.Right
		}
		aligned = append(aligned, at)
		for n, row := range rows {
			cells[n] = append(cells[n], row[i])
		}
	}
	t.Rows(cells...).StyleFunc(func(_, col int) lipgloss.Style {
		return lipgloss.NewStyle().PaddingRight(2).AlignHorizontal(aligned[col])
	})
	var b strings.Builder
	for line := range strings.Lines(t.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}
