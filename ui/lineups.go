package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize/english"

	"lineup/blind"
	"lineup/registry"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// Lineups is a Models that knows line-ups.
type Lineups interface {
	// Lineups lists them, those of the config first.
	Lineups() []registry.Lineup
	// OpenLineup makes its panes.
	OpenLineup(l registry.Lineup) ([]registry.Spec, error)
	// AddLineup adds one that was saved.
	AddLineup(registry.Lineup)
}

// lineup is the line-up of which the panes were opened last, and what goes with it.
type lineup struct {
	registry.Lineup
	readers Readers  // who merges and who judges now
	judging *judging // under way, or the last one
}

// open takes another line-up. Who reads the answers is otherwise as the config says.
func (l *lineup) open(of registry.Lineup, otherwise Compare) {
	l.Lineup, l.readers = of, readersOf(of).over(otherwise.Readers)
}

// lineups are the line-ups that can be opened.
func lineups(a *app) []registry.Lineup {
	if l, ok := a.cfg.Models.(Lineups); ok {
		return l.Lineups()
	}
	return nil
}

// saveWord stands after /lineup for saving one.
const saveWord = "save"

// lineupNames are what can stand after /lineup.
func lineupNames(a *app) []string {
	var out []string
	for _, l := range lineups(a) {
		out = append(out, l.Name)
	}
	return append(out, saveWord)
}

// canLineup says why there are no line-ups.
func canLineup(a *app) string {
	_, ok := a.cfg.Models.(Lineups)
	return unless(ok, "there is no config to have line-ups")
}

// lineupNamed opens a line-up by its name, or saves one.
func lineupNamed(a *app, given string) tea.Cmd {
	all := lineups(a)
	i := slices.IndexFunc(all, func(l registry.Lineup) bool { return l.Name == given })
	if i >= 0 {
		return openLineup(a, all[i])
	}
	if name, ok := strings.CutPrefix(given+" ", saveWord+" "); ok {
		return saveLineup(a, strings.TrimSpace(name))
	}
	a.flash = text.OneLine(fmt.Sprintf("no line-up is called %s; there are %s", given,
		english.WordSeries(lineupNames(a)[:len(all)], "and")))
	return nil
}

// chooseLineup offers the line-ups, and to save the panes as one.
func chooseLineup(a *app) tea.Cmd {
	var out []command
	for _, l := range lineups(a) {
		labels := make([]string, len(l.Panes))
		for i, c := range l.Panes {
			labels[i] = c.Label()
		}
		title := text.OneLine(l.Name + ": " + strings.Join(labels, " · "))
		out = append(out, command{name: l.Name, title: title, words: wording{name: title},
			keys: english.Plural(len(l.Panes), "pane", ""),
			run:  func(a *app, _ string) tea.Cmd { return openLineup(a, l) }})
	}
	title := "Save these panes as a line-up"
	out = append(out, command{name: saveWord, title: title, words: wording{name: title},
		keys: "/lineup save NAME", verb: "save",
		run: func(a *app, _ string) tea.Cmd { return saveLineup(a, "") }})
	a.choose("Line-ups", "open", "type a name", out)
	return nil
}

// openLineup puts the panes of a line-up in the place of those that are open. The session goes on:
// a pane that asks the same stays with its conversation, and so does one that was closed.
func openLineup(a *app, l registry.Lineup) tea.Cmd {
	l.Panes = l.Panes[:min(len(l.Panes), maxPanes)]
	wanted, err := a.cfg.Models.(Lineups).OpenLineup(l)
	if err != nil {
		a.flash = text.OneLine(fmt.Sprintf("line-up %s: %v", l.Name, err))
		return nil
	}
	kept := map[*pane.Pane]bool{}
	find := func(in []*pane.Pane, spec registry.Spec) *pane.Pane {
		for _, p := range in {
			own, c := p.Spec.Contender(), spec.Contender()
			same := own.Name == c.Name && own.Same(c) && p.Spec.DeclaresAs(spec)
			if !kept[p] && same && !p.Merges {
				kept[p] = true
				return p
			}
		}
		return nil
	}
	order, fresh := make([]*pane.Pane, len(wanted)), make([]registry.Spec, len(wanted))
	for i, spec := range wanted {
		if order[i] = find(a.panes.open, spec); order[i] == nil {
			order[i] = find(a.panes.closed, spec)
		}
		if order[i] == nil {
			fresh[i] = spec
		}
	}
	for _, p := range slices.Clone(a.panes.asked()) {
		if kept[p] {
			continue
		}
		if a.turn != nil {
			a.turn.Cancel(p.Slot)
		}
		a.panes.close(p)
	}
	a.panes.arrangeAs(order, fresh, a.sess)
	a.prompt.repeat, a.prompt.always = l.Repeat, l.Repeat
	a.lineup.open(l, a.cfg.Compare)
	a.lineup.stand(a, l)
	if on := blindOf(a, l); on != a.votes.next {
		a.votes.next = on
		if on && a.sess != nil && !a.answering() { // its names have been seen
			a.newSession()
		}
	}
	a.flash = fmt.Sprintf("line-up %s: %s", text.OneLine(l.Name),
		english.Plural(len(wanted), "pane", ""))
	return a.keepPanes()
}

// begin has the panes stand as a line-up wants them, unless a session says otherwise.
func (l *lineup) begin(a *app, name string) {
	all := lineups(a)
	i := slices.IndexFunc(all, func(l registry.Lineup) bool { return l.Name == name })
	if i < 0 {
		return
	}
	if l.open(all[i], a.cfg.Compare); a.sess == nil {
		l.stand(a, all[i])
	}
}

// stand puts the panes as a line-up wants them, where it says so.
func (*lineup) stand(a *app, l registry.Lineup) {
	if l.Layout == (registry.Layout{}) {
		return
	}
	b := &a.panes
	b.together = l.Layout.Together
	if z := l.Layout.Zoomed; z > 0 && z <= len(b.open) {
		b.current, b.zoomed = z-1, true
	}
	a.reading.Raw = l.Layout.Raw
	b.redraw()
	a.relayout()
}

// asOpen makes a line-up of the open panes, with their layout and the number of takes.
func (l *lineup) asOpen(a *app, name string) registry.Lineup {
	out := registry.LineupOf(name, a.panes.specs(), l.Lineup)
	out.Repeat = a.prompt.always
	if blind.Hides(a.sess) {
		out.Blind = &a.sess.Blind
	}
	out.Layout = registry.Layout{Together: a.panes.together, Raw: a.reading.Raw}
	if a.panes.zoomed && !a.panes.now().Merges {
		out.Layout.Zoomed = a.panes.current + 1
	}
	return out
}

// saveLineup writes the panes that are open as a line-up into the config. It asks for a name where
// there is none, and before it replaces one.
func saveLineup(a *app, name string) tea.Cmd {
	switch {
	case a.cfg.SaveLineup == nil:
		a.flash = "there is no config file to save a line-up in"
		return nil
	case len(a.panes.open) == 0:
		a.flash = "no pane is open"
		return nil
	case name == "":
		ask1(a, "Save line-up", "Name", "", "save", nil, saveLineup)
		return nil
	}
	known := func(l registry.Lineup) bool { return l.Name == name }
	if !slices.ContainsFunc(lineups(a), known) {
		return writeLineup(a, name)
	}
	yes, no := "Replace its panes in the config", "Leave it as it is"
	a.choose("Line-up "+text.OneLine(name)+" is there", "choose", "", []command{
		{name: "replace", title: yes, words: wording{name: yes}, verb: "replace",
			run: func(a *app, _ string) tea.Cmd { return writeLineup(a, name) }},
		{name: "leave", title: no, words: wording{name: no}, verb: "leave",
			run: func(*app, string) tea.Cmd { return nil }}})
	return nil
}

// lineupSavedMsg says where a line-up was written, or why not.
type lineupSavedMsg struct {
	lineup registry.Lineup
	file   string
	left   []string // could not be written
	err    error
}

func (m lineupSavedMsg) tell(a *app) {
	if m.err != nil {
		a.flash = "not saved: " + text.OneLine(strings.ReplaceAll(m.err.Error(), "\n", " "))
		return
	}
	if l, ok := a.cfg.Models.(Lineups); ok {
		l.AddLineup(m.lineup)
	}
	a.lineup.Lineup = m.lineup
	a.flash = text.OneLine(fmt.Sprintf("saved as [lineups.%s] of %s", m.lineup.Name, m.file))
	if len(m.left) > 0 {
		a.flash += "; without " + english.WordSeries(m.left, "and") + ", which no file has"
	}
}

// writeLineup writes the panes in a command.
func writeLineup(a *app, name string) tea.Cmd {
	write, l := a.cfg.SaveLineup, a.lineup.asOpen(a, name)
	return func() tea.Msg {
		file, left, err := write(l)
		return lineupSavedMsg{l, file, left, err}
	}
}
