package ui

import (
	tea "charm.land/bubbletea/v2"

	"lineup/ui/keys"
	"lineup/ui/pane"
)

func answerActions() []action {
	return []action{
		{Binding: bind(keys.Again, keys.Anywhere, "ctrl+r"), title: "Regenerate answer",
			slash:    "again",
			help:     "Regenerate answer of the current pane",
			synonyms: "again retry redo rerun repeat resend reroll reload ask try",
			can:      all(wasAsked, idle), do: onPane((*app).again)},
		{Binding: bind(keys.Continue, keys.InPane, "c"), title: "Continue cut-off answer",
			synonyms: "go on resume finish complete more extend",
			can:      all(wasAsked, idle, ofAnswer(canContinue)), do: onPane((*app).goOn)},
		{Binding: bind(keys.Stop, keys.Anywhere, "esc"), title: "Stop answer",
			help:     "Stop current pane; twice: all panes",
			synonyms: "cancel abort interrupt halt kill break",
			can:      canStop, do: just((*app).stop)},
		{Binding: bind(keys.Other, keys.InPane, "m"), title: "Replace model and regenerate",
			slash:    "other",
			help:     "Replace model and ask the same again",
			synonyms: "another other switch change swap different retry",
			can:      all(hasModels, hasPane, idle), do: onPane((*app).pickOther),
			arg: argument{name: "MODEL", do: (*app).take}},
		{Binding: bind(keys.NextTake, keys.InPane, "t"), title: "Show next answer",
			help:     "Show next answer to the same prompt",
			synonyms: "alternative attempt take variant version another",
			can:      ofAnswer(hasAlternatives),
			do:       onPane(func(a *app, p *pane.Pane) tea.Cmd { return a.flip(p, 1) })},
		{Binding: bind(keys.PrevTake, keys.InPane, "T"), title: "Show previous answer",
			help:     "Show previous answer to the same prompt",
			synonyms: "alternative attempt take variant version earlier",
			can:      ofAnswer(hasAlternatives),
			do:       onPane(func(a *app, p *pane.Pane) tea.Cmd { return a.flip(p, -1) })},
		{Binding: bind(keys.Promote, keys.InPane, "p"),
			title:    "Continue all panes from this answer",
			synonyms: "promote pick prefer best winner choose adopt accept star",
			can:      ofAnswer(canPromote), do: onPane((*app).promote)},
		{Binding: bind(keys.Copy, keys.InPane, "y"), title: "Copy answer", replay: true,
			help:     "Copy answer, or the marked code block",
			synonyms: "yank clipboard code",
			can:      ofAnswer(hasText), do: onPane((*app).copyAnswer)},
		{Binding: bind(keys.CopyTurn, keys.InPane, "Y"), title: "Copy whole turn", replay: true,
			help:     "Copy prompt and answers of all panes",
			synonyms: "yank clipboard all answers prompt everything",
			can:      canCopyTurn, do: (*app).copyTurn},
		{Binding: bind(keys.PickCode, keys.InPane, "x"), title: "Mark next code block",
			help:     "Mark next code block, to copy or save it",
			synonyms: "select snippet copy",
			can:      ofAnswer(hasCode), do: justOnPane((*app).pickCode)},
		{Binding: bind(keys.Save, keys.InPane, "s"), title: "Save answer to file",
			help:     "Save answer, code, turn or session",
			synonyms: "write download export store code",
			can:      hasAnswer, do: onPane((*app).saveToFile)},
		{Binding: bind(keys.Find, keys.InPane, "/"), title: "Find in pane", replay: true,
			synonyms: "search text look grep",
			can:      hasAnswer, do: onPane((*app).findIn)},
		{Binding: bind(keys.Detail, keys.InPane, "d"), title: "Show reply details", replay: true,
			help:     "Show reply attempts, times, usage, cost",
			synonyms: "info inspect numbers metrics timing tokens usage price system prompt",
			can:      hasAnswer, do: justOnPane(func(_ *app, p *pane.Pane) { p.ToggleDetail() })},
		{Binding: bind(keys.Raw, keys.InPane, "R"), title: "Show raw text", replay: true,
			slash:    "raw",
			help:     "Show answers as they came, or as Markdown",
			synonyms: "source plain markdown view unrendered verbatim bytes original",
			can:      hasAnswer,
			do:       just((*app).toggleRaw)},
		{Binding: bind(keys.Waterfall, keys.InPane, "w"), title: "Show waterfall", replay: true,
			help:     "Show where the turn's time went",
			synonyms: "timeline timing time latency chart bars gantt",
			can:      hasTurn, do: just((*app).openWaterfall)},
		{Binding: bind(keys.Question, keys.InPane, "P"), title: "Show whole prompts", replay: true,
			help:     "Show whole prompts, or six rows",
			synonyms: "question unfold expand collapse full long toggle",
			can:      hasTurn, do: just(func(a *app) { a.panes.togglePrompts() })},
		{Binding: bind(keys.Reasoning, keys.Anywhere, "ctrl+t"), title: "Show or hide reasoning",
			replay:   true,
			synonyms: "thinking thoughts think toggle cot",
			do:       just(func(a *app) { a.panes.toggleThoughts() })},
	}
}

// compareActions set answers against each other.
func compareActions() []action {
	return []action{
		{Binding: bind(keys.Compare, keys.InPane, "="), title: "Compare answers",
			help:     "Compare answer with another, by words",
			synonyms: "diff difference differences changes versus other side by side words",
			can:      hasAnswer, do: onPane(openComparison)},
		{Binding: bind(keys.Agreement, keys.InPane, "a"), title: "Show agreement", replay: true,
			help:     "Show facts that only some panes state",
			synonyms: "facts numbers names contradictions consensus disagree differences all panes",
			can:      hasAnswer, do: onPane(openAgreement)},
		{Binding: bind(keys.Fields, keys.InPane, "F"), title: "Compare fields", replay: true,
			help:     "Compare JSON answers and tool calls",
			synonyms: "json schema tool calls arguments table columns diff",
			can:      hasFields, do: just(openFields)},
	}
}

// moveActions are the motions: single keys that scroll and that move the focus.
func moveActions() []action {
	return []action{
		{Binding: bind(keys.NextPane, keys.Anywhere, "tab"), title: "Focus next pane", replay: true,
			help: "Focus next pane, then the prompt",
			can:  hasPane, do: just(func(a *app) { a.cycle(1) })},
		{Binding: bind(keys.PrevPane, keys.Anywhere, "shift+tab"), title: "Focus previous pane",
			replay: true,
			can:    hasPane, do: just(func(a *app) { a.cycle(-1) })},
		{Binding: bind(keys.Prompt, keys.InPane, "i", "enter"), title: "Focus prompt", replay: true,
			synonyms: "back insert write type", do: just((*app).toPrompt)},
		{Binding: bind(keys.Left, keys.InPane, "h", "left"), title: "Focus left pane",
			can: hasPanes, do: just(func(a *app) { a.focusBy(-1) })},
		{Binding: bind(keys.Right, keys.InPane, "l", "right"), title: "Focus right pane",
			can: hasPanes, do: just(func(a *app) { a.focusBy(1) })},
		motion(bind(keys.Up, keys.InPane, "k", "up"), "Scroll up a line", byLines(-1)),
		motion(bind(keys.Down, keys.InPane, "j", "down"), "Scroll down a line", byLines(1)),
		motion(bind(keys.PageUp, keys.Anywhere, "pgup"), "Scroll up a page", byPages(-1)),
		motion(bind(keys.PageDown, keys.Anywhere, "pgdown"), "Scroll down a page", byPages(1)),
		motion(bind(keys.HalfUp, keys.InPane, "ctrl+u"), "Scroll up half a page", byHalfPages(-1)),
		motion(bind(keys.HalfDown, keys.InPane, "ctrl+d", "space"), "Scroll down half a page",
			byHalfPages(1)),
		motion(bind(keys.TurnUp, keys.InPane, "{", "["), "Go to previous turn", byTurns(-1)),
		motion(bind(keys.TurnDown, keys.InPane, "}", "]"), "Go to next turn", byTurns(1)),
		motion(bind(keys.Top, keys.InPane, "g", "home"), "Go to top",
			func(p *pane.Pane, _ pane.Look) { p.ToTop() }),
		motion(bind(keys.Bottom, keys.InPane, "G", "end"), "Go to end and follow",
			func(p *pane.Pane, _ pane.Look) { p.ToEnd() }),
		{Binding: bind(keys.FindNext, keys.InPane, "n"), title: "Find next", replay: true,
			can: hasAnswer,
			do:  onPane(func(a *app, p *pane.Pane) tea.Cmd { return a.findStep(p, 1) })},
		{Binding: bind(keys.FindPrev, keys.InPane, "N"), title: "Find previous", replay: true,
			can: hasAnswer,
			do:  onPane(func(a *app, p *pane.Pane) tea.Cmd { return a.findStep(p, -1) })},
	}
}

// motion scrolls the current pane, and the others with it while the panes are locked.
func motion(b keys.Binding, title string, move func(*pane.Pane, pane.Look)) action {
	return action{Binding: b, title: title, replay: true, can: hasAnswer,
		do: justOnPane(func(a *app, p *pane.Pane) { a.scrolling(p, move) })}
}
