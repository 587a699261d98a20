package ui

import (
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/text"
)

// command is something that can be done by name: from the palette, or typed behind a slash.
type command struct {
	name  string // behind the slash
	help  string
	keys  string // that do the same
	group string
	off   string // why it cannot be done now, "" where it can
	arg   string // what it takes, such as "NAME"; "" where it takes nothing
	run   func(a *app, arg string) tea.Cmd
	// values are what arg can be, "" and nil where it can be anything
	values []string
}

// commands are all that there are, made from the table of actions and the templates.
func (a *app) commands() []command {
	var out []command
	for _, group := range commandGroups {
		for _, b := range a.keys {
			if b.group() != group || b.action == actPalette {
				continue
			}
			c := command{name: b.action.slash(), help: b.help, keys: cmp.Or(strings.Join(b.keys, ", "), "/"+b.action.slash()), group: group,
				off: a.whyNot(b.action), run: func(a *app, _ string) tea.Cmd { return a.do(b.action) }}
			a.addArgument(&c, b.action)
			out = append(out, c)
		}
	}
	return out
}

// addArgument says what a command takes behind its name. Without one it asks.
func (a *app) addArgument(c *command, act action) {
	ask := c.run
	with := func(arg string, values []string, run func(a *app, arg string) tea.Cmd) {
		c.arg, c.values = arg, values
		c.run = func(a *app, given string) tea.Cmd {
			if given == "" {
				return ask(a, "")
			}
			return run(a, given)
		}
	}
	switch act {
	case actOther:
		with("MODEL", nil, (*app).take)
	case actModels:
		with("MODEL", nil, (*app).addModel)
	case actTemplate:
		with("NAME", a.templateNames(), (*app).useTemplate)
	case actRename:
		with("TITLE", nil, (*app).renameSession)
	case actExport:
		with("FILE", nil, (*app).exportSession)
	}
}

// slash is the name of an action behind a slash: a short one for what is asked for often, else as in the config.
func (a action) slash() string {
	switch a {
	case actNew:
		return "new"
	case actAgain:
		return "again"
	case actOther:
		return "other"
	case actModels:
		return "model"
	case actRename:
		return "rename"
	case actExport:
		return "export"
	case actRecall:
		return "recall"
	case actForward:
		return "forward"
	}
	return strings.ReplaceAll(string(a), "_", "-")
}

// do does what an action means, wherever the focus is.
func (a *app) do(act action) tea.Cmd {
	if why := a.whyNot(act); why != "" {
		a.flash = why
		return nil
	}
	if act == actNewline {
		a.prompt.area.InsertString("\n")
		return nil
	}
	cmd, _ := a.act(act)
	return cmd
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
	list     *list
	commands []command
}

func (a *app) openPalette() {
	a.choose("Commands", "what to do", append(a.commands(), a.templateCommands()...))
}

// choose offers commands by what they do.
func (a *app) choose(title, placeholder string, commands []command) {
	p := &palette{title: title, list: newList(placeholder), commands: commands}
	p.list.none = "no command is called that"
	items := make([]item, 0, len(p.commands))
	for _, c := range p.commands {
		items = append(items, item{text: text.OneLine(upperFirst(c.help)), side: c.keys, group: c.group, off: c.off})
	}
	p.list.set(items)
	a.open(p)
}

func upperFirst(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

func (p *palette) below() int { return p.list.under }

func (p *palette) heading(*app) string { return fmt.Sprintf("%s · %d", p.title, len(p.list.shown)) }

func (p *palette) room(_ *app, w, h int) (int, int) { return min(w, 76), min(p.list.height(), h-4, 30) }

func (p *palette) hints(*app) []string {
	return []string{"enter does it", "esc closes", "↑ ↓ choose", "type to search", "/NAME in the prompt does it too"}
}

func (p *palette) view(a *app, w, h int) ([]string, *tea.Cursor) { return p.list.view(a.theme, w, h) }

func (p *palette) press(a *app, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case closes(k):
		a.leave()
	case k.String() == "enter":
		return p.enter(a)
	default:
		p.list.press(k)
	}
	return nil
}

// enter does the selected command. One that cannot be done says so and the palette stays.
func (p *palette) enter(a *app) tea.Cmd {
	i := p.list.selected()
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
	p.list.paste(s)
	return nil
}

func (p *palette) click(a *app, _, y int) tea.Cmd {
	if p.list.click(y) {
		return p.enter(a)
	}
	return nil
}

func (p *palette) wheel(_ *app, by int) { p.list.wheel(by) }
