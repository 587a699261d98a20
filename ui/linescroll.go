package ui

// lineScroll scrolls through the lines of a report.
type lineScroll struct {
	top   int // first line in view
	lines int // all of them, and those in view, at the last drawing
	high  int
}

// window gives the lines in view.
func (s *lineScroll) window(all []string, h int) []string {
	s.lines, s.high = len(all), max(1, h)
	s.top = max(0, min(s.top, s.lines-s.high))
	return all[s.top:min(s.lines, s.top+s.high)]
}

// below counts the lines below those in view; the frame tells it.
func (s *lineScroll) below() int { return s.lines - min(s.lines, s.top+s.high) }

// hinted puts the keys that scroll after the given hints, where there is anything to scroll.
func (s *lineScroll) hinted(before ...string) []string {
	if s.lines > s.high {
		before = append(before, "↑ ↓ scroll")
	}
	return before
}

func (s *lineScroll) wheel(_ *app, by int) { s.top = max(0, s.top+by) }
