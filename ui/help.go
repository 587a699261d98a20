package ui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lineup/ui/keys"
	"lineup/ui/text"
	"lineup/ui/theme"
	"lineup/ui/widget"
)

// help lists every key, made from the key map: what works here and now first. It is in columns as
// long as nothing is searched for.
type help struct {
	filter widget.Field
	rows   []helpRow  // all of them, as things stood when it was opened
	flow   []helpLine // the same in columns
	top    int        // first line in view
	lines  int        // all of them, and the rows and lines in view, at the last drawing
	high   int
	held   int
	under  int // lines below those in view
}

func newHelp(a *app) *help {
	rows := a.helpRows()
	return &help{filter: widget.NewField("type to search"), rows: rows, flow: flowOf(rows)}
}

// helpRow is one line of the help. also are further words that find it.
type helpRow struct {
	keys, text, group, also string

	action keys.Action // "" for what is none

	label string // of its keys, in few cells
	brief string // the text in few cells; "" is the text
	when  helpTime
}

// helpTime is when the keys of a row do something. The help is in this order.
type helpTime int

const (
	worksNow helpTime = iota
	worksInPane
	worksInPrompt
	worksLater // they lack something
)

// timeOf tells when the keys of an action do something.
func timeOf(a *app, row action) helpTime {
	scope := keys.InPrompt
	if a.panes.focused {
		scope = keys.InPane
	}
	here := row.Scope == keys.Anywhere || row.Scope == scope || a.replay != nil
	switch {
	case row.Scope == keys.InPrompt && here: // it lacks a prompt at most
		return worksNow
	case row.Scope == keys.InPrompt:
		return worksInPrompt
	case row.why(a) != "":
		return worksLater
	case here:
		return worksNow
	}
	return worksInPane
}

// helpRows are all lines, group by group. In a replay they are its own keys and those that only
// look.
func (a *app) helpRows() []helpRow {
	var rows []helpRow
	if a.replay != nil {
		rows = a.replay.keyRows()
	}
	for _, group := range helpGroups() {
		for _, row := range a.keys.actions {
			if row.group == group && len(row.Keys) > 0 && (a.replay == nil || row.replay) {
				rows = append(rows, helpRow{keys: strings.Join(row.Keys, ", "),
					text: cmp.Or(row.help, row.title), group: group, action: row.Action,
					also:  row.title + " " + row.synonyms,
					label: keyLabel(row.Keys), brief: cmp.Or(row.brief, row.title),
					when: timeOf(a, row)})
			}
		}
		switch {
		case group == groupPanes:
			digits := helpRow{keys: "alt+1 … alt+9", text: "Focus pane 1 … 9", group: group,
				label: "alt+1 …"}
			rows = append(rows, digits)
		case group == groupPrompt && a.replay == nil:
			attach := helpRow{keys: "@path", text: "Attach file (tab completes the path)",
				group: group, also: "attachment image picture pdf upload", brief: "Attach file"}
			if a.panes.focused {
				attach.when = worksInPrompt
			}
			rows = append(rows, attach)
		}
	}
	return rows
}

// found are the rows in which every word of the search is found, those that work here first.
func (h *help) found(all []helpRow) []helpRow {
	words := strings.Fields(strings.ToLower(h.filter.Value()))
	var out []helpRow
	for _, r := range all {
		text, ok := strings.ToLower(r.keys+" "+r.text+" "+r.group+" "+r.also), true
		for _, word := range words {
			ok = ok && strings.Contains(text, word)
		}
		if ok {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b helpRow) int { return cmp.Compare(a.when, b.when) })
	return out
}

func (h *help) heading(*app) string { return "Keys" }

func (h *help) hints(a *app) []string {
	hints := []string{"esc close", "↑ ↓ scroll", "type to search"}
	if a.replay == nil {
		hints = append(hints, a.keys.Label(keys.Palette)+" commands by name")
	}
	return hints
}

func (h *help) room(a *app, w, most int) (int, int) {
	if h.filter.Value() == "" {
		c := h.columns(w, most-helpHead)
		return c.n*c.wide + (c.n-1)*columnGap, min(most, c.high+helpHead)
	}
	w = min(w, 84)
	return w, min(most, len(h.text(a.theme.Styles, h.rows, w))+helpHead)
}

// text draws rows in groups, with a column that has room for the keys of each. Where there is
// little room the keys go above their meaning.
func (h *help) text(th theme.Styles, rows []helpRow, w int) []string {
	keyWidth := 0
	for _, r := range rows {
		keyWidth = max(keyWidth, ansi.StringWidth(r.keys))
	}
	var out []string
	group := ""
	for _, r := range rows {
		if heading := headingOf(r); heading != group {
			if group = heading; len(out) > 0 {
				out = append(out, "")
			}
			out = append(out, th.Dim.Render(group))
		}
		keys, words := th.Strong, th.Text
		if r.when == worksLater {
			keys, words = th.Dim, th.Dim
		}
		if w < 2*keyWidth {
			out = append(out, " "+keys.Render(r.keys), "   "+words.Render(r.text))
			continue
		}
		out = append(out, "  "+keys.Render(text.Pad(r.keys, keyWidth))+"  "+words.Render(r.text))
	}
	if len(out) == 0 {
		return []string{th.Dim.Render("no key does that")}
	}
	return out
}

// helpHead is how many rows stand above the keys.
const helpHead = 2

func (h *help) view(a *app, w, high int) ([]string, *tea.Cursor) {
	row, cursor := h.filter.View(a.theme.Styles, w-2)
	rows := []string{a.theme.Accent(0).Render("› ") + row}
	cursor.X += 2
	if high >= widget.Roomy {
		rows = append(rows, a.theme.Dim.Render(strings.Repeat("─", w)))
	}
	h.high = max(1, high-len(rows))
	if h.filter.Value() == "" {
		return append(rows, h.page(a, w)...), cursor
	}
	text := h.text(a.theme.Styles, h.found(h.rows), w)
	h.lines, h.held = len(text), h.high
	h.top = max(0, min(h.top, h.lines-h.high))
	end := min(h.lines, h.top+h.high)
	h.under = h.lines - end
	return append(rows, text[h.top:end]...), cursor
}

func (h *help) below() int { return h.under }

func (h *help) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	page := max(1, h.held-2)
	switch name := k.String(); {
	case closes(k), a.keys.Find(k, keys.InPrompt) == keys.Help:
		a.leave()
	case a.replay == nil && a.keys.Find(k, keys.InPrompt) == keys.Palette:
		a.openPalette()
	case name == "up":
		h.top--
	case name == "down":
		h.top++
	case name == "pgup":
		h.top -= page
	case name == "pgdown":
		h.top += page
	default:
		if h.filter.Press(k) {
			h.top = 0
		}
	}
	return nil
}

func (h *help) paste(_ *app, s string) tea.Cmd {
	h.filter.Paste(s)
	h.top = 0
	return nil
}

func (h *help) click(*app, int, int) tea.Cmd { return nil }

func (h *help) wheel(_ *app, by int) { h.top = max(0, h.top+by) }
