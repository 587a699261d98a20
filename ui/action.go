package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/pane"
	"lineup/ui/text"
)

// action is one row of the table of actions, and all that there is to say about one thing the app
// can do. A new action is a new row; what other code has to name gets a constant in package keys
// too.
type action struct {
	keys.Binding
	title    string // a short verb phrase, in the palette and after a slash
	help     string // in the help; "" is the title
	brief    string // in the columns of the help; "" is the title
	slash    string // name after a slash; "" is the name of the action with hyphens
	synonyms string // further words that find it, such as those of other programs, and in Korean
	group    string
	replay   bool // it can be done in a replay too
	tells    bool // it tells who is who, and is not done while that is hidden

	// can says why the action can do nothing now, "" where it can; nil is always. The palette asks
	// it first. A key does not: what it does may depend on more, as Esc does.
	can func(*app) string
	do  func(*app) tea.Cmd
	// typed, where it is set, is what the key does in place of do. It reports false where the key
	// is text after all.
	typed func(*app) bool
	arg   argument
}

// argument is what an action takes after its slash name. Without one the action asks.
type argument struct {
	name   string              // such as "NAME"; "" takes nothing
	values func(*app) []string // what it can be; nil is anything
	do     func(a *app, given string) tea.Cmd
	open   string // a word after which anything may stand
}

// actions is the table.
type actions []action

// Groups of actions, as help and palette head them.
const (
	groupPrompt  = "Prompt"
	groupAnswer  = "Answer"
	groupPanes   = "Panes"
	groupSession = "Session"
	groupScreen  = "Screen"
	groupMoves   = "Moving"
)

// allActions is the table before the user's own keys, in the order of the palette: first what has
// no key at hand, last the motions.
func allActions() actions {
	var out actions
	korean := koreanWords()
	for _, g := range []struct {
		name string
		rows []action
	}{
		{groupSession, sessionActions()}, {groupAnswer, answerActions()},
		{groupAnswer, compareActions()},
		{groupPanes, paneActions()}, {groupSession, memoryActions()},
		{groupScreen, screenActions()}, {groupPrompt, promptActions()}, {groupMoves, moveActions()},
	} {
		for _, row := range g.rows {
			row.group = g.name
			row.synonyms = strings.TrimSpace(row.synonyms + " " + korean[row.Action])
			if row.tells {
				row = row.unseen()
			}
			out = append(out, row)
		}
	}
	return out
}

// helpGroups is the order of the help, which begins with what a beginner needs.
func helpGroups() []string {
	return []string{groupPrompt, groupPanes, groupMoves, groupAnswer, groupSession, groupScreen}
}

// Bindings lists what keys can be bound to, with the default keys.
func Bindings() keys.Map {
	var m keys.Map
	for _, row := range allActions() {
		m = append(m, row.Binding)
	}
	return m
}

// keymap is the table with the user's own keys.
type keymap struct {
	keys.Map
	actions
}

func newKeymap(custom map[string][]string) keymap {
	m := keymap{Bindings().Rebound(custom), allActions()}
	for i, b := range m.Map {
		m.actions[i].Binding = b
	}
	return m
}

// of finds the row of an action.
func (t actions) of(name keys.Action) (action, bool) {
	i := slices.IndexFunc(t, func(row action) bool { return row.Action == name })
	if i < 0 {
		return action{}, false
	}
	return t[i], true
}

// slashName is what stands after a slash.
func (row action) slashName() string {
	if row.slash != "" {
		return row.slash
	}
	return strings.ReplaceAll(string(row.Action), "_", "-")
}

// why tells what the action lacks now, "" for nothing.
func (row action) why(a *app) string {
	if row.can == nil {
		return ""
	}
	return row.can(a)
}

// bind ties an action to its default keys.
func bind(name keys.Action, in keys.Scope, k ...string) keys.Binding {
	return keys.Binding{Action: name, Scope: in, Keys: k}
}

// just makes an action of what needs no command.
func just(do func(*app)) func(*app) tea.Cmd {
	return func(a *app) tea.Cmd {
		do(a)
		return nil
	}
}

// orSay makes an action of what may fail; the error is said in the last line.
func orSay(do func(*app) (tea.Cmd, error)) func(*app) tea.Cmd {
	return func(a *app) tea.Cmd {
		cmd, err := do(a)
		if err != nil {
			a.flash = text.OneLine(err.Error())
		}
		return cmd
	}
}

// onPane makes an action of what is done to the current pane.
func onPane(do func(*app, *pane.Pane) tea.Cmd) func(*app) tea.Cmd {
	return func(a *app) tea.Cmd {
		if len(a.panes.open) == 0 {
			return nil
		}
		return do(a, a.panes.now())
	}
}

// justOnPane is onPane for what needs no command.
func justOnPane(do func(*app, *pane.Pane)) func(*app) tea.Cmd {
	return onPane(func(a *app, p *pane.Pane) tea.Cmd {
		do(a, p)
		return nil
	})
}

// do does an action, wherever the focus is, or says why it cannot be done.
func (a *app) do(name keys.Action) tea.Cmd {
	row, ok := a.keys.of(name)
	if !ok {
		return nil
	}
	if a.flash = row.why(a); a.flash != "" {
		return nil
	}
	return row.do(a)
}

// act does what a key means; done is false where the key is text after all.
func (a *app) act(name keys.Action) (cmd tea.Cmd, done bool) {
	row, ok := a.keys.of(name)
	switch {
	case !ok:
		return nil, false
	case row.typed != nil:
		return nil, row.typed(a)
	}
	return row.do(a), true
}
