package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/text"
	"lineup/ui/widget"
)

// command is something that can be done by name: from the palette, or typed after a slash.
type command struct {
	name  string // after the slash
	title string
	words wording // that find it in the palette
	keys  string  // that do the same, or how it is typed
	group string
	off   string // why it cannot be done now, "" where it can
	verb  string // what Enter does, where it is none of what its list names; "" is the list's
	arg   string // what it takes, such as "NAME"; "" where it takes nothing
	run   func(a *app, arg string) tea.Cmd
	// values are what arg can be, nil where it can be anything
	values []string
	open   string // a word after which anything may stand
}

// commands are all that there are, from the table of actions.
func (t actions) commands(a *app) []command {
	var out []command
	for _, row := range t {
		if row.Action != keys.Palette {
			out = append(out, row.command(a))
		}
	}
	return out
}

// command is a row of the table as it stands now.
func (row action) command(a *app) command {
	name := row.slashName()
	k := cmp.Or(strings.Join(row.Keys, ", "), "/"+name)
	c := command{name: name, title: row.title, keys: k, group: row.group,
		words: row.wording(), off: row.why(a), arg: row.arg.name, open: row.arg.open}
	if row.arg.values != nil {
		c.values = row.arg.values(a)
	}
	c.run = func(a *app, given string) tea.Cmd {
		if given == "" {
			return a.do(row.Action)
		}
		return row.arg.do(a, given)
	}
	return c
}

// wording is what finds a row of the table: its title, its names, its keys of more than one part,
// and its synonyms.
func (row action) wording() wording {
	names := []string{string(row.Action), row.slashName()}
	w := wording{name: row.title, also: wordsOf(row.synonyms + " " + strings.Join(names, " "))}
	for _, k := range row.Keys {
		if strings.Contains(k, "+") {
			names = append(names, k)
		}
	}
	for _, name := range names {
		w.names = append(w.names, strings.Join(wordsOf(name), " "))
	}
	return w
}

// addModel opens a pane for a model that was named.
func (a *app) addModel(ref string) tea.Cmd {
	spec, err := a.cfg.Models.Open(ref)
	if err != nil {
		a.flash = text.OneLine(err.Error())
		return nil
	}
	return a.openPane(spec)
}

// palette offers every command by name.
type palette struct {
	title    string
	verb     string // what Enter does
	other    string // way to what is offered, for the last row, or ""
	list     *widget.List
	commands []command
}

func (a *app) openPalette() {
	inserts := templates(a.cfg.Templates).commands("Insert template ", groupPrompt)
	all := append(a.keys.actions.commands(a), inserts...)
	p := a.choose("Commands", "run", "type a name", all)
	p.list.None, p.other = "no command is called that", "or /NAME in the prompt"
}

// choose offers commands by what they do; verb is what Enter does with one.
func (a *app) choose(title, verb, placeholder string, commands []command) *palette {
	p := &palette{title: title, verb: verb, list: widget.NewList(placeholder), commands: commands}
	p.list.Yields = true
	p.list.Rank = func(i int, words []string) (int, []int) {
		return p.commands[i].words.match(wordsOf(strings.Join(words, " ")))
	}
	items := make([]widget.Item, 0, len(p.commands))
	for _, c := range p.commands {
		it := widget.Item{Text: text.OneLine(c.title), Side: c.keys, Group: c.group, Off: c.off}
		items = append(items, it)
	}
	p.list.Set(items)
	a.open(p)
	return p
}

func (p *palette) below() int { return p.list.Below() }

// heading counts what the list names: not, among line-ups, the way to save one.
func (p *palette) heading(*app) string {
	named := func(c command) bool { return c.verb == "" }
	if !slices.ContainsFunc(p.commands, named) {
		return p.title
	}
	n := 0
	for _, i := range p.list.Left() {
		n += text.Int(named(p.commands[i]))
	}
	return fmt.Sprintf("%s · %d", p.title, n)
}

func (p *palette) room(_ *app, w, h int) (int, int) {
	return min(w, 76), min(p.list.Height(), h-4, 30)
}

func (p *palette) hints(*app) []string {
	verb := p.verb
	if i := p.list.Selected(); i >= 0 {
		verb = cmp.Or(p.commands[i].verb, verb)
	}
	hints := []string{"enter " + verb, "esc close", "↑ ↓ choose", "type to search"}
	if p.other != "" {
		hints = append(hints, p.other)
	}
	return hints
}

func (p *palette) view(a *app, w, h int) ([]string, *tea.Cursor) {
	return p.list.View(a.theme.Styles, w, h)
}

func (p *palette) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case closes(k):
		a.leave()
	case k.String() == "enter":
		return p.enter(a)
	default:
		p.list.Press(k)
	}
	return nil
}

// enter does the selected command. One that cannot be done says so and the palette stays.
func (p *palette) enter(a *app) tea.Cmd {
	i := p.list.Selected()
	if i < 0 {
		return nil
	}
	c := p.commands[i]
	if c.off != "" {
		a.flash = "not now: " + c.off
		return nil
	}
	a.leave()
	return c.run(a, "")
}

func (p *palette) paste(_ *app, s string) tea.Cmd {
	p.list.Paste(s)
	return nil
}

func (p *palette) click(a *app, _, y int) tea.Cmd {
	if p.list.Click(y) {
		return p.enter(a)
	}
	return nil
}

func (p *palette) wheel(_ *app, by int) { p.list.Wheel(by) }
