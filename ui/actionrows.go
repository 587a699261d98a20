package ui

import (
	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
)

func promptActions() []action {
	return []action{
		{Binding: bind(keys.Send, keys.InPrompt, "enter"), title: "Send prompt",
			help:     "Send prompt to every pane",
			synonyms: "submit ask run enter",
			can:      hasDraft, do: (*app).send},
		{Binding: bind(keys.Newline, keys.InPrompt, "shift+enter", "alt+enter", "ctrl+j"),
			title:    "Insert newline",
			synonyms: "new line break multiline",
			do:       just(func(a *app) { a.prompt.area.Insert("\n") }),
			typed:    func(*app) bool { return false }},
		{Binding: bind(keys.Recall, keys.InPrompt, "up"), title: "Recall previous prompt",
			slash:    "recall",
			help:     "Recall previous prompt (when empty)",
			synonyms: "history earlier last",
			can:      hasHistory, do: just(func(a *app) { a.prompt.recall(-1) }),
			typed: func(a *app) bool { return a.prompt.recall(-1) }},
		{Binding: bind(keys.Forward, keys.InPrompt, "down"), title: "Recall next prompt",
			slash:    "forward",
			synonyms: "history later",
			can:      hasHistory, do: just(func(a *app) { a.prompt.recall(1) }),
			typed: func(a *app) bool { return a.prompt.recall(1) }},
		{Binding: bind(keys.Editor, keys.Anywhere, "ctrl+e"), title: "Edit prompt in $EDITOR",
			synonyms: "external vi vim nano emacs code compose write",
			can:      hasEditor, do: orSay(func(a *app) (tea.Cmd,
				error) {
				return a.prompt.edit()
			})},
		{Binding: bind(keys.Template, keys.Anywhere), title: "Insert template",
			synonyms: "prompts snippets library variables placeholder",
			can:      hasTemplates, do: just((*app).pickTemplate),
			arg: argument{name: "NAME", values: templateNames, do: (*app).useTemplate}},
	}
}

func paneActions() []action {
	return []action{
		{Binding: bind(keys.Zoom, keys.InPane, "z"), title: "Zoom pane", replay: true,
			synonyms: "maximize maximise full fullscreen enlarge expand unzoom restore",
			can:      hasPane, do: just(func(a *app) { a.panes.zoom() })},
		{Binding: bind(keys.GoTo, keys.Anywhere), title: "Go to pane", slash: "pane",
			help:     "Go to pane (alt+1 … alt+9, alt+0: tenth)",
			synonyms: "focus jump switch number tab",
			can:      hasPane, do: just(choosePane),
			arg: argument{name: "NUMBER", values: paneNumbers, do: goToPane}},
		{Binding: bind(keys.Lock, keys.InPane, "L"), title: "Scroll panes together", replay: true,
			help:     "Scroll panes together, or each by itself",
			synonyms: "lock unlock sync synchronize synchronise link",
			can:      hasPanes, do: justOnPane((*app).lock)},
		{Binding: bind(keys.MoveLeft, keys.InPane, "<", "shift+left"), title: "Move pane left",
			synonyms: "swap reorder arrange order",
			can:      hasLeft, do: func(a *app) tea.Cmd { return a.movePane(-1) }},
		{Binding: bind(keys.MoveRight, keys.InPane, ">", "shift+right"), title: "Move pane right",
			synonyms: "swap reorder arrange order",
			can:      hasRight, do: func(a *app) tea.Cmd { return a.movePane(1) }},
		{Binding: bind(keys.Contender, keys.InPane, "o"), title: "Change what pane asks",
			help:     "Change model, system prompt, parameters",
			synonyms: "options parameters temperature seed system configure name tune contender",
			can:      all(hasPane, canChange), do: justOnPane(openContender)},
		{Binding: bind(keys.Double, keys.InPane, "D"), title: "Double pane", slash: "double",
			help:     "Double pane with its conversation",
			synonyms: "duplicate clone copy twin same again contender",
			can:      all(hasPane, canDouble), do: onPane(double)},
		{Binding: bind(keys.Close, keys.InPane, "ctrl+w"), title: "Close pane",
			help:     "Close pane and keep its answers",
			synonyms: "remove delete hide kill drop model",
			can:      hasPanes, do: onPane((*app).closePane)},
		{Binding: bind(keys.Reopen, keys.InPane, "u"), title: "Reopen closed pane",
			synonyms: "undo restore back unclose",
			can:      canReopen, do: (*app).reopenPane},
	}
}

func sessionActions() []action {
	return []action{
		{Binding: bind(keys.Models, keys.Anywhere, "ctrl+l"), title: "Choose models",
			slash:    "model",
			help:     "Choose models: open, close, pull",
			synonyms: "add select pick switch change pull download provider open pane lineup llm",
			can:      hasModels, do: func(a *app) tea.Cmd { return a.pick(nil) },
			arg: argument{name: "MODEL", do: (*app).addModel}},
		{Binding: bind(keys.Lineup, keys.Anywhere), title: "Open or save line-up",
			synonyms: "lineups set preset panes group store load config",
			can:      canLineup, do: chooseLineup,
			arg: argument{name: "NAME", values: lineupNames, do: lineupNamed, open: "save"}},
		{Binding: bind(keys.Sessions, keys.Anywhere, "ctrl+s"), title: "Open session",
			help: "Open, search, rename or delete sessions",
			synonyms: "sessions history search list browse load resume past chats conversations " +
				"delete",
			can: hasStore, do: (*app).openSessions},
		{Binding: bind(keys.Rename, keys.Anywhere), title: "Rename session", slash: "rename",
			synonyms: "title name",
			can:      hasSession, do: just((*app).askTitle),
			arg: argument{name: "TITLE", do: (*app).renameSession}},
		{Binding: bind(keys.Export, keys.Anywhere), title: "Export session", slash: "export",
			synonyms: "save write share download file markdown html json",
			can:      hasSession, do: just((*app).askFile),
			arg: argument{name: "FILE", do: (*app).exportSession}},
		{Binding: bind(keys.New, keys.Anywhere, "ctrl+n"), title: "Start new session", slash: "new",
			synonyms: "clear reset begin fresh chat conversation restart",
			can:      idle, do: just((*app).newSession)},
		{Binding: bind(keys.Edit, keys.InPane, "e"), title: "Edit prompt and branch",
			help:     "Edit prompt in view, send it as a branch",
			synonyms: "change revise rewrite correct fork",
			can:      all(wasAsked, idle), do: justOnPane((*app).editTurn)},
		{Binding: bind(keys.Fork, keys.InPane, "f"), title: "Fork session here",
			help:     "Fork session after the turn in view",
			synonyms: "branch copy clone duplicate split",
			can:      all(wasAsked, idle), do: justOnPane((*app).fork)},
		{Binding: bind(keys.Stats, keys.Anywhere, "f2"), title: "Show statistics",
			help:     "Show speed, failures, tokens and cost",
			synonyms: "stats numbers usage speed failures tokens cost spending money price",
			can:      hasStore, do: (*app).openStats},
		{Binding: bind(keys.Ratings, keys.Anywhere, "f3"), title: "Show ratings",
			help:     "Show how often each contender wins",
			synonyms: "leaderboard ranking elo strength votes best worst contenders arena",
			can:      hasStore, do: openRatings},
	}
}

func screenActions() []action {
	return []action{
		{Binding: bind(keys.Mouse, keys.Anywhere, "ctrl+g"), title: "Release or capture mouse",
			replay:   true,
			help:     "Give mouse to terminal, or take it back",
			synonyms: "select selection terminal", do: just(func(a *app) { a.mouse.toggle(a) })},
		{Binding: bind(keys.Redraw, keys.Anywhere), title: "Redraw the screen",
			replay:   true,
			synonyms: "refresh repaint repair garbled clear",
			do:       func(*app) tea.Cmd { return tea.ClearScreen }},
		{Binding: bind(keys.Settings, keys.Anywhere), title: "Change settings",
			synonyms: "preferences options config theme colors colours dark light frame rate " +
				"fps motion",
			do: just(func(a *app) { a.open(&settings{}) })},
		{Binding: bind(keys.Palette, keys.Anywhere, "ctrl+p"), title: "Show commands",
			help:     "Show commands (/ in an empty prompt too)",
			synonyms: "palette", do: just((*app).openPalette)},
		{Binding: bind(keys.Help, keys.Anywhere, "f1"), title: "Show help",
			help:     "Show help (? too where it is no text)",
			replay:   true,
			synonyms: "keys shortcuts keybindings bindings hotkeys manual usage",
			do:       just(func(a *app) { a.open(newHelp()) })},
		{Binding: bind(keys.Suspend, keys.Anywhere, "ctrl+z"), title: "Suspend lineup",
			replay:   true,
			synonyms: "background pause shell job", do: func(*app) tea.Cmd { return tea.Suspend }},
		{Binding: bind(keys.Quit, keys.Anywhere, "ctrl+c"), title: "Quit lineup",
			help:     "Clear draft; quit when empty",
			synonyms: "exit leave close end bye logout", do: (*app).quit},
	}
}
