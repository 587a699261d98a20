package text

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Restyle gives cells of a line another style, whatever they look like in it.
func Restyle(line string, ranges []lipgloss.Range) string {
	if len(ranges) == 0 {
		return line
	}
	var b strings.Builder
	at, width := 0, ansi.StringWidth(line)
	for _, r := range ranges {
		if r.Start >= r.End || r.Start >= width {
			continue
		}
		b.WriteString(ansi.Cut(line, at, r.Start))
		b.WriteString(Reset)
		b.WriteString(r.Style.Render(ansi.Strip(ansi.Cut(line, r.Start, min(r.End, width)))))
		at = min(r.End, width)
	}
	b.WriteString(ansi.Cut(line, at, width))
	return b.String()
}

// Over puts top, w cells wide, over a row of the screen. A wide character that its edge cuts
// through becomes a blank.
func Over(row, top string, x, w, width int) string {
	if x == 0 && w == width {
		return top
	}
	return Fill(ansi.Truncate(row, x, ""), x) + Reset + top + Reset + DropLeft(row, x+w, width)
}

// Reset ends all styles (ECMA-48, SGR 0), so that those of a row that was cut do not run on.
const Reset = "\x1b[m"
