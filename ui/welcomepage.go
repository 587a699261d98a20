package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize/english"

	"lineup/providers"
	"lineup/registry"
	"lineup/session"
	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/report"
	"lineup/ui/text"
)

// section is a part of the welcome. Its rows have at most the width that it was made for.
type section struct {
	title, side string
	rows        []string
	marks       []mark // of each row; nil for none
}

// mark is what a click on a row of the welcome is for: a session or a pane, from 1; 0 for none.
type mark struct{ session, pane int }

// amount is how much of each part the welcome shows.
type amount struct {
	head, panes, servers, sessions int
	titles, air                    bool // headings, and empty rows between the parts
	short                          bool // how to come to real models in one row, not three
}

// amounts are what the welcome may show, the most first.
func amounts() []amount {
	return []amount{
		{head: 2, panes: maxPanes, servers: 8, sessions: mostLast, titles: true, air: true},
		{head: 2, panes: 8, servers: 5, sessions: 4, titles: true, air: true},
		{head: 1, panes: 8, servers: 4, sessions: 3, titles: true, air: true},
		{head: 1, panes: 4, servers: 3, sessions: 2, titles: true, air: true},
		{panes: 4, servers: 3, sessions: 2, titles: true, air: true},
		{head: 1, panes: maxPanes, servers: 3, sessions: 3, titles: true},
		{head: 1, panes: 8, servers: 3, sessions: 3, titles: true},
		{head: 1, panes: 4, servers: 3, sessions: 3, titles: true},
		{head: 1, panes: 3, servers: 2, sessions: 2, titles: true},
		{head: 1, panes: 3, sessions: 2, titles: true},
		{head: 1, panes: 2, sessions: 1, short: true, titles: true},
		{panes: 3, sessions: 2, short: true},
		{panes: 2, sessions: 1, short: true},
		{panes: 1, sessions: 1, short: true},
		{panes: 1, short: true},
	}
}

// Cells of the welcome.
const (
	welcomeBeside = 100 // from here on it has two columns
	welcomeColumn = 72  // that a column takes at most
	welcomeTries  = 47  // in which the things to try have room
	welcomeGap    = 6
)

// page draws the welcome in h rows of width cells, as much of it as has room.
func (w *welcome) page(a *app, width, h int) []string {
	var rows []string
	var marks []mark
	for _, much := range amounts() {
		if rows, marks = w.draw(a, width, much); len(rows) <= h-2*text.Int(much.air) {
			break
		}
	}
	rows = rows[:min(len(rows), h)]
	spare := h - len(rows)
	above := max(spare/3, min(1, spare/2))
	out := make([]string, h)
	w.rows = map[int]mark{}
	for i := range out {
		out[i] = text.Spaces(width)
		if at := i - above; at >= 0 && at < len(rows) {
			out[i] = text.Pad(rows[at], width)
			w.rows[i] = marks[at]
		}
	}
	return out
}

// draw draws all of an amount, and tells what stands in which row.
func (w *welcome) draw(a *app, width int, much amount) (rows []string, marks []mark) {
	margin := 1 + text.Int(width >= 60)
	beside := width >= welcomeBeside
	col := min(width-2*margin, welcomeColumn)
	side := col
	if beside { // models with their prices want more room than what to try
		room := width - 2*margin - welcomeGap
		side = min(room/2, max(welcomeTries, room-welcomeColumn), welcomeColumn)
		col = min(room-side, welcomeColumn)
		margin = (width - col - side - welcomeGap) / 2
	}
	if w.split = 0; beside {
		w.split = margin + col
	}
	add := func(line string, of mark) {
		rows = append(rows, text.Spaces(margin)+line)
		marks = append(marks, of)
	}
	for _, line := range w.head(a, width-2*margin, much.head) {
		add(line, mark{})
	}
	if much.air && len(rows) > 0 {
		add("", mark{})
	}
	left := []section{w.contenders(a, col, much), w.real(a, col, much)}
	right := []section{w.tries(a, side), w.last(a, side, much.sessions)}
	if !beside {
		lines, of := stacked(a, slices.Concat(left, right), much, col)
		for i, line := range lines {
			add(line, of[i])
		}
		return rows, marks
	}
	one, panes := stacked(a, left, much, col)
	other, sessions := stacked(a, right, much, side)
	for i := range max(len(one), len(other)) {
		var of mark
		if i < len(panes) {
			of.pane = panes[i].pane
		}
		if i < len(sessions) {
			of.session = sessions[i].session
		}
		add(text.Pad(text.At(one, i), col)+text.Spaces(welcomeGap)+text.At(other, i), of)
	}
	return rows, marks
}

// stacked puts sections one below the other.
func stacked(a *app, parts []section, much amount, w int) (rows []string, of []mark) {
	for _, s := range parts {
		if len(s.rows) == 0 {
			continue
		}
		if len(rows) > 0 && much.air {
			rows, of = append(rows, ""), append(of, mark{})
		}
		if much.titles {
			title := a.theme.Strong.Render(text.Cut(s.title, w))
			if room := w - ansi.StringWidth(s.title) - ansi.StringWidth(s.side); room >= 2 {
				title += text.Spaces(room) + a.theme.Dim.Render(s.side)
			}
			rows, of = append(rows, title), append(of, mark{})
		}
		for i, row := range s.rows {
			var m mark
			if i < len(s.marks) {
				m = s.marks[i]
			}
			rows, of = append(rows, row), append(of, m)
		}
	}
	return rows, of
}

// head says what this is.
func (w *welcome) head(a *app, width, rows int) []string {
	what := "One prompt, several models, side by side."
	if width < len(what) {
		what = "One prompt, several models."
	}
	out := []string{
		a.theme.Accent(0).Bold(true).Render(text.Cut(what, width)),
	}
	about := "Every answer is timed, counted and priced."
	if a.cfg.Store != nil && !a.cfg.Tour { // whose sessions go when it ends
		about = "Every answer is timed, counted and priced, and kept on this machine."
	}
	out = append(out, a.theme.Dim.Render(text.Cut(about, width)))
	return out[:min(rows, len(out))]
}

// contenders are whom the next prompt goes to.
func (w *welcome) contenders(a *app, width int, much amount) section {
	open := a.panes.asked()
	switch n := len(open); {
	case a.cfg.Discover != nil:
		return section{title: "Looking around", rows: []string{a.theme.Dim.Render(text.Cut(
			"looking for local servers and keys…", width))}}
	case n == 0:
		s := "no model is open; " + a.keys.Label(keys.Models) + " chooses one"
		return section{title: "Models", rows: []string{text.Cut(s, width)}}
	case hides(a):
		s := english.Plural(n, "pane", "") + ", and who is who is hidden"
		return section{title: "Blind", rows: []string{text.Cut(s, width)}}
	case n > much.panes:
		open = open[:much.panes]
	}
	s := section{title: w.readiness(a)}
	names := 0
	for _, p := range open {
		names = max(names, ansi.StringWidth(p.Name()))
	}
	names = min(names, max(4, min(width/2-2, width-14)))
	for _, p := range open {
		s.rows = append(s.rows, w.contender(a, p, names, width))
		s.marks = append(s.marks, mark{pane: p.Number})
	}
	if left := len(a.panes.asked()) - len(open); left > 0 {
		more := fmt.Sprintf("   and %d more", left)
		if much.titles {
			s.rows = append(s.rows, a.theme.Dim.Render(more))
		} else { // a row is dear
			last := len(s.rows) - 1
			s.rows[last] = text.Pad(s.rows[last], width-len(more)) + a.theme.Dim.Render(more)
		}
	}
	return s
}

// readiness says how many can be asked. It asks nobody for that.
func (w *welcome) readiness(a *app) string {
	open, lack := a.panes.asked(), 0
	for _, p := range open {
		c, ok := w.connection(p.Spec.Info)
		lack += text.Int(ok && c.Lacks)
	}
	what := "model"
	if a.panes.shared() {
		what = "pane"
	}
	s := english.Plural(len(open), what, "")
	if lack > 0 {
		return fmt.Sprintf("%s, %d without a key", s, lack)
	}
	return s + ", ready to be asked"
}

// contender is a pane in a row: who answers, where, and at what price.
func (w *welcome) contender(a *app, p *pane.Pane, names, width int) string {
	number := fmt.Sprintf("%2d ", p.Number)
	name := text.Pad(text.Cut(text.OneLine(p.Name()), names), names)
	room := max(0, width-ansi.StringWidth(number)-names-2)
	info := p.Spec.Info
	style, where := a.theme.Dim, text.OneLine(info.Ref.Provider)
	if info.Simulated {
		where = "simulated"
	}
	rates, price := priceOf(info)
	said := []string{where + " · " + rates, where + " · " + price, where}
	if info.Price.Known() && !info.Simulated { // its provider is among the servers too
		said = slices.Insert(said, 2, price)
	}
	if c, ok := w.connection(info); ok && c.Lacks {
		style = a.theme.Warn
		lack := "✗ " + text.OneLine(c.Key) + " is not set"
		said = []string{where + " · " + lack, lack, "✗ no key"}
	}
	return a.theme.Accent(p.Accent).Bold(true).Render(number+name) + "  " +
		style.Render(firstFitting(room, said))
}

// firstFitting is the first of the wordings that has room, else the beginning of the last.
func firstFitting(room int, wordings []string) string {
	for _, s := range wordings {
		if ansi.StringWidth(s) <= room {
			return s
		}
	}
	return text.Cut(wordings[len(wordings)-1], room)
}

// connection is the provider of a model.
func (w *welcome) connection(info providers.Info) (registry.Connection, bool) {
	i := slices.IndexFunc(w.connected, func(c registry.Connection) bool {
		return c.Name == info.Ref.Provider
	})
	if i < 0 {
		return registry.Connection{}, false
	}
	return w.connected[i], true
}

// priceOf says what is known of the price of a model, in two lengths.
func priceOf(info providers.Info) (long, short string) {
	q := info.Price
	switch {
	case q.Machine != nil:
		short = "own machine"
	case !q.Known() && info.Own:
		short = "no price"
	case !q.Known():
		short = "price unknown"
	case q.Price.Input == 0 && q.Price.Output == 0:
		short = "free"
	default:
		return report.Rates(q, 0), report.ShortRates(q)
	}
	return short, short
}

// servers are the providers that can be asked, and where their keys come from. Nobody has been
// asked for this.
func (w *welcome) servers(a *app, width, rows int) section {
	s := section{title: "Servers and keys"}
	if hides(a) { // they would tell who can be who
		return s
	}
	names := 0
	for _, c := range w.connected {
		names = max(names, ansi.StringWidth(text.OneLine(c.Name)))
	}
	names = min(names, max(8, width/3))
	for i, c := range w.connected {
		if len(s.rows) == rows {
			if rows > 0 {
				more := fmt.Sprintf("   and %d more", len(w.connected)-i+1)
				s.rows[rows-1] = a.theme.Dim.Render(more)
			}
			return s
		}
		host, key, style := text.OneLine(c.Host), text.OneLine(c.Key), a.theme.Dim
		said := []string{host}
		switch {
		case c.Lacks:
			said, style = []string{"✗ " + key + " is not set", "✗ no key"}, a.theme.Warn
		case key != "":
			said = []string{host + ", key from " + key, host + ", " + key, "key from " + key, key}
		case c.Local:
			said = []string{host + ", needs no key", host}
		}
		name := "   " + text.Pad(text.Cut(text.OneLine(c.Name), names), names) + "  "
		s.rows = append(s.rows, text.Cut(name, width)+
			style.Render(firstFitting(max(0, width-ansi.StringWidth(name)), said)))
	}
	return s
}

// real says how to come to real models if all are simulated. Otherwise it lists the servers.
func (w *welcome) real(a *app, width int, much amount) section {
	if !onlySimulated(a) {
		return w.servers(a, width, much.servers)
	}
	s := section{title: "These are simulated. For real models:"}
	steps := [][2]string{
		{"Llama 3", "from ollama.com, then: ollama pull llama3.1"},
		{"or a key", "set OPENAI_API_KEY, HOLYSHEEP_API_KEY, …"},
		{"then", "start again; lineup doctor tells more"},
	}
	if much.short {
		words := text.Cut("Real ones: start Ollama or set a key", width)
		s.rows = []string{a.theme.Dim.Render(words)}
		return s
	}
	for _, step := range steps {
		s.rows = append(s.rows, w.step(a, step[0], step[1], 8, width))
	}
	return s
}

// step is a row of a key or a word, and what it is for.
func (w *welcome) step(a *app, key, about string, keyWidth, width int) string {
	return a.theme.Strong.Render(text.Pad(text.Cut(key, keyWidth), keyWidth)) + "  " +
		text.Cut(about, max(0, width-keyWidth-2))
}

// tries are three things to do.
func (w *welcome) tries(a *app, width int) section {
	k := a.keys.Label
	all := "ask it"
	if n := len(a.panes.asked()); n > 1 {
		all = fmt.Sprintf("ask all %d", n)
	}
	steps := [][3]string{
		{k(keys.Send), "type a question below, and " + all, all},
		{k(keys.Models), "choose models, open and close panes", "choose models"},
		{k(keys.Blind), "hide who is who, then vote for the best", "hide names, then vote"},
	}
	switch n := len(a.panes.asked()); {
	case hides(a):
		steps[2] = [3]string{k(keys.Blind), "show who is who", "show who is who"}
	case n < 2: // nobody to vote for
		steps[2] = [3]string{k(keys.Palette), "every command, by name", "every command"}
		if n == 0 {
			steps[0], steps[1] = steps[1], steps[0]
		}
	}
	keyWidth := 0
	for _, s := range steps {
		keyWidth = max(keyWidth, ansi.StringWidth(s[0]))
	}
	s := section{title: "Try", side: k(keys.Help) + " all keys"}
	keyWidth = min(keyWidth, width/3)
	for _, step := range steps {
		about := step[1]
		if ansi.StringWidth(about) > width-keyWidth-2 {
			about = step[2]
		}
		s.rows = append(s.rows, w.step(a, step[0], about, keyWidth, width))
	}
	return s
}

// last lists the sessions that were used last.
func (w *welcome) last(a *app, width, rows int) section {
	s := section{title: "Last sessions", side: "↓ " + a.keys.Label(keys.Send) + " opens · " +
		a.keys.Label(keys.Sessions) + " all"}
	if w.problem != "" {
		s.side = ""
		lines := text.Wrap("not read: "+w.problem, width)
		if len(lines) > max(1, rows) {
			lines = []string{text.Cut("not read: "+w.problem, width)}
		}
		for _, line := range lines {
			s.rows = append(s.rows, a.theme.Warn.Render(line))
		}
		return s
	}
	from := max(0, w.chosen-rows) // the chosen one stays in view
	for i, m := range w.sessions[from:min(len(w.sessions), from+rows)] {
		s.rows = append(s.rows, w.sessionRow(a, m, from+i+1, width))
		s.marks = append(s.marks, mark{session: from + i + 1})
	}
	return s
}

// sessionRow is a session: its title, its turns and its day.
func (w *welcome) sessionRow(a *app, m session.Summary, n, width int) string {
	facts := when(m.UpdatedAt, a.now())
	if width >= 50 {
		facts = english.Plural(m.Turns, "turn", "") + " · " + facts
	}
	room := max(1, width-2-ansi.StringWidth(facts)-2)
	title := text.Pad(text.Cut(a.reading.Clusters.OneLine(m.Title), room), room)
	if n == w.chosen {
		return a.theme.Picked.Bold(true).Render("› "+title) + a.theme.Picked.Render("  "+facts)
	}
	return "  " + title + "  " + a.theme.Dim.Render(strings.TrimSpace(facts))
}
