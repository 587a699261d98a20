package ui

import (
	"cmp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lineup/ui/keys"
	"lineup/ui/text"
	"lineup/ui/theme"
)

// The columns of the help, in cells.
const (
	columnLeast = 37 // that a column of keys needs
	columnMost  = 58
	columnGap   = 2
	labelMost   = 9 // that the keys of a row take
)

// helpColumns is how the help is laid out: n columns of wide cells and high rows.
type helpColumns struct{ n, wide, high int }

// columns takes no more columns than all keys need on w×h cells. Where they do not fit, the
// columns are a page that scrolls.
func (h *help) columns(w, high int) helpColumns {
	high = max(1, high)
	most := max(1, (w+columnGap)/(columnLeast+columnGap))
	lines := len(h.flow)
	n := min(most, (lines+high-1)/high)
	for n < most && !h.fits(n, high) { // a heading at the end of a column moves on
		n++
	}
	wide := min(columnMost, (w-(n-1)*columnGap)/n)
	return helpColumns{n, wide, min(high, max(1, lines))}
}

// fits reports whether n columns of some rows hold all lines.
func (h *help) fits(n, high int) bool {
	_, end := deal(h.flow, 0, n, high)
	return end == len(h.flow)
}

// helpLine is a line of the columns: a row, a heading, or nothing.
type helpLine struct {
	row     helpRow
	heading string
}

func (l helpLine) empty() bool { return l == helpLine{} }

// flowOf is all lines in their order, one below the other.
func flowOf(rows []helpRow) (out []helpLine) {
	last := ""
	for when := worksNow; when <= worksLater; when++ {
		for _, r := range paired(rows) {
			if r.when != when {
				continue
			}
			if heading := headingOf(r); heading != last {
				if last = heading; len(out) > 0 {
					out = append(out, helpLine{})
				}
				out = append(out, helpLine{heading: heading})
			}
			out = append(out, helpLine{row: r})
		}
	}
	return out
}

// headingOf names the group of a row, and how one comes to it.
func headingOf(r helpRow) string {
	switch r.when {
	case worksInPane:
		return r.group + ", in a pane (tab)"
	case worksInPrompt:
		return r.group + ", in the prompt (i)"
	case worksLater:
		return "Not now"
	}
	return r.group
}

// deal deals lines from the one at top out to n columns. No column begins with an empty line or
// ends with a heading. One that begins within a group repeats its heading. end is the first line
// that has no place.
func deal(lines []helpLine, top, n, high int) (columns [][]helpLine, end int) {
	end = top
	for range n {
		for end < len(lines) && lines[end].empty() {
			end++
		}
		var column []helpLine
		if high > 2 {
			column = within(lines, end)
		}
		to := min(len(lines), end+high-len(column))
		if to < len(lines) && to > end+1 && lines[to-1].heading != "" {
			to--
		}
		columns = append(columns, append(column, lines[end:to]...))
		end = to
	}
	return columns, end
}

// within is the heading of the group that a line continues.
func within(lines []helpLine, at int) []helpLine {
	if at == len(lines) || lines[at].heading != "" {
		return nil
	}
	for at--; at >= 0; at-- {
		if lines[at].heading != "" {
			return []helpLine{lines[at]}
		}
	}
	return nil
}

// page draws the columns from h.top on.
func (h *help) page(a *app, w int) (rows []string) {
	c := h.columns(w, h.high)
	lines := h.flow
	h.lines, h.held = len(lines), c.n*h.high
	h.top = max(0, min(h.top, h.lines-1))
	for h.top > 0 { // no further than to the end
		if _, end := deal(lines, h.top-1, c.n, h.high); end < len(lines) {
			break
		}
		h.top--
	}
	columns, end := deal(lines, h.top, c.n, h.high)
	for y := range h.high {
		var b strings.Builder
		for i, column := range columns {
			cell := ""
			if y < len(column) {
				cell = column[y].draw(a.theme.Styles, c.wide)
			}
			if i > 0 {
				b.WriteString(text.Spaces(columnGap))
			}
			b.WriteString(text.Pad(cell, c.wide))
		}
		rows = append(rows, b.String())
	}
	h.under = h.lines - end
	return rows
}

// draw draws a line in w cells.
func (l helpLine) draw(th theme.Styles, w int) string {
	switch {
	case l.empty():
		return ""
	case l.heading != "":
		return th.Accent(0).Bold(true).Render(text.Cut(l.heading, w))
	}
	r := l.row
	keyWidth := min(labelMost, w/3)
	label := text.Pad(text.Cut(cmp.Or(r.label, r.keys), keyWidth), keyWidth)
	room := w - keyWidth - 2
	said := r.text
	if ansi.StringWidth(said) > room && r.brief != "" {
		said = r.brief
	}
	said = text.Cut(said, room)
	if r.when == worksLater {
		return th.Dim.Render(label + "  " + said)
	}
	return th.Strong.Render(label) + "  " + said
}

// keyLabel writes as many keys of an action as have room. Where the first has none it is the
// shortest one.
func keyLabel(names []string) string {
	shortest, all := "", ""
	for i, name := range names {
		name = arrows().Replace(name)
		if i == 0 || ansi.StringWidth(name) < ansi.StringWidth(shortest) {
			shortest = name
		}
		joined := strings.TrimSpace(all + " " + name)
		if ansi.StringWidth(joined) <= labelMost && (i == 0 || all != "") {
			all = joined
		}
	}
	return cmp.Or(all, shortest)
}

// arrows writes the names of keys as they stand on keyboards.
func arrows() *strings.Replacer {
	return strings.NewReplacer("pgup", "pgup", "pgdown", "pgdn", "left", "←", "right", "→",
		"down", "↓", "up", "↑")
}

// pair is two actions that share a line in the columns, since they are each other's opposite.
type pair struct {
	one, other keys.Action
	text       string
}

func pairs() []pair {
	return []pair{
		{keys.Recall, keys.Forward, "Recall prompts"},
		{keys.NextPane, keys.PrevPane, "Focus next, previous pane"},
		{keys.Left, keys.Right, "Focus left, right pane"},
		{keys.Up, keys.Down, "Scroll a line"},
		{keys.PageUp, keys.PageDown, "Scroll a page"},
		{keys.HalfUp, keys.HalfDown, "Scroll half a page"},
		{keys.TurnUp, keys.TurnDown, "Go to previous, next turn"},
		{keys.Top, keys.Bottom, "Go to top, end"},
		{keys.FindNext, keys.FindPrev, "Find next, previous"},
		{keys.NextTake, keys.PrevTake, "Show next, earlier answer"},
		{keys.MoveLeft, keys.MoveRight, "Move pane left, right"},
	}
}

// paired puts rows that are each other's opposite into one, where both work at the same time and
// their keys have room.
func paired(rows []helpRow) (out []helpRow) {
	at := map[keys.Action]int{}
	for i, r := range rows {
		if r.action != "" {
			at[r.action] = i
		}
	}
	gone := map[int]bool{}
	joined := map[int]helpRow{}
	for _, p := range pairs() {
		i, ok := at[p.one]
		j, also := at[p.other]
		if !ok || !also || rows[i].when != rows[j].when {
			continue
		}
		label := firstWord(rows[i].label) + " " + firstWord(rows[j].label)
		if ansi.StringWidth(label) > labelMost {
			continue
		}
		r := rows[i]
		r.label, r.text, r.brief = label, p.text, p.text
		joined[i], gone[j] = r, true
	}
	for i, r := range rows {
		if both, ok := joined[i]; ok {
			r = both
		}
		if !gone[i] {
			out = append(out, r)
		}
	}
	return out
}

func firstWord(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}
