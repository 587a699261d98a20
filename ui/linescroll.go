package ui

import (
	"fmt"
	"slices"

	"lineup/ui/theme"
)

// lineScroll scrolls through the lines of a report.
type lineScroll struct {
	top   int // first line in view
	lines int // all of them, and those in view, at the last drawing
	high  int
}

// window gives the lines in view; the last one tells where there are more.
func (s *lineScroll) window(t theme.Styles, all []string, h int) []string {
	s.lines, s.high = len(all), max(1, h)
	s.top = max(0, min(s.top, s.lines-s.high))
	end := min(s.lines, s.top+s.high)
	rows := slices.Clone(all[s.top:end])
	if end < s.lines && len(rows) > 1 {
		rows[len(rows)-1] = t.Dim.Render(fmt.Sprintf("↓ %d more lines", s.lines-end+1))
	}
	return rows
}

func (s *lineScroll) wheel(_ *app, by int) { s.top = max(0, s.top+by) }
