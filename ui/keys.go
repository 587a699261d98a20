package ui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
)

// action is something a key can do. Its string is the name in the [keys] section of the config.
type action string

const (
	actSend      action = "send"
	actNewline   action = "newline"
	actStop      action = "stop"
	actQuit      action = "quit"
	actNextPane  action = "next_pane"
	actPrevPane  action = "prev_pane"
	actNew       action = "new_session"
	actEditor    action = "editor"
	actReasoning action = "reasoning"
	actHelp      action = "help"
	actSuspend   action = "suspend"
	actPageUp    action = "page_up"
	actPageDown  action = "page_down"
	actDown      action = "scroll_down"
	actUp        action = "scroll_up"
	actTop       action = "top"
	actBottom    action = "bottom"
	actZoom      action = "zoom"
	actCopy      action = "copy"
	actCopyTurn  action = "copy_turn"
	actPrompt    action = "prompt"
	actAgain     action = "regenerate"
	actContinue  action = "continue"
	actDetail    action = "detail"
	actOther     action = "another_model"
	actClose     action = "close_pane"
	actReopen    action = "reopen_pane"
	actMoveLeft  action = "move_left"
	actMoveRight action = "move_right"
	actLeft      action = "focus_left"
	actRight     action = "focus_right"
	actHalfUp    action = "half_page_up"
	actHalfDown  action = "half_page_down"
	actTurnUp    action = "previous_turn"
	actTurnDown  action = "next_turn"
	actLock      action = "lock_scroll"
	actPalette   action = "palette"
	actModels    action = "models"
	actSessions  action = "sessions"
	actRename    action = "rename_session"
	actExport    action = "export_session"
	actSettings  action = "settings"
	actTemplate  action = "template"
	actMouse     action = "mouse"
	actStats     action = "stats"
	actNextTake  action = "next_answer"
	actPrevTake  action = "previous_answer"
	actPromote   action = "promote"
	actFork      action = "fork"
	actEdit      action = "edit_prompt"
	actFind      action = "find"
	actFindNext  action = "find_next"
	actFindPrev  action = "find_previous"
	actPickCode  action = "pick_code"
	actSave      action = "save"
	actWaterfall action = "waterfall"
	actRecall    action = "recall_previous"
	actForward   action = "recall_next"
)

// scope is where a binding holds.
type scope string

const (
	anywhere scope = ""
	inPane   scope = "pane"   // while a pane has the focus
	inPrompt scope = "prompt" // while the prompt has it
)

// binding ties keys to an action.
type binding struct {
	action action
	scope  scope
	keys   []string
	help   string
}

// keymap is the table of bindings, in the order in which help shows them.
type keymap []binding

func defaultKeys() keymap {
	return keymap{
		{actSend, inPrompt, []string{"enter"}, "send the prompt to every pane"},
		{actNewline, inPrompt, []string{"shift+enter", "alt+enter", "ctrl+j"}, "new line in the prompt"},
		{actRecall, inPrompt, []string{"up"}, "recall an earlier prompt, if it is empty"},
		{actForward, inPrompt, []string{"down"}, "recall a later prompt"},
		{actEditor, anywhere, []string{"ctrl+e"}, "write the prompt in $EDITOR"},
		{actStop, anywhere, []string{"esc"}, "stop the current pane; twice: all panes"},
		{actNextPane, anywhere, []string{"tab"}, "next pane, then back to the prompt"},
		{actPrevPane, anywhere, []string{"shift+tab"}, "previous pane"},
		{actPrompt, inPane, []string{"i", "enter"}, "back to the prompt"},
		{actZoom, inPane, []string{"z"}, "zoom the pane"},
		{actUp, inPane, []string{"k", "up"}, "scroll up a line"},
		{actDown, inPane, []string{"j", "down"}, "scroll down a line"},
		{actPageUp, anywhere, []string{"pgup"}, "scroll up a page"},
		{actPageDown, anywhere, []string{"pgdown"}, "scroll down a page"},
		{actHalfUp, inPane, []string{"ctrl+u"}, "scroll up half a page"},
		{actHalfDown, inPane, []string{"ctrl+d", "space"}, "scroll down half a page"},
		{actTurnUp, inPane, []string{"{", "["}, "to the turn before"},
		{actTurnDown, inPane, []string{"}", "]"}, "to the turn after"},
		{actTop, inPane, []string{"g", "home"}, "to the top"},
		{actBottom, inPane, []string{"G", "end"}, "to the end, and follow"},
		{actFind, inPane, []string{"/"}, "find a text in the pane"},
		{actFindNext, inPane, []string{"n"}, "the next place where it stands"},
		{actFindPrev, inPane, []string{"N"}, "the place before"},
		{actLock, inPane, []string{"L"}, "scroll all panes together, or each by itself"},
		{actLeft, inPane, []string{"h", "left"}, "the pane on the left"},
		{actRight, inPane, []string{"l", "right"}, "the pane on the right"},
		{actMoveLeft, inPane, []string{"<", "shift+left"}, "move the pane to the left"},
		{actMoveRight, inPane, []string{">", "shift+right"}, "move the pane to the right"},
		{actClose, inPane, []string{"ctrl+w"}, "close the pane; its answers stay in the session"},
		{actReopen, inPane, []string{"u"}, "bring back the pane that was closed last"},
		{actCopy, inPane, []string{"y"}, "copy the pane's answer, or the code block that is marked"},
		{actCopyTurn, inPane, []string{"Y"}, "copy the whole turn"},
		{actPickCode, inPane, []string{"x"}, "mark the next code block of the answer, to copy it"},
		{actSave, inPane, []string{"s"}, "save the answer, the code block, the turn or the session to a file"},
		{actAgain, anywhere, []string{"ctrl+r"}, "ask the current pane the same again"},
		{actNextTake, inPane, []string{"t"}, "the next answer to the same prompt"},
		{actPrevTake, inPane, []string{"T"}, "the answer before to the same prompt"},
		{actPromote, inPane, []string{"p"}, "let all panes go on from this answer, or each from its own"},
		{actContinue, inPane, []string{"c"}, "let the pane go on with an answer that was cut off"},
		{actOther, inPane, []string{"m"}, "another model for the pane, asked the same"},
		{actDetail, inPane, []string{"d"}, "attempts, times, usage and cost of the pane's reply"},
		{actWaterfall, inPane, []string{"w"}, "where the time of the turn went, a bar a pane"},
		{actReasoning, anywhere, []string{"ctrl+t"}, "show or hide reasoning"},
		{actMouse, anywhere, []string{"ctrl+g"}, "hand the mouse to the terminal, or take it back"},
		{actModels, anywhere, []string{"ctrl+l"}, "choose models: add panes, close them, pull what is missing"},
		{actSessions, anywhere, []string{"ctrl+s"}, "sessions: search, open, rename, fork, delete, export"},
		{actRename, anywhere, nil, "rename this session"},
		{actExport, anywhere, nil, "export this session to a file"},
		{actTemplate, anywhere, nil, "put a template of the config into the prompt"},
		{actSettings, anywhere, nil, "settings: theme, frame rate, motion, mouse"},
		{actNew, anywhere, []string{"ctrl+n"}, "new session"},
		{actEdit, inPane, []string{"e"}, "edit the prompt in sight and send it as a branch"},
		{actFork, inPane, []string{"f"}, "fork the session behind the turn in sight"},
		{actStats, anywhere, []string{"f2"}, "speed, failures, tokens and cost of the saved replies"},
		{actPalette, anywhere, []string{"ctrl+p"}, "all commands by name (/ in an empty prompt too)"},
		{actHelp, anywhere, []string{"f1"}, "this help (? in an empty prompt too)"},
		{actSuspend, anywhere, []string{"ctrl+z"}, "suspend"},
		{actQuit, anywhere, []string{"ctrl+c"}, "clear the draft; in an empty prompt: quit"},
	}
}

// newKeys is the default table with the user's own bindings in place of the default ones. Package config has refused
// names that are no action and keys that would do two things.
func newKeys(custom map[string][]string) keymap {
	m := defaultKeys()
	for i, b := range m {
		if keys, ok := custom[string(b.action)]; ok {
			m[i].keys = keys
		}
	}
	return m
}

// Binding is an action, where it can be done, and the keys that do it.
type Binding struct {
	Action string
	Scope  string // "" everywhere, "prompt" or "pane"
	Keys   []string
}

// Bindings lists what keys can be bound to, with the default keys.
func Bindings() []Binding {
	var out []Binding
	for _, b := range defaultKeys() {
		out = append(out, Binding{string(b.action), string(b.scope), b.keys})
	}
	return out
}

// find gives what a key does in a scope, or "".
func (m keymap) find(k fmt.Stringer, in scope) action {
	for _, b := range m {
		if (b.scope == anywhere || b.scope == in) && key.Matches(k, key.NewBinding(key.WithKeys(b.keys...))) {
			return b.action
		}
	}
	return ""
}

// label is the first key of an action, as help shows it.
func (m keymap) label(a action) string {
	for _, b := range m {
		if b.action == a && len(b.keys) > 0 {
			return b.keys[0]
		}
	}
	return "–"
}
