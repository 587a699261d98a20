package ui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/sahilm/fuzzy"

	"lineup/ui/keys"
	"lineup/ui/text"
	"lineup/ui/theme"
	"lineup/ui/widget"
)

// slash completes a command while its name is typed into the prompt after a slash. It shows itself
// only as long as the text may become a command. Any other text can be sent.
type slash struct {
	commands []command
	matches  []slashMatch
	at       int
	hidden   bool // Esc: what stands in the prompt is a text after all

	confirmed string // looks like a command, and is sent as text by the next Enter
}

// slashMatch is what a row offers: a command, or one with a value for its argument.
type slashMatch struct {
	command command
	value   string
	hits    []int // bytes of the name, after the slash, that were typed
	score   int   // how well it fits, if its name begins otherwise
}

// text is what stands in the prompt when the row is taken.
func (m slashMatch) text() string {
	switch {
	case m.value != "":
		return "/" + m.command.name + " " + m.value
	case m.command.arg != "":
		return "/" + m.command.name + " "
	}
	return "/" + m.command.name
}

// completing reports whether the rows of commands are shown.
func (a *app) completing() bool {
	s := &a.prompt.slash
	return a.layer.overlay == nil && !a.panes.focused && !s.hidden && len(s.matches) > 0
}

// complete looks for the commands that the prompt may mean, after a key or a paste has changed it.
func (s *slash) complete(a *app) {
	typed := oneCommand(a.prompt.area.Draft())
	if !strings.HasPrefix(typed, "/") || strings.Contains(typed, "\n") {
		*s = slash{}
		return
	}
	if s.commands == nil {
		s.commands = a.keys.actions.commands(a)
	}
	s.matches, s.at = slashMatches(s.commands, typed[1:]), 0
}

// oneCommand is a draft without the ends of lines after it: a command is often copied with its own.
func oneCommand(draft string) string { return strings.TrimRight(draft, "\n") }

// slashMatches finds commands by the beginning of their name, then by its words and synonyms;
// after a name and a blank, the values of its argument.
func slashMatches(commands []command, typed string) []slashMatch {
	name, arg, hasArg := strings.Cut(typed, " ")
	if hasArg {
		i := slices.IndexFunc(commands, func(c command) bool {
			return c.name == name && c.arg != ""
		})
		if i < 0 {
			return nil
		}
		return valueMatches(commands[i], strings.TrimSpace(arg))
	}
	var out []slashMatch
	for _, c := range commands {
		if strings.HasPrefix(c.name, name) {
			out = append(out, slashMatch{command: c, hits: upTo(len(name))})
		}
	}
	rank := func(m slashMatch) int { // the very name first, what cannot be done now last
		return 2*text.Int(m.command.name != name) + text.Int(m.command.off != "")
	}
	slices.SortStableFunc(out, func(a, b slashMatch) int { return cmp.Compare(rank(a), rank(b)) })
	if len(name) < 2 {
		return out
	}
	var rest []slashMatch
	for _, c := range commands {
		if strings.HasPrefix(c.name, name) {
			continue
		}
		words := wording{name: c.name, also: c.words.also}
		if score, hits := words.match(wordsOf(name)); score > 0 {
			rest = append(rest, slashMatch{command: c, hits: hits, score: score})
		}
	}
	off := func(m slashMatch) int { return text.Int(m.command.off != "") }
	slices.SortStableFunc(rest, func(a, b slashMatch) int {
		return cmp.Or(cmp.Compare(b.score, a.score), off(a)-off(b))
	})
	return append(out, rest...)
}

func valueMatches(c command, arg string) []slashMatch {
	out := []slashMatch{{command: c, value: arg}}
	if slices.Contains(c.values, arg) || c.open != "" && strings.HasPrefix(arg, c.open+" ") {
		return out
	}
	if len(c.values) > 0 {
		out = nil
	}
	for _, v := range c.values {
		if arg == "" || len(fuzzy.Find(arg, []string{v})) > 0 {
			out = append(out, slashMatch{command: c, value: v})
		}
	}
	return out
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// press takes a key while commands are shown; done is false where the prompt takes it.
func (s *slash) press(a *app, k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	n := len(s.matches)
	recalled := a.prompt.at < len(a.prompt.history) // then the arrows go on through the history
	switch {
	case recalled && (k.String() == "up" || k.String() == "down"):
		return nil, false
	case k.String() == "up":
		s.at = (s.at + n - 1) % n
	case k.String() == "down":
		s.at = (s.at + 1) % n
	case k.String() == "esc":
		s.hidden = true
	case k.String() == "tab":
		a.prompt.set(s.matches[s.at].text())
		s.complete(a)
	case a.keys.Find(k, keys.InPrompt) == keys.Send:
		return s.run(a, s.matches[s.at]), true
	default:
		return nil, false
	}
	return nil, true
}

// run does a command that was typed. The prompt is empty afterwards, and the command can be
// recalled.
func (s *slash) run(a *app, m slashMatch) tea.Cmd {
	if m.command.off != "" {
		a.flash = "not now: " + m.command.off
		return nil
	}
	a.prompt.set(strings.TrimSpace(m.text()))
	a.prompt.take()
	*s = slash{}
	return m.command.run(a, m.value)
}

// slashRows is how many commands are shown at most.
const slashRows = 8

// cover draws the commands over the rows above the prompt.
func (s *slash) cover(a *app, rows []string) {
	room := roomAbove(a, len(rows), len(s.matches), s.at)
	w, names := room.w, 0
	for _, m := range s.matches {
		names = max(names, ansi.StringWidth(m.label()))
	}
	var body []string
	for i := room.from; i < room.to; i++ {
		row := s.matches[i].row(a.theme.Styles, i == s.at, min(names, w/2), w)
		body = append(body, text.Pad(row, w))
	}
	room.cover(a, rows, "Commands", body, 0)
}

// above is the room for a list above the prompt.
type above struct {
	bottom   int // the row below it
	framed   bool
	w        int // cells of a row
	from, to int // the items that are shown
}

// roomAbove lays a list of so many items out above the prompt, the chosen one in view.
func roomAbove(a *app, rows, items, chosen int) above {
	r := above{bottom: rows - a.screen.hints - a.screen.input}
	r.framed = a.screen.width >= 30 && r.bottom >= 6
	n := max(0, min(items, slashRows, r.bottom-2*text.Int(r.framed)))
	r.w = min(a.screen.width-4*text.Int(r.framed), 76)
	r.from = max(0, min(chosen-n/2, items-n))
	r.to = r.from + n
	return r
}

// cover draws the rows of a list over those above the prompt, and says how many are below them.
func (r above) cover(a *app, rows []string, title string, body []string, below int) {
	if len(body) == 0 {
		return
	}
	if r.framed {
		body = widget.Frame(a.theme.Styles, title, body, r.w, below)
	}
	for i, row := range body {
		y := r.bottom - len(body) + i
		rows[y] = text.Over(rows[y], row, 0, ansi.StringWidth(row), a.screen.width)
	}
}

// label names a row: the command with what it takes.
func (m slashMatch) label() string {
	switch {
	case m.value != "":
		return "/" + m.command.name + " " + text.OneLine(m.value)
	case m.command.arg != "":
		return "/" + m.command.name + " " + m.command.arg
	}
	return "/" + m.command.name
}

func (m slashMatch) row(th theme.Styles, selected bool, names, w int) string {
	lead, style, helpStyle := "  ", th.Text, th.Dim
	switch {
	case selected:
		lead, style, helpStyle = "› ", th.Picked.Bold(m.command.off == ""), th.Picked
	case m.command.off != "":
		style = th.Dim
	}
	hits := make([]int, len(m.hits))
	for i, at := range m.hits {
		hits[i] = at + len("/")
	}
	label := text.Cut(m.label(), names)
	name := style.Render(lead) + widget.Emphasise(label, hits, style)
	help := m.command.title
	if m.command.off != "" {
		help = "not now: " + m.command.off
	}
	room := w - ansi.StringWidth(lead) - names - 2
	gap := text.Spaces(names + 2 - ansi.StringWidth(label))
	return name + helpStyle.Render(gap+text.Pad(text.Cut(help, room), room))
}
