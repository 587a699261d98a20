package widget

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/sahilm/fuzzy"
	"golang.org/x/text/unicode/norm"

	"lineup/ui/text"
	"lineup/ui/theme"
)

// Item is one row of a list.
type Item struct {
	Text  string // what is shown and searched, on one line, as text.OneLine makes it
	Side  string // what stands at the right, such as keys or a price
	Group string // heading above the first of its group while nothing is typed
	Off   string // why the item cannot be taken now, "" where it can
	Marks int    // how often it is marked, in a list with marks
	Busy  string // what is being done with it, shown in place of side
	// always shows the item whatever is typed, after those that match
	Always bool
}

// List is what one chooses from: a line to type in, the items that it leaves, one of them selected.
type List struct {
	filter  Field
	Marking bool // items are marked, and the mark has a column
	// the owner itself does what the filter says; all items are shown, in their order
	Raw     bool
	Waiting string   // said below the items while more may come, "" where none will
	None    string   // said where nothing is left
	Notes   []string // said below the items
	Yields  bool     // the side of an item is left out where its text needs the room
	// what stands at the right of an item in a list of w cells, in place of its side
	Side func(i, w int) string
	Head func(w int) string // what stands above that
	// Rank, if set, replaces the list's own ranking. It tells how well an item fits the words
	// typed, and their bytes in its text; 0 leaves it out.
	Rank func(i int, words []string) (score int, hits []int)

	items []Item
	shown []shownItem
	at    int   // selected, in shown
	moved bool  // by the user, so that the selection stays on its item when others come
	top   int   // first row in view, in lines
	lines []int // what the rows in view show: places in shown, -1 for others; for the mouse
	first int   // the row of the first of them
	high  int   // rows that the items had when they were last drawn
	under int   // items below them
}

// shownItem is an item that the filter leaves.
type shownItem struct {
	index int   // in items
	hits  []int // bytes of its text at which a matched character begins
	score int
}

// NewList makes a list without items; while nothing is typed its filter shows the placeholder.
func NewList(placeholder string) *List {
	return &List{filter: NewField(placeholder), None: "nothing matches"}
}

// Set gives the list its items. The selection stays on its item where that is still there.
func (l *List) Set(items []Item) {
	selected := ""
	if i := l.Selected(); i >= 0 && l.moved {
		selected = l.items[i].Text
	}
	l.items = items
	l.match()
	l.at = slices.IndexFunc(l.shown, func(s shownItem) bool {
		return selected != "" && items[s.index].Text == selected
	})
	if l.at < 0 {
		l.at = l.best()
	}
}

// Selected is the place of the selected item in the items that were set, or -1.
func (l *List) Selected() int {
	if l.at < 0 || l.at >= len(l.shown) {
		return -1
	}
	return l.shown[l.at].index
}

// match finds what the filter leaves, the best match first. Each word of the filter has to be
// found, its characters in their order, in any place.
func (l *List) match() {
	l.shown = l.shown[:0]
	words := strings.Fields(norm.NFC.String(l.filter.Value()))
	if len(words) == 0 || l.Raw {
		for i := range l.items {
			l.shown = append(l.shown, shownItem{index: i})
		}
		return
	}
	for i, it := range l.items {
		s := shownItem{index: i}
		if it.Always {
			s.score = math.MinInt
			l.shown = append(l.shown, s)
			continue
		}
		if l.Rank != nil {
			if s.score, s.hits = l.Rank(i, words); s.score > 0 {
				l.shown = append(l.shown, s)
			}
			continue
		}
		ok := true
		for _, word := range words {
			found := fuzzy.FindNoSort(word, []string{it.Text})
			if ok = ok && len(found) == 1; !ok {
				break
			}
			s.score += found[0].Score
			s.hits = append(s.hits, found[0].MatchedIndexes...)
		}
		if ok {
			l.shown = append(l.shown, s)
		}
	}
	slices.SortStableFunc(l.shown, func(a, b shownItem) int {
		return cmp.Compare(b.score,
			a.score)
	})
}

// best is the place in shown of the first item that can be taken, of those that fit as well as the
// first one.
func (l *List) best() int {
	return max(0, slices.IndexFunc(l.shown, func(s shownItem) bool {
		return l.items[s.index].Off == "" && s.score == l.shown[0].score
	}))
}

// Typed is what stands in the filter.
func (l *List) Typed() string { return l.filter.Value() }

// Count is how many items the filter leaves.
func (l *List) Count() int { return len(l.shown) }

// Left are the items that the filter leaves, in the order in which they are shown.
func (l *List) Left() []int {
	left := make([]int, len(l.shown))
	for i, s := range l.shown {
		left[i] = s.index
	}
	return left
}

// Below is how many of them are below the view, as it was last drawn.
func (l *List) Below() int { return l.under }

// Each calls f with every item that was set, which f may change in all but its text.
func (l *List) Each(f func(i int, it *Item)) {
	for i := range l.items {
		f(i, &l.items[i])
	}
}

// Press takes a key: it moves the selection or changes the filter. It reports whether the filter
// has changed.
func (l *List) Press(k tea.KeyPressMsg) (filtered bool) {
	page := max(1, l.high-1)
	switch k.String() {
	case "up", "ctrl+p":
		l.move(-1)
	case "down", "ctrl+n":
		l.move(1)
	case "pgup":
		l.move(-page)
	case "pgdown":
		l.move(page)
	case "ctrl+home":
		l.at = 0
	case "ctrl+end":
		l.at = max(0, len(l.shown)-1)
	default:
		if l.filter.Press(k) {
			l.Refilter()
			return true
		}
	}
	return false
}

// Refilter applies a filter that has changed; the best match is selected, one that can be taken
// before one that cannot.
func (l *List) Refilter() {
	l.match()
	l.at, l.top, l.moved = l.best(), 0, false
}

// Paste inserts a text into the filter.
func (l *List) Paste(s string) {
	l.filter.Paste(s)
	l.Refilter()
}

// move moves the selection. A step beyond an end goes on at the other one, a page stops there.
func (l *List) move(by int) {
	n := len(l.shown)
	l.moved = true
	switch to := l.at + by; {
	case n == 0:
	case by == 1 && to == n:
		l.at = 0
	case by == -1 && to < 0:
		l.at = n - 1
	default:
		l.at = max(0, min(n-1, to))
	}
}

// Click selects the item in a row of what view drew; it reports whether there is one.
func (l *List) Click(y int) bool {
	if y -= l.first; y < 0 || y >= len(l.lines) || l.lines[y] < 0 {
		return false
	}
	l.at, l.moved = l.lines[y], true
	return true
}

// Wheel moves the selection by lines and stops at the ends. One line counts as two, because a
// single step would go round.
func (l *List) Wheel(by int) { l.move(by + text.Int(by == 1) - text.Int(by == -1)) }

// Height is how many rows the list would like.
func (l *List) Height() int {
	n, group := 2+len(l.items)+text.Int(l.Waiting != "")+len(l.Notes), ""
	for i, it := range l.items {
		if it.Group != group {
			group = it.Group
			n += 1 + text.Int(i > 0)
		}
	}
	return n
}

// Roomy is how many rows an overlay has before one of them goes to a rule.
const Roomy = 10

// View draws the filter and the items in h rows of w cells.
func (l *List) View(th theme.Styles, w, h int) ([]string, *tea.Cursor) {
	const sign = "› "
	row, cursor := l.filter.View(th, w-2)
	rows := []string{th.Accent(0).Render(sign) + row}
	cursor.X += ansi.StringWidth(sign)
	if h >= Roomy || h >= l.Height() || l.Head != nil && h >= 6 {
		rule := strings.Repeat("─", w)
		if l.Head != nil {
			if head := " " + l.Head(w); len(head) < w {
				rule = strings.Repeat("─", w-ansi.StringWidth(head)) + head
			}
		}
		rows = append(rows, th.Dim.Render(rule))
	}
	l.first = len(rows)
	l.high = max(1, h-len(rows))
	return append(rows, l.body(th, w)...), cursor
}

// body draws the items in view with the headings of their groups.
func (l *List) body(th theme.Styles, w int) []string {
	all, which := l.layout()
	if selected := slices.Index(which, l.at); selected >= 0 {
		l.top = min(l.top, selected)
		if l.at == 0 {
			l.top = 0 // with its heading
		}
		l.top = max(l.top, selected-l.high+1)
	}
	l.top = max(0, min(l.top, len(all)-l.high))
	end := min(len(all), l.top+l.high)
	l.lines, l.under = which[l.top:end], 0
	for _, s := range which[end:] {
		l.under += text.Int(s >= 0)
	}
	out := make([]string, 0, l.high)
	for i := l.top; i < end; i++ {
		if s := which[i]; s >= 0 {
			out = append(out, l.row(th, l.shown[s], s == l.at, w))
			continue
		}
		out = append(out, th.Dim.Render(text.Cut(all[i], w)))
	}
	return out
}

// layout puts items and headings in their order: the text of a heading, and which item a row shows,
// -1 for none.
func (l *List) layout() (text []string, which []int) {
	add := func(s string, i int) { text, which = append(text, s), append(which, i) }
	grouped, group := strings.TrimSpace(l.filter.Value()) == "" || l.Raw, ""
	for i, s := range l.shown {
		if g := l.items[s.index].Group; grouped && g != group {
			if group = g; i > 0 {
				add("", -1)
			}
			add(g, -1)
		}
		add("", i)
	}
	switch {
	case l.Waiting != "":
		add("  "+l.Waiting, -1)
	case len(l.shown) == 0:
		add("  "+l.None, -1)
	}
	for _, note := range l.Notes {
		add("  "+note, -1)
	}
	return text, which
}

// MinText is what an item's text gets before what stands at its right gets anything.
const MinText = 16

// offText is what the text of an item that cannot be taken now gets before the reason gets
// anything.
const offText = 28

// View draws one item.
func (l *List) row(th theme.Styles, s shownItem, selected bool, w int) string {
	it := l.items[s.index]
	lead, style, sideStyle := "  ", th.Text, th.Dim
	switch {
	case selected:
		lead, style, sideStyle = "› ", th.Picked.Bold(it.Off == ""), th.Picked
	case it.Off != "":
		style = th.Dim
	}
	if l.Marking {
		lead += markSign(it.Marks)
	}
	side := it.Side
	if l.Side != nil {
		side = l.Side(s.index, w)
	}
	room := w - ansi.StringWidth(lead)
	off := it.Off
	if ansi.StringWidth(off) > room-2-min(offText, ansi.StringWidth(it.Text)) {
		off = "not now" // Enter tells the reason
	}
	side = cmp.Or(it.Busy, off, side)
	sideRoom := min(ansi.StringWidth(side), max(0, room-min(MinText, ansi.StringWidth(it.Text))-2))
	yields := l.Yields && it.Off == "" &&
		ansi.StringWidth(it.Text)+2+ansi.StringWidth(side) > room
	if yields || sideRoom < min(4, ansi.StringWidth(side)) {
		sideRoom = 0
	}
	words := text.Cut(it.Text, room-sideRoom-2*text.Int(sideRoom > 0))
	left := style.Render(lead) + Emphasise(words, s.hits, style)
	side = text.Cut(side, sideRoom)
	fill := w - ansi.StringWidth(lead) - ansi.StringWidth(words) - ansi.StringWidth(side)
	if selected { // a bar as wide as the list
		return left + sideStyle.Render(text.Spaces(fill)+side)
	}
	if side == "" {
		return left
	}
	return left + text.Spaces(fill) + sideStyle.Render(side)
}

// markSign shows how often an item is marked.
func markSign(n int) string {
	switch n {
	case 0:
		return "[ ] "
	case 1:
		return "[x] "
	}
	return fmt.Sprintf("[%d] ", n)
}

// Emphasise underlines the characters of a text that begin at certain bytes.
func Emphasise(text string, hits []int, style lipgloss.Style) string {
	if len(hits) == 0 {
		return style.Render(text)
	}
	hit := make([]bool, len(text))
	for _, i := range hits {
		if i < len(hit) {
			hit[i] = true
		}
	}
	strong := style.Underline(true).Bold(true)
	var b strings.Builder
	start, on := 0, false
	flush := func(to int) {
		switch {
		case start == to:
		case on:
			b.WriteString(strong.Render(text[start:to]))
		default:
			b.WriteString(style.Render(text[start:to]))
		}
		start = to
	}
	for i := range text {
		if hit[i] != on {
			flush(i)
			on = hit[i]
		}
	}
	flush(len(text))
	return b.String()
}
